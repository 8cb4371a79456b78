"""The queries of readers who moved: who has a new e-mail, or hands over what they follow, and what waits for them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import CursorResult, Subquery, Update, and_, func, or_, select, update
from sqlalchemy.orm import aliased

from shared.store.alerts import DeliveryRow, WaitingAlertRow
from shared.store.definitions import PersonRow, SubscriptionRow
from shared.store.listening import listeners
from shared.store.unit_of_work import Work

_LOCK = 5_120_337_482  # any constant, ours alone: one notifier at a time moves what waits
_NOT_SENT_YET = (("pending", "retry"), ("held",))  # each within one of the ledger's indexes, which grows for ever
_UNSENT = tuple(state for states in _NOT_SENT_YET for state in states)
_OF_PEOPLE = ("mailto", "inbox")  # the channels whose addresses are a person's own


class MovedQueries(Work):
    """Lets what waits follow its reader."""

    async def follow_readers(self) -> int:
        """Let what waits go to where its subscription goes now; return how much that is.

        What would be there twice stays where it is, and so does what is being sent; of two that would be there, one
        goes. Nothing where another notifier is doing it.
        """
        if not await self.session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            return 0
        moved = [await self._move_deliveries(states) for states in _NOT_SENT_YET]
        return await self._move_waiting() + sum(moved)

    async def _move_waiting(self) -> int:
        now = _readers()
        moved, there = WaitingAlertRow, aliased(WaitingAlertRow)
        mine, mine_there = (or_(now.c.team_id.is_(None), now.c.person_id == each.person_id) for each in (moved, there))
        twice = select(there.alert_id).where(
            there.alert_id == moved.alert_id,
            there.subscription_id == moved.subscription_id,
            there.channel == moved.channel,
            or_(
                there.address == now.c.resolved,
                and_(mine_there, there.ended_at.is_(None), there.address < moved.address),
            ),
        )
        change = (
            update(moved)
            .where(moved.subscription_id == now.c.subscription_id, moved.channel == now.c.channel)
            .where(mine, moved.ended_at.is_(None), moved.address != now.c.resolved, ~twice.exists())
            .values(address=now.c.resolved, person_id=now.c.person_id)
        )
        return await self._changed(change)

    async def _move_deliveries(self, states: Sequence[str]) -> int:
        now = _readers()
        moved, there = DeliveryRow, aliased(DeliveryRow)
        twice = select(there.delivery_id).where(
            there.alert_id == moved.alert_id,
            there.subscription_id == moved.subscription_id,
            there.channel == moved.channel,
            there.correction_id.is_not_distinct_from(moved.correction_id),
            or_(
                there.address == now.c.resolved,
                and_(
                    there.member_id.is_not_distinct_from(moved.member_id),
                    there.state.in_(_UNSENT),
                    there.delivery_id < moved.delivery_id,
                ),
            ),
        )
        change = (
            update(moved)
            .where(moved.subscription_id == now.c.subscription_id, moved.channel == now.c.channel)
            .where(or_(now.c.team_id.is_(None), now.c.person_id == moved.member_id))
            .where(moved.alert_id.is_not(None), moved.address != now.c.resolved)
            .where(moved.state.in_(states), ~twice.exists())
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
