"""An article that its source rewrites is a new version of itself, announced once more; a copy or a wall is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from shared.store.harvest import ArticleRevisionRow
from shared.store.unit_of_work import Work
from tests.live.scraper.newsstand import NOW, WORDS, Answer, Item, Newsstand, Scraper

pytestmark = pytest.mark.live

PAGE = Item("/a", "Logistics pact enters into force")
MORE = "The Russian embassy in India later confirmed the date of the first call at a port."


@pytest.fixture
async def feed(stand: Newsstand, scraper: Scraper) -> UUID:
    """A source whose one article was read."""
    stand.serve_feed("/feed", PAGE)
    stand.serve_article(PAGE.path, PAGE.title, *WORDS)
    source_id = await scraper.add_source(stand.url("/feed"), name="Courier")
    await scraper.look()
    await scraper.read()
    return source_id


async def reread(scraper: Scraper) -> int:
    """Read again what is to be read again, as if its time had come."""
    await scraper.sql("UPDATE entries SET next_try_at = now() - interval '1 second' WHERE state = 'again'")
    return await scraper.read()


async def versions(scraper: Scraper) -> Sequence[ArticleRevisionRow]:
    async with scraper.database.begin(Work) as work:
        return (await work.session.scalars(select(ArticleRevisionRow).order_by(ArticleRevisionRow.revision))).all()


async def test_a_rewritten_page_is_a_second_version_of_its_article(feed, stand: Newsstand, scraper: Scraper):
    stand.serve_article(PAGE.path, PAGE.title, *WORDS, MORE)
    assert await reread(scraper) == 1
    (article,) = await scraper.articles()
    assert (article.revision, MORE in article.text) == (2, True)
    (earlier,) = await versions(scraper)
    assert (earlier.revision, MORE in earlier.text, WORDS[0] in earlier.text) == (1, False, True)
    first, second = await scraper.announced()
    assert (first["revision"], second["revision"]) == (1, 2)
    assert first["article_id"] == second["article_id"]
    assert first["story_id"] == second["story_id"]
    assert first["event_id"] != second["event_id"]


async def test_a_page_that_stays_is_read_three_times_more_and_then_no_more(feed, scraper: Scraper):
    for _ in range(3):
        assert await reread(scraper) == 1
    assert await reread(scraper) == 0
    assert [entry.state for entry in await scraper.entries()] == ["done"]
    assert len(await scraper.announced()) == 1
    assert not await versions(scraper)


async def test_old_news_is_not_read_again(stand: Newsstand, scraper: Scraper):
    old = Item("/old", "A pact of last week", published=NOW - timedelta(days=7))
    stand.serve_feed("/feed", old)
    stand.serve_article(old.path, old.title, *WORDS)
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read()
    assert [entry.state for entry in await scraper.entries()] == ["done"]


async def test_a_feed_that_changes_its_words_has_the_page_read_again(feed, stand: Newsstand, scraper: Scraper):
    await scraper.sql("UPDATE entries SET state = 'done', next_try_at = now() - interval '1 hour'")
    stand.serve_feed("/feed", Item(PAGE.path, PAGE.title, summary="India and Russia name a date."))
    stand.serve_article(PAGE.path, PAGE.title, *WORDS, MORE)
    assert await scraper.look_again() == 0  # nothing new, something changed
    assert await scraper.read() == 1
    (article,) = await scraper.articles()
    assert article.revision == 2


async def test_a_feed_that_changes_at_every_look_has_its_pages_read_twelve_times_at_most(
    feed, stand: Newsstand, scraper: Scraper
):
    reads = 0
    for views in range(20):
        stand.serve_feed("/feed", Item(PAGE.path, PAGE.title, summary=f"India and Russia: {views} views"))
        await scraper.look_again()
        reads += await reread(scraper)
    assert reads == 12


async def test_another_source_that_lists_the_page_in_other_words_changes_nothing(
    feed, stand: Newsstand, scraper: Scraper
):
    await scraper.sql("UPDATE entries SET state = 'done'")
    stand.serve_feed("/other", Item(PAGE.path, "Quite another headline", summary="In Russia and India."))
    await scraper.add_source(stand.url("/other"), name="Gazette")
    assert await scraper.look() == 0
    assert [(entry.state, entry.title) for entry in await scraper.entries()] == [("done", PAGE.title)]


async def test_what_changes_while_its_page_is_in_hand_is_read_once_more(feed, stand: Newsstand, scraper: Scraper):
    await scraper.sql("UPDATE entries SET next_try_at = now() - interval '1 second', rereads = 2")
    (entry,) = await scraper.reads.claim(1)
    stand.serve_feed("/feed", Item(PAGE.path, PAGE.title, summary="India and Russia name a date."))
    await scraper.look_again()
    await scraper.reads.read(entry)  # for the last time, were it not for the change
    assert [entry.state for entry in await scraper.entries()] == ["again"]
    stand.serve_article(PAGE.path, PAGE.title, *WORDS, MORE)
    assert await reread(scraper) == 1
    assert [article.revision for article in await scraper.articles()] == [2]


async def test_a_feed_that_completes_its_words_before_the_page_was_read_is_told_in_the_new_ones(
    stand: Newsstand, scraper: Scraper
):
    stand.serve_feed("/feed", Item("/gone", "India and Russia: a pact", summary="Details follow."))
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    stand.serve_feed("/feed", Item("/gone", "India and Russia: a pact", summary="The pact is in force since Monday."))
    assert await scraper.look_again() == 0
    await scraper.read_out()
    assert [article.text for article in await scraper.articles()] == ["The pact is in force since Monday."]


async def test_a_feed_that_never_stops_changing_is_followed_ever_more_slowly(feed, stand: Newsstand, scraper: Scraper):
    rests = []
    for views in range(3):
        await scraper.sql(f"UPDATE entries SET state = 'done', next_try_at = now(), rereads = {views}")
        stand.serve_feed("/feed", Item(PAGE.path, PAGE.title, summary=f"India and Russia: {views} views"))
        await scraper.look_again()
        (entry,) = await scraper.entries()
        rests.append(round((entry.next_try_at - datetime.now(UTC)) / timedelta(minutes=1)))
    assert rests == [10, 20, 40]


@pytest.mark.parametrize("owner", ["paused = true", "removed_at = now()"])
async def test_the_page_of_a_source_that_is_set_aside_is_followed_by_the_next_that_lists_it(
    owner: str, feed, stand: Newsstand, scraper: Scraper
):
    await scraper.sql(f"UPDATE sources SET {owner}")
    stand.serve_feed("/other", Item(PAGE.path, PAGE.title, summary="In Russia and India."))
    other = await scraper.add_source(stand.url("/other"), name="Gazette")
    assert await scraper.look() == 0
    assert [(entry.state, entry.source_id) for entry in await scraper.entries()] == [("again", other)]
    stand.serve_article(PAGE.path, PAGE.title, *WORDS, MORE)
    assert await reread(scraper) == 1
    assert [article.revision for article in await scraper.articles()] == [2]


@pytest.mark.parametrize(
    "answer",
    [Answer(b"gone", 404), Answer(b"", 500), Answer(b"<html><title>Log in</title><p>Please log in.")],
    ids=["gone", "broken", "a wall"],
)
async def test_a_page_that_cannot_be_read_again_keeps_the_words_it_had(answer, feed, stand, scraper: Scraper):
    stand.answers[PAGE.path] = answer
    assert await reread(scraper) == 1
    (article,) = await scraper.articles()
    assert (article.revision, WORDS[0] in article.text) == (1, True)
    assert [entry.state for entry in await scraper.entries()] == ["again"]


async def test_a_page_that_is_cut_short_takes_no_words_away(feed, stand: Newsstand, scraper: Scraper):
    stand.serve_article(PAGE.path, PAGE.title, WORDS[0])
    await reread(scraper)
    (article,) = await scraper.articles()
    assert (article.revision, WORDS[1] in article.text) == (1, True)


async def test_the_page_that_comes_up_after_its_teaser_was_published_is_a_second_version(stand, scraper: Scraper):
    stand.serve_feed("/feed", PAGE)
    stand.answers[PAGE.path] = Answer(b"", 410)
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read()
    assert [article.text_from for article in await scraper.articles()] == ["feed"]
    stand.serve_article(PAGE.path, PAGE.title, *WORDS)
    await reread(scraper)
    (article,) = await scraper.articles()
    assert (article.text_from, article.revision, WORDS[1] in article.text) == ("page", 2, True)


async def test_a_feed_that_proved_to_carry_whole_articles_has_no_page_fetched(stand: Newsstand, scraper: Scraper):
    text = " ".join(WORDS * 3)
    items = [Item(f"/{number}", f"Pact number {number}", summary=f"{text} Number {number}.") for number in range(9)]
    for item in items:
        stand.serve_article(item.path, item.title, *WORDS * 3, f"Number {item.path[1:]}.")
    stand.serve_feed("/feed", *items[:3])
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read()
    asked = len(stand.asked)
    stand.serve_feed("/feed", *items)
    await scraper.look_again()
    await scraper.read()
    assert len(await scraper.articles()) == 9
    assert len(stand.asked) - asked < 1 + 6  # the feed, and by chance one page in twenty
    assert all(WORDS[2] in article.text for article in await scraper.articles())


async def test_the_old_news_of_one_source_may_alert_as_anothers(stand: Newsstand, scraper: Scraper):
    recent = Item(PAGE.path, PAGE.title, published=NOW - timedelta(hours=1))
    stand.serve_feed("/new", recent)
    stand.serve_article(PAGE.path, PAGE.title, *WORDS)
    await scraper.add_source(stand.url("/new"), name="New", alert_since=NOW)
    await scraper.look()
    await scraper.read()
    assert [event["alertable"] for event in await scraper.announced()] == [False]
    stand.serve_feed("/old", Item(PAGE.path, PAGE.title, summary="As told elsewhere.", published=recent.published))
    old = await scraper.add_source(stand.url("/old"), name="Old", alert_since=NOW - timedelta(days=7))
    await scraper.look()
    assert await reread(scraper) == 1
    first, second = await scraper.announced()
    assert (second["alertable"], second["source_name"], second["revision"]) == (True, "Old", 1)
    assert first["event_id"] != second["event_id"]
    assert [(article.alertable, article.source_id) for article in await scraper.articles()] == [(True, old)]
    await reread(scraper)
    assert len(await scraper.announced()) == 2
    assert not await versions(scraper)


async def test_items_at_one_page_are_articles_and_none_is_news_again_when_the_others_roll_off(
    stand: Newsstand, scraper: Scraper
):
    items = [Item("/notices", f"Notice {n} on the pact", summary=f"Russia and India: notice {n}.") for n in range(3)]
    stand.serve_feed("/feed", *items)
    stand.serve_article("/notices", "Notices", *WORDS)
    await scraper.add_source(stand.url("/feed"))
    assert await scraper.look() == 3
    await scraper.read_out()
    assert {article.text for article in await scraper.articles()} == {item.summary for item in items}
    for left in (items[1:], items[2:]):
        stand.serve_feed("/feed", *left)
        assert await scraper.look_again() == 0
    assert len(await scraper.articles()) == len(await scraper.announced()) == 3
