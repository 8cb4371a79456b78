"""What is watched and what happens: a rule and a webhook for each endpoint, and alerts that are raised at a pace."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from services.notifier.adapters.work import DatabaseWork
from services.notifier.domain.alert import Alert, Headline
from services.notifier.domain.parcel import Subscription, new_delivery
from shared.contracts.events import AlertRaised
from shared.kit.ids import id_for
from shared.store.definitions import RuleRow, SourceRow, SubscriptionRow
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Database, Work
from shared.store.verdicts import VerdictRow

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
_EVIDENCE = "The agreement on the reciprocal exchange of logistics support entered into force on Monday. " * 2


@dataclass(frozen=True)
class Watched:
    """The subscriptions, and the one article that all alerts of the run tell of."""

    subscriptions: tuple[Subscription, ...]
    article_id: UUID
    verdict_id: UUID


async def watch(database: Database, addresses: list[str]) -> Watched:
    """Define a rule and a subscription for each address, and store an article with its verdict."""
    now = datetime.now(UTC)
    article, verdict, source = uuid4(), uuid4(), uuid4()
    rules = [
        RuleRow(rule_id=uuid4(), name=f"Rule {number}", query="agreement:relos", created_at=now, changed_at=now)
        for number in range(len(addresses))
    ]
    subscriptions = [
        SubscriptionRow(
            subscription_id=uuid4(), rule_id=rule.rule_id, channel="webhook", address=to, secret=SECRET, created_at=now
        )
        for rule, to in zip(rules, addresses, strict=True)
    ]
    async with database.begin(Work) as work:
        work.session.add(SourceRow(source_id=source, name="Courier", url="https://c.example", created_at=now))
        work.session.add_all(rules)
        await work.session.flush()
        work.session.add(_article_row(article, source, now))
        work.session.add_all(subscriptions)
        await work.session.flush()
        work.session.add(
            VerdictRow(
                verdict_id=verdict, article_id=article, relevant=True, relevance=0.9, language="en", findings={},
                classifier="1", judged_at=now,
            )
        )  # fmt: skip
    return Watched(
        tuple(Subscription(row.subscription_id, row.rule_id, row.channel, row.address) for row in subscriptions),
        article,
        verdict,
    )


def _article_row(article_id: UUID, source_id: UUID, now: datetime) -> ArticleRow:
    url = f"https://c.example/{article_id}"
    return ArticleRow(
        article_id=article_id,
        story_id=article_id,
        source_id=source_id,
        source_name="Courier",
        url=url,
        canonical_url=url,
        title="Logistics pact enters into force",
        text=_EVIDENCE,
        text_from="page",
        language="en",
        published_at=now,
        fetched_at=now,
        fingerprint="f",
        alertable=True,
        correlation_id=article_id,
    )


async def raise_alerts(database: Database, watched: Watched, count: int, at_once: int, per_second: float) -> None:
    """Raise alerts as the notifier does after a match: alert, delivery and event in one transaction.

    `at_once` alerts, one for each of as many subscriptions, are raised together; so many a second on the whole.
    """
    clock = asyncio.get_running_loop().time
    began, raised = clock(), 0
    turns = _round(watched.subscriptions)
    while raised < count:
        await asyncio.sleep(max(0.0, began + raised / per_second - clock()))
        to = [next(turns) for _ in range(min(at_once, count - raised))]
        await _raise(database, watched, to)
        raised += len(to)


def _round(subscriptions: tuple[Subscription, ...]) -> Iterator[Subscription]:
    while True:
        yield from subscriptions


async def _raise(database: Database, watched: Watched, subscriptions: list[Subscription]) -> None:
    now = datetime.now(UTC)
    alerts = [_alert(watched, subscription, now) for subscription in subscriptions]
    async with database.begin(DatabaseWork) as work:
        await work.add_alerts(alerts)
        await work.add_deliveries(
            [new_delivery(alert, each) for alert, each in zip(alerts, subscriptions, strict=True)]
        )
        await work.announce_all([_raised(alert, now) for alert in alerts])


def _raised(alert: Alert, now: datetime) -> AlertRaised:
    return AlertRaised(
        event_id=id_for("alert.raised", alert.alert_id),
        occurred_at=now,
        correlation_id=alert.correlation_id,
        alert_id=alert.alert_id,
        article_id=alert.article_id,
        rule_name=alert.rule_name,
        deliveries=1,
    )


def _alert(watched: Watched, subscription: Subscription, now: datetime) -> Alert:
    story = uuid4()
    rule_id = subscription.rule_id
    assert rule_id is not None
    return Alert(
        alert_id=id_for("alert", rule_id, story, "story"),
        rule_id=rule_id,
        rule_name="Logistics pact",
        rule_query="agreement:relos",
        rule_version=1,
        matcher_version="1",
        story_id=story,
        fact="story",
        article_id=watched.article_id,
        verdict_id=watched.verdict_id,
        agreement="relos",
        stage="in_force",
        sectors=("defence",),
        evidence=_EVIDENCE,
        article=Headline("Logistics pact enters into force", "https://c.example/1", "Courier", now.isoformat(), "en"),
        raised_at=now,
        correlation_id=story,
    )
