"""What a reader does with a link that only they have: end a subscription, fetch its feed. No login is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from services.desk.domain.feed import Feed
from services.desk.domain.offers import Answer, Offer, answer_before, beside, is_the_same
from services.desk.domain.rules import AgreementTarget
from services.desk.domain.signatures import BY_A_SUBSCRIPTION
from services.desk.domain.views import Followed
from services.desk.use_cases.targets import Targets
from services.desk.use_cases.writing import Writing
from shared.contracts.reader_links import FEED, FOLLOW, UNSUBSCRIBE, UNSUBSCRIBE_MAIL, opting_out
from shared.kit.errors import WrongInput
from shared.kit.sealing import Seals

MOST_FEED_ENTRIES = 100


class ReaderWork(Protocol):
    """The queries of readers' links."""

    async def followed(self, subscription_id: UUID, member: UUID | None = None) -> Followed | None:
        """Return the subscription, also one that was ended, for all or for this member of its team."""
        ...

    async def followed_in(self, delivery_id: UUID) -> tuple[Followed, ...]:
        """Return the subscriptions by which a message told its reader, but for a team's that no member ends for all."""
        ...

    async def feed(self, subscription_id: UUID, limit: int) -> Feed | None:
        """Return the newest alerts of a live feed subscription; None for any other."""
        ...


BeginReading = Callable[[], AbstractAsyncContextManager[ReaderWork]]


class Readers:
    """Answers readers' links; a token that was not made with one of our keys leads nowhere.

    `targets` knows the rules of agreements; without it none can be followed.
    """

    def __init__(
        self, writing: Writing, begin_reading: BeginReading, seals: Seals | None, targets: Targets | None = None
    ) -> None:
        self._writing = writing
        self._begin_reading = begin_reading
        self._seals = seals
        self._targets = targets

    async def followed(self, token: str, member: UUID | None = None) -> Followed | None:
        """Return what the token would unsubscribe from, all or this member of a team alone; changes nothing."""
        subscription_id = self._subject(UNSUBSCRIBE if member is None else opting_out(member), token)
        if subscription_id is None:
            return None
        async with self._begin_reading() as work:
            return await work.followed(subscription_id, member)

    async def unsubscribe(self, token: str, member: UUID | None = None) -> Followed | None:
        """End the subscription, a team's for this member; ended stays ended. None where the token leads nowhere."""
        found = await self.followed(token, member)
        if found is None or found.ended:
            return found
        [ended] = await self._end([found])
        return ended

    async def followed_in(self, token: str) -> tuple[Followed, ...]:
        """Return all that the token of a message would unsubscribe from; changes nothing."""
        delivery_id = self._subject(UNSUBSCRIBE_MAIL, token)
        if delivery_id is None:
            return ()
        async with self._begin_reading() as work:
            return await work.followed_in(delivery_id)

    async def unsubscribe_from_all(self, token: str) -> tuple[Followed, ...]:
        """End all subscriptions of which a message told, a team's for its member; empty for a token of no message."""
        return await self._end(await self.followed_in(token))

    async def _end(self, found: Sequence[Followed]) -> tuple[Followed, ...]:
        now = self._writing.now()
        live = [each for each in found if not each.ended]
        if live:
            async with self._writing.writing() as work:
                own = [each.subscription.subscription_id for each in live if each.member is None]
                if own:
                    await work.end_subscriptions(own, now)
                for each in live:
                    if each.member is not None:
                        await work.opt_out(each.subscription.subscription_id, each.member, now)
        return tuple(replace(each, ended=True) for each in found)

    async def offer(self, token: str, agreement_id: str) -> Offer | None:
        """Return what the token would follow; changes nothing. None for a token or an agreement that leads nowhere."""
        return await self._offer(token, agreement_id, taken=False)

    async def follow(self, token: str, agreement_id: str) -> Offer | None:
        """Follow the agreement on the channel, for the person and with the wishes of the token's subscription.

        Again is no error. None for a token or an agreement that leads nowhere.
        """
        return await self._offer(token, agreement_id, taken=True)

    async def _offer(self, token: str, agreement_id: str, *, taken: bool) -> Offer | None:
        subscription_id = self._subject(FOLLOW, token)
        if subscription_id is None or self._targets is None or agreement_id not in self._targets.agreements:
            return None
        async with self._begin_reading() as reading:
            found = await reading.followed(subscription_id)
        if found is None:
            return None
        answer = answer_before(found)
        if answer is None:
            answer = await self._beside(subscription_id, agreement_id, self._targets, taken=taken)
        return Offer(found.subscription, agreement_id, answer)

    async def _beside(self, subscription_id: UUID, agreement_id: str, targets: Targets, *, taken: bool) -> Answer:
        now = self._writing.now()
        opened = self._writing.writing() if taken else self._writing.begin()  # who only looks makes nobody wait
        async with opened as work:
            live = await work.live_subscriptions()
            like = next((each for each in live if each.subscription_id == subscription_id), None)
            if like is None:
                return "ended"
            try:
                wanted = await targets.wanted(AgreementTarget(agreement_id), work, now)
            except WrongInput:  # its rule was removed
                return "not_watched"
            if wanted.rule is None:
                raise LookupError(agreement_id)
            theirs = beside(like, wanted.rule.rule_id, wanted.follows, now)
            if any(is_the_same(each, theirs) for each in live):
                return "followed"
            if not taken:
                return "offered"
            if wanted.is_new:
                await work.save_rule(wanted.rule, BY_A_SUBSCRIPTION)
            await work.save_subscription(theirs)
            return "followed"

    async def feed(self, token: str) -> Feed | None:
        """Return the feed behind a token; None for one that leads nowhere, or whose subscription was ended."""
        subscription_id = self._subject(FEED, token)
        if subscription_id is None:
            return None
        async with self._begin_reading() as work:
            return await work.feed(subscription_id, MOST_FEED_ENTRIES)

    def _subject(self, purpose: str, token: str) -> UUID | None:
        return None if self._seals is None else self._seals.read_token(purpose, token)
