"""What cannot concern both sides is kept with its reason and not published; nothing that a rule wants is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.cli.rule_room import catalogue_on
from services.desk.domain.signatures import Signature
from services.scraper.adapters.work import ScraperWork
from services.scraper.app import gatekeeper_of
from services.scraper.use_cases.held import HeldArticles, JudgedAgain
from services.scraper.use_cases.tidying import Tidying
from shared.catalogue.edits import texts_of
from shared.catalogue.loader import load_catalogue
from shared.kit.clock import SystemClock
from shared.store.definitions import DefinitionsRevisionRow, RuleRow
from shared.store.unit_of_work import Work
from tests.live.scraper.newsstand import NOW, Answer, Item, Newsstand, Scraper

pytestmark = pytest.mark.live

HOSPITAL = tuple(
    """\
A new hospital with three hundred beds was opened in the north of the city on Tuesday, two years after work had begun on
its foundations. The mayor thanked the builders, and said that a second house would follow.
Doctors from the whole region have applied for work there. The first patients are expected next week, said the head of
the new house, and the first operations in the spring.""".splitlines()
)
ITEM = Item("/hospital", "City opens a hospital", summary="Three hundred beds.")


@pytest.fixture
async def feed(stand: Newsstand, scraper: Scraper) -> UUID:
    """A source with one article that names neither side."""
    stand.serve_feed("/feed", ITEM)
    stand.serve_article(ITEM.path, ITEM.title, *HOSPITAL)
    return await scraper.add_source(stand.url("/feed"), name="Courier", country="GB")


async def add_rule(scraper: Scraper, query: str, **fields) -> None:
    values = {"rule_id": uuid4(), "name": query, "query": query, "created_at": NOW, "changed_at": NOW, **fields}
    await scraper.sql(
        "INSERT INTO definitions_revision (one, revision) VALUES (1, 1) "
        "ON CONFLICT (one) DO UPDATE SET revision = definitions_revision.revision + 1"
    )
    newest = select(DefinitionsRevisionRow.revision).scalar_subquery()
    async with scraper.database.begin(Work) as work:
        await work.session.execute(insert(RuleRow).values(revision=newest, **values))


def held_articles(scraper: Scraper) -> HeldArticles:
    begin = partial(scraper.database.begin, ScraperWork)
    return HeldArticles(begin, gatekeeper_of(load_catalogue()), SystemClock())


def tidying(scraper: Scraper) -> Tidying:
    return Tidying(partial(scraper.database.begin, ScraperWork), SystemClock())


async def gates(scraper: Scraper) -> Sequence[str | None]:
    return [article.gate for article in await scraper.articles()]


async def test_an_article_of_neither_side_is_kept_with_its_reason_and_not_announced(feed, scraper: Scraper):
    await scraper.look()
    await scraper.read()
    (article,) = await scraper.articles()
    assert "neither India nor Russia" in (article.gate or "")
    assert HOSPITAL[0][:60] in article.text
    assert await scraper.announced() == []
    assert [entry.state for entry in await scraper.entries()] == ["again"]  # a flash may be completed within the hour


async def test_a_teaser_whose_page_cannot_be_read_is_not_judged_by_the_gate(feed, stand: Newsstand, scraper: Scraper):
    del stand.answers[ITEM.path]
    await scraper.look()
    await scraper.read_out()
    assert await gates(scraper) == [None]
    assert len(await scraper.announced()) == 1


@pytest.mark.parametrize("query", ["hospital AND mayor", "hospital source:courier country:GB lang:en", "title:opens"])
async def test_what_a_rule_looks_for_passes_whatever_it_is_about(query, feed, scraper: Scraper):
    await add_rule(scraper, query)
    await scraper.look()
    await scraper.read()
    assert await gates(scraper) == [None]


@pytest.mark.parametrize(
    "fields", [{"paused": True}, {"removed_at": NOW}, {"origin": "sector"}], ids=["paused", "removed", "unheard"]
)
async def test_a_rule_that_is_not_in_force_opens_no_gate(fields, feed, scraper: Scraper):
    await add_rule(scraper, "hospital", **fields)
    await scraper.look()
    await scraper.read()
    assert await gates(scraper) != [None]


async def test_a_name_that_people_gave_an_agreement_opens_the_gate_without_a_new_start(feed, stand, scraper: Scraper):
    await scraper.look()
    await scraper.read()
    assert await gates(scraper) != [None]
    known = texts_of(load_catalogue().agreements["relos"])["aliases.en"]
    keeping, by = catalogue_on(scraper.database, load_catalogue()), Signature("Asha", "The papers call it so.")
    assert await keeping.save("relos", {"aliases.en": [*known, "Grey Heron accord"]}, by, at_version=0)
    other = Item("/heron", "Ministers meet", summary="They spoke of ships.")
    stand.serve_feed("/feed", other)
    stand.serve_article(other.path, other.title, "The ministers praised the Grey Heron accord.", *HOSPITAL)
    await scraper.look_again()
    await scraper.read()
    assert [each["title"] for each in await scraper.announced()] == [other.title]


async def test_held_articles_are_judged_again_and_those_that_pass_are_announced_once(feed, scraper: Scraper):
    await scraper.look()
    await scraper.read()
    assert await held_articles(scraper).judge_again() == JudgedAgain(judged=1, passed=0)
    await add_rule(scraper, "hospital")
    told: list[JudgedAgain] = []
    assert await held_articles(scraper).judge_again(told.append) == JudgedAgain(judged=1, passed=1)
    assert told == [JudgedAgain(1, 1)]
    assert await held_articles(scraper).judge_again() == JudgedAgain(0, 0)
    assert await gates(scraper) == [None]
    assert [each["title"] for each in await scraper.announced()] == [ITEM.title]


async def test_held_texts_go_after_thirty_days_and_their_reason_stays(feed, scraper: Scraper):
    await scraper.look()
    await scraper.read()
    await scraper.sql("UPDATE articles SET fetched_at = now() - interval '29 days'")
    await tidying(scraper).tidy()
    assert [bool(article.text) for article in await scraper.articles()] == [True]
    await scraper.sql("UPDATE articles SET fetched_at = now() - interval '31 days'")
    await tidying(scraper).tidy()
    (article,) = await scraper.articles()
    assert (article.text, article.title, article.gate is None) == ("", ITEM.title, False)


async def test_a_published_articles_text_stays(stand: Newsstand, scraper: Scraper):
    stand.serve_feed("/feed", ITEM)
    stand.serve_article(ITEM.path, "Russia opens a hospital in India", *HOSPITAL)
    await scraper.add_source(stand.url("/feed"), country="IN")
    await scraper.look()
    await scraper.read()
    await scraper.sql("UPDATE articles SET gate = NULL, fetched_at = now() - interval '99 days'")
    await tidying(scraper).tidy()
    assert all(article.text for article in await scraper.articles())


async def test_an_article_that_names_both_sides_when_it_is_rewritten_is_published(feed, stand, scraper: Scraper):
    await scraper.look()
    await scraper.read()
    stand.serve_feed("/feed", Item(ITEM.path, ITEM.title, summary="Now with a guest."))
    stand.serve_article(ITEM.path, ITEM.title, *HOSPITAL, "Doctors from Russia and India came to the opening too.")
    await scraper.look_again()
    await scraper.sql("UPDATE entries SET next_try_at = now()")
    await scraper.read()
    assert await gates(scraper) == [None]
    assert [each["revision"] for each in await scraper.announced()] == [2]


async def test_what_was_held_passes_when_an_outlet_of_the_other_side_lists_it(stand: Newsstand, scraper: Scraper):
    visit = Item("/visit", "Lavrov arrives in New Delhi", summary="The Russian foreign minister has arrived.")
    stand.serve_feed("/wire", visit)
    lines = ["Lavrov of Russia arrived for talks on Tuesday.", "He was met at the airport.", "The talks go on."]
    stand.serve_article(visit.path, "Minister arrives", *lines)
    await scraper.add_source(stand.url("/wire"), name="Wire", country="GB")
    await scraper.look()
    await scraper.sql("UPDATE entries SET title = 'Lavrov arrives', summary = ''")
    await scraper.read()
    (article,) = await scraper.articles()
    assert article.gate is not None
    assert await scraper.announced() == []
    stand.serve_feed("/herald", Item("/visit", "Lavrov arrives", summary="He is expected to stay."))
    herald = await scraper.add_source(stand.url("/herald"), name="Herald", country="IN")
    await scraper.look()
    await scraper.sql("UPDATE entries SET next_try_at = now() - interval '1 second'")
    assert await scraper.read() == 1
    (article,) = await scraper.articles()
    assert (article.gate, article.title) == (None, "Lavrov arrives")
    assert len(await scraper.announced()) == 1
    assert [entry.source_id for entry in await scraper.entries()] == [herald]


async def test_a_teaser_lets_nothing_through_that_was_held(feed, stand: Newsstand, scraper: Scraper):
    await scraper.look()
    await scraper.read()
    stand.answers[ITEM.path] = Answer(b"<html><title>Log in</title><p>Please log in.")
    stand.serve_feed("/feed", Item(ITEM.path, ITEM.title, summary="India and Russia were named."))
    await scraper.look_again()
    for _ in range(5):
        await scraper.sql("UPDATE entries SET next_try_at = now() - interval '1 second'")
        await scraper.read()
    (article,) = await scraper.articles()
    assert article.gate is not None
    assert HOSPITAL[0] in article.text
    assert await scraper.announced() == []
