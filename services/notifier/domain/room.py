"""The bulkhead: how many sends may be under way, to one address, to one server and in all, so that none delays another.

Three thoughts keep a dead or slow receiver from delaying the others. An address is trusted with two sends at first,
with twice as many after each quick success, and with one after anything else. A send that lasts longer than
`QUICK_SECONDS` no longer takes a place of the quick ones, of whom there are fewer than in all. And an address gets so
many messages a second and no more, as its channel's pace says.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from services.notifier.domain.standing import Lane

QUICK_SECONDS = 1.0  # receivers in good order answer in half of that
FIRST_TRUST = 2  # of an address that has not shown yet how it takes messages
_MOST_KNOWN_LANES = 10_000  # whose trust is remembered; those used last


@dataclass(frozen=True)
class Pace:
    """At most so many messages a second to one address, after a burst of so many at once."""

    per_second: float
    burst: int


@dataclass(frozen=True)
class Bounds:
    """How many sends at once: young ones, all of them, to one server, to one address."""

    quick: int
    in_all: int
    per_target: int
    per_lane: int


@dataclass
class _Lane:
    trust: int
    tokens: float
    counted_at: float
    under_way: int = 0


class Room:
    """Counts the sends under way in this process. Times are seconds of a clock that never goes back."""

    def __init__(self, bounds: Bounds, paces: Mapping[str, Pace], usual_pace: Pace) -> None:
        self._bounds = bounds
        self._paces = paces
        self._usual_pace = usual_pace
        self._lanes: OrderedDict[Lane, _Lane] = OrderedDict()
        self._targets: Counter[str] = Counter()
        self._begun_at: dict[object, float] = {}

    def free(self, now: float) -> int:
        """How many more sends may begin, each to an address and a server that are not full."""
        young = sum(now - begun_at < QUICK_SECONDS for begun_at in self._begun_at.values())
        return max(0, min(self._bounds.quick - young, self._bounds.in_all - len(self._begun_at)))

    def left(self, now: float) -> dict[Lane, int]:
        """How many more sends each address that was sent to lately takes; others take `FIRST_TRUST`."""
        return {lane: self._left(lane, known, now) for lane, known in self._lanes.items()}

    def enter(self, key: object, lane: Lane, target: str, now: float) -> bool:
        """Begin the send `key`; False where there is no room for it."""
        known = self._known(lane, now)
        if self.free(now) <= 0 or self._left(lane, known, now) <= 0:
            return False
        if self._targets[target] >= self._bounds.per_target:
            return False
        self._targets[target] += 1
        self._begun_at[key] = now
        known.under_way += 1
        known.tokens -= 1
        return True

    def leave(self, key: object, lane: Lane, target: str, now: float, *, well: bool) -> None:
        """End the send `key`, which arrived, or did not; one that has ended already makes no more room."""
        begun_at = self._begun_at.pop(key, None)
        if begun_at is None:
            return
        quick = now - begun_at < QUICK_SECONDS
        self._targets[target] -= 1
        if self._targets[target] <= 0:
            del self._targets[target]
        known = self._known(lane, now)
        known.under_way -= 1
        known.trust = min(known.trust * 2, self._bounds.per_lane) if well and quick else 1

    def full_targets(self) -> frozenset[str]:
        """The servers that take no further send for now."""
        return frozenset(target for target, count in self._targets.items() if count >= self._bounds.per_target)

    def _known(self, lane: Lane, now: float) -> _Lane:
        known = self._lanes.get(lane)
        if known is None:
            known = self._lanes[lane] = _Lane(trust=FIRST_TRUST, tokens=self._pace(lane).burst, counted_at=now)
            self._forget_some()
        self._lanes.move_to_end(lane)
        return known

    def _forget_some(self) -> None:
        while len(self._lanes) > _MOST_KNOWN_LANES:
            idle = next((lane for lane, known in self._lanes.items() if not known.under_way), None)
            if idle is None:
                return
            del self._lanes[idle]

    def _left(self, lane: Lane, known: _Lane, now: float) -> int:
        pace = self._pace(lane)
        known.tokens = min(pace.burst, known.tokens + (now - known.counted_at) * pace.per_second)
        known.counted_at = now
        return max(0, min(known.trust - known.under_way, int(known.tokens)))

    def _pace(self, lane: Lane) -> Pace:
        return self._paces.get(lane.channel, self._usual_pace)
