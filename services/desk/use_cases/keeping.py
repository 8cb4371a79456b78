"""People look after what they hear of: follow, change, mute, try out, end. Admins do it for everybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol, Unpack
from uuid import UUID

from services.desk.domain.keeping import Keeper, Kept
from services.desk.domain.people import Person
from services.desk.domain.previews import Preview
from services.desk.domain.receivers import For
from services.desk.domain.rules import Target
from services.desk.domain.signatures import Signature
from services.desk.domain.views import Ended, SubscriptionView
from services.desk.domain.wishes import WishesGiven
from services.desk.use_cases.previewing import GLANCE, Previews
from services.desk.use_cases.secret_keeping import NewSecret, SecretKeeper
from services.desk.use_cases.subscriptions import Subscriptions
from services.desk.use_cases.writing import Writing
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for

MOST_SAMPLES = 6  # of one person within so long: enough to mend an address by, too few to pester whoever has it
SAMPLES_SPAN = timedelta(minutes=1)
_OVERLAP_HOURS = 24.0  # a receiver's program is told the new secret within a working day


@dataclass(frozen=True, slots=True)
class Tried:
    """What came back of a sample: taken or not, and the answer in words."""

    taken: bool
    answer: str


TryOut = Callable[[UUID], Awaitable[Tried | None]]
"""Sends a sample through the real channel of a subscription; None where there is no such live one."""


class KeepingWork(Protocol):
    """One transaction of looking at subscriptions."""

    async def person(self, person_id: UUID) -> Person | None:
        """Return the person of this id."""
        ...

    async def kept(self, keeper: Keeper, *, of_all: bool) -> list[Kept]:
        """Return the live subscriptions of the keeper and of their teams, or everybody's; oldest first."""
        ...

    async def one_kept(self, keeper: Keeper, subscription_id: UUID) -> Kept | None:
        """Return one live subscription that the keeper may see."""
        ...

    async def names(self) -> tuple[list[str], list[str]]:
        """Return the names of the live people and teams."""
        ...

    async def rule_names(self) -> list[str]:
        """Return the names of the live rules that people wrote."""
        ...


