"""Who may read which page, and when: entries are claimed here, each by one scraper until a lease ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import BindParameter, Interval, Uuid, bindparam, func, or_, select, text, update

from services.scraper.domain.entry import WAITS_SECONDS
from services.scraper.domain.manners import REST_SECONDS
from services.scraper.ports import WaitingEntry
from shared.store.definitions import SourceRow
from shared.store.harvest import EntryRow, SourceStateRow
from shared.store.unit_of_work import Work

MOST_OF_A_HOST = 3  # entries in hand at a time: a host that never answers keeps so many hands and no more
MOST_OF_A_SOURCE = 6  # … and so does a source whose links lead to ever new hosts that never answer
RESTS_AT_MOST = timedelta(seconds=5)  # a host that rests for longer is passed over: nobody would wait for it in a look
# News older than this stands in the line as if it had come so much later: an archive lets the day's news pass, and is
# still not passed for ever.
LONGEST_HANDICAP = timedelta(minutes=6)

LONGEST_WAIT = timedelta(minutes=15)  # for a host that has not time for all its news: then the feed's words must do
HOSTS_PER_ENTRY = 4  # so many hosts are looked at for every entry that is wanted; some have nothing to give
FRESHEST = 100  # entries whose hosts are looked at too, wherever they stand in the line

# Hosts are found by leaping from one to the next in an index (ix_entries_line), and only of some of them the first few
# entries are looked at, so that a claim costs what there are hosts, however many entries wait. `turn` counts what is in
# hand of the host already; `place` is a moment: since when the host waits, and later for old news. What stands in
# braces differs for entries that are read for the first time and again.
_DUE = """
    WITH RECURSIVE at AS MATERIALIZED (SELECT statement_timestamp() AS moment),
    line(host, since) AS (
        (SELECT host, next_try_at FROM entries WHERE state = '{state}' ORDER BY host, next_try_at LIMIT 1)
        UNION ALL
        SELECT after.host, after.next_try_at FROM line CROSS JOIN LATERAL (
            SELECT host, next_try_at FROM entries WHERE state = '{state}' AND host > line.host
            ORDER BY host, next_try_at LIMIT 1
        ) AS after
    ),
    held AS MATERIALIZED (
        SELECT host, source_id FROM entries, at WHERE leased_until IS NOT NULL AND leased_until > at.moment
    ),
    held_of_host AS (SELECT host, count(*) AS entries FROM held GROUP BY host),
    held_of_source AS (SELECT source_id, count(*) AS entries FROM held GROUP BY source_id),
    ready AS MATERIALIZED (
        SELECT line.host, line.since, coalesce(held_of_host.entries, 0) AS entries,
            CASE WHEN hosts.delay_seconds > {rest_seconds} THEN 1 ELSE {most_of_a_host} END AS most
        FROM line CROSS JOIN at
        LEFT JOIN hosts ON hosts.host = line.host
        LEFT JOIN held_of_host ON held_of_host.host = line.host
        WHERE line.since <= at.moment
        AND coalesce(greatest(hosts.next_request_at, hosts.pages_rest_until), at.moment) <= at.moment + :rests_at_most
    ),
    chosen AS (
        (SELECT * FROM ready WHERE entries < most ORDER BY entries, since LIMIT :hosts) {or_freshest}
    ),
    turns AS (
        SELECT first.entry_id, first.source_id, first.place, chosen.entries + first.nth AS turn
        FROM chosen CROSS JOIN at CROSS JOIN LATERAL ({first}) AS first
        WHERE chosen.entries + first.nth <= chosen.most
    ),
    fair AS (
        SELECT entry_id, turn, place, coalesce(held_of_source.entries, 0)
            + row_number() OVER (PARTITION BY turns.source_id ORDER BY turn, place) AS turn_of_source
        FROM turns LEFT JOIN held_of_source ON held_of_source.source_id = turns.source_id
    )
    SELECT entry_id FROM fair WHERE turn_of_source <= {most_of_a_source} ORDER BY turn, place LIMIT :most
