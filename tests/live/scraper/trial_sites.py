"""One small site for every kind of source, with the same two articles: what a trial of each should find is the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime

from tests.live.scraper.newsstand import Answer, Newsstand, page_of

PACT = "India and Russia bring the logistics pact into force"
CRICKET = "Visitors win the second cricket test in Chennai"
MORNING = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
PAGE_TEXT = tuple(
    """\
MOSCOW, Nov 21 (ANI): India and Russia exchanged the notes that bring the logistics agreement into force, officials of
both sides said on Saturday after a meeting that lasted the whole morning.

Ships and aircraft of either side may now take on fuel, water and provisions in the ports and airfields of the other,
and settle the bill afterwards.

Also Read | Ten trains that run late this winter.

A joint committee is to look at the accounts twice a year, the first time within ninety days of that.""".replace(
        "\n\n", "¶"
    )
    .replace("\n", " ")
    .split("¶")
)
CRICKET_TEXT = tuple(
    """\
The visitors won the second test in Chennai by six wickets, after their bowlers had taken seven of the home side before
lunch on the fourth day of a match that had begun in the rain, as it often does in India.

Their captain said that the pitch had helped the spinners more than anybody had expected before the toss.""".replace(
        "\n\n", "¶"
    )
    .replace("\n", " ")
    .split("¶")
)


def serve_articles(stand: Newsstand) -> None:
    stand.answers["/2026/11/21/logistics-pact-in-force"] = Answer(page_of(PACT, PAGE_TEXT))
    stand.answers["/2026/11/20/second-test-in-chennai"] = Answer(page_of(CRICKET, CRICKET_TEXT))


def _items(stand: Newsstand) -> list[tuple[str, str, datetime]]:
    return [
        (PACT, stand.url("/2026/11/21/logistics-pact-in-force"), MORNING),
        (CRICKET, stand.url("/2026/11/20/second-test-in-chennai"), EVENING),
    ]


def rss(stand: Newsstand) -> Answer:
    items = "".join(
        f"<item><title>{title}</title><link>{url}</link><pubDate>{format_datetime(at)}</pubDate></item>"
        for title, url, at in _items(stand)
    )
    broken = "<item><title>Leads nowhere</title><link>ftp://example.org/x</link></item>"
    body = (
        f"<rss version='2.0'><channel><title>Harbour Wire</title><language>en</language>{items}{broken}</channel></rss>"
    )
    return Answer(body.encode(), content_type="application/rss+xml")


def rdf(stand: Newsstand) -> Answer:
    items = "".join(
        f"<item rdf:about='{url}'><title>{title}</title><link>{url}</link><dc:date>{at.isoformat()}</dc:date></item>"
        for title, url, at in _items(stand)
    )
    body = (
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='x'><title>Harbour Wire</title></channel>"
        f"{items}</rdf:RDF>"
    )
    return Answer(body.encode(), content_type="application/rdf+xml")


def atom(stand: Newsstand) -> Answer:
    entries = "".join(
        f"<entry><id>{url}</id><title>{title}</title><link href='{url}'/><published>{at.isoformat()}</published>"
        "</entry>"
        for title, url, at in _items(stand)
    )
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Harbour Wire</title>{entries}</feed>"
    return Answer(body.encode(), content_type="application/atom+xml")


def json_feed(stand: Newsstand) -> Answer:
    items = [
        {"id": url, "url": url, "title": title, "date_published": at.isoformat()} for title, url, at in _items(stand)
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Harbour Wire", "items": items}
    return Answer(json.dumps(feed).encode(), content_type="application/feed+json")


def news_sitemap(stand: Newsstand) -> Answer:
    urls = "".join(
        f"<url><loc>{url}</loc><n:news><n:publication><n:name>Harbour Wire</n:name><n:language>en</n:language>"
        f"</n:publication><n:publication_date>{at.isoformat()}</n:publication_date><n:title>{title}</n:title></n:news></url>"
        for title, url, at in _items(stand)
    )
    namespaces = (
        "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"
    )
    return Answer(f"<urlset {namespaces}>{urls}</urlset>".encode(), content_type="application/xml")


def sitemap_index(stand: Newsstand) -> Answer:
    stand.answers["/sitemap-2026-11.xml"] = news_sitemap(stand)
    parts = "".join(
        f"<sitemap><loc>{stand.url(path)}</loc><lastmod>{day}</lastmod></sitemap>"
        for path, day in (("/sitemap-2026-10.xml", "2026-10-31"), ("/sitemap-2026-11.xml", "2026-11-21"))
    )
    body = f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{parts}</sitemapindex>"
    return Answer(body.encode(), content_type="application/xml")


def listing(stand: Newsstand, head: str = "") -> Answer:
    rows = "".join(
        f"<div class='row'><h2><a href='{url}'>{title}</a></h2><time datetime='{at.isoformat()}'>{at:%d %b}</time>"
        "</div>"
        for title, url, at in _items(stand)
    )
    body = (
        f"<!doctype html><html lang='en'><head><title>Harbour Wire</title>{head}</head><body><nav><a href='/about'>"
        f"About</a></nav><main>{rows}<div class='row'><h2><a href='/2026/11/19/old-news-of-the-port'>The port of "
        "Chennai opens a third berth for grain ships</a></h2></div></main></body></html>"
    )
    return Answer(body.encode())


def telegram() -> Answer:
    post = (
        "<div class='tgme_widget_message_wrap'><div class='tgme_widget_message' data-post='harbour_wire/{number}'>"
        "<div class='tgme_widget_message_text js-message_text'>{words}</div><a class='tgme_widget_message_date' "
        "href='https://t.me/harbour_wire/{number}'><time datetime='{at}'></time></a></div></div>"
    )
    posts = [
        post.format(number=7, words=CRICKET + "<br/>" + CRICKET_TEXT[0], at=EVENING.isoformat()),
        post.format(number=8, words=PACT + "<br/>" + PAGE_TEXT[1], at=MORNING.isoformat()),
    ]
    head = "<div class='tgme_channel_info'><div class='tgme_channel_info_header_title'>Harbour Wire</div></div>"
    body = f"<html><body>{head}<section class='tgme_channel_history'>{''.join(posts)}</section></body></html>"
    return Answer(body.encode())
