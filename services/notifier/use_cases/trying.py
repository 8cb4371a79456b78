"""A sample through a subscription's real channel, to see what comes back. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from services.notifier.domain.delivery import Delivered, Outcome
from services.notifier.domain.parcel import FETCHED, Parcel, Way
from services.notifier.domain.sample import sample_alert
from services.notifier.ports import Send
from shared.kit.clock import Clock
from shared.kit.ids import id_for


class WayWork(Protocol):
    """The query of trying a channel."""

    async def way(self, subscription_id: UUID) -> Way | None:
        """Return where the messages of a live subscription go; None for any other."""
        ...


BeginTrying = Callable[[], AbstractAsyncContextManager[WayWork]]


class ChannelTrial:
    """Sends samples."""

    def __init__(self, begin: BeginTrying, send: Send, clock: Clock) -> None:
        self._begin = begin
        self._send = send
        self._clock = clock

    async def send_sample(self, subscription_id: UUID) -> Outcome | None:
        """Send a sample once and return what came back; None where there is no such live subscription."""
        async with self._begin() as work:
            way = await work.way(subscription_id)
        if way is None:
            return None
        if way.channel in FETCHED:
            return Delivered("Readers come to this channel by themselves; nothing is sent.")
        now = self._clock.now()
        sample = sample_alert(now)
        parcel = Parcel(
            # Another id each time: a receiver that drops repeats must see every sample.
            delivery_id=id_for("sample-delivery", subscription_id, now),
            correlation_id=sample.correlation_id,
            channel=way.channel,
            address=way.address,
            secret=way.secret,
            message=sample,
            subscription_id=way.subscription_id,
        )
        return await self._send(parcel)
