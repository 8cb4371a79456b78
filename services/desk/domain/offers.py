"""What a reader's own link offers: to follow an agreement beside what they follow, on the same channel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from services.desk.domain.channels import Subscription
from services.desk.domain.following import Follows
from services.desk.domain.views import Followed, SubscriptionView
from shared.kit.ids import id_for

Answer: TypeAlias = Literal["offered", "followed", "ended", "shared", "not_here", "not_watched"]
_PUSHED = frozenset({"mailto", "webhook", "slack", "telegram", "apprise", "inbox"})  # a feed is of one rule


@dataclass(frozen=True, slots=True)
class Offer:
    """An agreement that may be followed beside a subscription, and what comes of it.

    `offered`: a POST follows it; `followed`: it is. Or why not: the subscription has `ended`, or is `shared` by a team,
    which no member subscribes alone; what it is sends no alerts that could be followed (`not_here`); the agreement's
    rule was removed (`not_watched`).
    """

    subscription: SubscriptionView
    agreement_id: str
    answer: Answer


def answer_before(found: Followed) -> Answer | None:
    """Return why the subscription takes nothing beside it; None where it might."""
    if found.ended:
        return "ended"
    if found.subscription.team is not None:
        return "shared"
    if found.subscription.rule_id is None or found.subscription.channel not in _PUSHED:
        return "not_here"
    return None


def beside(like: Subscription, rule_id: UUID, follows: Follows | None, now: datetime) -> Subscription:
    """Return a subscription to another rule that is like this one in all else, its secret among it."""
    way = like.channel
    parts = (like.person_id,) if like.person_id else ()
    return replace(
        like,
        subscription_id=id_for("subscription", rule_id, way.kind, way.address, now.isoformat(), *parts),
        rule_id=rule_id,
        follows=follows,
        created_at=now,
        wishes=replace(like.wishes, muted_until=None),
    )


def is_the_same(one: Subscription, other: Subscription) -> bool:
    """Tell whether one says what the other says: the same address hears of the same rule."""
    return (one.rule_id, one.channel) == (other.rule_id, other.channel)
