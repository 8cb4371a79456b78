"""What operators are shown of the tables: articles a day, what was set aside and given up, who was sent last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Date, cast, func, select

from services.desk.domain.operating import SetAsideMessage
from shared.store.alerts import DeliveryRow
from shared.store.definitions import RuleRow
from shared.store.harvest import ArticleRow
from shared.store.outbox import QuarantineRow
from shared.store.unit_of_work import Work

EXCERPT_BYTES = 2_000  # of a payload that may have a megabyte
_GIVEN_UP = ("failed", "unknown")
_LAST_SENT_WITHIN = timedelta(days=30)


class OperatingQueries(Work):
    """Reads, and writes nothing."""

    async def articles_by_day(self, since: datetime, source_id: UUID | None) -> Mapping[UUID, Mapping[date, int]]:
        """Return how many articles were fetched each day (UTC) since then: of this source, or of each."""
        day = cast(func.timezone("UTC", ArticleRow.fetched_at), Date)
        counting = select(ArticleRow.source_id, day, func.count()).where(ArticleRow.fetched_at >= since)
        if source_id is not None:
            counting = counting.where(ArticleRow.source_id == source_id)
        counts: defaultdict[UUID, dict[date, int]] = defaultdict(dict)
        for each, on, count in await self.session.execute(counting.group_by(ArticleRow.source_id, day)):
            counts[each][on] = count
        return counts

    async def set_aside(self, limit: int) -> list[SetAsideMessage]:
        """Return the messages that wait, the newest first."""
        begin = func.substring(QuarantineRow.payload, 1, EXCERPT_BYTES)
        rows = await self.session.execute(
            select(
                QuarantineRow.quarantine_id,
                QuarantineRow.taker,
                QuarantineRow.subject,
                QuarantineRow.reason,
                QuarantineRow.deliveries,
                QuarantineRow.quarantined_at,
                begin,
                func.octet_length(QuarantineRow.payload),
            )
            .where(QuarantineRow.replayed_at.is_(None))
            .order_by(QuarantineRow.quarantined_at.desc())
            .limit(limit)
        )
        return [
            SetAsideMessage(
                message_id, taker, subject, reason, tries, at, bytes(begin).decode("utf-8", "replace"), size
            )
            for message_id, taker, subject, reason, tries, at, begin, size in rows
        ]

    async def set_aside_count(self, until: datetime | None) -> int:
        """Return how many messages wait, of those set aside up to then."""
        counting = select(func.count()).select_from(QuarantineRow).where(QuarantineRow.replayed_at.is_(None))
        if until is not None:
            counting = counting.where(QuarantineRow.quarantined_at <= until)
        return await self.session.scalar(counting) or 0

    async def set_aside_ids(self, until: datetime, limit: int) -> list[UUID]:
        """Return the ids of messages that were set aside up to then, the oldest first."""
        waiting = select(QuarantineRow.quarantine_id).where(
            QuarantineRow.replayed_at.is_(None), QuarantineRow.quarantined_at <= until
        )
        return list(await self.session.scalars(waiting.order_by(QuarantineRow.quarantined_at).limit(limit)))

    async def given_up_count(self) -> int:
        """Return how many deliveries were given up."""
        given_up = select(func.count()).select_from(DeliveryRow).where(DeliveryRow.state.in_(_GIVEN_UP))
        return await self.session.scalar(given_up) or 0

    async def rule_choices(self) -> list[str]:
        """Return the names of the live rules, by name."""
        live = select(RuleRow.name).where(RuleRow.removed_at.is_(None)).order_by(func.lower(RuleRow.name))
        return list(await self.session.scalars(live))

    async def last_sent(self) -> dict[tuple[str, str], datetime]:
        """Return when each address was last sent something, of the last month, by channel and address."""
        sent = (
            select(DeliveryRow.channel, DeliveryRow.address, func.max(DeliveryRow.sent_at))
            .where(DeliveryRow.sent_at > func.clock_timestamp() - _LAST_SENT_WITHIN)
            .group_by(DeliveryRow.channel, DeliveryRow.address)
        )
        rows = await self.session.execute(sent)
        return {(channel, address): at for channel, address, at in rows if at is not None}
