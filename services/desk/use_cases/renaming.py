"""What follows a source by its name goes on following it when it is called otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.desk.domain.channels import Subscription
from services.desk.domain.following import Follows, query_of
from services.desk.domain.rule_versions import next_version
from services.desk.domain.signatures import SUBSCRIPTION, Signature
from services.desk.ports import DeskWork
from shared.kit.errors import WrongInput


async def follow_to_its_new_name(work: DeskWork, old: str, new: str, now: datetime) -> int:
    """Let the rules that subscriptions made for a source ask for its new name; return how many rules those are.

    Raises WrongInput for a name that no rule can hold, where there are such rules.
    """
    following: dict[UUID, list[Subscription]] = {}
    for each in await work.live_subscriptions():
        if each.rule_id is not None and each.follows is not None and old in each.follows.sources:
            following.setdefault(each.rule_id, []).append(each)
    if following and '"' in new:
        mend = "Choose a name without quotation marks, or end those subscriptions first."
        raise WrongInput("--name", new, f"cannot stand in the {len(following)} rules that follow it", mend=mend)
    for rule_id, subscriptions in following.items():
        rule = await work.rule(rule_id)
        if rule is None:
            raise LookupError(rule_id)
        for each in subscriptions:
            await work.save_subscription(replace(each, follows=_renamed(each, old, new), secret=None))
        query = query_of(_renamed(subscriptions[0], old, new))
        signed = Signature(SUBSCRIPTION, f"The source {old} is called {new} now.")
        await work.save_rule(next_version(rule, replace(rule, query=query), now), signed)
    return len(following)


def _renamed(subscription: Subscription, old: str, new: str) -> Follows:
    follows = subscription.follows or Follows()
    return replace(follows, sources=tuple(sorted(new if each == old else each for each in follows.sources)))
