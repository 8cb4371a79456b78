"""A bus on a real nats-server and a real Postgres."""

from __future__ import annotations

from collections.abc import AsyncIterator

import nats
import pytest

from services.cli.engines.engine import EmbeddedEngine
from shared.store.unit_of_work import Database
from tests.live.messaging.bus import Bus, MakeBus


@pytest.fixture
async def make_bus(database: Database, nats_server: EmbeddedEngine) -> AsyncIterator[MakeBus]:
    connections = []

    async def make(*, again_seconds: float = 900) -> Bus:
        connection = await nats.connect(nats_server.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
        connections.append(connection)
        return Bus(database, connection.jetstream(), nats_server.url, again_seconds=again_seconds)

    yield make
    for connection in connections:
        await connection.close()
