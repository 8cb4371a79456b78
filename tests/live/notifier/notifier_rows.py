"""Rows as people and the other services leave them, so that the notifier has something to do; and what it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from shared.contracts.events import AlertRaised, ArticleClassified, Event
from shared.contracts.verdict import AgreementFinding, SectorFinding, Verdict
from shared.store.alerts import AlertRow, AttemptRow, DeliveryAlertRow, DeliveryRow, WaitingAlertRow
from shared.store.base import Base
from shared.store.definitions import (
    DefinitionsRevisionRow,
    PersonRow,
    RuleRow,
    SourceRow,
    SubscriptionRow,
    TeamMemberRow,
    TeamRow,
    WordListRow,
)
from shared.store.harvest import ArticleRow
from shared.store.outbox import InboxRow, OutboxRow
from shared.store.unit_of_work import Database, Work
from shared.store.verdicts import VerdictRow

E = TypeVar("E", bound=Event)

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
SENTENCE = "The RELOS agreement entered into force on Monday."


async def save(database: Database, *rows: Base) -> None:
    async with database.begin(Work) as work:
        for row in rows:
            work.session.add(row)
            await work.session.flush()


async def a_rule(
    database: Database, *, query: str = "agreement:relos", name: str = "Logistics pact", origin: str = "custom", **more
) -> UUID:
    now = datetime.now(UTC)
    values = {"rule_id": uuid4(), "version": 1, "created_at": now, "changed_at": now} | more
    async with database.begin(Work) as work:
        row = RuleRow(name=name, query=query, origin=origin, revision=await counted(work), **values)
        work.session.add(row)
    return row.rule_id


async def many_rules(database: Database, count: int) -> None:
    """Save rules that match no article."""
    async with database.begin(Work) as work:
        revision = await counted(work)
        await work.session.execute(
            text(
                "INSERT INTO rules (rule_id, name, query, origin, revision, created_at, changed_at) "
                "SELECT gen_random_uuid(), 'Other ' || n, 'zebra' || n || ' AND (port OR \"deep water\") -giraffe', "
                "'custom', :revision, now(), now() FROM generate_series(1, :count) AS n"
            ),
            {"revision": revision, "count": count},
        )


async def taken_at(database: Database, correlation_id: UUID) -> datetime:
    """When a notifier took up the news of the article that has this correlation id."""
    async with database.begin(Work) as work:
        of_article = select(OutboxRow.event_id).where(
            OutboxRow.correlation_id == correlation_id, OutboxRow.type_name == ArticleClassified.type_name()
        )
        taken = select(InboxRow.taken_at).where(InboxRow.event_id.in_(of_article))
        return (await work.session.execute(taken)).scalar_one()


async def change_rule(database: Database, rule_id: UUID, **changed: object) -> int:
    """Save the rule as its next version, as the desk does; returns the revision."""
    async with database.begin(Work) as work:
        revision = await counted(work)
        values = {"version": RuleRow.version + 1, "changed_at": func.clock_timestamp(), **changed}
        await work.session.execute(
            update(RuleRow).where(RuleRow.rule_id == rule_id).values(revision=revision, **values)
        )
    return revision


async def save_list(database: Database, name: str, members: Sequence[str], **more: object) -> UUID:
    """Save a named list, a new one or the one of this id."""
    now = datetime.now(UTC)
    values = {"list_id": uuid4(), "name": name, "members": list(members), "changed_at": now, **more}
    async with database.begin(Work) as work:
        values["revision"] = await counted(work)
        kept = insert(WordListRow).values(created_at=now, **values)
        await work.session.execute(kept.on_conflict_do_update(index_elements=["list_id"], set_=values))
    return values["list_id"]


async def a_subscription(
    database: Database,
    rule_id: UUID,
    *,
    channel: str = "webhook",
    address: str = "",
    secret: str | None = SECRET,
    **more: object,
) -> UUID:
    row = SubscriptionRow(
        subscription_id=uuid4(),
        rule_id=rule_id,
        channel=channel,
        address=address,
        secret=secret if channel in ("webhook", "slack", "telegram") else None,
        created_at=datetime.now(UTC),
        **more,
    )
    await save(database, row)
    await count_a_change(database)
    return row.subscription_id


async def a_person(database: Database, name: str = "Asha", **more: object) -> UUID:
    row = PersonRow(person_id=uuid4(), name=name, created_at=datetime.now(UTC), **more)
    await save(database, row)
    return row.person_id


async def a_team(database: Database, *members: UUID, name: str = "Ports desk", **more: object) -> UUID:
    now = datetime.now(UTC)
    row = TeamRow(team_id=uuid4(), name=name, created_at=now, **more)
    await save(database, row, *(TeamMemberRow(team_id=row.team_id, person_id=each, since=now) for each in members))
    return row.team_id


async def counted(work: Work) -> int:
    """Count a change to definitions in this transaction; returns its revision."""
    first = insert(DefinitionsRevisionRow).values(one=1, revision=1)
    later = first.on_conflict_do_update(index_elements=["one"], set_={"revision": DefinitionsRevisionRow.revision + 1})
    return (await work.session.execute(later.returning(DefinitionsRevisionRow.revision))).scalar_one()


async def count_a_change(database: Database) -> None:
    async with database.begin(Work) as work:
        await counted(work)


async def end_subscription(database: Database, subscription_id: UUID) -> None:
    await run(database, "UPDATE subscriptions SET removed_at = now() WHERE subscription_id = :id", id=subscription_id)
    await count_a_change(database)


def a_verdict(*, relevant: bool) -> Verdict:
    return Verdict(
        language="en",
        relevant=relevant,
        relevance=0.9 if relevant else 0.1,
        sectors=(SectorFinding(id="defence", score=0.8, evidence=SENTENCE),),
        agreements=(AgreementFinding(id="relos", score=0.9, evidence=SENTENCE, stage="in_force"),),
    )


async def a_classified_article(
    database: Database,
    *,
    relevant: bool = True,
    alertable: bool = True,
    story_id: UUID | None = None,
    title: str = "RELOS enters into force",
    correlation_id: UUID | None = None,
    verdict: Verdict | None = None,
) -> ArticleClassified:
    """Store an article and its verdict; returns the event that tells of them."""
    now = datetime.now(UTC)
    article_id, source_id = uuid4(), uuid4()
    url = f"https://news.example/{article_id}"
    verdict = verdict or a_verdict(relevant=relevant)
    article = ArticleRow(
        article_id=article_id,
        story_id=story_id or article_id,
        source_id=source_id,
        source_name="News Example",
        url=url,
        canonical_url=url,
        title=title,
        text=SENTENCE,
        text_from="page",
        language="en",
        published_at=now,
        fetched_at=now,
        fingerprint="f",
        alertable=alertable,
        correlation_id=correlation_id or uuid4(),
    )
    judged = VerdictRow(
        verdict_id=uuid4(),
        article_id=article_id,
        relevant=relevant,
        relevance=verdict.relevance,
        language="en",
        findings=verdict.model_dump(mode="json"),
        classifier="1",
        judged_at=now,
    )
    source = SourceRow(
        source_id=source_id,
        name=f"Source {source_id}",
        url=f"https://{source_id}.example",
        country="IN",
        created_at=now,
    )
    await save(database, source, article, judged)
    return ArticleClassified(
        event_id=uuid4(),
        occurred_at=now,
        correlation_id=article.correlation_id,
        article_id=article_id,
        story_id=article.story_id,
        verdict_id=judged.verdict_id,
        relevant=relevant,
        alertable=alertable,
    )


async def run(database: Database, statement: str, **parameters: object) -> None:
    async with database.begin(Work) as work:
        await work.session.execute(text(statement), parameters)


async def lease_ended(database: Database) -> None:
    """Make every delivery under way one whose sender died a minute ago."""
    await run(database, "UPDATE deliveries SET leased_until = now() - interval '1 minute' WHERE state = 'sending'")


async def due_now(database: Database) -> None:
    """Let the waits of all retries pass."""
    await run(database, "UPDATE deliveries SET next_try_at = now() WHERE state = 'retry'")


async def seconds_until_next_try(database: Database) -> float | None:
    """How long until the next attempt of any delivery; None where none is waited for."""
    waiting = "SELECT extract(epoch FROM min(next_try_at) - clock_timestamp()) FROM deliveries WHERE state IN {}"
    async with database.begin(Work) as work:
        seconds = await work.session.scalar(text(waiting.format("('pending', 'retry')")))
    return None if seconds is None else float(seconds)


async def alerts(database: Database) -> list[AlertRow]:
    async with database.begin(Work) as work:
        return list(await work.session.scalars(select(AlertRow).order_by(AlertRow.raised_at)))


async def deliveries(database: Database) -> list[DeliveryRow]:
    async with database.begin(Work) as work:
        return list(await work.session.scalars(select(DeliveryRow).order_by(DeliveryRow.next_try_at)))


async def told_beside(database: Database) -> list[DeliveryAlertRow]:
    """What deliveries tell beside their first alert."""
    async with database.begin(Work) as work:
        return list(await work.session.scalars(select(DeliveryAlertRow).order_by(DeliveryAlertRow.place)))


async def waiting(database: Database, *, ended: bool = False) -> list[WaitingAlertRow]:
    """The alerts that wait to be told, or have waited."""
    asked = select(WaitingAlertRow).where(WaitingAlertRow.ended_at.is_not(None) == ended)
    async with database.begin(Work) as work:
        return list(await work.session.scalars(asked.order_by(WaitingAlertRow.waits_since)))


async def the_delivery(database: Database) -> DeliveryRow:
    [delivery] = await deliveries(database)
    return delivery


async def attempts(database: Database) -> list[tuple[int, str | None]]:
    async with database.begin(Work) as work:
        rows = await work.session.scalars(select(AttemptRow).order_by(AttemptRow.attempt))
        return [(row.attempt, row.outcome) for row in rows]


async def announced(database: Database) -> list[str]:
    """The names of the events in the outbox, in order."""
    async with database.begin(Work) as work:
        rows = await work.session.scalars(select(OutboxRow.type_name).order_by(OutboxRow.created_at))
        return [name.removeprefix("pactwatch.").removesuffix(".v1") for name in rows]


async def raised_events(database: Database) -> list[AlertRaised]:
    return await events_of(database, AlertRaised)


async def events_of(database: Database, kind: type[E]) -> list[E]:
    """The events of this type in the outbox, in order."""
    async with database.begin(Work) as work:
        rows = await work.session.scalars(
            select(OutboxRow.payload).where(OutboxRow.type_name == kind.type_name()).order_by(OutboxRow.created_at)
        )
        return [kind.model_validate(payload) for payload in rows]


async def attempts_begun_after(database: Database, moment: datetime) -> int:
    async with database.begin(Work) as work:
        return await work.session.scalar(select(func.count()).where(AttemptRow.started_at > moment)) or 0
