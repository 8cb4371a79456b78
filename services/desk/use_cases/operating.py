"""What operators do beside keeping sources: replay what was set aside or given up, and work channels and switches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.desk.domain.operating import (
    ChannelState,
    GivenUp,
    Replayed,
    SetAsideMessage,
    SetAsidePage,
    Stops,
    StopSwitch,
)

SHOWN = 100
REPLAYED_AT_ONCE = 100  # messages of one request: each is an answer of the bus, and a browser waits for them


class LooksAside(Protocol):
    """One transaction that reads what was set aside."""

    async def set_aside(self, limit: int) -> Sequence[SetAsideMessage]:
        """Return the messages that wait, the newest first."""

    async def set_aside_count(self, until: datetime | None) -> int:
        """Return how many messages wait, of those set aside up to then."""

    async def set_aside_ids(self, until: datetime, limit: int) -> Sequence[UUID]:
        """Return the ids of messages that were set aside up to then, the oldest first."""

    async def given_up_count(self) -> int:
        """Return how many deliveries were given up."""

    async def rule_choices(self) -> Sequence[str]:
        """Return the names of the live rules, by name."""


class ReplaysMessages(Protocol):
    """Publishes messages that were set aside again."""

    async def __call__(self, quarantine_ids: Sequence[UUID]) -> int:
        """Return how many of these waited and go out again. Raises PactwatchError where the bus is away."""


class WorksSending(Protocol):
    """Sending, as operators see and work it. Every deed raises WrongInput for what is not there, or is so already."""

    async def channels(self) -> Sequence[ChannelState]:
        """Return every address that somebody subscribes with, or that something waits for."""

    async def stops(self) -> Sequence[StopSwitch]:
        """Return the stop switches that are thrown."""

    async def given_up(self, limit: int) -> Sequence[GivenUp]:
        """Return deliveries that were given up, those that were touched last first."""

    async def disable(self, channel_id: str, *, by: str, reason: str) -> str:
        """Send nothing to an address until somebody enables it; return the address, masked."""

    async def enable(self, channel_id: str) -> tuple[str, int]:
        """Send to an address again; return it, masked, and how many held messages go out."""

    async def stop(self, scope: Stops, about: str, *, by: str, reason: str) -> StopSwitch:
        """Throw a stop switch: on all sending, on a rule by its name, on a channel by its kind."""

    async def end_stop(self, stop_id: UUID, *, by: str, drop: bool) -> tuple[str, int]:
        """End a stop switch; return its label and how many held messages go out, or were dropped."""

    async def replay(self, delivery_id: UUID | None) -> int:
        """Put deliveries that were given up back in line: this one, or all; return how many."""


BeginLookingAside = Callable[[], AbstractAsyncContextManager[LooksAside]]


class SetAside:
    """Shows and replays messages that were set aside, and deliveries that were given up."""

    def __init__(self, begin: BeginLookingAside, replays: ReplaysMessages, sending: WorksSending) -> None:
        self._begin = begin
        self._replays = replays
        self._sending = sending

    async def page(self) -> SetAsidePage:
        """Return what is set aside, the newest of it."""
        async with self._begin() as work:
            messages = tuple(await work.set_aside(SHOWN))
            messages_in_all = await work.set_aside_count(None)
            given_up_in_all = await work.given_up_count()
        given_up = tuple(await self._sending.given_up(SHOWN)) if given_up_in_all else ()
        return SetAsidePage(messages, messages_in_all, given_up, given_up_in_all)

    async def replay_message(self, quarantine_id: UUID) -> bool:
        """Let the message go out again; False when it waits no more. Raises PactwatchError."""
        return bool(await self._replays([quarantine_id]))

    async def replay_messages(self, until: datetime) -> Replayed:
        """Let the next messages of those set aside up to a moment go out again.

        One that fails again is set aside later than that, so that replaying ends. Raises PactwatchError.
        """
        async with self._begin() as work:
            next_ones = await work.set_aside_ids(until, REPLAYED_AT_ONCE)
        done = await self._replays(next_ones) if next_ones else 0
        async with self._begin() as work:
            return Replayed(done, await work.set_aside_count(until))

    async def replay_delivery(self, delivery_id: UUID) -> bool:
        """Send the delivery again, in a new round of attempts; False when it is not given up."""
        return bool(await self._sending.replay(delivery_id))

    async def replay_deliveries(self) -> int:
        """Send all that was given up again; return how many deliveries."""
        return await self._sending.replay(None)


class Channels:
    """Shows and works channels and the stop switches."""

    def __init__(self, begin: BeginLookingAside, sending: WorksSending) -> None:
        self._begin = begin
        self.sending = sending

    async def rules(self) -> Sequence[str]:
        """Return the names of the rules that a stop switch can be thrown on."""
        async with self._begin() as work:
            return await work.rule_choices()
