"""Time that passes for a notifier: really (`--real-time`, as `make live` asks for), or by moving all that was noted."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.use_cases import Notifier
from shared.store.unit_of_work import Database
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import send_all_due
from tests.waiting import let_pass

_MOVED = {
    "deliveries": ("next_try_at", "leased_until"),
    "channel_states": ("failing_since", "quiet_until", "disabled_at", "probe_at"),
}


@dataclass
class Passing:
    """The clock of one test: `seconds` have passed since its beginning."""

    database: Database
    really: bool
    seconds: float = 0.0

    async def let(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.seconds += seconds
        if self.really:
            await let_pass(seconds)
            return
        for table, columns in _MOVED.items():
            moved = ", ".join(f"{column} = {column} - make_interval(secs => :span)" for column in columns)
            await rows.run(self.database, f"UPDATE {table} SET {moved}", span=seconds)

    async def until_next_try(self) -> bool:
        """Let pass what the next attempt waits for; False where none is waited for."""
        wait = await rows.seconds_until_next_try(self.database)
        if wait is None:
            return False
        await self.let(max(wait, 0.0) + 0.01)
        return True

    async def _rest(self) -> None:
        """Let a minute pass: what is due rests because its receiver asked for it."""
        await self.let(60)

    async def deliver(self, notifier: Notifier, *, most_seconds: float) -> None:
        """Send whatever falls due, until nothing waits or so many seconds have passed."""
        await send_all_due(notifier)
        while self.seconds < most_seconds and await self.until_next_try():
            if not await send_all_due(notifier):
                await self._rest()
