"""One look at an address that somebody thinks of watching: what would be taken, what rejected, or why nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from services.scraper.domain.gate import Gate
from services.scraper.parsing.discovery import likely_addresses
from services.scraper.parsing.results import Selectors
from services.scraper.use_cases.trying import EXCERPT_CHARACTERS, MOST_PROBES, SourceTrials
from shared.catalogue.loader import load_catalogue
from shared.kit.errors import PactwatchError, WrongInput
from shared.web.client import WebClient, make_client
from shared.web.guard import AllowedHosts
from tests.live.scraper import trial_sites as sites
from tests.live.scraper.newsstand import Answer, Newsstand, ReadingHere, page_of
from tests.live.scraper.trial_sites import CRICKET, EVENING, MORNING, PACT

pytestmark = pytest.mark.live
GATE = Gate(load_catalogue())
DATA = Path(__file__).parents[2] / "data" / "sources"


@pytest.fixture
def trials(web: WebClient) -> SourceTrials:
    return SourceTrials(web, ReadingHere(), GATE.judge, likely_addresses, rest_seconds=0)


KINDS: dict[str, tuple[Callable[[Newsstand], Answer], str]] = {
    "rss": (sites.rss, "rss"),
    "rdf": (sites.rdf, "rss"),
    "atom": (sites.atom, "atom"),
    "json": (sites.json_feed, "json"),
    "news sitemap": (sites.news_sitemap, "sitemap"),
    "sitemap index": (sites.sitemap_index, "sitemap"),
    "listing page": (sites.listing, "page"),
}


@pytest.mark.parametrize("site", KINDS)
async def test_the_kind_is_found_and_what_would_be_taken_and_rejected_is_shown(
    site: str, stand: Newsstand, trials: SourceTrials
):
    serve, kind = KINDS[site]
    stand.answers["/news"] = serve(stand)
    sites.serve_articles(stand)
    tried = await trials.try_source(stand.url("/news"), country="IN")
    assert tried.kind == kind
    assert tried.title == ("Harbour Wire" if kind != "sitemap" else "")
    pact, cricket, *_ = tried.articles
    assert (pact.title, pact.published, pact.language) == (PACT, MORNING, "en")
    assert (cricket.title, cricket.published) == (CRICKET, EVENING)
    assert pact.text_from == "page"
    assert pact.agency == "ANI"
    assert pact.dropped == ("Also Read | Ten trains that run late this winter.",)
    assert "exchanged the notes" in pact.first_lines
    assert len(pact.first_lines) <= EXCERPT_CHARACTERS
    assert pact.page_trouble is None
    assert pact.held is None
    assert cricket.held is not None
    assert "Russia" in cricket.held


FIXTURES = {
    "addresses.txt": "sitemap",
    "atom.xml": "atom",
    "feed.json": "json",
    "news_sitemap.xml": "sitemap",
    "rdf.xml": "rss",
    "rss_0_91.xml": "rss",
    "rss_2_0.xml": "rss",
    "sitemap.xml": "sitemap",
    "../listings/tass_section.html": "page",
    "../listings/mea_press_releases.html": "page",
    "../listings/hindi_portal.html": "page",
}


@pytest.fixture
async def secluded() -> AsyncIterator[WebClient]:
    """A web whose every name leads to this machine: no fixture's link leaves it."""

    async def here(_host: str, _port: int) -> Sequence[IPv4Address]:
        return [IPv4Address("127.0.0.1")]

    client = make_client(allowed=AllowedHosts.parse("127.0.0.1"), user_agent="Pactwatch/test", resolve=here)
    yield client
    await client.aclose()


@pytest.mark.parametrize("name", FIXTURES)
async def test_every_fixture_is_found_to_be_of_its_kind(name: str, stand: Newsstand, secluded: WebClient):
    stand.answers["/news"] = Answer((DATA / name).read_bytes(), content_type="application/octet-stream")
    trials = SourceTrials(secluded, ReadingHere(), GATE.judge, lambda _url: (), rest_seconds=0)
    tried = await trials.try_source(stand.url("/news"))
    assert tried.kind == FIXTURES[name]
    assert tried.entries
    assert len(tried.articles) == min(3, len(tried.entries))


