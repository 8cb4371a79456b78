"""How people hear that a channel of theirs is disabled: on another one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.notifier.domain.parcel import Subscription
from services.notifier.domain.standing import EVERY_ADDRESS, Lane

_MAIL = "mailto"
# What a person reads comes before what a program does.
_BEST_FIRST = (_MAIL, "slack", "telegram", "apprise", "webhook")


@dataclass(frozen=True)
class Owner:
    """Somebody whose alerts go to an address, or whose rule is heard there, and all that they subscribe with.

    `listening` is a subscription of the address itself.
    """

    person_id: UUID
    email: str
    listening: Subscription
    subscriptions: tuple[Subscription, ...] = ()


def way_around(owner: Owner, disabled: Collection[Lane]) -> Subscription | None:
    """Return how the owner is told, None where nothing else of theirs works: another subscription, else their mail."""
    ways = sorted(owner.subscriptions, key=_preference)
    found = next((way for way in ways if _works(Lane(way.channel, way.address), disabled)), None)
    if found is not None:
        return found
    if owner.email and _works(Lane(_MAIL, owner.email), disabled):
        known = owner.listening
        return Subscription(known.subscription_id, known.rule_id, _MAIL, owner.email)
    return None


def told_apart(owners: Sequence[Subscription], others: Collection[Subscription]) -> list[Subscription]:
    """Return the owners' ways without repeats, and without addresses that hear of it anyway."""
    known = {(each.channel, each.address) for each in others}
    apart = {(each.channel, each.address): each for each in reversed(owners)}
    return [each for way, each in sorted(apart.items()) if way not in known]


def _works(lane: Lane, disabled: Collection[Lane]) -> bool:
    return lane not in disabled and Lane(lane.channel, EVERY_ADDRESS) not in disabled


def _preference(way: Subscription) -> tuple[int, str]:
    place = _BEST_FIRST.index(way.channel) if way.channel in _BEST_FIRST else len(_BEST_FIRST)
    return place, way.address
