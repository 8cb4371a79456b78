"""The scraper's transaction on Postgres: owns source states, entries and articles; reads the sources' definitions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.scraper.parsing.results import Entry
from services.scraper.ports import NewArticle, SourceAfter, SourceInHand, WaitingEntry
from shared.kit.ids import id_for
from shared.kit.text import storable
from shared.kit.urls import canonical_url, host_of
from shared.store.definitions import SourceRow
from shared.store.harvest import ArticleRow, EntryRow, SourceStateRow
from shared.store.unit_of_work import Work

RECENT_ENTRIES = 12
STORY_SPAN = timedelta(days=7)  # the same words again after a week are another story's
LONGEST_KEY_CHARACTERS = 2048  # an index row of Postgres holds 2704 bytes
STORY_SHORTEST_CHARACTERS = 400  # shorter texts may be equal by chance, or be a wall that many pages show


class ScraperWork(Work):
    """One transaction of the scraper."""

    async def claim_sources(self, *, limit: int, lease_seconds: float) -> Sequence[SourceInHand]:
        """Take the sources that are due, each for one scraper at a time, until the lease ends."""
        now = func.clock_timestamp()
        due = await self.session.execute(
            select(SourceRow, SourceStateRow)
            .outerjoin(SourceStateRow, SourceStateRow.source_id == SourceRow.source_id)
            .where(
                SourceRow.removed_at.is_(None),
                SourceRow.paused.is_(False),
                or_(SourceStateRow.next_look_at.is_(None), SourceStateRow.next_look_at <= now),
                or_(SourceStateRow.leased_until.is_(None), SourceStateRow.leased_until <= now),
            )
            .order_by(SourceStateRow.next_look_at.nulls_first(), SourceRow.created_at)
            .limit(limit)
            .with_for_update(of=SourceRow, skip_locked=True)
        )
        claimed: list[SourceInHand] = []
        for source, state in due:
            if await self._lease_source(source.source_id, lease_seconds):
                claimed.append(_in_hand(source, state))
        return claimed

    async def _lease_source(self, source_id: UUID, lease_seconds: float) -> bool:
        """Write the lease; False when another scraper wrote one since we read (its row version was not ours)."""
        now = func.clock_timestamp()
        until = now + timedelta(seconds=lease_seconds)
        leased = await self.session.execute(
            insert(SourceStateRow)
            .values(source_id=source_id, next_look_at=now, leased_until=until)
            .on_conflict_do_update(
                index_elements=[SourceStateRow.source_id],
                set_={"leased_until": until},
                where=or_(SourceStateRow.leased_until.is_(None), SourceStateRow.leased_until <= now)
                & (SourceStateRow.next_look_at <= now),
            )
            .returning(SourceStateRow.source_id)
        )
        return leased.scalar_one_or_none() is not None

    async def add_entries(self, source: SourceInHand, entries: Sequence[Entry], now: datetime) -> int:
        """Keep entries that were never seen at any source; return how many those were."""
        rows: dict[UUID, dict[str, object]] = {}
        for entry in entries:
            canonical = _key_of(entry.url)
            entry_id = id_for("entry", canonical)
            rows.setdefault(
                entry_id,
                {
                    "entry_id": entry_id,
                    "source_id": source.source_id,
                    "url": entry.url,
                    "canonical_url": canonical,
                    "title": storable(entry.title),
                    "summary": storable(entry.summary),
                    "content": storable(entry.content),
                    "published_at": entry.published,
                    "found_at": now,
                    "next_try_at": now,
                    "correlation_id": id_for("correlation", canonical),
                },
            )
        if not rows:
            return 0
        in_order = [rows[entry_id] for entry_id in sorted(rows)]  # two looks at once would else wait for each other
        statement = insert(EntryRow).values(in_order).on_conflict_do_nothing()
        return len((await self.session.execute(statement.returning(EntryRow.entry_id))).all())

    async def recent_times(self, source_id: UUID) -> Sequence[datetime]:
        """Return when the source's latest entries were published, newest first; undated ones are left out."""
        found = await self.session.scalars(
            select(EntryRow.published_at)
            .where(EntryRow.source_id == source_id, EntryRow.published_at.is_not(None))
            .order_by(EntryRow.published_at.desc())
            .limit(RECENT_ENTRIES)
        )
        return [moment for moment in found if moment is not None]

    async def reschedule(self, source_id: UUID, after: SourceAfter, *, now: datetime, next_look_at: datetime) -> None:
        """Write down what the look found, and give the source back."""
        changed = {
            "state": after.state,
            "next_look_at": next_look_at,
            "failures": after.failures,
            "last_error": after.last_error,
            "last_look_at": now,
            "leased_until": None,
            "etag": after.etag,
            "last_modified": after.last_modified,
            "found_kind": after.found_kind,
            "moved_to": after.moved_to,
        }
        if after.succeeded:
            changed["last_success_at"] = now
        await self.session.execute(
            update(SourceStateRow).where(SourceStateRow.source_id == source_id).values(**changed)
        )

    async def claim_entries(self, *, limit: int, lease_seconds: float) -> Sequence[WaitingEntry]:
        """Take entries whose page is to be read, each for one scraper at a time, until the lease ends."""
        now = func.clock_timestamp()
        due = await self.session.execute(
            select(EntryRow, SourceRow)
            .join(SourceRow, SourceRow.source_id == EntryRow.source_id)
            .where(
                EntryRow.state == "waiting",
                EntryRow.next_try_at <= now,
                or_(EntryRow.leased_until.is_(None), EntryRow.leased_until <= now),
            )
            .order_by(EntryRow.next_try_at)
            .limit(limit)
            .with_for_update(of=EntryRow, skip_locked=True)
        )
        claimed = [_waiting(entry, source) for entry, source in due]
        if claimed:
            await self.session.execute(
                update(EntryRow)
                .where(EntryRow.entry_id.in_([entry.entry_id for entry in claimed]))
                .values(leased_until=now + timedelta(seconds=lease_seconds))
                .execution_options(synchronize_session=False)
            )
        return claimed

    async def save_article(self, article: NewArticle) -> UUID | None:
        """Store the article and return its story's id; None when it is stored already.

        Copies of one text at several outlets are one story. Two that are saved at the same moment wait for each
        other (an advisory lock on the text's fingerprint), or each would start a story of its own.
        """
        await self.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(article.fingerprint, 0))))
        story_id = await self._story_of_copy(article) or id_for("story", article.article_id)
        values = {name: getattr(article, name) for name in NewArticle.__dataclass_fields__}
        saved = await self.session.execute(
            insert(ArticleRow)
            .values(story_id=story_id, **values)
            .on_conflict_do_nothing()
            .returning(ArticleRow.story_id)
        )
        return saved.scalar_one_or_none()

    async def _story_of_copy(self, article: NewArticle) -> UUID | None:
        """Return the story of an earlier copy at another host; within one host, equal texts may be one wall."""
        if len(article.text) < STORY_SHORTEST_CHARACTERS:
            return None
        copies = await self.session.execute(
            select(ArticleRow.story_id, ArticleRow.url, ArticleRow.title)
            .where(
                ArticleRow.fingerprint == article.fingerprint, ArticleRow.fetched_at > article.fetched_at - STORY_SPAN
            )
            .order_by(ArticleRow.fetched_at)
            .limit(20)
        )
        for story_id, url, title in copies:
            if host_of(url) != host_of(article.url) or title == article.title:
                return story_id
        return None

    async def close_entry(self, entry_id: UUID) -> None:
        """Say that the entry's article is stored; its words live on there."""
        await self.session.execute(
            update(EntryRow)
            .where(EntryRow.entry_id == entry_id)
            .values(state="done", leased_until=None, content="", last_error=None)
        )

    async def try_entry_later(self, entry_id: UUID, *, failures: int, next_try_at: datetime, error: str) -> None:
        """Give the entry back, to be tried again at the given time."""
        await self.session.execute(
            update(EntryRow)
            .where(EntryRow.entry_id == entry_id)
            .values(failures=failures, next_try_at=next_try_at, leased_until=None, last_error=error)
        )


