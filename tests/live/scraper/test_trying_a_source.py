"""One look at an address that somebody thinks of watching: what would be found there, or why nothing."""

from __future__ import annotations

import pytest

from services.scraper import app
from services.scraper.app import EXCERPT_CHARACTERS, try_source
from shared.kit.errors import PactwatchError, WrongInput
from shared.web.client import WebClient
from tests.live.scraper.newsstand import WORDS, Answer, Item, Newsstand, ReadingHere, page_of, rss_of

pytestmark = pytest.mark.live


@pytest.fixture(autouse=True)
def reads_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "ChildReading", ReadingHere)


async def test_it_tells_what_is_there_and_how_the_first_article_reads(stand: Newsstand, web: WebClient):
    stand.answers["/feed"] = Answer(
        rss_of(Item("/a", "A pact").xml(stand.url("/a")), "<item><title>Bad</title><link>ftp://x</link></item>")
    )
    stand.serve_article("/a", "A pact")
    tried = await try_source(web, stand.url("/feed"), None)
    assert (tried.kind, tried.title) == ("rss", "C")
    assert [entry.title for entry in tried.entries] == ["A pact"]
    assert len(tried.unusable) == 1
    assert tried.unusable[0].startswith("Bad: ")
    assert tried.first_article.startswith(WORDS[0][:50])
    assert len(tried.first_article) <= EXCERPT_CHARACTERS


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (Answer(b"", 404), "(its page cannot be had: http://127.0.0.1"),
        (Answer(b"", 429), "(its page cannot be had: it asks us to come less often (HTTP 429))"),
        (Answer(b"<p>x</p>"), "(its page cannot be read: The page holds no article text"),
    ],
)
async def test_a_first_article_that_cannot_be_read_is_told_in_words(
    page: Answer, told: str, stand: Newsstand, web: WebClient
):
    stand.serve_feed("/feed", Item("/a", "A pact"))
    stand.answers["/a"] = page
    first = (await try_source(web, stand.url("/feed"), None)).first_article
    assert first.startswith(told)
    assert "Failed(" not in first


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (Answer(b"", 500), None, "the server answered 500"),
        (Answer(b"", 429), None, "asks us to come less often"),
        (Answer(page_of("One article")), "rss", "HTML page"),
        (Answer(b"", 304), None, "nothing changed"),
    ],
)
async def test_what_cannot_be_watched_says_why(
    answer: Answer, kind: str | None, told: str, stand: Newsstand, web: WebClient
):
    stand.answers["/feed"] = answer
    with pytest.raises(PactwatchError, match=told):
        await try_source(web, stand.url("/feed"), kind)


async def test_an_empty_feed_has_no_first_article(stand: Newsstand, web: WebClient):
    stand.answers["/feed"] = Answer(rss_of())
    tried = await try_source(web, stand.url("/feed"), "rss")
    assert (tried.entries, tried.first_article) == ((), "")


@pytest.mark.parametrize(("url", "kind", "field"), [("feed.xml", None, "URL"), ("http://h/", "rdf", "--kind")])
async def test_a_wrong_address_or_kind_is_named(url: str, kind: str | None, field: str, web: WebClient):
    with pytest.raises(WrongInput) as refused:
        await try_source(web, url, kind)
    assert refused.value.field == field
