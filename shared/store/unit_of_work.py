"""One message, one transaction, one commit: the only place that commits, and the only way for news to leave.

A service gives `Database.begin` its own kind of `Work` (a subclass with its queries); leaving the block commits, an
exception rolls back. `announce` writes an outbox row in the same transaction; after the commit the relay is nudged.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar
from uuid import UUID

from asyncpg.exceptions import InterfaceError as AsyncpgInterfaceError
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from shared.contracts.events import Event
from shared.store.address import asyncpg_url
from shared.store.outbox import InboxRow, OutboxRow

STATEMENT_LIMIT_MILLISECONDS = 10_000  # a query that takes longer is a bug, and holds a connection others need
IDLE_IN_TRANSACTION_LIMIT_MILLISECONDS = 15_000  # frees the locks of a process that hangs inside a transaction
POOL_CONNECTIONS = 16  # kept open: opening one costs five milliseconds and a cold backend
POOL_OVERFLOW = 4
CONNECT_SECONDS = 10
COMMAND_SECONDS = 15  # over the server's own limit: answers for a server, or a network, that has gone silent
# SQLSTATE classes and codes of a server that is away, overloaded, restarting or failing over (PostgreSQL, appendix A)
_OUTAGE_CLASSES = ("08", "53", "57")
_OUTAGE_CODES = frozenset({"25006", "40001", "40P01", "55P03"})  # read-only, serialisation, deadlock, lock wait


class Work:
    """What every transaction can do. Services subclass it with their own queries."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.announced = False

    async def announce(self, event: Event) -> None:
        """Write the event to the outbox; the same event written again changes nothing."""
        await self.announce_all((event,))

    async def announce_all(self, events: Sequence[Event]) -> None:
        """Write events to the outbox in one statement, as `announce` does."""
        if not events:
            return
        values = [
            {
                "event_id": event.event_id,
                "subject": event.subject(),
                "type_name": event.type_name(),
                "payload": json.loads(event.model_dump_json()),
                "correlation_id": event.correlation_id,
            }
            for event in events
        ]
        await self.session.execute(insert(OutboxRow).values(values).on_conflict_do_nothing())
        self.announced = True

    async def take(self, event_id: UUID, taker: str) -> bool:
        """Record that this taker handles the event in this transaction; False when it already did, in an earlier one.

        A second process that takes the same event waits here for the first one's commit, and is then told False.
        """
        statement = insert(InboxRow).values(event_id=event_id, taker=taker).on_conflict_do_nothing()
        taken = await self.session.execute(statement.returning(InboxRow.event_id))
        return taken.scalar_one_or_none() is not None


W = TypeVar("W", bound=Work)


class Database:
    """The pool of connections, and the one place where a transaction begins and ends."""

    def __init__(self, url: str, *, application: str = "pactwatch", command_seconds: float = COMMAND_SECONDS) -> None:
        self.engine = _engine(url, application, command_seconds)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._nudges: list[Callable[[], None]] = []

    def after_announcing(self, nudge: Callable[[], None]) -> None:
        """Call `nudge` after each commit that announced something."""
        self._nudges.append(nudge)

    @asynccontextmanager
    async def begin(self, kind: Callable[[AsyncSession], W]) -> AsyncIterator[W]:
        """Open a transaction; commit at the end of the block, roll back when it raises."""
        async with self._sessions.begin() as session:
            work = kind(session)
            yield work
        if work.announced:
            for nudge in self._nudges:
                nudge()

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _engine(url: str, application: str, command_seconds: float) -> AsyncEngine:
    return create_async_engine(
        asyncpg_url(url),
        pool_size=POOL_CONNECTIONS,
        max_overflow=POOL_OVERFLOW,
        pool_pre_ping=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": command_seconds,
            "server_settings": {
                "application_name": application,
                "timezone": "UTC",
                "statement_timeout": str(STATEMENT_LIMIT_MILLISECONDS),
                "idle_in_transaction_session_timeout": str(IDLE_IN_TRANSACTION_LIMIT_MILLISECONDS),
            },
        },
    )


def is_outage(error: BaseException) -> bool:
    """Tell whether an error means that the database is away or overloaded, and not that the message is at fault."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated or isinstance(error, (OperationalError, InterfaceError)):
            return True
        return _tells_of_outage(error.orig)
    if isinstance(error, (OSError, PoolTimeoutError, AsyncpgInterfaceError)):
        return True
    return _tells_of_outage(error)


def _tells_of_outage(error: BaseException | None) -> bool:
    """Judge by what the server itself said."""
    sqlstate = str(getattr(error, "sqlstate", None) or "")
    return sqlstate.startswith(_OUTAGE_CLASSES) or sqlstate in _OUTAGE_CODES or isinstance(error, TimeoutError)
