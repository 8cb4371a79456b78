"""Replaying messages that were set aside: for commands and for the desk, neither of which is on the bus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from nats.errors import Error as NatsError

from shared.kit.errors import PactwatchError
from shared.messaging.connection import connect_once
from shared.messaging.quarantine import Quarantine
from shared.store.unit_of_work import Database


class Replays:
    """Publishes messages of the quarantine again; `nats_url` is asked for each time: a house may move."""

    def __init__(self, database: Database, nats_url: Callable[[], str], *, name: str = "pactwatch-cli") -> None:
        self._quarantine = Quarantine(database)
        self._nats_url = nats_url
        self._name = name

    async def __call__(self, quarantine_ids: Sequence[UUID]) -> int:
        """Return how many of these waited and go out again. Raises PactwatchError where the bus is away."""
        try:
            connection = await connect_once(self._nats_url(), name=self._name)
            try:
                js = connection.jetstream()
                return sum([await self._quarantine.replay(each, js) for each in quarantine_ids])
            finally:
                await connection.close()
        except (NatsError, TimeoutError, OSError) as error:
            said = str(error).removeprefix("nats: ") or type(error).__name__
            raise PactwatchError(
                f"The bus does not answer ({said}).", mend="Run `pactwatch doctor` to see why."
            ) from error
