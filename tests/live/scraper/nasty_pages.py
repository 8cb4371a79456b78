"""Articles' pages that misbehave, by name: their feeds are in order, and the article must come of it all the same."""

from __future__ import annotations

import gzip

from tests.live.scraper import nasty_wire as wire
from tests.live.scraper.nasty_site import ARTICLE, Behaviour, Serve, Visit, answers, http, in_turn, makes
from tests.live.scraper.nasty_words import CHECK, CONSENT, COOKIES, HTML, LOGIN, RUSSIAN, feed, html, item, rss, status
from tests.live.scraper.newsstand import WORDS, page_of

_SUMMARY = "<description>India and Russia said so on Tuesday.</description>"
_PAGE = page_of(ARTICLE)
_RUSSIAN_WORDS = (f"{RUSSIAN}. Документ вступит в силу после обмена нотами, сообщили в министерстве. " * 3,)
_RUSSIAN_PAGE = page_of(RUSSIAN, _RUSSIAN_WORDS).decode()
_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 100
_FOOTBALL = ("The home side won the cup final on penalties after a goalless evening in front of a full stadium. " * 4,)


def page(body: bytes, *headers: str, content_type: str = HTML) -> Serve:
    return feed(body, *headers, content_type=content_type)


def one(
    name: str, serve: Serve, article: str = "feed", *, has: str = "", title: str = ARTICLE, robots: Serve | None = None
) -> Behaviour:
    """Return the behaviour of a host whose feed is in order, and whose only article's page is served so."""
    body = rss(item(1, title, link=f"/article-{name}", more=_SUMMARY))
    return Behaviour(f"page_{name}", feed(body), page=serve, article=article, article_has=has, robots=robots, entries=1)


def _to_the_front(visit: Visit) -> bytes:
    teasers = "".join(
        f"<li><a href='/article-{n}'>Another piece of news number {n} of today</a></li>" for n in range(30)
    )
    front = f"<html><head><title>Front</title></head><body><ul>{teasers}</ul></body></html>"
    if visit.path == "/":
        return http(front.encode(), content_type=HTML)
    return wire.redirect(visit.url("/"))


def _to_a_login(visit: Visit) -> bytes:
    login = http(LOGIN.encode(), content_type=HTML)
    return login if visit.path == "/article-login" else wire.redirect(visit.url("/article-login"))


_READ = (
    one("in_order", page(_PAGE), "page", has="logistics agreement"),
    one(
        "as_plain_text", page("\n\n".join(WORDS).encode(), content_type="text/plain"), "page", has="logistics agreement"
    ),
    one("without_content_type", answers(b"HTTP/1.1 200 OK\r\n\r\n" + _PAGE), "page", has="logistics agreement"),
    one("of_http_1_0", answers(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + _PAGE), "page"),
    one("in_windows_1251_said_utf8", page(_RUSSIAN_PAGE.encode("cp1251")), "page", has="обмена нотами", title=RUSSIAN),
    one(
        "in_utf8_said_windows_1251",
        page(_RUSSIAN_PAGE.encode(), content_type="text/html; charset=windows-1251"),
        "page",
        has="обмена нотами",
        title=RUSSIAN,
    ),
    one("in_utf16", page(_PAGE.decode().encode("utf-16"), content_type="text/html"), "page", has="logistics agreement"),
    one("with_nul_bytes", page(_PAGE.replace(b"logistics", b"logi\0stics")), "page", has="logistics agreement"),
    one(
        "with_bom_in_the_middle",
        page(_PAGE.replace(b"<article>", b"<article>\xef\xbb\xbf")),
        "page",
        has="logistics agreement",
    ),
    one(
        "with_tags_never_closed",
        page(_PAGE.replace(b"</p>", b"").replace(b"</article>", b"")),
        "page",
        has="logistics agreement",
    ),
    one(
        "with_3_mb_of_script",
        page(_PAGE.replace(b"<nav>", b"<script>" + b"x=1;" * 750_000 + b"</script><nav>")),
        "page",
        has="logistics agreement",
    ),
    one("gzip_that_nobody_announced", page(gzip.compress(_PAGE)), "feed"),
    one("of_football", page(page_of("Cup final", _FOOTBALL)), "page", title="Cup final decided on penalties"),
    one(
        "that_comes_at_the_second_try", in_turn(status("404 Not Found"), page(_PAGE)), "page", has="logistics agreement"
    ),
)

_WALLED = (
    one("login_with_200", page(LOGIN.encode())),
    one("redirect_to_login", makes(_to_a_login)),
    one("redirect_to_the_front_page", makes(_to_the_front)),
    one("robot_check", html(CHECK, "Just a moment...")),
    one("cookie_wall", html(COOKIES)),
    one("consent_wall", html(CONSENT)),
    one("soft_404", html("<h1>Not found</h1><p>The page that you look for was not found.</p>", "404")),
    one("javascript_only", html("<div id='app'></div><script src='/x.js'></script>", "")),
    one("meta_refresh", page(b"<html><head><meta http-equiv='refresh' content='0;url=/x'></head></html>")),
    one("empty", page(b"")),
    one(
        "forbidden_by_robots",
        page(_PAGE),
        robots=answers(http(b"User-agent: *\nDisallow: /article", content_type="text/plain")),
    ),
)

_BROKEN = (
    one("as_jpeg_said_html", page(_JPEG)),
    one("as_pdf", page(b"%PDF-1.7\n...", content_type="application/pdf")),
    one("of_20_mb", page(b"<html><body>" + b"<p>India and Russia</p>" * 1_000_000)),
    one(
        "of_20_mb_without_length", wire.endless(wire.head(content_type=b"text/html"), b"<p>India and Russia</p>" * 3000)
    ),
    one("that_never_ends", wire.drips(_PAGE[:-30], b"<p>and", content_type=b"text/html")),
    one("that_never_begins", wire.never_answers),
    one("of_100000_levels", page(b"<html><body>" + b"<div>" * 100_000 + b"India and Russia")),
    one("of_a_gzip_bomb", answers(wire.head(b"Content-Encoding: gzip", content_type=b"text/html") + wire.bomb(100))),
    one("of_truncated_gzip", answers(http(gzip.compress(_PAGE)[:-9], "Content-Encoding: gzip", content_type=HTML))),
    one("of_bad_chunks", answers(wire.chunked(_PAGE).replace(b"\r\n0\r\n", b"\r\n-1\r\n"))),
    one("reset_after_headers", wire.says_and_resets(http(b"", length=900, content_type=HTML))),
    one("404", status("404 Not Found")),
    one("410", status("410 Gone")),
    one("403", status("403 Forbidden")),
    one("500", status("500 Oops")),
    one("429_with_an_absurd_wait", status("429 Slow", "Retry-After: 999999")),
    one("304", status("304 Not Modified")),
    one("redirect_loop", wire.hops(None, "/article")),
    one("redirect_to_metadata", answers(wire.redirect("http://169.254.169.254/"))),
    one("redirect_to_file", answers(wire.redirect("file:///etc/passwd"))),
)

PAGES = (*_READ, *_WALLED, *_BROKEN)
