"""Time that passes for a notifier: really (`--real-time`, as `make live` asks for), or by moving all that was noted."""

from __future__ import annotations

from dataclasses import dataclass

from services.notifier.use_cases import Notifier
from shared.store.unit_of_work import Database
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import send_all_due
from tests.waiting import let_pass

_REST_SECONDS = 60.0  # what is due rests meanwhile, because its receiver asked for it
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

    async def deliver(self, notifier: Notifier, *, most_seconds: float) -> None:
        """Send whatever falls due, until nothing waits or so many seconds have passed since the beginning."""
        await send_all_due(notifier)
        while (wait := await rows.seconds_until_next_try(self.database)) is not None:
            left = most_seconds - self.seconds
            if left <= 0:
                return
            await self.let(min(max(wait, 0.0) + 0.01, left))
            if not await send_all_due(notifier):
                await self.let(min(_REST_SECONDS, max(0.0, most_seconds - self.seconds)))
