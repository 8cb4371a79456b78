"""The sample newsroom's web site: feeds that parse, pages that are escaped, and one article that comes live."""

from __future__ import annotations

from calendar import timegm
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import feedparser
import httpx
import pytest

from services.cli.newsroom.articles import SampleArticle, load_articles
from services.cli.newsroom.site import SOURCES, SampleSource, newsroom_app
from shared.kit.errors import WrongInput

START = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ARTICLES = load_articles()
FEEDS = tuple(source for source in SOURCES if source.kind != "page")
LATE = next(article for article in ARTICLES if article.hours_ago < 0)


class SetClock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment


class Page(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def meta(self, name: str) -> str | None:
        return next((at.get("content") for _, at in self.tags if name in (at.get("property"), at.get("name"))), None)

    def values(self, tag: str, attribute: str) -> list[str | None]:
        return [attributes[attribute] for name, attributes in self.tags if name == tag and attribute in attributes]


@asynccontextmanager
async def reader(
    clock: SetClock | None = None, articles: tuple[SampleArticle, ...] | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    app = newsroom_app(START, now=(clock or SetClock()).now, articles=articles)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://newsroom.test") as client:
        yield client


def parsed(answer: httpx.Response) -> Any:
    assert answer.status_code == 200
    return feedparser.parse(BytesIO(answer.content), response_headers=dict(answer.headers))


def test_the_sources_offer_rss_atom_and_a_bare_page_in_three_languages() -> None:
    assert {source.kind for source in SOURCES} == {"rss", "atom", "page"}
    assert {source.language for source in SOURCES} == {"en", "ru", "hi"}
    assert {source.country for source in SOURCES} == {"IN", "RU"}
    assert len({source.path for source in SOURCES}) == len(SOURCES)


@pytest.mark.parametrize("source", FEEDS, ids=lambda source: source.outlet)
async def test_every_feed_parses_and_dates_its_articles_from_the_start(source: SampleSource) -> None:
    async with reader() as client:
        feed = parsed(await client.get(source.path))
        expected = [a for a in ARTICLES if a.outlet.slug == source.outlet and a.hours_ago >= 0]
        assert not feed.bozo
        assert feed.version == ("atom10" if source.kind == "atom" else "rss20")
        assert feed.feed.title == source.name
        assert len(feed.entries) == len(expected)
        by_title = {article.title: article for article in expected}
        for entry in feed.entries:
            article = by_title[entry.title]
            published = datetime.fromtimestamp(timegm(entry.published_parsed), UTC)
            assert published == START - timedelta(seconds=round(article.hours_ago * 3600))
            assert entry.summary == article.summary
            assert entry.author == article.author
            assert article.id in entry.id
            assert (await client.get(entry.link)).status_code == 200
        dates = [entry.published_parsed for entry in feed.entries]
        assert dates == sorted(dates, reverse=True)


async def test_the_outlet_without_a_feed_lists_its_articles_with_machine_readable_times() -> None:
    (source,) = (each for each in SOURCES if each.kind == "page")
    async with reader() as client:
        page = Page((await client.get(source.path)).text)
        assert (await client.get(f"/feeds/{source.outlet}.xml")).status_code == 404
    expected = [a for a in ARTICLES if a.outlet.slug == source.outlet]
    assert {f"/articles/{a.id}" for a in expected} <= set(page.values("a", "href"))
    times = {datetime.fromisoformat(str(value)) for value in page.values("time", "datetime")}
    assert times == {a.published_at(START) for a in expected}


@pytest.mark.parametrize("path", [source.path for source in SOURCES])
async def test_a_poller_that_holds_the_newest_version_is_told_so_without_a_body(path: str) -> None:
    async with reader() as client:
        first = await client.get(path)
        by_tag = await client.get(path, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        by_date = await client.get(path, headers={"If-Modified-Since": first.headers["last-modified"]})
        stale = await client.get(path, headers={"If-None-Match": '"other"', "If-Modified-Since": "Mon, 01 Mar 2027"})
        garbled = await client.get(path, headers={"If-Modified-Since": "the day before yesterday"})
    assert [by_tag.status_code, by_date.status_code] == [304, 304]
    assert by_tag.content == b""
    assert by_tag.headers["etag"] == first.headers["etag"]
    assert [stale.status_code, garbled.status_code] == [200, 200]


async def test_the_late_article_appears_everywhere_when_its_moment_comes_and_not_before() -> None:
    clock = SetClock()
    path = f"/feeds/{LATE.outlet.slug}.xml"
    async with reader(clock) as client:
        clock.moment = LATE.published_at(START) - timedelta(microseconds=1)
        before = await client.get(path)
        assert LATE.title not in before.text
        assert LATE.title not in (await client.get("/")).text
        assert (await client.get(f"/articles/{LATE.id}")).status_code == 404

        clock.moment = LATE.published_at(START)
        after = await client.get(path, headers={"If-None-Match": before.headers["etag"]})
        assert parsed(after).entries[0].title == LATE.title
        assert LATE.title in (await client.get("/")).text
        assert (await client.get(f"/articles/{LATE.id}")).status_code == 200


@pytest.mark.parametrize("article", [a for a in ARTICLES if a.hours_ago >= 0], ids=lambda article: article.id)
async def test_every_article_page_carries_its_text_its_date_and_the_notice_that_it_is_a_sample(
    article: SampleArticle,
) -> None:
    async with reader() as client:
        page = Page((await client.get(f"/articles/{article.id}")).text)
    assert page.values("html", "lang") == [article.language]
    assert page.meta("og:title") == article.title
    assert page.meta("article:published_time") == article.published_at(START).isoformat()
    assert all(paragraph in page.text for paragraph in article.paragraphs)
    assert "Sample newsroom: texts written for Pactwatch's demo" in page.text


async def test_pages_carry_the_noise_of_real_ones_and_ask_for_nothing_from_outside() -> None:
    async with reader() as client:
        answer = await client.get("/articles/urea-plant-copy")
        style = await client.get("/newsroom.css")
    page = Page(answer.text)
    assert "Also Read | First fuel for Kudankulam" in page.text
    assert "(This story comes from a syndicated feed" in page.text
    assert "cookies" in page.text
    assert "Most read" in page.text
    assert not page.values("script", "src")
    assert page.values("link", "href") == ["data:,", "/newsroom.css", "http://newsroom.test/articles/urea-plant-copy"]
    assert style.headers["content-type"].startswith("text/css")
    assert "url(" not in style.text
    assert "@import" not in style.text


async def test_everything_an_author_writes_is_escaped() -> None:
    nasty = "</title></p>]]><script>alert('1')</script>\"&amp; {{ 7 * 7 }}"
    template = next(article for article in ARTICLES if article.id == "sj-100-agreement")
    article = replace(template, title=nasty, author=nasty, summary=nasty, paragraphs=(nasty,), disclaimer=nasty)
    async with reader(articles=(article, replace(article, id="beside", also_read=(article.id,)))) as client:
        feed = parsed(await client.get("/feeds/baltic-ledger.xml"))
        answers = [await client.get(path) for path in ("/", "/outlets/baltic-ledger/", "/articles/beside")]
    assert not feed.bozo
    assert len(feed.entries) == 2
    for answer in answers:
        page = Page(answer.text)
        assert "script" not in [tag for tag, _ in page.tags]
        assert nasty in page.text
    assert Page(answers[-1].text).meta("og:title") == nasty


async def test_an_address_that_leads_nowhere_gets_a_page_that_says_so() -> None:
    async with reader() as client:
        for path in (
            "/articles/nobody",
            "/outlets/nobody/",
            "/feeds/nobody.xml",
            "/%3Cscript%3E",
            "/articles/..%2f..%2f",
        ):
            answer = await client.get(path)
            assert answer.status_code == 404
            assert "not here" in answer.text
            assert "<script>" not in answer.text


async def test_an_outlet_with_no_articles_yet_still_has_a_feed_that_parses() -> None:
    async with reader(articles=()) as client:
        for source in FEEDS:
            feed = parsed(await client.get(source.path))
            assert not feed.bozo
            assert feed.entries == []


def test_a_start_without_a_time_zone_is_refused() -> None:
    with pytest.raises(WrongInput, match="time zone"):
        newsroom_app(START.replace(tzinfo=None))
