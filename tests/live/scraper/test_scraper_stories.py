"""Copies of one text are one story; different articles never are, also where they show the same wall."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from services.cli.newsroom.articles import load_articles
from services.scraper.adapters.work import ScraperWork
from services.scraper.domain.article import content_fingerprint
from services.scraper.ports import NewArticle
from shared.kit.ids import id_for
from shared.store.unit_of_work import Database
from tests.live.scraper.newsstand import NOW, WORDS, Answer, Item, Newsstand, Scraper, page_of

pytestmark = pytest.mark.live

LONG = " ".join(WORDS)
OTHER = (
    "Two universities opened a joint laboratory for polar research on Friday. Its first expedition leaves in May, with "
    "twelve scientists of either side on board, and returns before the autumn storms begin. The ship was lent by an "
    "institute of oceanography; the instruments were paid for by a fund that both academies set up three years ago. "
    "Students may apply for four places until December, said the rector, who had signed the papers himself."
)


@pytest.fixture
async def source_id(scraper: Scraper) -> UUID:
    return await scraper.add_source("http://example.org/feed")


@pytest.fixture
def article(source_id: UUID) -> NewArticle:
    """An article with a long text at one.example."""
    return NewArticle(
        article_id=uuid4(),
        source_id=source_id,
        source_name="Courier",
        url="http://one.example/a",
        canonical_url="http://one.example/a",
        title="Logistics pact enters into force",
        text=LONG,
        text_from="page",
        language="en",
        published_at=NOW,
        fetched_at=NOW,
        fingerprint=content_fingerprint(LONG),
        alertable=True,
        correlation_id=uuid4(),
    )


def copy_of(article: NewArticle, url: str, **changes) -> NewArticle:
    text = changes.get("text", article.text)
    fields = {"article_id": uuid4(), "url": url, "canonical_url": url, "fingerprint": content_fingerprint(text)}
    return replace(article, **(fields | changes))


async def saved_in(work: ScraperWork, article: NewArticle) -> UUID | None:
    added = await work.add_article(article)
    return None if added is None else added.story_id


async def saved(database: Database, article: NewArticle) -> UUID | None:
    async with database.begin(ScraperWork) as work:
        return await saved_in(work, article)


async def test_the_first_article_starts_a_story(database: Database, article: NewArticle):
    assert await saved(database, article) == id_for("story", article.article_id)


async def test_an_article_that_is_stored_already_is_not_stored_again(database: Database, article: NewArticle):
    await saved(database, article)
    assert await saved(database, article) is None


async def test_a_copy_at_another_host_shares_the_story_under_another_title(database: Database, article: NewArticle):
    copy = copy_of(article, "http://two.example/b", title="Pact in force", text=LONG.upper() + "!")
    assert await saved(database, article) == await saved(database, copy)


async def test_a_copy_at_the_same_host_under_the_same_title_shares_the_story(database: Database, article: NewArticle):
    assert await saved(database, article) == await saved(database, copy_of(article, "http://one.example/amp/a"))


@pytest.mark.parametrize(
    ("url", "changes"),
    [
        ("http://one.example/b", {"title": "Another headline"}),  # a wall that every page of the host shows
        ("http://two.example/b", {"title": "Rain saves the Colts"}),  # a wall that two hosts show
        ("http://two.example/b", {"title": ""}),
        ("http://two.example/b", {"text": OTHER}),
        ("http://two.example/b", {"fetched_at": NOW + timedelta(days=8)}),  # the same words again are news again
    ],
)
async def test_what_is_no_copy_starts_a_story_of_its_own(
    url: str, changes: dict, database: Database, article: NewArticle
):
    assert await saved(database, article) != await saved(database, copy_of(article, url, **changes))


async def test_the_sample_newsrooms_copy_of_a_wire_story_shares_its_story(database: Database, article: NewArticle):
    told = {each.id: each for each in load_articles()}
    one, other = told["urea-plant-wire"], told["urea-plant-copy"]
    first = copy_of(article, "http://one.example/urea", title=one.title)
    assert await saved(database, first) == await saved(
        database, copy_of(article, "http://two.example/urea", title=other.title)
    )


async def test_short_texts_that_are_equal_are_no_copies(database: Database, article: NewArticle):
    short = {"text": "Read the whole story on our site."}
    one = await saved(database, copy_of(article, "http://one.example/s", **short))
    assert one != await saved(database, copy_of(article, "http://two.example/s", **short))


async def test_a_copy_of_a_copy_belongs_to_the_first_story(database: Database, article: NewArticle):
    stories = [
        await saved(database, copy_of(article, f"http://{n}.example/", fetched_at=NOW + timedelta(days=n)))
        for n in range(0, 12, 3)
    ]
    assert len(set(stories)) == 1


async def test_copies_saved_at_the_same_moment_share_a_story(database: Database, article: NewArticle):
    copies = [copy_of(article, f"http://host{n}.example/a") for n in range(8)]
    stories = await asyncio.gather(*(saved(database, copy) for copy in copies))
    assert None not in stories
    assert len(set(stories)) == 1


async def test_a_copy_waits_for_one_that_is_being_saved(database: Database, article: NewArticle):
    async with database.begin(ScraperWork) as work:
        story = await saved_in(work, article)
        other = asyncio.create_task(saved(database, copy_of(article, "http://two.example/a")))
        unlike = copy_of(article, "http://two.example/b", text=OTHER)
        assert await saved(database, unlike) is not None  # an article with other words does not wait
        assert not other.done()
    assert await other == story


async def test_one_text_at_two_hosts_is_one_story_and_two_articles(stand: Newsstand, scraper: Scraper):
    for path, host in (("/one", "127.0.0.1"), ("/two", "localhost")):
        stand.answers[path + "/a"] = Answer(page_of(f"Seen at {host}"))
        stand.serve_feed(path, Item(path + "/a", f"Pact, says {host}"), host=host)
        await scraper.add_source(stand.url(path, host))
    await scraper.look()
    await scraper.read()
    one, two = await scraper.articles()
    assert one.story_id == two.story_id
    assert {each["story_id"] for each in await scraper.announced()} == {str(one.story_id)}
    assert len(await scraper.announced()) == 2


async def test_one_wall_under_many_headlines_of_a_host_is_many_stories(stand: Newsstand, scraper: Scraper):
    wall = "To read on, please tell us whether you agree to what our many partners would like to know about you. " * 6
    items = [Item(f"/{n}", f"Headline {n}") for n in range(3)]
    for item in items:
        stand.answers[item.path] = Answer(page_of("Consent", (wall,)))
    stand.serve_feed("/feed", *items)
    await scraper.add_source(stand.url("/feed"))
    await scraper.look()
    await scraper.read_out()
    assert len({each.story_id for each in await scraper.articles()}) == 3


async def test_one_outlets_second_headline_of_the_same_words_is_the_same_story(database: Database, article: NewArticle):
    live = copy_of(article, "http://one.example/live", title="LIVE: Logistics pact enters into force (video)")
    assert await saved(database, article) == await saved(database, live)


async def test_a_very_long_text_at_two_hosts_is_one_story_whatever_its_headlines(
    database: Database, article: NewArticle
):
    wire = copy_of(article, "http://one.example/wire", text=LONG * 6)
    copy = copy_of(wire, "http://two.example/wire", title="What Delhi wants of Moscow", text=LONG * 6)
    assert await saved(database, wire) == await saved(database, copy)


async def test_what_a_dead_process_held_is_due_again_at_once(database: Database, scraper: Scraper, source_id: UUID):
    async with database.begin(ScraperWork) as work:
        assert [each.source_id for each in await work.claim_sources(limit=5, lease_seconds=600)] == [source_id]
    async with database.begin(ScraperWork) as work:
        assert await work.claim_sources(limit=5, lease_seconds=600) == []
        await work.forget_leases()
        assert [each.source_id for each in await work.claim_sources(limit=5, lease_seconds=600)] == [source_id]
