"""What all scrapers know of a host together: its robots.txt, and when its next request may be made.

Every time is the database's, so that replicas whose clocks differ keep one pace.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Double, Interval, bindparam, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.scraper.domain.manners import KnownHost
from shared.store.harvest import HostRow
from shared.store.unit_of_work import Work

# A server that has enough of our reading is given its rest; its feeds, whose own answers tell when they have enough,
# are asked again after this: one page must not silence them for an hour.
MOST_OF_A_PAGE_SECONDS = 300.0

# One statement that waits for nobody but the holder of the same row, and whose commit need not reach the disk: a slot
# that a crash forgets is asked for again.
_RESERVE = text("""
    WITH unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true) AS value),
    taken AS (
        INSERT INTO hosts AS held (host, next_request_at)
        SELECT :host, clock_timestamp() + :rest FROM unhurried
        ON CONFLICT (host) DO UPDATE
        SET next_request_at = greatest(held.next_request_at, clock_timestamp()) + :rest
        WHERE held.next_request_at IS NULL OR held.next_request_at <= clock_timestamp() + :patience
        RETURNING next_request_at - :rest AS begins_at
    )
    SELECT extract(epoch FROM coalesce(
        (SELECT begins_at FROM taken), (SELECT next_request_at FROM hosts WHERE host = :host)
    ) - clock_timestamp())::double precision
""").bindparams(bindparam("rest", type_=Interval), bindparam("patience", type_=Interval))


class HostQueries(Work):
    """Reads and writes how hosts want to be treated."""

    async def known(self, host: str) -> KnownHost:
        """Return what is known of the host; of one that was never asked, nothing but that it is due."""
        moment: datetime = (await self.session.scalars(select(func.clock_timestamp()))).one()
        row = await self.session.get(HostRow, host, populate_existing=True)
        if row is None:
            return KnownHost(moment)
        free_at = row.next_request_at or moment
        return KnownHost(
            now=moment,
            rules=row.robots,
            read_at=row.robots_at,
            failing_since=row.robots_failing_since,
            failing_status=row.robots_status,
            due=row.robots_try_at is None or row.robots_try_at <= moment,
            rests_for=max(free_at - moment, timedelta(0)),
        )

    async def lease_robots(self, host: str, *, lease_seconds: float) -> bool:
        """Take it upon us to ask for robots.txt; False where another scraper does, or did since we looked."""
        now = func.clock_timestamp()
        until = now + timedelta(seconds=lease_seconds)
        leased = await self.session.execute(
            insert(HostRow)
            .values(host=host, robots_try_at=until)
            .on_conflict_do_update(
                index_elements=[HostRow.host],
                set_={"robots_try_at": until},
                where=or_(HostRow.robots_try_at.is_(None), HostRow.robots_try_at <= now),
            )
            .returning(HostRow.host)
        )
        return leased.scalar_one_or_none() is not None

    async def keep_rules(
        self, host: str, rules: str, *, status: int, keep_seconds: float, delay_seconds: float
    ) -> None:
        """Write down a robots.txt that came (or that there is none), and when to ask for it again."""
        await self.session.execute(
            update(HostRow)
            .where(HostRow.host == host)
            .values(
                robots=rules,
                robots_status=status,
                robots_at=func.clock_timestamp(),
                robots_try_at=_in(keep_seconds),
                robots_failing_since=None,
                delay_seconds=delay_seconds,
            )
        )

    async def keep_trouble(self, host: str, *, status: int | None, retry_seconds: float, delay_seconds: float) -> None:
        """Write down that robots.txt could not be had, and when to ask for it again; an old copy stays."""
        await self.session.execute(
            update(HostRow)
            .where(HostRow.host == host)
            .values(
                robots_status=status,
                robots_try_at=_in(retry_seconds),
                robots_failing_since=func.coalesce(HostRow.robots_failing_since, func.clock_timestamp()),
                delay_seconds=delay_seconds,
            )
        )

    async def reserve(self, host: str, *, delay_seconds: float, patience_seconds: float) -> float:
        """Return how many seconds to wait before a request may begin; nothing is reserved for longer than patience.

        A wait up to `patience_seconds` is ours: the next one's begins `delay_seconds` after it. A longer wait is only
        told. A host without delay is not written to: it rests only when it was paused.
        """
        if delay_seconds <= 0:
            rests = select(func.extract("epoch", HostRow.next_request_at - func.clock_timestamp()).cast(Double))
            return max(0.0, await self.session.scalar(rests.where(HostRow.host == host)) or 0.0)
        times = {"rest": timedelta(seconds=delay_seconds), "patience": timedelta(seconds=patience_seconds)}
        wait = await self.session.scalar(_RESERVE, {"host": host, **times})
        return max(0.0, wait or 0.0)

    async def pause_host(self, host: str, *, seconds: float) -> None:
        """Let nobody ask anything of the host for so long, or longer where it rests longer already."""
        until = _in(seconds)
        await self.session.execute(
            insert(HostRow)
            .values(host=host, next_request_at=until)
            .on_conflict_do_update(
                index_elements=[HostRow.host],
                set_={"next_request_at": func.greatest(HostRow.next_request_at, until)},
            )
        )

    async def pause_pages(self, host: str, *, seconds: float) -> None:
        """Let nobody ask for an article of the host for so long; feeds, for a few minutes at the most."""
        until = _in(seconds)
        await self.session.execute(
            insert(HostRow)
            .values(host=host, pages_rest_until=until)
            .on_conflict_do_update(
                index_elements=[HostRow.host],
                set_={"pages_rest_until": func.greatest(HostRow.pages_rest_until, until)},
            )
        )
        await self.pause_host(host, seconds=min(seconds, MOST_OF_A_PAGE_SECONDS))

    async def forget_hosts(self, *, unused_for: timedelta) -> None:
        """Drop hosts that nobody has asked anything of, nor read the robots.txt of, for so long."""
        last = func.greatest(HostRow.next_request_at, HostRow.robots_try_at)
        await self.session.execute(delete(HostRow).where(last < func.clock_timestamp() - unused_for))


def _in(seconds: float) -> ColumnElement[Any]:
    return func.clock_timestamp() + timedelta(seconds=seconds)
