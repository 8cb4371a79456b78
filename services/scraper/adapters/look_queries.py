"""What a look changes: the source's state, its next look, and the entries it found."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from services.scraper.adapters.look_statements import ADD_ENTRIES, RESCHEDULE, values_of
from services.scraper.domain.article import EARLIEST, content_fingerprint
from services.scraper.domain.entry import mark_of
from services.scraper.domain.gate import concerns_home
from services.scraper.domain.revision import MOST_REREADS, REREAD_AT_THE_EARLIEST
from services.scraper.domain.shared_address import Item, addresses_of, all_spellings, is_of_shared_address
from services.scraper.domain.source import FEWEST_DATED
from services.scraper.parsing.results import Entry
from services.scraper.ports import SourceAfter, SourceInHand
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.kit.text import storable
from shared.kit.urls import canonical_url, host_of
from shared.store.harvest import ArticleRow, EntryRow, SourceStateRow
from shared.store.unit_of_work import Work
from shared.telemetry import metrics

logger = logging.getLogger(__name__)

RECENT_ENTRIES = 12
RECENT_ARTICLES = 100  # a first look may bring as many at once
_ROWS_PER_STATEMENT = 200  # of a large sitemap: in between, others get the event loop


class LookQueries(Work):
    """Keeps what a look found."""

    async def add_entries(self, source: SourceInHand, entries: Sequence[Entry], now: datetime) -> int:
        """Keep entries that were never seen at any source; return how many those were.

        An entry whose words this source has changed is to be read again, but not sooner than ten minutes after it was
        last, nor for ever. The entry of another source becomes this one's where that one is looked at no more, and
        where its article may pass the gate, or may alert, as this one's and did not as that one's.
        """
        in_order = await self.rows_of(source, entries, now)
        new = 0
        for start in range(0, len(in_order), _ROWS_PER_STATEMENT):
            some = json.dumps(in_order[start : start + _ROWS_PER_STATEMENT], default=str)
            told = {
                "rows": some,
                "rest": REREAD_AT_THE_EARLIEST,
                "most_rereads": MOST_REREADS,
                "at_home": concerns_home(source.country),
                "country": source.country,
                "alert_since": source.alert_since,
            }
            new += sum(await self.session.scalars(ADD_ENTRIES, told))
        return new

    async def rows_of(self, source: SourceInHand, entries: Sequence[Entry], now: datetime) -> list[dict[str, Any]]:
        """Return the entries as they are stored, each by the address that it is known by already, if it is."""
        usable = addressed(source, entries)
        ids = {id_for("entry", spelling): spelling for spelling in all_spellings([item for _, item in usable])}
        rows = await self.session.execute(
            select(EntryRow.entry_id, EntryRow.title).where(
                EntryRow.entry_id == func.any(literal(list(ids), ARRAY(Uuid())))
            )
        )
        known = {ids[entry_id]: title for entry_id, title in rows}
        return entry_rows(source, usable, known, now)

    async def recent_times(self, source_id: UUID) -> Sequence[datetime]:
        """Return when the source's latest entries were published, newest first; impossible dates are left out.

        Of a source that dates (nearly) nothing, when its latest articles were read: each hour's reading is one moment.
        """
        found = await self.session.scalars(
            select(EntryRow.published_at)
            .where(EntryRow.source_id == source_id, EntryRow.published_at > EARLIEST)
            .order_by(EntryRow.published_at.desc())
            .limit(RECENT_ENTRIES)
        )
        dated = [moment for moment in found if moment is not None]
        return dated if len(dated) >= FEWEST_DATED else await self._times_read(source_id)

    async def _times_read(self, source_id: UUID) -> Sequence[datetime]:
        read = await self.session.scalars(
            select(ArticleRow.fetched_at)
            .where(ArticleRow.source_id == source_id)
            .order_by(ArticleRow.fetched_at.desc())
            .limit(RECENT_ARTICLES)
        )
        hours = {moment.replace(minute=0, second=0, microsecond=0): moment for moment in reversed(read.all())}
        return sorted(hours.values(), reverse=True)

    async def reschedule(self, source_id: UUID, after: SourceAfter, *, now: datetime, wait: timedelta) -> None:
        """Write down what the look found, and give the source back; it is due again after the wait.

        The wait is reckoned by the database's clock, as the claims are, so that a machine whose clock is wrong neither
        hurries nor sleeps.
        """
        told = {"looked_at": now, "wait": wait, "interval_seconds": round(wait.total_seconds()), "source_id": source_id}
        await self.session.execute(RESCHEDULE, values_of(after) | told)

    async def note_hub(self, source_id: UUID, *, hub: str | None, self_url: str | None) -> None:
        """Write down the WebSub hub and topic that a whole answer declared."""
        await self.session.execute(
            update(SourceStateRow).where(SourceStateRow.source_id == source_id).values(hub=hub, self_url=self_url)
        )

    async def look_later(self, source_id: UUID, wait: timedelta) -> None:
        """Give back a source that was not asked, as it stood; it is due again after the wait."""
        await self.session.execute(
            update(SourceStateRow)
            .where(SourceStateRow.source_id == source_id)
            .values(next_look_at=func.clock_timestamp() + wait, leased_until=None)
        )


def addressed(source: SourceInHand, entries: Sequence[Entry]) -> list[tuple[Entry, Item]]:
    """Return the entries with their canonical addresses, those without a usable one left out."""
    found = []
    for entry in entries:
        try:
            canonical = canonical_url(entry.url)
        except WrongInput as wrong:
            logger.warning("source %s: an entry was left out: %s", source.name, wrong)
            metrics.ENTRIES_LEFT_OUT.inc()
            continue
        if source.kind == "watch":  # every version of a watched page is an article of its own
            canonical = f"{canonical}#{content_fingerprint(entry.content)[:16]}"
        found.append((entry, Item(canonical, entry.title, entry.guid)))
    return found


def entry_rows(
    source: SourceInHand, entries: Sequence[tuple[Entry, Item]], known: Mapping[str, str], now: datetime
) -> list[dict[str, Any]]:
    """Return the entries as they are stored, one for each address that they are known by.

    They stand in one order, whoever asks: two that store the same entries at once would else wait for each other.
    `known` is as `addresses_of` takes it.
    """
    rows: dict[UUID, dict[str, Any]] = {}
    for (entry, item), address in zip(entries, addresses_of([item for _, item in entries], known), strict=True):
        row = _entry_row(source, entry, address, now)
        row["whole"] = entry.whole or is_of_shared_address(address, item)
        rows.setdefault(row["entry_id"], row)
    return [rows[entry_id] for entry_id in sorted(rows)]


def _entry_row(source: SourceInHand, entry: Entry, canonical: str, now: datetime) -> dict[str, Any]:
    return {
        "entry_id": id_for("entry", canonical),
        "source_id": source.source_id,
        "url": entry.url,
        "canonical_url": canonical,
        "host": host_of(entry.url),
        "title": storable(entry.title),
        "summary": storable(entry.summary),
        "content": storable(entry.content),
        "author": storable(entry.author),
        "image_url": storable(entry.image_url),
        "mark": mark_of(entry.title, entry.summary, entry.content, entry.updated),
        "published_at": entry.published,
        "found_at": now,
        "correlation_id": id_for("correlation", canonical),
    }
