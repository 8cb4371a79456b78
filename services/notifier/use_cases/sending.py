"""What people decide about sending: stop it, let it go on, disable a channel, enable it again, and see how it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services.notifier.domain.delivery import State, replay
from services.notifier.domain.holding import Hold, Scope, new_hold
from services.notifier.domain.overview import ChannelGlance, DeliveryGlance, DeliveryRecord, channel_id, shown_lane
from services.notifier.domain.standing import EVERY_ADDRESS, WELL, Lane, disable
from services.notifier.ports import Begin, NotifierWork
from services.notifier.use_cases.channel_news import enabled_news
from services.notifier.use_cases.sorting_out import set_apart
from shared.contracts.timing import Why
from shared.kit.errors import PactwatchError, WrongInput

_LEAST_ID_CHARACTERS = 4


@dataclass(frozen=True)
class HeldBack:
    """A stop switch that is thrown, and how many deliveries it keeps back."""

    hold: Hold
    held: int


class Sending:
    """The stop switch, the channels and the ledger, as people see and work them."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def pause(self, scope: Scope, about: str, *, reason: str, by: str) -> HeldBack:
        """Stop what is of this scope: nothing of it is sent from the next claim on, by any notifier.

        `about` is a rule's name, a channel's, `channel:address`, or empty for all. What is under way ends. Raises
        WrongInput where there is no such thing, or it is stopped already.
        """
        async with self._begin() as work:
            scope, found, label = await _found(work, scope, about)
            hold = new_hold(scope, found, label, reason=reason, by=by, now=await work.clock())
            if not await work.add_hold(hold):
                raise WrongInput(
                    scope, label, "is paused already", mend="See: pactwatch sending status. Resume it first."
                )
            await _set_apart(work, hold)
            await work.hold_scope(hold)
            return HeldBack(hold, (await work.held_by_scope([hold]))[hold.hold_id])

    async def resume(self, scope: Scope, about: str, *, by: str, drop: bool = False, bundle: bool = False) -> HeldBack:
        """Let what was stopped go on; what was held is sent, or with `drop` cancelled. Returns what became of it.

        With `bundle` each reader gets it as one message; what may have arrived, corrections and what programs get go by
        themselves.

        What another stop switch or a disabled channel holds as well stays held. Raises WrongInput where it is not
        stopped.
        """
        async with self._begin() as work:
            scope, found, label = await _found(work, scope, about)
            hold = next((each for each in await work.open_holds() if (each.scope, each.about) == (scope, found)), None)
            if hold is None:
                raise WrongInput(scope, label, "is not paused", mend="See what is: pactwatch sending status")
            return await _ended(work, hold, by=by, drop=drop, bundle=bundle)

    async def end_hold(self, hold_id: UUID, *, by: str, drop: bool = False, bundle: bool = False) -> HeldBack:
        """Let go on what this stop switch stopped, as `resume` does, also where its rule or channel is no more.

        Raises WrongInput where it is not thrown any more.
        """
        async with self._begin() as work:
            hold = next((each for each in await work.open_holds() if each.hold_id == hold_id), None)
            if hold is None:
                raise WrongInput("stop switch", str(hold_id), "is not thrown", mend="See: pactwatch sending status")
            return await _ended(work, hold, by=by, drop=drop, bundle=bundle)

    async def paused(self) -> tuple[HeldBack, ...]:
        """Return the stop switches that are thrown, and what each keeps back."""
        async with self._begin() as work:
            holds = await work.open_holds()
            held = await work.held_by_scope(holds)
            return tuple(HeldBack(hold, held[hold.hold_id]) for hold in holds)

    async def channels(self) -> tuple[ChannelGlance, ...]:
        """Return every address that somebody subscribes with or that does not stand well."""
        async with self._begin() as work:
            return await work.channel_glances()

    async def disable_channel(self, which: str, *, by: str, reason: str) -> Lane:
        """Send nothing to an address until somebody enables it; what is for it is held.

        `which` is `channel:address`, a channel's name, or the beginning of an id as lists show it. Raises WrongInput.
        """
        async with self._begin() as work:
            lane = await _lane(work, which)
            standing = (await work.standings([lane])).get(lane, WELL)
            await work.save_standings({lane: disable(standing, by, reason, await work.clock())})
            await work.hold_lane(lane)
            return lane

    async def enable_channel(self, which: str) -> tuple[Lane, int]:
        """Send to an address again, at once; return it and how many held deliveries go out. Raises WrongInput."""
        async with self._begin() as work:
            lane = await _lane(work, which)
            standing = (await work.standings([lane])).get(lane, WELL)
            if standing.disabled_at is None:
                raise WrongInput(
                    "channel", shown_lane(lane), "is not disabled", mend="See them all: pactwatch channel list"
                )
            await work.save_standings({lane: WELL})
            released = await work.release_lane(lane)
            if not standing.disabled_by:
                now = await work.clock()
                await work.announce(enabled_news(lane, standing.disabled_at, f"{released} messages go out.", now))
            return lane, released

    async def replay(self, delivery_id: UUID | None, channel: str | None = None) -> int:
        """Put back in line, now, what was given up: this delivery, those of a channel, or all; return how many."""
        return await replay_given_up(self._begin, delivery_id, channel)

    async def deliveries(
        self, states: Collection[State], channel: str | None, limit: int
    ) -> tuple[DeliveryGlance, ...]:
        """Return deliveries, those that were touched last first."""
        async with self._begin() as work:
            return await work.glances(states, channel, limit)

    async def delivery(self, delivery_id: UUID) -> DeliveryRecord:
        """Return everything of one delivery. Raises PactwatchError where there is none of this id."""
        async with self._begin() as work:
            record = await work.record(delivery_id)
        if record is None:
            raise PactwatchError(
                f"No delivery has the id {delivery_id}.", mend="Take it from: pactwatch deliveries list"
            )
        return record


