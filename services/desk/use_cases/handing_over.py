"""What becomes of the subscriptions of a person or a team that goes: somebody else has them, or they end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.desk.domain.channels import Subscription
from services.desk.domain.names import in_shell
from services.desk.domain.people import Person, Team
from services.desk.domain.views import SubscriptionView
from services.desk.ports import DeskWork
from services.desk.use_cases.subscriptions import ended
from shared.kit.errors import WrongInput


@dataclass(frozen=True, slots=True)
class Gone:
    """What became of the subscriptions of a person or a team that was removed.

    `handed` go on for `heir`; `ended` are ended, because nobody was to have them, or because the heir has the same;
    `unsent` messages waited for those, also as digests. `left` are the teams that a person was in, `emptied` those
    without anybody now.
    """

    name: str
    heir: str | None
    handed: tuple[SubscriptionView, ...]
    ended: tuple[SubscriptionView, ...]
    unsent: int
    emptied: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


async def hand_over(
    work: DeskWork,
    own: Sequence[Subscription],
    now: datetime,
    heir: Person | Team | None,
    of_heir: Callable[[Subscription], Subscription],
) -> Gone:
    """Give the subscriptions to the heir, where there is one; end those that they have already, and without one all."""
    views = {each.subscription_id: each for each in await work.subscription_views()}
    standing = {_key(each) for each in await work.live_subscriptions()}
    handed, ending = [], []
    for each in own:
        theirs = of_heir(each)
        if heir is None or _key(theirs) in standing:
            ending.append(each.subscription_id)
        else:
            standing.add(_key(theirs))
            await work.save_subscription(theirs)
            handed.append(each.subscription_id)
    unsent = await ended(work, ending, now)
    return Gone(
        name="",
        heir=None if heir is None else heir.name,
        handed=tuple(views[each] for each in handed),
        ended=tuple(views[each] for each in ending),
        unsent=unsent,
    )


def _key(subscription: Subscription) -> tuple[object, ...]:
    """Return what no two live subscriptions may share."""
    return (subscription.rule_id, subscription.channel, subscription.person_id, subscription.team_id)


def refuse_undecided(
    kind: str, goes: Person | Team, subscriptions: int, heir: Person | Team | None, *, end: bool
) -> None:
    """Raise WrongInput unless it is said what becomes of the subscriptions of who goes, where there are any."""
    heir_is_same = heir is goes
    if heir is not None and (end or heir_is_same):
        why = f"is the {kind} who goes" if heir_is_same else "stands beside --end"
        raise WrongInput("--to", heir.name, why, mend="Give --to NAME of another, or --end.")
    if subscriptions and heir is None and not end:
        mend = f"Hand them over (--to NAME), or end them (--end). See: pactwatch {kind} show {in_shell(goes.name)}"
        raise WrongInput(kind, goes.name, f"has {subscriptions} subscriptions", mend=mend)
