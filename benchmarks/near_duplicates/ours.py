"""Lets Pactwatch give texts their stories, as its scraper does: one transaction a text, on a real Postgres."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from benchmarks.near_duplicates.corpora import Text
from services.scraper.adapters.stories import Stories
from services.scraper.domain.article import content_fingerprint
from shared.kit.ids import id_for
from shared.store.stories import CommonMarkRow, StoryKeyRow, StorySketchRow
from shared.store.unit_of_work import Database, Work

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TABLES = (StorySketchRow.__tablename__, StoryKeyRow.__tablename__, CommonMarkRow.__tablename__)


@dataclass(frozen=True)
class Arrival:
    """A text as the scraper hands it over."""

    article_id: UUID
    url: str
    title: str
    text: str
    fingerprint: str
    fetched_at: datetime = NOW
    published_at: datetime | None = None


def arrival_of(name: str, text: Text, outlet: str) -> Arrival:
    """Return the text as it arrives from this outlet, which has a host of its own."""
    host = f"{id_for('outlet', outlet).hex}.example"
    return Arrival(
        id_for("benchmark", name), f"https://{host}/{name}", text.title, text.body, content_fingerprint(text.body)
    )


async def story_of(database: Database, arrival: Arrival) -> UUID:
    """Return the text's story, and keep it."""
    async with database.begin(Work) as work:
        return await Stories(work.session).story_of(arrival)


async def links_of(database: Database, texts: Sequence[Text], outlets: Iterable[str]) -> tuple[list[list[int]], float]:
    """Return for each text the earlier text whose story it shares, if any, and the CPU seconds of this process."""
    await empty(database)
    first: dict[UUID, int] = {}
    links: list[list[int]] = []
    began = time.process_time()
    for at, (text, outlet) in enumerate(zip(texts, outlets, strict=True)):
        story = await story_of(database, arrival_of(str(at), text, outlet))
        links.append([first[story]] if story in first else [])
        first.setdefault(story, at)
    return links, time.process_time() - began


async def empty(database: Database) -> None:
    """Forget every story."""
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(f"TRUNCATE {', '.join(TABLES)}")
