"""Hands a parcel to its channel."""

from __future__ import annotations

from collections.abc import Mapping

from services.notifier.domain.delivery import Outcome, Refused
from services.notifier.domain.parcel import Parcel
from services.notifier.ports import Send


class Channels:
    """The channels by the name that subscriptions give them."""

    def __init__(self, by_name: Mapping[str, Send]) -> None:
        self._by_name = by_name

    async def send(self, parcel: Parcel) -> Outcome:
        """Send through the parcel's channel; one that this version does not have waits for a newer version."""
        channel = self._by_name.get(parcel.channel)
        if channel is None:
            known = ", ".join(sorted(self._by_name))
            return Refused(f"This notifier has no channel {parcel.channel!r}, only {known}. Upgrade it.")
        return await channel(parcel)
