"""The queries of how addresses stand, of stop switches, and of showing how deliveries fare."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.notifier.domain.delivery import State
from services.notifier.domain.holding import Hold
from services.notifier.domain.overview import ChannelGlance, DeliveryGlance, DeliveryRecord
from services.notifier.domain.standing import Lane, Standing
from services.notifier.ports.inbox import Inbox


class StandingWork(Inbox, Protocol):
    """The queries of how addresses stand, of what holds sending back, and of letting it go again."""

    async def standings(self, lanes: Collection[Lane]) -> dict[Lane, Standing]:
        """Lock and return how these addresses stand; those that are well are not among them."""
        ...

    async def save_standings(self, standings: Mapping[Lane, Standing]) -> None:
        """Write how addresses stand; of one that is well nothing is kept."""
        ...

    async def probes_due(self, now: datetime, most: int) -> dict[Lane, Standing]:
        """Lock and return disabled addresses whose next probe is due, and that hold something to probe them with."""
        ...

    async def oldest_held(self, lane: Lane, most: int) -> tuple[UUID, ...]:
        """Return the oldest deliveries that are held for this address alone, and that no stop switch holds as well."""
        ...

    async def hold_lane(self, lane: Lane) -> int:
        """Hold what waits for this address; return how many that are."""
        ...

    async def hold_scope(self, hold: Hold) -> int:
        """Hold what waits and is of this stop switch; return how many that are."""
        ...

    async def release_lane(self, lane: Lane) -> int:
        """Let go on at once what is held for this address, in a new round, unless something else holds it."""
        ...

    async def release_all(self) -> int:
        """Let go on what nothing holds any longer; what waited for a retry waits for it still."""
        ...

    async def drop_scope(self, hold: Hold, why: str) -> int:
        """Cancel what this stop switch held back; return how many that were."""
        ...

    async def hurry_lane(self, lane: Lane) -> int:
        """Make due at once what waits for another attempt at this address: it takes messages again."""
        ...

    async def listeners(self, lane: Lane) -> tuple[str, ...]:
        """Return the names of the rules whose alerts go there, with their owners where they have one."""
        ...

    async def open_holds(self) -> tuple[Hold, ...]:
        """Return the stop switches that are thrown, the oldest first."""
        ...

    async def add_hold(self, hold: Hold) -> bool:
        """Throw a stop switch; False where the same one is thrown already."""
        ...

    async def end_hold(self, hold: Hold, by: str, ending: str, now: datetime) -> None:
        """Put a stop switch back."""
        ...

    async def rule_id_of(self, name: str) -> tuple[UUID, str] | None:
        """Return the id and name of the live rule of this name, in any case of letters."""
        ...

    async def held_by_scope(self, holds: Sequence[Hold]) -> dict[UUID, int]:
        """Return how many deliveries are kept back under each stop switch; one may be under several."""
        ...

    async def held_in_all(self) -> int:
        """Return how many deliveries are held."""
        ...


class OverviewWork(Protocol):
    """The queries of showing people how deliveries and channels fare."""

    async def glances(self, states: Collection[State], channel: str | None, limit: int) -> tuple[DeliveryGlance, ...]:
        """Return deliveries, newest attempt first: of these states (any where there are none), and of a channel."""
        ...

    async def record(self, delivery_id: UUID) -> DeliveryRecord | None:
        """Return everything of one delivery."""
        ...

    async def channel_glances(self) -> tuple[ChannelGlance, ...]:
        """Return every address that somebody subscribes with or that does not stand well."""
        ...