@pytest.mark.parametrize(("name", "kind"), [("telegram.html", "telegram"), ("watched_table.html", "watch")])
async def test_a_kind_that_only_its_address_or_a_person_can_tell_is_taken_as_told(
    name: str, kind: str, stand: Newsstand, secluded: WebClient
):
    stand.answers["/news"] = Answer((DATA / name).read_bytes())
    trials = SourceTrials(secluded, ReadingHere(), GATE.judge, lambda _url: (), rest_seconds=0)
    tried = await trials.try_source(stand.url("/news"), kind=kind)
    assert tried.kind == kind
    assert tried.articles[0].first_lines


@pytest.mark.parametrize(
    "name", ["consent_wall.html", "login.html", "refusal.html", "robot_check.html", "javascript_only.html"]
)
async def test_a_page_that_hides_its_news_says_so(name: str, stand: Newsstand, secluded: WebClient):
    stand.answers["/news"] = Answer((DATA / name).read_bytes())
    trials = SourceTrials(secluded, ReadingHere(), GATE.judge, lambda _url: (), rest_seconds=0)
    with pytest.raises(PactwatchError) as refused:
        await trials.try_source(stand.url("/news"))
    assert refused.value.mend


async def test_a_telegram_channel_is_shown_from_its_posts_alone(stand: Newsstand, trials: SourceTrials):
    stand.answers["/s/harbour_wire"] = sites.telegram()
    tried = await trials.try_source(stand.url("/s/harbour_wire"), kind="telegram", country="IN")
    assert tried.kind == "telegram"
    assert [(each.title, each.text_from) for each in tried.articles] == [(PACT, "feed"), (CRICKET, "feed")]
    assert [path for path, _ in stand.asked] == ["/robots.txt", "/s/harbour_wire"]


async def test_a_single_page_is_watched_only_when_a_person_says_so(stand: Newsstand, trials: SourceTrials):
    stand.answers["/page"] = Answer(page_of(PACT, sites.PAGE_TEXT))
    tried = await trials.try_source(stand.url("/page"), kind="watch")
    (article,) = tried.articles
    assert (tried.kind, article.text_from) == ("watch", "feed")
    assert "exchanged the notes" in article.first_lines


async def test_entries_that_lead_nowhere_are_named_with_their_reason(stand: Newsstand, trials: SourceTrials):
    stand.answers["/news"] = sites.rss(stand)
    tried = await trials.try_source(stand.url("/news"))
    (unusable,) = tried.unusable
    assert unusable.title == "Leads nowhere"
    assert "does not start with http" in unusable.reason


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (Answer(b"", 404), "Its page cannot be had: http://127.0.0.1"),
        (Answer(b"", 429), "Its page cannot be had: it asks us to come less often (HTTP 429)"),
        (Answer(b"<p>x</p>"), "Its page cannot be read: "),
    ],
)
async def test_an_article_whose_page_cannot_be_read_is_told_in_words(
    page: Answer, told: str, stand: Newsstand, trials: SourceTrials
):
    stand.answers["/news"] = sites.rss(stand)
    stand.answers["/2026/11/21/logistics-pact-in-force"] = page
    article = (await trials.try_source(stand.url("/news"))).articles[0]
    assert article.page_trouble is not None
    assert article.page_trouble.startswith(told)
    assert article.text_from == "feed"
    assert "Failed(" not in article.page_trouble


async def test_a_home_page_offers_its_feeds_and_only_those_that_are_good(stand: Newsstand, trials: SourceTrials):
    links = "".join(
        f"<link rel='alternate' type='application/{kind}+xml' href='{href}' title='Feed {href}'>"
        for kind, href in (("rss", "/rss"), ("atom", "/atom"), ("rss", "/gone"), ("rss", "/soft-404"))
    )
    stand.answers["/"] = sites.listing(stand, links)
    stand.answers["/rss"], stand.answers["/atom"] = sites.rss(stand), sites.atom(stand)
    stand.answers["/soft-404"] = Answer(page_of("Page not found"))
    sites.serve_articles(stand)
    tried = await trials.try_source(stand.url("/"))
    assert tried.kind == "page"
    assert [(offer.url, offer.kind, offer.entries, offer.newest) for offer in tried.offers] == [
        (stand.url("/rss"), "rss", 2, MORNING),
        (stand.url("/atom"), "atom", 2, MORNING),
    ]


