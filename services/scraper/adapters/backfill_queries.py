"""Walks through archives as they are written down, each look in one transaction with the entries it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, and_, func, literal_column, select, text, true, update
from sqlalchemy.dialects.postgresql import insert

from services.scraper.adapters.look_queries import LookQueries
from services.scraper.domain.backfill import Step, Walk, Way
from services.scraper.domain.backfill_views import ReadSoFar, WalkListed, WalkState
from services.scraper.domain.entry import WAITS_SECONDS
from services.scraper.parsing.results import Entry, Selectors
from services.scraper.ports import SourceInHand
from shared.store.definitions import SourceRow
from shared.store.harvest import BackfillRow, EntryRow, SourceStateRow

SCRAPERS = ("pactwatch", "pactwatch-scraper")  # what `pactwatch up` and `pactwatch serve scraper` call themselves
_ROWS_PER_STATEMENT = 1000  # a statement of Postgres takes at most 32,767 parameters; an entry has 17

_Walk = BackfillRow


class BackfillQueries(LookQueries):
    """Keeps walks through archives."""

    async def source_to_walk(self, source_id: UUID) -> SourceInHand | None:
        """Return the live source as it is defined; nothing of what its last look left behind but where it is."""
        found = await self.session.execute(
            select(SourceRow, SourceStateRow.found_kind, SourceStateRow.moved_to)
            .outerjoin(SourceStateRow, SourceStateRow.source_id == SourceRow.source_id)
            .where(SourceRow.source_id == source_id, SourceRow.removed_at.is_(None))
        )
        row = found.one_or_none()
        return None if row is None else _in_hand(*row)

    async def walk_of(self, source_id: UUID) -> Walk | None:
        """Return the source's walk as it was left, None where there was none."""
        row = await self.session.get(_Walk, source_id, populate_existing=True)
        if row is None:
            return None
        return Walk(
            since=row.since,
            alert_since=row.alert_since,
            started_at=row.started_at,
            frontier=tuple(map(_step, row.frontier)),
            seen=frozenset(row.seen),
            looks=row.looks,
            entries=row.entries,
            last_error=row.last_error,
        )

    async def begin_walk(self, source_id: UUID, walk: Walk) -> None:
        """Write a new walk in the place of any earlier one."""
        written = {
            **_written(walk),
            "since": walk.since,
            "alert_since": walk.alert_since,
            "started_at": walk.started_at,
            "changed_at": walk.started_at,
        }
        await self.session.execute(
            insert(_Walk)
            .values(source_id=source_id, **written)
            .on_conflict_do_update(index_elements=[_Walk.source_id], set_=written)
        )

    async def save_walk(self, source_id: UUID, walk: Walk, *, before: Walk, now: datetime) -> bool:
        """Write how the walk stands; False when it does not stand as it did before, because another goes on with it."""
        saved = await self.session.execute(
            update(_Walk)
            .where(_Walk.source_id == source_id, _Walk.started_at == before.started_at, _Walk.looks == before.looks)
            .values(**_written(walk), changed_at=now)
            .returning(_Walk.source_id)
            .execution_options(synchronize_session=False)
        )
        return saved.scalar_one_or_none() is not None

    async def add_archived(
        self, source: SourceInHand, entries: Sequence[Entry], *, alert_since: datetime, now: datetime
    ) -> int:
        """Keep entries that were never seen at any source, and touch no other; return how many those were."""
        due = {"next_try_at": func.clock_timestamp(), "alert_since": alert_since}
        in_order = [row | due for row in await self.rows_of(source, entries, now)]
        new = 0
        for start in range(0, len(in_order), _ROWS_PER_STATEMENT):
            adding = insert(EntryRow).values(in_order[start : start + _ROWS_PER_STATEMENT]).on_conflict_do_nothing()
            new += len((await self.session.scalars(adding.returning(EntryRow.entry_id))).all())
        return new

    async def read_so_far(self, source_id: UUID, walk: Walk) -> ReadSoFar:
        """Count the walk's entries, and those whose article is stored."""
        found = await self.session.execute(
            select(func.count(), _count_read(), func.count().filter(_is_resting())).where(
                EntryRow.source_id == source_id,
                EntryRow.alert_since == walk.alert_since,
                EntryRow.found_at >= walk.started_at,
            )
        )
        return ReadSoFar(*found.one())

    async def scraper_runs(self) -> bool:
        """Tell whether any scraper is connected, to read what is found."""
        found = await self.session.scalar(
            text(
                "SELECT EXISTS (SELECT 1 FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = ANY(:names))"
            ),
            {"names": list(SCRAPERS)},
        )
        return bool(found)

    async def walks(self) -> Sequence[WalkListed]:
        """Return every walk, the latest first."""
        counted = (
            select(_count_read().label("read"), func.min(EntryRow.published_at).label("oldest"))
            .where(
                EntryRow.source_id == _Walk.source_id,
                EntryRow.alert_since == _Walk.alert_since,
                EntryRow.found_at >= _Walk.started_at,
            )
            .lateral()
        )
        found = await self.session.execute(
            select(
                _Walk,
                SourceRow.name,
                func.jsonb_array_length(_Walk.frontier),
                counted.c.read,
                counted.c.oldest,
                _holders(),
            )
            .join(SourceRow, SourceRow.source_id == _Walk.source_id)
            .join(counted, true())
            .order_by(_Walk.changed_at.desc())
        )
        return [_listed(*row) for row in found]


