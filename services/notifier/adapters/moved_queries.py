"""The queries of readers who moved: who has a new e-mail, or hands over what they follow, and what waits for them."""

from __future__ import annotations

from sqlalchemy import CursorResult, Subquery, Update, func, or_, select, update
from sqlalchemy.orm import aliased

from shared.store.alerts import DeliveryRow, WaitingAlertRow
from shared.store.definitions import PersonRow, SubscriptionRow
from shared.store.listening import listeners
from shared.store.unit_of_work import Work

_LOCK = 5_120_337_482  # any constant, ours alone: one notifier at a time moves what waits
_NOT_SENT_YET = ("pending", "retry", "held")
_OF_PEOPLE = ("mailto", "inbox")  # the channels whose addresses are a person's own


class MovedQueries(Work):
    """Lets what waits follow its reader."""

    async def follow_readers(self) -> int:
        """Let what waits go to where its subscription goes now; return how much that is.

        What would be there twice stays where it is, and so does what is being sent. Nothing where another notifier is
        doing it.
        """
        if not await self.session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            return 0
        return await self._move_waiting() + await self._move_deliveries()

    async def _move_waiting(self) -> int:
        now = _readers()
        moved, there = WaitingAlertRow, aliased(WaitingAlertRow)
        mine = or_(now.c.team_id.is_(None), now.c.person_id == moved.person_id)
        twice = select(there.alert_id).where(
            there.alert_id == moved.alert_id,
            there.subscription_id == moved.subscription_id,
            there.channel == moved.channel,
            there.address == now.c.resolved,
        )
        change = (
            update(moved)
            .where(moved.subscription_id == now.c.subscription_id, moved.channel == now.c.channel)
            .where(mine, moved.ended_at.is_(None), moved.address != now.c.resolved, ~twice.exists())
            .values(address=now.c.resolved, person_id=now.c.person_id)
        )
        return await self._changed(change)

    async def _move_deliveries(self) -> int:
        now = _readers()
        moved, there = DeliveryRow, aliased(DeliveryRow)
        twice = select(there.delivery_id).where(
            there.alert_id == moved.alert_id,
            there.subscription_id == moved.subscription_id,
            there.channel == moved.channel,
            there.address == now.c.resolved,
            there.correction_id.is_not_distinct_from(moved.correction_id),
        )
        change = (
            update(moved)
            .where(moved.subscription_id == now.c.subscription_id, moved.channel == now.c.channel)
            .where(now.c.team_id.is_(None), moved.alert_id.is_not(None), moved.address != now.c.resolved)
            .where(moved.state.in_(_NOT_SENT_YET), ~twice.exists())
            .values(address=now.c.resolved)
        )
        return await self._changed(change)

    async def _changed(self, change: Update) -> int:
        result = await self.session.execute(change.execution_options(synchronize_session=False))
        return result.rowcount if isinstance(result, CursorResult) else 0


def _readers() -> Subquery:
    """Return the subscriptions of mails and inboxes, with whom they are for and where they go now."""
    found = listeners()
    of_whom = (SubscriptionRow.subscription_id, SubscriptionRow.channel, SubscriptionRow.team_id, PersonRow.person_id)
    known = found.with_only_columns(*of_whom, found.selected_columns.resolved, maintain_column_froms=True)
    return known.where(SubscriptionRow.channel.in_(_OF_PEOPLE)).order_by(None).subquery()
