"""The queries of matching."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Uuid, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.notifier.adapters.listener_queries import ListenerQueries
from services.notifier.adapters.locking import lock_names
from services.notifier.domain.alert import Alert, Article
from services.notifier.domain.delivery import State
from services.notifier.domain.parcel import NewDelivery, NewExtra, NewWaiting
from shared.contracts.told_facts import CLAIM
from shared.contracts.verdict import Verdict
from shared.rules import Told
from shared.store.alerts import AlertRow, DeliveryAlertRow, DeliveryRow, WaitingAlertRow
from shared.store.definitions import SourceRow
from shared.store.harvest import ArticleRow
from shared.store.rules_in_force import RulesInForce
from shared.store.verdicts import VerdictRow

_ROWS_PER_STATEMENT = 500  # a statement of Postgres takes at most 32,767 parameters; an alert has 17

_TOLD = (
    AlertRow.alert_id,
    AlertRow.rule_id,
    AlertRow.article_id,
    AlertRow.story_id,
    AlertRow.fact,
    AlertRow.raised_at,
)

_T = TypeVar("_T")


class WatchQueries(RulesInForce, ListenerQueries):
    """What is watched, what was judged, and the alerts that follow."""

    async def article(self, article_id: UUID) -> Article | None:
        """Return the article."""
        asked = (
            select(ArticleRow, SourceRow.country)
            .join(SourceRow, SourceRow.source_id == ArticleRow.source_id)
            .where(ArticleRow.article_id == article_id)
        )
        found = (await self.session.execute(asked)).one_or_none()
        if found is None:
            return None
        row, country = found
        return Article(
            article_id=row.article_id,
            story_id=row.story_id,
            title=row.title,
            text=row.text,
            url=row.url,
            source_name=row.source_name,
            language=row.language,
            published_at=row.published_at,
            fetched_at=row.fetched_at,
            source_country=country,
            revision=row.revision,
            withdrawn=row.withdrawn_at is not None,
        )

    async def verdict(self, verdict_id: UUID) -> Verdict | None:
        """Return the verdict. Raises ValueError when what is stored is none."""
        findings = await self.session.scalar(select(VerdictRow.findings).where(VerdictRow.verdict_id == verdict_id))
        return None if findings is None else Verdict.model_validate(findings)

    async def newest_verdict(self, article_id: UUID) -> UUID | None:
        """Return the id of the newest verdict on an article."""
        newest = select(VerdictRow.verdict_id).where(VerdictRow.article_id == article_id)
        found: UUID | None = await self.session.scalar(newest.order_by(VerdictRow.judged_at.desc()).limit(1))
        return found

    async def told(self, rule_ids: Collection[UUID], article: Article) -> Sequence[Told]:
        """Return the alerts that these rules have raised on the article or its story."""
        rows = await self.session.execute(
            select(*_TOLD).where(
                AlertRow.rule_id == func.any(literal(list(rule_ids), ARRAY(Uuid()))),
                or_(AlertRow.article_id == article.article_id, AlertRow.story_id == article.story_id),
            )
        )
        return [Told(*row) for row in rows]

    async def claims_told(self, claims: Collection[tuple[UUID, str]], since: datetime) -> Sequence[Told]:
        """Return what these rules have told since then as claims about an agreement: pairs of a rule's id and its id.

        Nobody else raises alerts on these claims until the end of the transaction.
        """
        await lock_names(self.session, [f"claim {rule_id} {agreement}" for rule_id, agreement in claims])
        rows = await self.session.execute(
            select(*_TOLD).where(
                tuple_(AlertRow.rule_id, AlertRow.agreement).in_(claims),
                AlertRow.raised_at >= since,
                AlertRow.fact.startswith(CLAIM),
            )
        )
        return [Told(*row) for row in rows]

    async def add_alerts(self, alerts: Sequence[Alert]) -> frozenset[UUID]:
        """Store alerts and return the ids of those that were not there yet."""
        new: set[UUID] = set()
        for some in _chunks(alerts):
            statement = insert(AlertRow).values([_alert_values(alert) for alert in some]).on_conflict_do_nothing()
            new.update(await self.session.scalars(statement.returning(AlertRow.alert_id)))
        return frozenset(new)

    async def add_deliveries(self, deliveries: Sequence[NewDelivery]) -> None:
        """Write deliveries into the ledger, due as they say; one that is there already stays as it is."""
        now = func.clock_timestamp()
        for some in _chunks(deliveries):
            values = [
                asdict(delivery)
                | {
                    "next_try_at": delivery.next_try_at or now,
                    "sent_at": now if delivery.state is State.SENT else None,
                }
                for delivery in some
            ]
            await self.session.execute(insert(DeliveryRow).values(values).on_conflict_do_nothing())

    async def add_extras(self, extras: Sequence[NewExtra]) -> None:
        """Write what deliveries tell beside their first alert."""
        for some in _chunks(extras):
            values = [asdict(extra) for extra in some]
            await self.session.execute(insert(DeliveryAlertRow).values(values).on_conflict_do_nothing())

    async def add_waiting(self, waiting: Sequence[NewWaiting]) -> None:
        """Write alerts that are told later; one that waits or waited there already stays as it is."""
        for some in _chunks(waiting):
            values = [asdict(each) for each in some]
            await self.session.execute(insert(WaitingAlertRow).values(values).on_conflict_do_nothing())


def _chunks(rows: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (rows[start : start + _ROWS_PER_STATEMENT] for start in range(0, len(rows), _ROWS_PER_STATEMENT))


def _alert_values(alert: Alert) -> dict[str, object]:
    return asdict(alert) | {"sectors": list(alert.sectors)}