async def test_a_page_that_offers_none_is_asked_at_the_usual_places_and_not_for_long(
    stand: Newsstand, trials: SourceTrials
):
    stand.answers["/"] = Answer(b"<html><body><div id='app'></div><p>Welcome to the site of ours</p></body></html>")
    stand.answers["/rss.xml"] = sites.rss(stand)
    tried = await trials.try_source(stand.url("/"))
    assert (tried.kind, [offer.url for offer in tried.offers]) == ("", [stand.url("/rss.xml")])
    assert "cannot be watched as a list" in tried.notes[0]
    del stand.answers["/rss.xml"]
    stand.asked.clear()
    with pytest.raises(PactwatchError, match="page"):
        await trials.try_source(stand.url("/"))
    assert len(stand.asked) == 1 + MOST_PROBES


async def test_a_kind_that_is_told_is_not_looked_for_elsewhere(stand: Newsstand, trials: SourceTrials):
    stand.answers["/"] = sites.listing(stand, "<link rel='alternate' type='application/rss+xml' href='/rss'>")
    sites.serve_articles(stand)
    tried = await trials.try_source(stand.url("/"), kind="page", selectors=Selectors(item="div.row", link="a"))
    assert tried.offers == ()
    assert "/rss" not in {path for path, _ in stand.asked}
    assert tried.entries[0].title == PACT


async def test_what_robots_txt_forbids_is_not_asked_for(stand: Newsstand, trials: SourceTrials):
    stand.answers["/robots.txt"] = Answer(
        b"User-agent: *\nDisallow: /2026/11/20/\nDisallow: /hidden\n", content_type="text/plain"
    )
    stand.answers["/news"] = sites.rss(stand)
    sites.serve_articles(stand)
    tried = await trials.try_source(stand.url("/news"))
    assert [article.page_trouble is None for article in tried.articles] == [True, False]
    assert "robots.txt" in str(tried.articles[1].page_trouble)
    with pytest.raises(PactwatchError, match=r"robots\.txt of 127\.0\.0\.1:\d+ forbids"):
        await trials.try_source(stand.url("/hidden/feed"))
    assert not {"/hidden/feed", "/2026/11/20/second-test-in-chennai"} & {path for path, _ in stand.asked}


async def test_a_feed_that_moved_for_good_says_where_to(stand: Newsstand, trials: SourceTrials):
    stand.answers["/old"] = Answer(status=301, headers=(("location", stand.url("/news")),))
    stand.answers["/news"] = sites.rss(stand)
    tried = await trials.try_source(stand.url("/old"))
    assert (tried.moved_to, tried.url_final) == (stand.url("/news"), stand.url("/news"))


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (Answer(b"", 500), None, "the server answered 500"),
        (Answer(b"", 429), None, "asks us to come less often"),
        (Answer(page_of("One article")), "rss", "page"),
        (Answer(b"", 304), None, "nothing changed"),
        (Answer(b"%PDF-1.7 ...", content_type="application/pdf"), None, "application/pdf"),
    ],
)
async def test_what_cannot_be_watched_says_why(
    answer: Answer, kind: str | None, told: str, stand: Newsstand, trials: SourceTrials
):
    stand.answers["/feed"] = answer
    with pytest.raises(PactwatchError, match=told) as refused:
        await trials.try_source(stand.url("/feed"), kind=kind)
    assert refused.value.mend


async def test_an_empty_feed_has_no_articles(stand: Newsstand, trials: SourceTrials):
    stand.answers["/feed"] = Answer(b"<rss version='2.0'><channel><title>C</title></channel></rss>")
    tried = await trials.try_source(stand.url("/feed"), kind="rss")
    assert (tried.entries, tried.articles) == ((), ())


@pytest.mark.parametrize(("url", "kind", "field"), [("feed.xml", None, "URL"), ("http://h/", "rdf", "--kind")])
async def test_a_wrong_address_or_kind_is_named(url: str, kind: str | None, field: str, trials: SourceTrials):
    with pytest.raises(WrongInput) as refused:
        await trials.try_source(url, kind=kind)
    assert refused.value.field == field