"""
_BELIEVED = "least(coalesce(published_at, found_at), found_at)"
_OR_FRESHEST = """
    UNION SELECT * FROM ready WHERE entries < most AND host IN (
        SELECT host FROM (
            SELECT host FROM entries WHERE state = 'waiting' ORDER BY {believed} DESC LIMIT {freshest}
        ) AS freshest
    )
"""  # by the index ix_entries_freshest
_FREE = """
    entries.state = '{state}' AND entries.host = chosen.host AND entries.next_try_at <= at.moment
    AND (entries.leased_until IS NULL OR entries.leased_until <= at.moment)
"""
_LATEST_NEWS = """
    SELECT entry_id, source_id, row_number() OVER () AS nth,
        chosen.since + least(greatest(next_try_at - believed, interval '0'), :longest_handicap) AS place
    FROM (
        SELECT entry_id, source_id, next_try_at, {believed} AS believed FROM entries WHERE {free}
        ORDER BY {believed} DESC, next_try_at LIMIT {most_of_a_host}
    ) AS latest
"""  # by the index ix_entries_latest
_LONGEST_DUE = """
    SELECT entry_id, source_id, row_number() OVER () AS nth, next_try_at AS place
    FROM (
        SELECT entry_id, source_id, next_try_at FROM entries WHERE {free} ORDER BY next_try_at LIMIT {most_of_a_host}
    ) AS longest
