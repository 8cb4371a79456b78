"""Feeds that misbehave, by name: what each serves, and the state in which its source must end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from services.scraper.domain.source import SourceState
from tests.live.scraper import nasty_wire as wire
from tests.live.scraper.nasty_site import ARTICLE, Behaviour, Serve, in_turn
from tests.live.scraper.nasty_words import (
    CHECK,
    CONSENT,
    COOKIES,
    GOOD,
    HTML,
    LOGIN,
    RUSSIAN,
    dated,
    feed,
    html,
    item,
    rss,
    status,
    three,
)
from tests.live.scraper.newsstand import NOW

FINE = SourceState.FINE
EMPTY = SourceState.EMPTY
SILENT = SourceState.SILENT
FAILING = SourceState.FAILING
GONE = SourceState.GONE
BLOCKED = SourceState.BLOCKED
NOT_A_FEED = SourceState.NOT_A_FEED
OTHER_LANGUAGE = SourceState.OTHER_LANGUAGE

_ONE = f"<item><title>{ARTICLE}</title><link>/article</link></item>"
_LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
_ATTRIBUTES = "<item " + " ".join(f"a{n}='1'" for n in range(100_000)) + "/>"
_NAMESPACES = "<i " + " ".join(f"xmlns:n{n}='u'" for n in range(100_000)) + "/>"
_OUTSIDE = "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
_DTD = "<!DOCTYPE rss SYSTEM 'http://169.254.169.254/evil.dtd'>"


def _deep(levels: int) -> bytes:
    return rss(f"<item><title>{'<a>' * levels}deep{'</a>' * levels}</title><link>/article</link></item>")


XML = (
    Behaviour("xml_of_100000_levels", feed(_deep(100_000)), (NOT_A_FEED,), says="nested"),
    Behaviour("xml_of_a_million_levels_never_closed", feed(b"<rss><channel>" + b"<a>" * 1_000_000), (NOT_A_FEED,)),
    Behaviour(
        "billion_laughs",
        feed(rss(_ONE, start=f"<!DOCTYPE rss [<!ENTITY l0 'ha'>{_LAUGHS}]>")),
        (NOT_A_FEED,),
        says="entities",
    ),
    Behaviour(
        "external_entity", feed(rss("<item><title>&x;</title></item>", start=_OUTSIDE)), (NOT_A_FEED,), says="entities"
    ),
    Behaviour("external_dtd", feed(rss(_ONE, start=_DTD)), entries=1),
    Behaviour("a_tag_of_100000_attributes", feed(rss(_ATTRIBUTES, _ONE)), (NOT_A_FEED,)),
    Behaviour("100000_namespaces", feed(rss(_NAMESPACES, _ONE)), entries=1),
    Behaviour("100000_comments", feed(rss("<!-- x -->" * 100_000, _ONE)), entries=1),
    Behaviour("a_comment_never_closed", feed(rss(_ONE, "<!-- " + "x" * 1_000_000)), entries=1),
    Behaviour("cdata_never_closed", feed(rss(_ONE, "<item><title><![CDATA[" + "x" * 1_000_000)), entries=1),
    Behaviour("9_mb_of_less_than_signs", feed(b"<rss><channel>" + b"<" * 9_000_000), (NOT_A_FEED,)),
    Behaviour(
        "9_mb_of_ampersands", feed(rss(_ONE, "<description>" + "&" * 9_000_000 + "</description>")), (NOT_A_FEED,)
    ),
    Behaviour(
        "tags_never_closed", feed(f"<rss version='2.0'><channel>{_ONE * 1}<item><title>Open".encode()), entries=1
    ),
    Behaviour("bom_at_the_start", feed(b"\xef\xbb\xbf" + GOOD), entries=3),
    Behaviour("bom_in_the_middle", feed(GOOD.replace(b"<channel>", b"<channel>\xef\xbb\xbf")), entries=3),
    Behaviour("bom_twice", feed(b"\xef\xbb\xbf\xef\xbb\xbf" + GOOD), entries=3),
    Behaviour("white_space_before_the_declaration", feed(b"\n\n  " + GOOD), entries=3),
    Behaviour("warning_before_the_declaration", feed(b"<br />\n<b>Warning</b>: mysql in x.php\n" + GOOD), entries=3),
    Behaviour("nul_bytes", feed(GOOD.replace(b"India", b"In\0dia")), entries=3, title=f"{ARTICLE} 0"),
    Behaviour(
        "control_characters", feed(GOOD.replace(b"India", b"In\x01\x08\x1bdia")), entries=3, title=f"{ARTICLE} 0"
    ),
    Behaviour("invalid_utf8", feed(GOOD.replace(b"pact", b"pact\xff\xc0")), entries=3),
    Behaviour(
        "utf8_said_windows_1251_sent", feed(three(RUSSIAN).decode().encode("cp1251")), entries=3, title=f"{RUSSIAN} 0"
    ),
    Behaviour(
        "windows_1251_said_utf8_sent",
        feed(three(RUSSIAN), content_type="text/xml; charset=windows-1251"),
        entries=3,
        title=f"{RUSSIAN} 0",
    ),
    Behaviour(
        "koi8_r_said_nowhere",
        feed(three(RUSSIAN).decode().encode("koi8-r"), content_type="text/xml"),
        entries=3,
        title=f"{RUSSIAN} 0",
    ),
    Behaviour(
        "utf16_said_nowhere",
        feed(GOOD.decode().encode("utf-16-le"), content_type="text/xml"),
        entries=3,
        title=f"{ARTICLE} 0",
    ),
    Behaviour("charset_that_does_not_exist", feed(GOOD, content_type="text/xml; charset=klingon-8"), entries=3),
)

_GUIDS = [item(number, more="<guid isPermaLink='false'>always the same</guid>") for number in range(3)]
_BAD_LINKS = ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "mailto:a@b.example")
_PRIVATE_LINKS = ("http://10.0.0.7/", "http://169.254.169.254/", "http://[::1]/")
_OLD = tuple(format_datetime(NOW - timedelta(days=days)) for days in (200, 201, 202, 203))
_NESTED = f"<description>&lt;div&gt;{'&lt;div&gt;&lt;b&gt;' * 100}words&lt;/div&gt;</description>"
_SCRIPT = "&lt;script&gt;alert(1)&lt;/script&gt;<![CDATA[<img src=x onerror=alert(2)>]]>"
_EPOCH = format_datetime(datetime(1970, 1, 1, tzinfo=UTC))

ENTRIES = (
    Behaviour(
        "entries_without_links",
        feed(rss(*[f"<item><title>{ARTICLE}</title></item>"] * 3)),
        (EMPTY,),
        says="no link",
        entries=0,
    ),
    Behaviour(
        "entries_without_titles", feed(rss(*(f"<item><link>/article-{n}</link></item>" for n in range(3)))), entries=3
    ),
    Behaviour("one_guid_for_all", feed(rss(*_GUIDS)), entries=3),
    Behaviour("one_link_twenty_times", feed(rss(*(item(n, link="/article") for n in range(20)))), entries=20),
    Behaviour("one_entry_a_thousand_times", feed(rss(*[_ONE] * 1000)), entries=1),
    Behaviour(
        "links_that_differ_in_tracking_only",
        feed(rss(*(item(n, link=f"/article?utm_source={n}") for n in range(9)))),
        entries=9,
    ),
    Behaviour("dates_in_the_future", feed(dated(*["Fri, 01 Jan 2199 00:00:00 GMT"] * 4)), looks=2, entries=4),
    Behaviour("dates_of_1970", feed(dated(*[_EPOCH] * 4)), looks=2, entries=4),
    Behaviour(
        "dates_that_are_none", feed(dated("yesterday", "", "99/99/9999", "0000-00-00", "1" * 5000)), looks=2, entries=5
    ),
    Behaviour("dates_of_half_a_year_ago", feed(dated(*_OLD)), (SILENT,), entries=4),
    Behaviour(
        "relative_links",
        feed(rss(item(1, link="article-x"), item(2, link="../article-y"), item(3, link="?z"))),
        entries=3,
    ),
    Behaviour(
        "links_that_are_none",
        feed(rss(*(item(n, link=link) for n, link in enumerate(_BAD_LINKS)))),
        (EMPTY,),
        entries=0,
    ),
    Behaviour(
        "links_to_private_addresses",
        feed(rss(*(item(n, link=link) for n, link in enumerate(_PRIVATE_LINKS)))),
        entries=3,
    ),
    Behaviour("a_link_of_100_kb", feed(rss(item(1, link="/a" + "b" * 100_000), _ONE)), entries=1),
    Behaviour("a_title_of_3_mb", feed(rss(item(1, "long " * 600_000), _ONE)), entries=2),
    Behaviour("a_title_of_a_million_tags", feed(rss(item(1, "&lt;b&gt;x" * 300_000), _ONE)), entries=2),
    Behaviour("50000_entries", feed(rss(*(item(n) for n in range(50_000)))), entries=1000),
    Behaviour("html_100_levels_deep_in_the_description", feed(rss(item(1, more=_NESTED))), entries=1),
    Behaviour("script_in_titles", feed(rss(item(1, _SCRIPT + ARTICLE))), entries=1, title=f"{ARTICLE} 1"),
    Behaviour("half_an_emoji_in_titles", feed(rss(item(1, "&#xD83D; &#0; &#x1F; " + ARTICLE))), entries=1),
)


def _json_error(words: str) -> Serve:
    return feed(words.encode(), content_type="application/json")


_PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
_SOFT_404 = html("<h1>404</h1><p>Page not found.</p>", "Page not found")
_JAVASCRIPT = html("<div id='root'></div><noscript>Enable JavaScript.</noscript><script src='/x.js'></script>", "")
_META = "<!doctype html><html><head><meta http-equiv='refresh' content='0; url=/feed-2'></head><body></body></html>"

SOMETHING_ELSE = (
    Behaviour("feed_as_html", html("<h1>Welcome</h1><p>This is our new site.</p>"), (NOT_A_FEED,), says="HTML"),
    Behaviour("feed_as_pdf", feed(_PDF, content_type="application/pdf"), (NOT_A_FEED,), says="pdf"),
    Behaviour("feed_as_pdf_that_says_rss", feed(_PDF), (NOT_A_FEED,), says="PDF"),
    Behaviour(
        "feed_as_endless_camera",
        wire.endless(wire.head(content_type=b"multipart/x-mixed-replace"), b"--x\r\n"),
        (NOT_A_FEED,),
    ),
    Behaviour("feed_as_json_error", _json_error('{"error": {"code": 500, "message": "database"}}'), (NOT_A_FEED,)),
    Behaviour("feed_as_json_of_a_million_brackets", _json_error("[" * 1_000_000), (NOT_A_FEED,)),
    Behaviour("feed_as_json_of_huge_numbers", _json_error('{"version": ' + "9" * 1_000_000 + "}"), (NOT_A_FEED,)),
    Behaviour(
        "feed_as_plain_words",
        feed(b"Error establishing a database connection", content_type="text/plain"),
        (NOT_A_FEED,),
    ),
    Behaviour("feed_as_opml", feed(b"<opml version='2.0'><body><outline xmlUrl='/x'/></body></opml>"), (NOT_A_FEED,)),
    Behaviour("cookie_wall", html(COOKIES), (BLOCKED,)),
    Behaviour("consent_wall", html(CONSENT), (BLOCKED,), says="consent"),
    Behaviour("login_page_with_200", feed(LOGIN.encode(), content_type=HTML), (BLOCKED,), says="login"),
    Behaviour("robot_check", html(CHECK, "Just a moment..."), (BLOCKED,), says="robot"),
    Behaviour("soft_404", _SOFT_404, (NOT_A_FEED,), says="error page"),
    Behaviour("meta_refresh", feed(_META.encode(), content_type=HTML), (NOT_A_FEED,)),
    Behaviour("javascript_only", _JAVASCRIPT, (NOT_A_FEED,), says="JavaScript"),
    Behaviour(
        "language_turns",
        in_turn(feed(three()), feed(rss(*(item(n, RUSSIAN) for n in range(3, 9))))),
        (FINE, OTHER_LANGUAGE),
        language="en",
        looks=2,
    ),
    Behaviour("feed_that_empties", in_turn(feed(three()), feed(rss())), (FINE, EMPTY), looks=2, says="before"),
    Behaviour(
        "feed_that_turns_to_html",
        in_turn(feed(three()), html("<h1>New site</h1>")),
        (FINE, NOT_A_FEED),
        looks=2,
        says="before",
    ),
    Behaviour("feed_that_goes", in_turn(feed(three()), status("410 Gone")), (FINE, GONE), looks=2),
    Behaviour(
        "feed_that_comes_back", in_turn(status("500 Oops"), html(CHECK), feed(GOOD)), (FAILING, BLOCKED, FINE), looks=3
    ),
)

_SITEMAP = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</urlset>"
_INDEX = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</sitemapindex>"
_MANY = "".join(f"<url><loc>/news/2025/article-number-{n}.html</loc></url>" for n in range(60_000))
_NO_POSTS = "<div class='tgme_channel_info'>A channel</div>"

OTHER_KINDS = (
    Behaviour(
        "sitemap_index_that_names_itself",
        feed(_INDEX.format("<sitemap><loc>/feed</loc></sitemap>").encode()),
        (EMPTY,),
        kind="sitemap",
        entries=0,
    ),
    Behaviour("sitemap_of_60000_addresses", feed(_SITEMAP.format(_MANY).encode()), kind="sitemap", entries=1000),
    Behaviour("sitemap_without_addresses", feed(_SITEMAP.format("").encode()), (EMPTY,), kind="sitemap"),
    Behaviour("telegram_without_posts", html(_NO_POSTS), (EMPTY,), kind="telegram"),
    Behaviour("telegram_that_is_none", html("<h1>Hello</h1>"), (NOT_A_FEED,), kind="telegram"),
    Behaviour("listing_of_100000_levels", html("<div>" * 100_000), (NOT_A_FEED,), kind="page"),
    Behaviour(
        "listing_of_100000_links",
        html("".join(f"<a href='/news/{n}'>{ARTICLE} {n}</a>" for n in range(100_000))),
        (NOT_A_FEED,),
        kind="page",
    ),
    Behaviour("listing_of_9_mb_of_tables", html("<table><tr><td>" * 600_000), (NOT_A_FEED,), kind="page"),
    Behaviour("listing_without_links", html("<p>Nothing today.</p>"), (NOT_A_FEED,), kind="page"),
    Behaviour("kind_unknown_and_robot_check", html(CHECK, "Just a moment..."), (BLOCKED,), kind=None),
    Behaviour("watched_page_of_100000_levels", html("<div>" * 100_000 + "x"), (NOT_A_FEED,), kind="watch"),
)


FEEDS = (*XML, *ENTRIES, *SOMETHING_ELSE, *OTHER_KINDS)
