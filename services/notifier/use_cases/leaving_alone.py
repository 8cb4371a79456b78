"""Nobody is woken by what was held, or failed at first: what is due is looked at once more before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.notifier.domain.delivery import Line, State, postpone
from services.notifier.domain.parcel import Due
from services.notifier.domain.quiet import Shy, not_before, reasons_in
from services.notifier.ports import NotifierWork
from shared.contracts.timing import Why

_OF_ALERTS = ("alert", "digest")


async def left_alone(work: NotifierWork, page: Sequence[Due], now: datetime) -> list[Due]:
    """Return what of this is sent now. What its reader wants later waits until then.

    What was never tried is gathered then, with all else, into one message; what may have arrived goes as it is.
    """
    shy = await wanting_quiet(work, page, now)
    if not shy:
        return list(page)
    going: list[Due] = []
    later: dict[UUID, Why] = {}
    postponed: list[tuple[UUID, Line]] = []
    for due in page:
        free = not_before(due.parcel, shy, now) if _is_to_be_sent(due) else None
        if free is None:
            going.append(due)
        elif due.kind in _OF_ALERTS and not due.line.attempts:
            later[due.parcel.delivery_id] = free.why or Why.QUIET
        else:
            postponed.append((due.parcel.delivery_id, postpone(due.line, (free.at - now).total_seconds())))
    await work.wait_again(later)
    await work.write(postponed, 0.0)
    return going


async def wanting_quiet(work: NotifierWork, page: Sequence[Due], now: datetime) -> Shy:
    """Return those readers of these messages who may want to be left alone."""
    ids = {subscription_id for due in page for _, subscription_id in reasons_in(due.parcel)}
    return {(each.subscription_id, each.lane): each for each in await work.who_wants_quiet(ids, now)}


def _is_to_be_sent(due: Due) -> bool:
    """Tell whether it would be sent now, for the first time or after a refusal; what its sender left is not kept."""
    return due.wanted and not due.held and due.line.state is not State.SENDING
