"""Hubs at our door: what they confirm and deny is written down, and a push that is signed wakes its source."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.scraper.domain.hub_calls import (
    Confirmed,
    Denied,
    HeldSubscription,
    LetGo,
    SignedBody,
    could_be_a_token,
    meaning_of,
)
from services.scraper.domain.hubs import LONGEST_WAIT, renewal
from shared.contracts.events import Event, FeedPushed
from shared.contracts.streams import SCRAPER_WAKE
from shared.kit.clock import Clock
from shared.kit.errors import Later
from shared.kit.ids import id_for
from shared.telemetry import metrics

logger = logging.getLogger(__name__)

REST = timedelta(seconds=10)  # between two looks at one source, however often its hub calls


class PushWork(Protocol):
    """One transaction about a hub's call."""

    async def announce(self, event: Event) -> None:
        """Let the event leave with this transaction."""
        ...

    async def take(self, event_id: UUID, taker: str) -> bool:
        """Record that this taker handles the event; False when it already did."""
        ...

    async def held_hub(self, token: str) -> HeldSubscription | None:
        """Return the subscription of this token, and let nobody else change it before we are done."""
        ...

    async def confirm_hub(self, source_id: UUID, *, lease: timedelta, renew_after: timedelta) -> None:
        """Write down that the hub calls us until the lease ends, and when to ask for the next."""
        ...

    async def let_go_of_hub(self, source_id: UUID) -> None:
        """Write down that the hub calls us no more, as we asked."""
        ...

    async def refuse_hub(self, source_id: UUID, *, reason: str, wait: timedelta) -> None:
        """Write down that the hub does not want us, and when to ask once more."""
        ...

    async def count_push(self, source_id: UUID) -> tuple[datetime | None, datetime | None]:
        """Count a push; return when the source was last looked at, and until when it is in hand, if it is."""
        ...

    async def wake_source(self, source_id: UUID, *, rest: timedelta) -> bool:
        """Make the source due, after its rest; False while it is in hand, and the look may be older than the news."""
        ...


BeginPushes = Callable[[], AbstractAsyncContextManager[PushWork]]


class HubDoor:
    """Answers hubs that call `/websub/<token>`; a token that is not known gets None, whatever is asked."""

    def __init__(self, begin: BeginPushes, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def answer(self, token: str, said: Mapping[str, str]) -> str | None:
        """Return what to say to a call with these query parameters; None is a no."""
        async with self._begin() as work:
            held = await work.held_hub(token) if could_be_a_token(token) else None
            if held is None:
                metrics.HUB_CALLS.labels("unknown").inc()
                return None
            meaning = meaning_of(said, held)
            metrics.HUB_CALLS.labels(type(meaning).__name__).inc()
            match meaning:
                case Confirmed(challenge=challenge, lease=lease):
                    await work.confirm_hub(held.source_id, lease=lease, renew_after=renewal(lease))
                    return challenge
                case LetGo(challenge=challenge):
                    await work.let_go_of_hub(held.source_id)
                    return challenge
                case Denied(reason=reason):
                    told = f"The hub denies us{f': {reason}' if reason else ', and does not say why'}."
                    await work.refuse_hub(held.source_id, reason=told, wait=LONGEST_WAIT)
                    return ""
                case _:
                    logger.warning("source %s: a hub's call was not about what we asked for", held.source_name)
                    return None

    async def push(self, token: str, headers: Mapping[str, str]) -> Push | None:
        """Return what takes in the push's body; `headers` have lower-case names."""
        async with self._begin() as work:
            held = await work.held_hub(token) if could_be_a_token(token) else None
        if held is None or held.state == "ended":
            metrics.HUB_CALLS.labels("unknown").inc()
            return None
        return Push(self._begin, self._clock, held, SignedBody(held.secret, headers))


class Push:
    """One push while its body comes in."""

    def __init__(self, begin: BeginPushes, clock: Clock, held: HeldSubscription, body: SignedBody) -> None:
        self._begin = begin
        self._clock = clock
        self._held = held
        self._body = body

    def feed(self, chunk: bytes) -> None:
        """Take the next piece of the body."""
        self._body.feed(chunk)

    async def take(self) -> None:
        """Believe the push if its signature holds; one that does not is counted, and no secret of ours.

        The fact is "there is news since this look", so however often a hub calls, one event leaves for each look: the
        next look finds what all of them meant. A push while a look is under way is another fact, because that look may
        be older than the news.
        """
        source_id = self._held.source_id
        if not self._body.holds():
            metrics.HUB_CALLS.labels("forged").inc()
            logger.warning("source %s: a push was ignored, its signature does not hold", self._held.source_name)
            return
        async with self._begin() as work:
            event_id = id_for("feed.pushed", source_id, *await work.count_push(source_id))
            await work.announce(
                FeedPushed(
                    event_id=event_id, occurred_at=self._clock.now(), correlation_id=event_id, source_id=source_id
                )
            )
        metrics.HUB_CALLS.labels("pushed").inc()


class Wakes:
    """Wakes sources whose feeds have news."""

    def __init__(self, begin: BeginPushes) -> None:
        self._begin = begin

    async def wake_source(self, event: FeedPushed) -> None:
        """Make the source due, once for each event. Raises Later while a look at it is under way."""
        async with self._begin() as work:
            if not await work.take(event.event_id, SCRAPER_WAKE.name):
                return
            if not await work.wake_source(event.source_id, rest=REST):
                raise Later("The source is being looked at; it is looked at once more after that.")
