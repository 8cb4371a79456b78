"""Near copies of a wire story share its story, on a real database: also at once, after a restart, and not for ever."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from benchmarks.near_duplicates.corpora import Text
from benchmarks.near_duplicates.made_copies import KINDS, copy_of, press_of
from services.cli.newsroom.articles import load_articles
from services.scraper.adapters.stories import Stories, forget_marks
from services.scraper.domain.article import content_fingerprint
from shared.kit.ids import id_for
from shared.store.stories import CommonMarkRow, StoryKeyRow, StorySketchRow
from shared.store.unit_of_work import Database, Work

pytestmark = pytest.mark.live

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SAMPLES = {each.id: Text(each.title, "\n\n".join(each.paragraphs), each.outlet.slug) for each in load_articles()}
# A wire and its copy are one text; an original that is another's copy would spoil the count.
ORIGINALS = [text for name, text in SAMPLES.items() if name != "urea-plant-copy"]
STORY, OTHER = SAMPLES["s-400-schedule"], SAMPLES["cricket-ranji"]


@dataclass(frozen=True)
class Arrival:
    """A text that a host shows."""

    article_id: UUID
    url: str
    title: str
    text: str
    fingerprint: str
    fetched_at: datetime = NOON
    published_at: datetime | None = None


def arrival_of(text: Text, host: str, fetched_at: datetime = NOON) -> Arrival:
    return Arrival(uuid4(), f"https://{host}/a", text.title, text.body, content_fingerprint(text.body), fetched_at)


def shortened(text: Text, words: int) -> Text:
    return replace(text, title=" ".join(reversed(text.title.split())), body=" ".join(text.body.split()[:words]))


async def story_of(database: Database, arrival: Arrival) -> UUID:
    async with database.begin(Work) as work:
        return await Stories(work.session).story_of(arrival)


async def count_of(database: Database, table: type) -> int:
    async with database.begin(Work) as work:
        return (await work.session.execute(select(func.count()).select_from(table))).scalar_one()


async def test_made_copies_of_the_sample_newsroom_join_their_originals_and_no_other(database: Database):
    chance = random.Random(20260101)
    press = press_of(ORIGINALS)
    first = [await story_of(database, arrival_of(text, text.outlet + ".example")) for text in ORIGINALS]
    assert len(set(first)) == len(ORIGINALS)
    known: Counter[str] = Counter()
    for at, text in enumerate(ORIGINALS):
        for kind in KINDS:
            arrival = arrival_of(copy_of(text, kind, press, chance), f"{kind}{at}.example")
            story = await story_of(database, arrival)
            known[kind] += story == first[at]
            assert story in (first[at], id_for("story", arrival.article_id))
    assert known["light"] == len(ORIGINALS)
    assert known["cut"] >= 0.99 * len(ORIGINALS)
    assert known["edited"] >= 0.97 * len(ORIGINALS)
    assert known["heavy"] >= 0.7 * len(ORIGINALS)  # the samples are half as long as news, and a third of it is brief


async def test_the_same_article_has_the_same_story_however_often_it_is_asked(database: Database):
    arrival = arrival_of(STORY, "one.example")
    assert {await story_of(database, arrival) for _ in range(3)} == {id_for("story", arrival.article_id)}
    assert await count_of(database, StorySketchRow) == 1


async def test_near_copies_that_are_saved_at_the_same_moment_share_a_story(database: Database):
    arrivals = [arrival_of(shortened(STORY, 80 + 5 * number), f"{number}.example") for number in range(8)]
    assert len(set(await asyncio.gather(*(story_of(database, each) for each in arrivals)))) == 1


async def test_a_near_copy_waits_for_one_that_is_being_saved_and_other_texts_do_not(database: Database):
    async with database.begin(Work) as work:
        story = await Stories(work.session).story_of(arrival_of(STORY, "one.example"))
        copy = asyncio.create_task(story_of(database, arrival_of(shortened(STORY, 90), "two.example")))
        assert await story_of(database, arrival_of(OTHER, "two.example")) != story
        assert not copy.done()
    assert await copy == story


async def test_stories_are_known_after_a_restart(database: Database, database_url: str):
    story = await story_of(database, arrival_of(STORY, "one.example"))
    again = Database(database_url)
    assert await story_of(again, arrival_of(shortened(STORY, 90), "two.example")) == story
    await again.close()


async def test_a_story_goes_on_while_copies_come_and_ends_a_week_after_the_last(database: Database):
    story = await story_of(database, arrival_of(STORY, "one.example"))
    for days, same in ((5, True), (10, True), (18, False)):
        copy = arrival_of(shortened(STORY, 90), f"{days}.example", NOON + timedelta(days=days))
        assert (await story_of(database, copy) == story) is same


async def test_a_late_look_at_an_old_copy_does_not_shorten_a_story(database: Database):
    story = await story_of(database, arrival_of(STORY, "one.example", NOON + timedelta(days=6)))
    await story_of(database, arrival_of(shortened(STORY, 95), "two.example", NOON))
    copy = arrival_of(shortened(STORY, 90), "three.example", NOON + timedelta(days=12))
    assert await story_of(database, copy) == story


async def test_a_formula_that_leads_many_stories_joins_none_of_them(database: Database):
    formula = " ".join(ORIGINALS[0].body.split()[:60])
    texts = [Text(each.title, f"{formula} {each.body}") for each in ORIGINALS[1:9]]
    stories = [await story_of(database, arrival_of(text, f"{at}.example")) for at, text in enumerate(texts)]
    assert len(set(stories)) == len(texts)
    assert await count_of(database, CommonMarkRow) > 0
    copies = [arrival_of(shortened(text, 140), f"{at}.other.example") for at, text in enumerate(texts)]
    assert [await story_of(database, each) for each in copies] == stories


async def test_marks_are_forgotten_when_no_copy_came_for_long(database: Database):
    await story_of(database, arrival_of(STORY, "one.example"))
    fresh = await story_of(database, arrival_of(OTHER, "one.example", NOON + timedelta(days=9)))
    async with database.begin(Work) as work:
        assert await forget_marks(work.session, NOON + timedelta(days=1)) == 1
        assert await forget_marks(work.session, NOON + timedelta(days=1)) == 0
    async with database.begin(Work) as work:
        assert set(await work.session.scalars(select(StoryKeyRow.story_id))) == {fresh}


async def test_a_text_too_short_to_be_known_by_its_words_starts_a_story_of_its_own(database: Database):
    flash = Text("Pact signed", "The pact was signed today.")
    stories = {await story_of(database, arrival_of(flash, f"{n}.example")) for n in range(3)}
    assert len(stories) == 3
    assert await count_of(database, StorySketchRow) == 0
