"""What of a message is still to be told when its time has come, and what a stop switch takes out of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.notifier.domain.parcel import Reason, Subscription


@dataclass(frozen=True)
class ToldReason:
    """One alert of a message: `live` while its subscription is; `lists` are those that its rule names."""

    reason: Reason
    live: bool
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Sorted:
    """What is told (nothing: nobody wants it), whether that is held, and what is put apart, rule by rule."""

    kept: tuple[Reason, ...]
    held: bool
    apart: tuple[tuple[Reason, ...], ...]


def sorted_out(
    told: Sequence[ToldReason], listeners: Sequence[Subscription], stopped_rules: Collection[UUID]
) -> Sorted:
    """Return what becomes of a message's alerts.

    Where a subscription ended, another live one of the same rule and reader among the `listeners` takes its place. What
    is of a stopped rule is held by itself, so that it neither holds nor takes along what the others say.
    """
    free: list[Reason] = []
    stopped: defaultdict[UUID, list[Reason]] = defaultdict(list)
    for reason in filter(None, (_still(each, listeners) for each in told)):
        rule_id = reason.alert.rule_id
        (stopped[rule_id] if rule_id in stopped_rules else free).append(reason)
    apart = [tuple(each) for each in stopped.values()]
    if free or not apart:
        return Sorted(tuple(free), held=False, apart=tuple(apart))
    return Sorted(apart[0], held=True, apart=tuple(apart[1:]))


def _still(told: ToldReason, listeners: Sequence[Subscription]) -> Reason | None:
    if told.live:
        return told.reason
    rule_id, lane = told.reason.alert.rule_id, told.reason.subscription.lane
    other = next((each for each in listeners if each.rule_id == rule_id and each.lane == lane), None)
    return None if other is None else Reason(told.reason.alert, other)