async def replay_given_up(begin: Begin, delivery_id: UUID | None, channel: str | None) -> int:
    """Put deliveries that were given up back in line, now, each in a new round; return how many."""
    async with begin() as work:
        lines = [(each, replay(line)) for each, line in await work.given_up(delivery_id, channel)]
        await work.write(lines, 0.0)
    return len(lines)


async def _ended(work: NotifierWork, hold: Hold, *, by: str, drop: bool, bundle: bool) -> HeldBack:
    await work.end_hold(hold, by, "dropped" if drop else "resumed", await work.clock())
    if drop:
        await _set_apart(work, hold)
        return HeldBack(hold, await work.drop_scope(hold, f"Dropped by {by} when sending was resumed."))
    together = await work.held_and_never_tried(hold) if bundle else ()
    await work.wait_again(dict.fromkeys(together, Why.BURST))
    return HeldBack(hold, len(together) + await work.release_all())


async def _set_apart(work: NotifierWork, hold: Hold) -> None:
    """Let a rule's stop switch be about its own alerts alone, also of those that one message tells with others."""
    if hold.scope is Scope.RULE:
        await set_apart(work, UUID(hold.about))


async def _found(work: NotifierWork, scope: Scope, about: str) -> tuple[Scope, str, str]:
    """Return the scope of a stop switch, and what it is about, as it is kept and as it is shown."""
    match scope:
        case Scope.ALL:
            return scope, "", "all sending"
        case Scope.RULE:
            rule = await work.rule_id_of(about)
            if rule is None:
                raise WrongInput("rule", about, "is no rule", mend="See the names of all: pactwatch rule list")
            return scope, str(rule[0]), f"rule {rule[1]}"
        case Scope.CHANNEL | Scope.ADDRESS:
            lane = await _lane(work, about)
            if lane.address == EVERY_ADDRESS:
                return Scope.CHANNEL, lane.channel, shown_lane(lane)
            return Scope.ADDRESS, f"{lane.channel}:{lane.address}", shown_lane(lane)


async def _lane(work: NotifierWork, which: str) -> Lane:
    """Return the address that a person means. Raises WrongInput where it is none, or more than one."""
    lanes = [glance.lane for glance in await work.channel_glances()]
    exact = [lane for lane in lanes if f"{lane.channel}:{lane.address}" == which]
    if exact:
        return exact[0]
    if any(lane.channel == which for lane in lanes):
        return Lane(which, EVERY_ADDRESS)
    wanted = which.removeprefix("#").replace("-", "").lower()
    begins = [lane for lane in lanes if channel_id(lane).hex.startswith(wanted)]
    if len(wanted) >= _LEAST_ID_CHARACTERS and len(begins) == 1:
        return begins[0]
    raise WrongInput(
        "channel",
        which,
        "names more than one" if len(begins) > 1 and wanted else "is no channel that anything is sent to",
        mend="Give an id of `pactwatch channel list`, mailto:ADDRESS, webhook:URL, or a kind such as mailto.",
    )
