"""Hands a parcel to its channel, its secret opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.notifier.domain.delivery import Outcome, Refused
from services.notifier.domain.parcel import Parcel
from services.notifier.ports import Send
from shared.kit.sealing import CannotOpen, Seals, is_sealed


class Channels:
    """The channels by the name that subscriptions give them."""

    def __init__(self, by_name: Mapping[str, Send], seals: Seals | None = None) -> None:
        self._by_name = by_name
        self._seals = seals

    async def send(self, parcel: Parcel) -> Outcome:
        """Send through the parcel's channel; one that this version does not have waits for a newer version."""
        channel = self._by_name.get(parcel.channel)
        if channel is None:
            known = ", ".join(sorted(self._by_name))
            return Refused(f"This notifier has no channel {parcel.channel!r}, only {known}. Upgrade it.")
        try:
            opened = self._opened(parcel.secret)
            others = tuple(filter(None, map(self._opened, parcel.other_secrets)))
        except CannotOpen as wrong:
            return Refused(str(wrong))  # for us to mend, while the schedule runs
        return await channel(replace(parcel, secret=opened, other_secrets=others))

    def _opened(self, secret: str | None) -> str | None:
        if secret is None or not is_sealed(secret):
            return secret
        if self._seals is None:
            raise CannotOpen
        return self._seals.open(secret)
