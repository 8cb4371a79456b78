"""What waits to be told later becomes messages when it is due: one for each reader, once, whoever is alive.

Two notifiers that find the same reader due do not both gather: one holds the reader's lock, and what it has gathered
waits no more when the other looks. A notifier that dies while it gathers has gathered nothing; what it has gathered is
in the ledger, and sent by whoever is there.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil

from services.notifier.domain.gathering import Waiting, WaitingAlert, digest_of, due_of, gather, moved_to
from services.notifier.domain.heard import Heard
from services.notifier.domain.overview import WaitingForOne
from services.notifier.domain.parcel import Reason, Subscription
from services.notifier.domain.standing import Lane
from services.notifier.ports import Begin, NotifierWork
from shared.contracts.timing import Appointment, is_known_zone

logger = logging.getLogger(__name__)

MOST_GATHERED = 500  # in one message, a mail of a megabyte; what a reader missed for months comes in several


@dataclass(frozen=True)
class Round:
    """How many messages were made, and the seconds until the next is due (None: nothing is known to wait)."""

    gathered: int
    due_in_seconds: float | None


@dataclass(frozen=True)
class WaitingGlance:
    """How many alerts wait, how many of them are overdue, and for how long the oldest of those has been."""

    waiting: int
    overdue: int
    overdue_seconds: float


class Gatherer:
    """Makes messages of what waits, each of at most so many alerts.

    `window` is how long a burst is bundled; `is_outage` knows a database's absence.
    """

    def __init__(
        self,
        begin: Begin,
        window: timedelta,
        is_outage: Callable[[BaseException], bool],
        most: int = MOST_GATHERED,
    ) -> None:
        self._most = most
        self._begin = begin
        self._window = window
        self._is_outage = is_outage

    async def gather_due(self) -> Round:
        """Make a message for each reader for whom something is due. What goes wrong for one stops no other."""
        await self._follow_readers()
        async with self._begin() as work:
            now = await work.clock()
            dues = await self._dues(work)
        due = dict.fromkeys(kind.lane for kind, meeting in dues if meeting is None or meeting.at <= now)
        gathered = sum([await self._gather_apart(lane) for lane in due])
        later = [meeting.at for _, meeting in dues if meeting is not None and meeting.at > now]
        return Round(gathered, (min(later) - now).total_seconds() if later else None)

    async def look(self) -> WaitingGlance:
        """Return how many alerts wait, and whether any of them waits longer than it should."""
        async with self._begin() as work:
            now = await work.clock()
            dues = await self._dues(work)
        late = [(kind.count, now - meeting.at) for kind, meeting in dues if meeting is not None and meeting.at <= now]
        longest = max((age for _, age in late), default=timedelta(0))
        return WaitingGlance(
            sum(kind.count for kind, _ in dues), sum(count for count, _ in late), longest.total_seconds()
        )

    async def waiting(self) -> tuple[WaitingForOne, ...]:
        """Return what waits, by reader, those who are told first first; those who want nothing of it last."""
        async with self._begin() as work:
            dues = await self._dues(work)
        lanes: defaultdict[Lane, list[tuple[Waiting, Appointment | None]]] = defaultdict(list)
        for kind, meeting in dues:
            lanes[kind.lane].append((kind, meeting))
        found = [_waiting_for_one(lane, mine) for lane, mine in lanes.items()]
        return tuple(sorted(found, key=lambda each: (each.due_at is None, each.due_at or each.since)))

    async def _dues(self, work: NotifierWork) -> list[tuple[Waiting, Appointment | None]]:
        kinds = await work.waiting_kinds()
        if not kinds:
            return []
        listeners = await work.live_subscriptions({kind.rule_id for kind in kinds})
        return due_of(kinds, listeners, await work.clock(), self._window)

    async def _follow_readers(self) -> None:
        """Let what waits go to where its readers are now; that this goes wrong delays nobody else's."""
        try:
            async with self._begin() as work:
                await work.follow_readers()
        except Exception as error:
            if self._is_outage(error):
                raise
            logger.exception("what waits could not follow its readers")

    async def _gather_apart(self, lane: Lane) -> int:
        try:
            async with self._begin() as work:
                return await self._gather(work, lane)
        except Exception as error:
            if self._is_outage(error):
                raise
            logger.exception("what waits for a reader of %s could not be gathered", lane.channel)
            return 0

    async def _gather(self, work: NotifierWork, lane: Lane) -> int:
        if not await work.take_reader(lane):
            return 0
        waiting = await work.waiting_for(lane)
        if not waiting:
            return 0
        now = await work.clock()
        listeners = await work.live_subscriptions({each.alert.rule_id for each in waiting})
        for zone in sorted(
            {each.wishes.timing.zone for each in listeners if not is_known_zone(each.wishes.timing.zone)}
        ):
            logger.error("this machine does not know the time zone %r; its digests come by UTC: install tzdata", zone)
        told = await work.delivered_to(lane, {each.alert.alert_id for each in waiting})
        found = gather(waiting, listeners, told, now, self._window)
        await work.end_waiting(lane, await _unwanted(work, found.ended, listeners), None, now)
        pages = _pages(found.told, self._most)
        for part, some in enumerate(pages, 1):
            delivery, extras = digest_of(lane, [reason for _, reason in some])
            await work.add_gathered(replace(delivery, part=part, parts=len(pages)), extras)
            await work.end_waiting(lane, [each for each, _ in some], delivery.delivery_id, now)
        return len(pages)


async def _unwanted(
    work: NotifierWork, ended: Sequence[WaitingAlert], listeners: Sequence[Subscription]
) -> list[WaitingAlert]:
    """Return which of these end: not what is about to follow its reader, unless they have heard of it there."""
    moved = {id(each): reason for each in ended if (reason := moved_to(each, listeners)) is not None}
    heard = await work.heard({each.alert.alert_id for each in ended}) if moved else Heard()
    return [each for each in ended if id(each) not in moved or heard.has(moved[id(each)])]


def _waiting_for_one(lane: Lane, mine: Sequence[tuple[Waiting, Appointment | None]]) -> WaitingForOne:
    return WaitingForOne(
        lane=lane,
        alerts=sum(kind.count for kind, _ in mine),
        waits_for=tuple(sorted({kind.why for kind, _ in mine})),
        since=min(kind.since for kind, _ in mine),
        due_at=min((meeting.at for _, meeting in mine if meeting is not None), default=None),
    )


def _pages(told: Sequence[tuple[WaitingAlert, Reason]], most: int) -> list[Sequence[tuple[WaitingAlert, Reason]]]:
    """Return them in as few parts as may be, none of which is much shorter than the others."""
    parts = ceil(len(told) / most)
    size = ceil(len(told) / parts) if parts else most
    return [told[start : start + size] for start in range(0, len(told), size)]