"""


def _statement(state: str, first: str, or_freshest: str = "") -> str:
    caps = {"most_of_a_host": MOST_OF_A_HOST, "most_of_a_source": MOST_OF_A_SOURCE, "rest_seconds": REST_SECONDS}
    of_host = first.format(free=_FREE.format(state=state), believed=_BELIEVED, **caps)
    of_freshest = or_freshest.format(believed=_BELIEVED, freshest=FRESHEST)
    return _DUE.format(state=state, first=of_host, or_freshest=of_freshest, **caps)


# Those that cannot wait for their host: it rests for longer than a page is waited for, or never had time for them while
# they waited. What an archive holds is no news, and waits.
_OVERDUE = text(
    """
    WITH at AS MATERIALIZED (SELECT statement_timestamp() AS moment),
    rests AS (SELECT host, greatest(next_request_at, pages_rest_until) AS until FROM hosts),
    resting AS (
        SELECT host, CASE WHEN until > at.moment + :patience THEN at.moment ELSE at.moment - :longest_wait END AS due
        FROM rests, at WHERE until > at.moment + :rests_at_most
    )
    SELECT overdue.entry_id FROM resting CROSS JOIN LATERAL (
        SELECT entry_id FROM entries, at
        WHERE state = 'waiting' AND host = resting.host AND next_try_at <= resting.due AND alert_since IS NULL
            AND (leased_until IS NULL OR leased_until <= at.moment)
        ORDER BY next_try_at LIMIT :most
    ) AS overdue LIMIT :most
    """
)


_RESTS: BindParameter[timedelta] = bindparam("rests_at_most", RESTS_AT_MOST, Interval)
_HANDICAP: BindParameter[timedelta] = bindparam("longest_handicap", LONGEST_HANDICAP, Interval)
_WAITING = text(_statement("waiting", _LATEST_NEWS, _OR_FRESHEST)).bindparams(_RESTS, _HANDICAP).columns(entry_id=Uuid)
_AGAIN = text(_statement("again", _LONGEST_DUE)).bindparams(_RESTS).columns(entry_id=Uuid)


_OF_RESTING_HOSTS = _OVERDUE.bindparams(
    _RESTS,
    bindparam("patience", timedelta(seconds=sum(WAITS_SECONDS)), Interval),
    bindparam("longest_wait", LONGEST_WAIT, Interval),
).columns(entry_id=Uuid)

_ANY_AGAIN = text(  # most claims find none: one look into an index instead of a leap from host to host
    "SELECT EXISTS (SELECT FROM entries WHERE state = 'again' AND next_try_at <= statement_timestamp())"
)


class EntryClaims(Work):
    """Claims entries, and gives them back."""

    async def claim_entries(self, *, limit: int, lease_seconds: float) -> Sequence[WaitingEntry]:
        """Take entries whose page is to be read, each for one scraper at a time, until the lease ends.

        At most `MOST_OF_A_HOST` of a host are taken at a time, its latest news first; one of a host that asked for a
        longer rest than ours, none of one that is resting. Every host is served once before one is served twice; among
        those that stand equal, the one that waits longest. After them comes news whose host rests for longer than it
        can wait, and at last pages that were read before.

        Claims wait for each other (an advisory lock), or two at once would each count only their own.

        Entries of a source that was paused or removed meanwhile are taken too: they were found while it was live.
        """
        await self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("scraper.entries", 0))))
        chosen = list(await self.session.scalars(_WAITING, {"most": limit, "hosts": limit * HOSTS_PER_ENTRY}))
        overdue: frozenset[UUID] = frozenset()
        if (left := limit - len(chosen)) > 0:
            overdue = frozenset(await self.session.scalars(_OF_RESTING_HOSTS, {"most": left}))
            chosen += overdue
        if (left := limit - len(chosen)) > 0 and await self.session.scalar(_ANY_AGAIN):
            chosen += await self.session.scalars(_AGAIN, {"most": left, "hosts": left * HOSTS_PER_ENTRY})
        return await self._lease_entries(chosen, overdue, lease_seconds) if chosen else []

    async def _lease_entries(
        self, chosen: Sequence[UUID], overdue: Collection[UUID], lease_seconds: float
    ) -> Sequence[WaitingEntry]:
        """Write the leases; an entry that something else holds locked, or has just closed, is left out."""
        now = func.clock_timestamp()
        found = await self.session.execute(
            select(EntryRow, SourceRow, SourceStateRow.pages_alike)
            .join(SourceRow, SourceRow.source_id == EntryRow.source_id)
            .outerjoin(SourceStateRow, SourceStateRow.source_id == EntryRow.source_id)
            .where(
                EntryRow.entry_id.in_(chosen),
                EntryRow.state != "done",
                or_(EntryRow.leased_until.is_(None), EntryRow.leased_until <= now),
            )
            .with_for_update(of=EntryRow, skip_locked=True)
        )
        claimed = {
            entry.entry_id: _waiting(entry, source, alike or 0, host_rests=entry.entry_id in overdue)
            for entry, source, alike in found
        }
        await self.session.execute(
            update(EntryRow)
            .where(EntryRow.entry_id.in_(claimed))
            .values(leased_until=now + timedelta(seconds=lease_seconds))
            .execution_options(synchronize_session=False)
        )
        return [claimed[entry_id] for entry_id in chosen if entry_id in claimed]

    async def renew_entries(self, entry_ids: Sequence[UUID], *, lease_seconds: float) -> None:
        """Make the leases of entries that are in hand last so long from now on; one that was given back stays free."""
        until = func.clock_timestamp() + timedelta(seconds=lease_seconds)
        await self.session.execute(
            update(EntryRow)
            .where(EntryRow.entry_id.in_(entry_ids), EntryRow.leased_until.is_not(None))
            .values(leased_until=until)
            .execution_options(synchronize_session=False)
        )

    async def give_back_entries(self, entry_ids: Sequence[UUID]) -> None:
        """End the leases of entries that were claimed and not read."""
        await self.session.execute(update(EntryRow).where(EntryRow.entry_id.in_(entry_ids)).values(leased_until=None))


def _waiting(entry: EntryRow, source: SourceRow, pages_alike: int, *, host_rests: bool) -> WaitingEntry:
    return WaitingEntry(
        entry_id=entry.entry_id,
        source_id=entry.source_id,
        source_name=source.name,
        alert_since=entry.alert_since or source.alert_since,
        url=entry.url,
        canonical_url=entry.canonical_url,
        title=entry.title,
        summary=entry.summary,
        content=entry.content,
        published_at=entry.published_at,
        failures=entry.failures,
        correlation_id=entry.correlation_id,
        state=entry.state,
        author=entry.author,
        image_url=entry.image_url,
        whole=entry.whole,
        rereads=entry.rereads,
        source_country=source.country,
        text_selector=(source.selectors or {}).get("text", ""),
        pages_alike=pages_alike,
        from_archive=entry.alert_since is not None,
        mark=entry.mark,
        host_rests=host_rests,
    )
