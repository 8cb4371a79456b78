"""A page that was read and is gone for an hour is announced as withdrawn; a bad day, a wall or a late page is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.live.scraper.newsstand import WORDS, Answer, Item, Newsstand, Scraper
from tests.live.scraper.test_scraper_revisions import reread

pytestmark = pytest.mark.live

PAGE = Item("/a", "Logistics pact enters into force")
GONE = Answer(status=404, body=b"Not here.")


@pytest.fixture
async def read_article(stand: Newsstand, scraper: Scraper) -> None:
    stand.serve_feed("/feed", PAGE)
    stand.serve_article(PAGE.path, PAGE.title, *WORDS)
    await scraper.add_source(stand.url("/feed"), name="Courier")
    await scraper.look()
    await scraper.read()


async def an_hour_passes(scraper: Scraper) -> None:
    await scraper.sql("UPDATE entries SET gone_since = gone_since - interval '61 minutes'")


async def withdrawn(scraper: Scraper) -> list[dict]:
    """What was announced of articles that are withdrawn; what is published has a title."""
    return [each for each in await scraper.announced() if "title" not in each]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_gone_twice_an_hour_apart_is_withdrawn_once(
    status: int, read_article, stand: Newsstand, scraper: Scraper
):
    stand.answers[PAGE.path] = Answer(status=status, body=b"Gone.")
    assert await reread(scraper) == 1
    assert not await withdrawn(scraper)
    (entry,) = await scraper.entries()
    wait = entry.next_try_at - datetime.now(UTC)
    assert (entry.state, timedelta(minutes=60) < wait < timedelta(minutes=66)) == ("again", True)
    await an_hour_passes(scraper)
    assert await reread(scraper) == 1
    (event,) = await withdrawn(scraper)
    (article,) = await scraper.articles()
    assert (event["article_id"], event["revision"]) == (str(article.article_id), 1)
    assert article.withdrawn_at is not None
    assert await reread(scraper) == 0


async def test_two_answers_within_the_hour_are_one(read_article, stand: Newsstand, scraper: Scraper):
    stand.answers[PAGE.path] = GONE
    assert [await reread(scraper), await reread(scraper)] == [1, 1]
    assert not await withdrawn(scraper)


@pytest.mark.parametrize("between", [200, 500, 403])
async def test_another_answer_in_between_begins_anew(between: int, read_article, stand: Newsstand, scraper: Scraper):
    stand.answers[PAGE.path] = GONE
    await reread(scraper)
    await an_hour_passes(scraper)
    if between == 200:
        stand.serve_article(PAGE.path, PAGE.title, *WORDS)
    else:
        stand.answers[PAGE.path] = Answer(status=between, body=b"No.")
    await reread(scraper)
    stand.answers[PAGE.path] = GONE
    await reread(scraper)
    assert not await withdrawn(scraper)


async def test_a_page_that_was_never_there_is_not_withdrawn(stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/feed", Item("/late", "India and Russia: a pact", summary="The pact is in force since Monday."))
    stand.answers["/late"] = GONE
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read_out()
    for _ in range(3):
        await reread(scraper)
        await an_hour_passes(scraper)
    assert len(await scraper.articles()) == 1
    assert not await withdrawn(scraper)
