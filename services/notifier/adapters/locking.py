"""What notifiers lock by a name until the end of a transaction, where there is no row of its own to lock."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Text, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from services.notifier.domain.standing import Lane


def number_of(name: ColumnElement[str] | str) -> ColumnElement[int]:
    """Return the number by which Postgres locks a name."""
    return func.hashtextextended(name, 0)


def reader_name(lane: Lane) -> str:
    """Return the name by which a reader is locked."""
    return f"reader {lane.channel} {lane.address}"


async def lock_names(session: AsyncSession, names: Collection[str]) -> None:
    """Lock these names, in one order for all, so that two transactions cannot wait for each other."""
    each = func.unnest(literal(sorted(names), ARRAY(Text()))).column_valued("name")
    await session.execute(select(func.pg_advisory_xact_lock(number_of(each))))