def _key_of(url: str) -> str:
    """Return the canonical address; one that is too long for an index (escapes make it ninefold) ends in its digest."""
    canonical = canonical_url(url)
    if len(canonical) <= LONGEST_KEY_CHARACTERS:
        return canonical
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return f"{canonical[: LONGEST_KEY_CHARACTERS - len(digest) - 1]}~{digest}"


def _in_hand(source: SourceRow, state: SourceStateRow | None) -> SourceInHand:
    return SourceInHand(
        source_id=source.source_id,
        name=source.name,
        url=source.url,
        kind=source.kind,
        found_kind=state.found_kind if state else None,
        every_seconds=source.every_seconds,
        etag=state.etag if state else None,
        last_modified=state.last_modified if state else None,
        moved_to=state.moved_to if state else None,
        failures=state.failures if state else 0,
    )


def _waiting(entry: EntryRow, source: SourceRow) -> WaitingEntry:
    return WaitingEntry(
        entry_id=entry.entry_id,
        source_id=entry.source_id,
        source_name=source.name,
        alert_since=source.alert_since,
        url=entry.url,
        canonical_url=entry.canonical_url,
        title=entry.title,
        summary=entry.summary,
        content=entry.content,
        published_at=entry.published_at,
        failures=entry.failures,
        correlation_id=entry.correlation_id,
    )