def turn_key(source_id: UUID) -> str:
    """Return the name of the lock that whoever walks the source's archive holds."""
    return f"scraper.backfill.{source_id}"


def _holders() -> ColumnElement[int]:
    """Count who holds the walk's lock: one or nobody (pg_locks shows a 64-bit key in two halves)."""
    return literal_column(
        "(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND (classid::bigint << 32) | objid::bigint"
        " = hashtextextended('scraper.backfill.' || backfills.source_id::text, 0))",
        BigInteger(),
    )


def _count_read() -> ColumnElement[int]:
    return func.count().filter(EntryRow.state != "waiting")


def _is_resting() -> ColumnElement[bool]:
    return and_(EntryRow.state == "waiting", EntryRow.failures > len(WAITS_SECONDS))


def _listed(row: BackfillRow, source: str, left: int, read: int, oldest: datetime | None, holders: int) -> WalkListed:
    state: WalkState = "done" if row.state == "done" else "walking" if holders else "interrupted"
    return WalkListed(
        source=source,
        state=state,
        since=row.since,
        alert_since=row.alert_since,
        looks=row.looks,
        left=left,
        entries=row.entries,
        read=read,
        oldest=oldest,
        started_at=row.started_at,
        changed_at=row.changed_at,
        last_error=row.last_error,
    )


def _in_hand(source: SourceRow, found_kind: str | None, moved_to: str | None) -> SourceInHand:
    stored = source.selectors or {}
    return SourceInHand(
        source_id=source.source_id,
        name=source.name,
        url=source.url,
        kind=source.kind,
        found_kind=found_kind,
        every_seconds=source.every_seconds,
        etag=None,
        last_modified=None,
        moved_to=moved_to,
        failures=0,
        language=source.language,
        selectors=Selectors(**{each.name: stored[each.name] for each in fields(Selectors) if each.name in stored}),
    )


def _written(walk: Walk) -> dict[str, Any]:
    return {
        "frontier": [_step_written(step) for step in walk.frontier],
        "seen": sorted(walk.seen),
        "state": "done" if walk.done else "running",
        "looks": walk.looks,
        "entries": walk.entries,
        "last_error": walk.last_error,
    }


def _step_written(step: Step) -> dict[str, Any]:
    """Return a step as JSON; what is as it is by default is left out."""
    written: dict[str, Any] = {"url": step.url, "way": step.way.value}
    for field in fields(Step):
        value = getattr(step, field.name)
        if field.name not in written and value != field.default:
            written[field.name] = value.isoformat() if isinstance(value, datetime) else value
    return written


def _step(written: Mapping[str, Any]) -> Step:
    reached = written.get("reached")
    return Step(
        **{
            **written,
            "way": Way(written["way"]),
            "before": tuple(written.get("before", ())),
            "reached": datetime.fromisoformat(reached) if reached else None,
        }
    )
