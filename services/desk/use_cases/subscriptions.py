"""Who hears of what, where and when: subscriptions, of people, of teams and of nobody in particular."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Unpack
from uuid import UUID

from services.desk.domain.channels import FIELD, Channel, Subscription
from services.desk.domain.local_times import moment_after, moment_of
from services.desk.domain.lookup import named, one_by_prefix
from services.desk.domain.names import in_shell
from services.desk.domain.receivers import NOBODY, For, Receiver, way_to
from services.desk.domain.rules import OperatorsTarget, Target
from services.desk.domain.signatures import BY_A_SUBSCRIPTION, Signature
from services.desk.domain.views import Ended, SubscriptionView
from services.desk.domain.wishes import PLAIN, Wishes, WishesGiven, refuse_digest, with_wishes
from services.desk.ports import DeskWork
from services.desk.use_cases.secret_keeping import SecretKeeper, new_webhook_secret
from services.desk.use_cases.targets import Targets, Wanted
from services.desk.use_cases.writing import Writing
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.kit.sealing import Seals


class Subscriptions:
    """Makes, changes and ends subscriptions. `seals` seal what is secret before it is stored."""

    def __init__(self, writing: Writing, targets: Targets, seals: Seals | None = None) -> None:
        self._begin = writing.begin
        self._writing = writing.writing
        self._now = writing.now
        self._targets = targets
        self._secrets = SecretKeeper(writing, seals)

    async def subscribe(
        self,
        target: Target,
        channel: str,
        receiver: For = NOBODY,
        by: Signature = BY_A_SUBSCRIPTION,
        **given: Unpack[WishesGiven],
    ) -> SubscriptionView:
        """Send what the target tells of to a channel of a person, of a team, or of nobody in particular.

        A subscription that stands already is returned as it is (`already`). The view of a new webhook carries its
        signing secret, this once. Raises WrongInput for an unknown target or receiver, naming the nearest, for a wrong
        channel, and for wishes that cannot be taken.
        """
        now = self._now()
        async with self._writing() as work:
            whom = await receiver_of(receiver, work)
            way = way_to(whom, channel)
            wishes = _checked_wishes(PLAIN, given, way, whom.zone, whom.name)
            _refuse_for_operators(target, way, receiver, given)
            wanted = await self._targets.wanted(target, work, now)
            standing = await self._standing(wanted, way, whom, work)
            if standing is not None:
                return self._viewed(standing, wanted, whom, already=True)
            if wanted.is_new and wanted.rule is not None:
                await work.save_rule(wanted.rule, by)
            return await self._made(wanted, way, whom, wishes, work, now)

    async def change(self, subscription_id: UUID | str, **given: Unpack[WishesGiven]) -> SubscriptionView:
        """Change what the subscription wants, where something is given. Raises WrongInput."""
        async with self._writing() as work:
            view = one_by_prefix(str(subscription_id), await work.subscription_views())
            if not given:
                mend = "Give --min-severity, --language, --digest, --urgent, … (`pactwatch subscribe change --help`)."
                raise WrongInput("subscribe change", view.subscription_id, "is given nothing to change", mend=mend)
            if view.rule_id is None:
                raise _at_once(str(view.subscription_id))
            whom = await receiver_of(For(view.person, view.team), work)
            wishes = _checked_wishes(
                view.wishes, given, Channel(view.channel, view.address), whom.zone, view.person or view.team
            )
            return await self._saved(view, wishes, work)

    async def mute(
        self, subscription_id: UUID | str, *, until: str | None = None, span: str | None = None
    ) -> SubscriptionView:
        """Keep what comes until a moment, or for a span of time. Raises WrongInput."""
        now = self._now()
        async with self._writing() as work:
            view = one_by_prefix(str(subscription_id), await work.subscription_views())
            if view.rule_id is None:
                raise _at_once(str(view.subscription_id))
            whom = await receiver_of(For(view.person, view.team), work)
            moment = until_when(until, span, whom.zone or view.wishes.time_zone, now)
            return await self._saved(view, replace(view.wishes, muted_until=moment), work)

    async def unmute(self, subscription_id: UUID | str) -> SubscriptionView:
        """Let go on what was muted. Raises WrongInput."""
        async with self._writing() as work:
            view = one_by_prefix(str(subscription_id), await work.subscription_views())
            return await self._saved(view, replace(view.wishes, muted_until=None), work)

    async def unsubscribe(self, subscription_id: UUID | str) -> Ended:
        """End a subscription, given its id or the beginning of it; returns what was ended. Raises WrongInput."""
        async with self._writing() as work:
            view = one_by_prefix(str(subscription_id), await work.subscription_views())
            return Ended(view, await ended(work, [view.subscription_id], self._now()))

    async def views(self, receiver: For = NOBODY) -> list[SubscriptionView]:
        """Return the live subscriptions, oldest first: all, or a person's or team's own. Raises WrongInput."""
        async with self._begin() as work:
            whom = await receiver_of(receiver, work)
            views = await work.subscription_views()
        if whom.name is None:
            return views
        return [each for each in views if (each.person, each.team) == _names(whom)]

    async def view(self, subscription_id: UUID | str) -> SubscriptionView:
        """Return one live subscription, given its id or the beginning of it. Raises WrongInput."""
        async with self._begin() as work:
            view = one_by_prefix(str(subscription_id), await work.subscription_views())
            (one,) = [each for each in await work.live_subscriptions() if each.subscription_id == view.subscription_id]
        return replace(view, feed_token=self._secrets.feed_token(one))

    async def receiver(self, receiver: For) -> Receiver:
        """Return the person or team of this name. Raises WrongInput naming the nearest."""
        async with self._begin() as work:
            return await receiver_of(receiver, work)

    async def _standing(self, wanted: Wanted, way: Channel, whom: Receiver, work: DeskWork) -> Subscription | None:
        """Return the subscription that says this already.

        One to the same address that was nobody's becomes theirs, so that the address does not hear of it twice.
        """
        on_it = await work.subscriptions_on(None if wanted.rule is None else wanted.rule.rule_id, way)
        mine = next((each for each in on_it if (each.person_id, each.team_id) == _ids(whom)), None)
        if mine is not None or not way.address or whom.name is not None:
            return mine
        return next(iter(on_it), None)

    async def _made(
        self, wanted: Wanted, way: Channel, whom: Receiver, wishes: Wishes, work: DeskWork, now: datetime
    ) -> SubscriptionView:
        rule_id = None if wanted.rule is None else wanted.rule.rule_id
        person_id, team_id = _ids(whom)
        of_nobody = await self._of_nobody(rule_id, way, whom, work)
        if of_nobody is not None:
            theirs = replace(of_nobody, person_id=person_id, team_id=team_id, follows=wanted.follows, wishes=wishes)
            await work.save_subscription(replace(theirs, secret=None))
            return self._viewed(theirs, wanted, whom)
        signing = new_webhook_secret() if way.kind == "webhook" else None
        parts = [each for each in (person_id or team_id,) if each is not None]
        new = Subscription(
            subscription_id=id_for("subscription", rule_id, way.kind, way.address, now.isoformat(), *parts),
            rule_id=rule_id,
            channel=way,
            secret=await self._secrets.kept(way.secret or signing, work),
            created_at=now,
            person_id=person_id,
            team_id=team_id,
            follows=wanted.follows,
            wishes=wishes,
        )
        await work.save_subscription(new)
        return self._viewed(new, wanted, whom, secret=signing)

    async def _of_nobody(
        self, rule_id: UUID | None, way: Channel, whom: Receiver, work: DeskWork
    ) -> Subscription | None:
        if whom.name is None or not way.address:
            return None
        on_it = await work.subscriptions_on(rule_id, way)
        return next((each for each in on_it if each.person_id is None and each.team_id is None), None)

    def _viewed(
        self,
        subscription: Subscription,
        wanted: Wanted,
        whom: Receiver,
        *,
        secret: str | None = None,
        already: bool = False,
    ) -> SubscriptionView:
        person, team = _names(whom)
        token = self._secrets.feed_token(subscription)
        return SubscriptionView.of(
            subscription, wanted.rule, secret=secret, feed_token=token, already=already, person=person, team=team
        )

    async def _saved(self, view: SubscriptionView, wishes: Wishes, work: DeskWork) -> SubscriptionView:
        (old,) = [each for each in await work.live_subscriptions() if each.subscription_id == view.subscription_id]
        await work.save_subscription(replace(old, wishes=wishes, secret=None))
        return replace(view, wishes=wishes)


async def receiver_of(asked: For, work: DeskWork) -> Receiver:
    """Return the person or team of this name. Raises WrongInput naming the nearest, and for both at once."""
    if asked.person is not None and asked.team is not None:
        mend = "Give --person or --team, not both."
        raise WrongInput("--team", asked.team, "stands beside a person", mend=mend)
    if asked.person is not None:
        return Receiver(person=named(asked.person, await work.live_people(), "person"))
    if asked.team is None:
        return Receiver()
    team = named(asked.team, await work.live_teams(), "team")
    inside = {each.person_id for each in await work.memberships() if each.team_id == team.team_id}
    return Receiver(team=team, members=[each for each in await work.live_people() if each.person_id in inside])


async def ended(work: DeskWork, subscription_ids: Sequence[UUID], now: datetime) -> int:
    """End the subscriptions; return how many messages waited for them, also as digests."""
    ids = list(subscription_ids)
    waited = await work.waiting_deliveries(ids)
    if ids:
        await work.end_subscriptions(ids, now)
    return waited


def until_when(until: str | None, span: str | None, zone: str, now: datetime) -> datetime:
    """Return the moment that is given as such, or as a span of time. Raises WrongInput unless it is one of them."""
    if (until is None) == (span is None):
        mend = 'Give --for 3h (30m, 2d, 1w), or --until 2026-12-01 (also "2026-12-01 08:00", or 08:00).'
        raise WrongInput("mute", None, "is not told until when", mend=mend)
    return moment_of(until, zone, now) if until is not None else moment_after(span or "", now)


def _checked_wishes(old: Wishes, given: WishesGiven, way: Channel, zone: str | None, whose: str | None) -> Wishes:
    if "time_zone" in given and zone is not None:
        mend = f"Leave it out, or change theirs: pactwatch person change {in_shell(whose or '')} --time-zone ZONE"
        raise WrongInput(
            "--time-zone", given["time_zone"], f"stands beside that of {whose}, which is {zone}", mend=mend
        )
    wishes = with_wishes(old, given)
    refuse_digest(wishes, way.kind)
    return wishes


def _refuse_for_operators(target: Target, way: Channel, receiver: For, given: WishesGiven) -> None:
    if not isinstance(target, OperatorsTarget):
        return
    if way.kind == "feed":
        raise WrongInput(FIELD, str(way), "tells of alerts, not of troubles", mend="Give mailto:, webhook: or inbox.")
    if receiver != NOBODY:
        mend = "Leave it out, and give the channel with its address: --channel mailto:ops@example.org"
        raise WrongInput("--person", receiver.person or receiver.team, "hears of alerts, not of troubles", mend=mend)
    if given:
        raise _at_once("--operators")


def _at_once(what: str) -> WrongInput:
    mend = "Leave --digest, --min-severity, --language and --urgent out, and do not mute it."
    return WrongInput("subscription", what, "tells operators of troubles, always at once", mend=mend)


def _ids(whom: Receiver) -> tuple[UUID | None, UUID | None]:
    return whom.person.person_id if whom.person else None, whom.team.team_id if whom.team else None


def _names(whom: Receiver) -> tuple[str | None, str | None]:
    return whom.person.name if whom.person else None, whom.team.name if whom.team else None