BeginLooking = Callable[[], AbstractAsyncContextManager[KeepingWork]]


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be followed beyond the catalogue, and for whom."""

    rules: Sequence[str]
    sources: Sequence[str]
    people: Sequence[str] = ()
    teams: Sequence[str] = ()


class NotTheirs(LookupError):
    """There is no such subscription, or whoever asks may not do this with it."""


class Keeping:
    """Looks after subscriptions. `try_out` sends samples; without it nothing can be tried."""

    def __init__(
        self,
        begin: BeginLooking,
        writing: Writing,
        hearing: Subscriptions,
        previews: Previews,
        secrets: SecretKeeper,
        try_out: TryOut | None = None,
    ) -> None:
        self._begin = begin
        self._writing = writing
        self._hearing = hearing
        self._previews = previews
        self._secrets = secrets
        self._try_out = try_out
        self._samples: dict[UUID, list[datetime]] = {}  # when each person sent them of late

    @property
    def now(self) -> datetime:
        """The current moment."""
        return self._writing.now()

    async def person(self, keeper: Keeper) -> Person | None:
        """Return the keeper as a person who hears of alerts."""
        async with self._begin() as work:
            return await work.person(keeper.person_id)

    async def listed(self, keeper: Keeper, whose: For | None = None) -> list[Kept]:
        """Return the keeper's own subscriptions and their teams'; a keeper of all may ask for anybody's.

        `whose` that names nobody asks for everybody's.
        """
        of_all = keeper.of_all and whose is not None
        async with self._begin() as work:
            found = await work.kept(keeper, of_all=of_all)
        if whose is None or not of_all or whose == For():
            return found
        return [each for each in found if (each.view.person, each.view.team) == (whose.person, whose.team)]

    async def one(self, keeper: Keeper, subscription_id: UUID) -> Kept:
        """Return one subscription that the keeper may see. Raises NotTheirs."""
        async with self._begin() as work:
            found = await work.one_kept(keeper, subscription_id)
        if found is None:
            raise NotTheirs(subscription_id)
        if found.view.channel != "feed" or not found.changeable:
            return found
        return replace(found, view=await self._hearing.view(subscription_id))

    async def choices(self, keeper: Keeper) -> Choices:
        """Return what can be followed beyond the catalogue, and for whom."""
        async with self._begin() as work:
            rules = await work.rule_names()
            people, teams = await work.names() if keeper.of_all else ([], [])
        async with self._writing.begin() as desk:
            sources = [each.name for each in await desk.live_sources()]
        return Choices(rules, sources, people, teams)

    async def preview(self, target: Target, whom: For, **given: Unpack[WishesGiven]) -> Preview:
        """Return what a subscription would have brought; nothing is saved. Raises WrongInput."""
        return await self._previews.preview(target, whom, patience=GLANCE, **given)

    async def follow(
        self, keeper: Keeper, target: Target, channel: str, whom: For, **given: Unpack[WishesGiven]
    ) -> SubscriptionView:
        """Subscribe. Raises WrongInput, and NotTheirs for somebody else whom the keeper does not look after."""
        if not keeper.of_all and whom != keeper.themselves:
            raise NotTheirs(whom)
        by = Signature(keeper.name, f"Subscribed to for {whom.person or whom.team or 'the house'}.")
        return await self._hearing.subscribe(target, channel, whom, by, **given)

    async def change(self, keeper: Keeper, subscription_id: UUID, **given: Unpack[WishesGiven]) -> SubscriptionView:
        """Change what a subscription wants. Raises WrongInput, NotTheirs."""
        await self._changeable(keeper, subscription_id)
        return await self._hearing.change(subscription_id, **given)

    async def mute(
        self, keeper: Keeper, subscription_id: UUID, *, until: str | None = None, span: str | None = None
    ) -> SubscriptionView:
        """Keep what comes until a moment, or for a span of time. Raises WrongInput, NotTheirs."""
        await self._changeable(keeper, subscription_id)
        return await self._hearing.mute(subscription_id, until=until, span=span)

    async def unmute(self, keeper: Keeper, subscription_id: UUID) -> SubscriptionView:
        """Let go on what was muted. Raises NotTheirs."""
        await self._changeable(keeper, subscription_id)
        return await self._hearing.unmute(subscription_id)

    async def end(self, keeper: Keeper, subscription_id: UUID) -> Ended:
        """End a subscription. Raises NotTheirs."""
        await self._changeable(keeper, subscription_id)
        return await self._hearing.unsubscribe(subscription_id)

    async def try_out(self, keeper: Keeper, subscription_id: UUID) -> Tried:
        """Send a sample through the real channel, and return what came back. Raises NotTheirs."""
        kept = await self._changeable(keeper, subscription_id)
        if kept.to_each and kept.view.channel == "mailto":
            return Tried(taken=False, answer="It goes to each member of a team: try a subscription of one of them.")
        if not self._may_send_a_sample(keeper):
            return Tried(taken=False, answer=f"Not sent: {MOST_SAMPLES} samples a minute are enough; wait a little.")
        tried = None if self._try_out is None else await self._try_out(subscription_id)
        if tried is None:
            raise NotTheirs(subscription_id)
        return tried

    async def new_secret(self, keeper: Keeper, subscription_id: UUID) -> NewSecret:
        """Give a webhook a fresh secret; the old one signs beside it for a day. Raises WrongInput, NotTheirs."""
        await self._changeable(keeper, subscription_id)
        return await self._secrets.change(subscription_id, _OVERLAP_HOURS)

    async def new_feed_address(self, keeper: Keeper, subscription_id: UUID) -> UUID:
        """Give a feed another address; the old one is closed. Raises WrongInput, NotTheirs.

        An address is made of its subscription's id, so that another one takes its place.
        """
        kept = await self._changeable(keeper, subscription_id)
        if kept.view.channel != "feed":
            raise WrongInput("subscription", kept.view.channel, "is no feed", mend="Only feeds have an address.")
        now = self._writing.now()
        async with self._writing.writing() as work:
            old = next((s for s in await work.live_subscriptions() if s.subscription_id == subscription_id), None)
            if old is None:
                raise NotTheirs(subscription_id)
            new = replace(old, subscription_id=id_for("subscription", subscription_id, now.isoformat()), created_at=now)
            await work.end_subscriptions([subscription_id], now)
            await work.save_subscription(new)
        return new.subscription_id

    async def leave_out(self, keeper: Keeper, subscription_id: UUID, *, again: bool) -> None:
        """Send the keeper no more of a team's mails, or `again`. Raises NotTheirs."""
        kept = await self.one(keeper, subscription_id)
        if not kept.to_each:
            raise NotTheirs(subscription_id)
        async with self._writing.writing() as work:
            if again:
                await work.opt_in_to(subscription_id, keeper.person_id)
            else:
                await work.opt_out(subscription_id, keeper.person_id, self._writing.now())

    def _may_send_a_sample(self, keeper: Keeper) -> bool:
        """Count a sample, unless the keeper has sent enough of late."""
        now = self._writing.now()
        lately = [each for each in self._samples.get(keeper.person_id, ()) if now - each < SAMPLES_SPAN]
        self._samples[keeper.person_id] = lately if len(lately) >= MOST_SAMPLES else [*lately, now]
        return len(lately) < MOST_SAMPLES

    async def _changeable(self, keeper: Keeper, subscription_id: UUID) -> Kept:
        async with self._begin() as work:
            found = await work.one_kept(keeper, subscription_id)
        if found is None or not found.changeable:
            raise NotTheirs(subscription_id)
        return found
