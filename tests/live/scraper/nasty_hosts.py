"""Hosts that misbehave, whatever they serve, by name: on the wire, in redirects, statuses and robots.txt."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

from services.scraper.domain.source import SourceState
from tests.live.scraper import nasty_wire as wire
from tests.live.scraper.nasty_site import Behaviour, Serve, Visit, answers, http, makes
from tests.live.scraper.nasty_words import GOOD, HTML, LOGIN, feed, html, status, to
from tests.live.scraper.newsstand import NOW

FINE = SourceState.FINE
EMPTY = SourceState.EMPTY
FAILING = SourceState.FAILING
GONE = SourceState.GONE
BLOCKED = SourceState.BLOCKED
REFUSED = SourceState.REFUSED
ROBOTS = SourceState.ROBOTS
MOVED = SourceState.MOVED
NOT_A_FEED = SourceState.NOT_A_FEED
THROTTLED = SourceState.THROTTLED


def _known_by_etag(visit: Visit) -> bytes:
    known = "if-none-match" in visit.headers
    return http(status="304 Not Modified") if known else http(GOOD, 'ETag: "one"')


def _short_of_breath(visit: Visit) -> bytes:
    """Give out a huge ETag, and refuse whoever comes back with it, as servers refuse large heads."""
    if sum(map(len, visit.headers.values())) > 8000:
        return http(status="431 Request Header Fields Too Large")
    return http(GOOD, f'ETag: "{"e" * 60_000}"')


def _cookie_gate(visit: Visit) -> bytes:
    if "seen=yes" in visit.headers.get("cookie", ""):
        return http(GOOD)
    flood = [f"Set-Cookie: c{number}={'x' * 200}; Path=/" for number in range(100)]
    return wire.redirect(visit.url("/feed"), "302 Found", *flood, "Set-Cookie: seen=yes; Path=/")


def _cookie_trap(visit: Visit) -> bytes:
    return wire.redirect(visit.url("/feed"), "302 Found", f"Set-Cookie: again={visit.nth}")


def _moves(line: str) -> Callable[[Visit], bytes]:
    def move(visit: Visit) -> bytes:
        return http(GOOD) if visit.path == "/feed-new" else wire.redirect(visit.url("/feed-new"), line)

    return move


def _to_inner(visit: Visit) -> bytes:
    return wire.redirect(visit.url("/feed", "inner"))


def _to_login(visit: Visit) -> bytes:
    if visit.path == "/feed-login":
        return http(LOGIN.encode(), content_type=HTML)
    return wire.redirect(visit.url("/feed-login"))


def _flapping(visit: Visit) -> bytes:
    return http(GOOD) if visit.nth % 2 else http(status="502 Bad Gateway")


_BOMB = wire.bomb(200)
ON_THE_WIRE = (
    Behaviour("slow_drip", wire.drips(b"<rss version='2.0'><channel>", b" "), (FAILING,), says="seconds"),
    Behaviour("drip_of_head", wire.endless(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"), (FAILING,)),
    Behaviour("endless_body", wire.feed_without_end(), (FAILING,), says="larger than"),
    Behaviour("endless_headers", wire.endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 500), (FAILING,)),
    Behaviour(
        "endless_early_hints", wire.endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 99), (FAILING,)
    ),
    Behaviour("one_header_of_1_mb", answers(http(GOOD, "X-Big: " + "x" * 1_000_000)), (FAILING,)),
    Behaviour("etag_of_1_mb", feed(GOOD, f'ETag: "{"e" * 1_000_000}"'), (FAILING,)),
    Behaviour("etag_of_60_kb_that_is_refused", makes(_short_of_breath), looks=3),
    Behaviour("etag_of_odd_bytes", feed(GOOD, 'ETag: "\xff\xe9\x80"'), looks=2),
    Behaviour("ten_thousand_headers", answers(http(GOOD, *(f"X{n}:y" for n in range(9_000)))), entries=3),
    Behaviour("gzip_bomb", answers(wire.head(b"Content-Encoding: gzip") + _BOMB), (FAILING,), says="larger"),
    Behaviour("gzip_in_gzip", answers(wire.packed(gzip.compress(GOOD))), entries=3),
    Behaviour("gzip_three_deep", answers(wire.packed(gzip.compress(gzip.compress(GOOD)))), (NOT_A_FEED,), says="gzip"),
    Behaviour("gzip_bomb_in_gzip", answers(wire.packed(_BOMB)), (NOT_A_FEED,), says="larger"),
    Behaviour("gzip_bomb_as_a_file", feed(_BOMB), (NOT_A_FEED,), says="larger"),
    Behaviour("gzip_that_nobody_announced", feed(gzip.compress(GOOD)), entries=3),
    Behaviour(
        "gzip_truncated",
        answers(http(gzip.compress(GOOD)[:-20], "Content-Encoding: gzip")),
        (FAILING,),
        says="breaks off",
    ),
    Behaviour("gzip_announced_and_not_sent", feed(GOOD, "Content-Encoding: gzip"), (FAILING,), says="unpacked"),
    Behaviour("brotli_announced_and_not_sent", feed(GOOD, "Content-Encoding: br"), (FAILING,), says="'br'"),
    Behaviour("zstd_announced_and_not_sent", feed(GOOD, "Content-Encoding: zstd"), (FAILING,), says="'zstd'"),
    Behaviour("deflate_that_is_raw", answers(http(gzip.compress(GOOD)[10:-8], "Content-Encoding: deflate")), entries=3),
    Behaviour("length_too_long", answers(http(GOOD, length=len(GOOD) + 500)), (FAILING,)),
    Behaviour("length_too_short", answers(http(GOOD, length=len(GOOD) - 60)), entries=3),
    Behaviour("length_twice_and_different", answers(http(GOOD, "Content-Length: 7")), (FAILING,)),
    Behaviour("length_of_a_terabyte", answers(http(GOOD, length=10**12)), (FAILING,), says="larger"),
    Behaviour("chunk_of_bad_size", answers(wire.chunked(GOOD).replace(b"\r\n0\r\n", b"\r\nzz\r\n")), (FAILING,)),
    Behaviour(
        "chunks_of_one_byte_for_ever",
        wire.endless(wire.head(b"Transfer-Encoding: chunked"), b"1\r\nx\r\n" * 999),
        (FAILING,),
    ),
    Behaviour("trailers_for_ever", wire.endless(wire.chunked(GOOD)[:-2], b"X-A: b\r\n" * 500), (FAILING,)),
    Behaviour("reset_before_headers", wire.resets, (FAILING,), says="broke off"),
    Behaviour("reset_after_headers", wire.says_and_resets(http(b"", length=500)), (FAILING,), says="broke off"),
    Behaviour("hangs_up_at_once", wire.hangs_up, (FAILING,)),
    Behaviour("tls_expected_and_plain_http_spoken", feed(GOOD), (FAILING,), says="secure connection", scheme="https"),
    Behaviour("accepts_and_never_answers", wire.never_answers, (FAILING,), says="seconds", robots=wire.never_answers),
    Behaviour("answers_and_hangs", wire.says_and_hangs(http(GOOD, length=9999)), (FAILING,), says="seconds"),
    Behaviour(
        "http_1_0_without_length", answers(b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n" + GOOD), entries=3
    ),
    Behaviour("http_0_9", answers(GOOD), (FAILING,), says="HTTP"),
    Behaviour("status_999", status("999 Request denied"), (FAILING,), says="999"),
    Behaviour("status_of_letters", status("OK 200"), (FAILING,), says="HTTP"),
    Behaviour("switches_protocols", status("101 Switching Protocols", "Upgrade: nothing"), (FAILING,)),
)

REDIRECTS = (
    Behaviour("redirect_loop", wire.hops(None), (FAILING,), says="sent on more than"),
    Behaviour("redirect_chain_of_20", wire.hops(20), (FAILING,), says="sent on more than"),
    Behaviour("redirect_to_metadata", to("http://169.254.169.254/latest/meta-data/"), (REFUSED,), says="169.254"),
    Behaviour("redirect_to_this_machine_v6", to("http://[::1]/"), (REFUSED,)),
    Behaviour("redirect_to_mapped_v4", to("http://[::ffff:10.0.0.7]/"), (REFUSED,)),
    Behaviour("redirect_to_nat64", to("http://[64:ff9b::a00:7]/"), (REFUSED,)),
    Behaviour("redirect_to_a_private_name", makes(_to_inner), (REFUSED,), says="10.0.0.7"),
    Behaviour("redirect_to_a_number", to("http://167772167/"), (REFUSED,), says="10.0.0.7"),
    Behaviour("redirect_to_ssh", to("http://127.0.0.1:22/"), (REFUSED,), says="web port"),
    Behaviour("redirect_to_file", to("file:///etc/passwd"), (REFUSED,)),
    Behaviour("redirect_to_gopher", to("gopher://127.0.0.1:6379/_x"), (REFUSED,)),
    Behaviour("redirect_to_nonsense", to("http://[half"), (FAILING,)),
    Behaviour("redirect_to_a_name_without_letters", to("http:///feed"), (FAILING,)),
    Behaviour("redirect_without_location", status("302 Found"), (FAILING,), says="302"),
    Behaviour("redirect_to_a_login", makes(_to_login), (BLOCKED,), says="login"),
    Behaviour("redirect_until_the_cookie_is_there", makes(_cookie_gate), entries=3),
    Behaviour("redirect_whatever_the_cookie", makes(_cookie_trap), (FAILING,), says="sent on more than"),
    Behaviour("moved_for_good", makes(_moves("301 Moved Permanently")), (MOVED,), looks=2, entries=3),
    Behaviour("moved_for_good_308", makes(_moves("308 Permanent Redirect")), (MOVED,), looks=2, entries=3),
    Behaviour("dns_rebinding", feed(GOOD), (REFUSED,), says="10.0.0.7"),
    Behaviour("dns_of_two_minds", feed(GOOD), (REFUSED,), says="10.0.0.7"),
    Behaviour("dns_never_answers", feed(GOOD), (FAILING,)),
    Behaviour("no_such_host", feed(GOOD), (FAILING,), says="could not be found"),
)

LATER = format_datetime(NOW + timedelta(seconds=300))
STATUSES = (
    Behaviour("304_for_ever", makes(_known_by_etag), looks=3, entries=3),
    Behaviour(
        "304_to_an_unconditional_request", status("304 Not Modified"), (FAILING,), says="never gave anything", looks=2
    ),
    Behaviour("429_with_seconds", status("429 Slow Down", "Retry-After: 120"), (THROTTLED,), waits_seconds=120),
    Behaviour("429_with_a_date", status("429 Slow Down", f"Retry-After: {LATER}"), (THROTTLED,), waits_seconds=200),
    Behaviour(
        "429_with_an_absurd_wait", status("429 Slow Down", "Retry-After: 999999999"), (THROTTLED,), waits_seconds=86_400
    ),
    Behaviour("429_with_nonsense", status("429 Slow Down", "Retry-After: soon"), (THROTTLED,)),
    Behaviour("429_with_less_than_nothing", status("429 Slow Down", "Retry-After: -5"), (THROTTLED,)),
    Behaviour("429_without_retry_after", status("429 Slow Down"), (THROTTLED,)),
    Behaviour("503_with_retry_after", status("503 Later", "Retry-After: 60"), (THROTTLED,), waits_seconds=60),
    Behaviour("503_without_retry_after", status("503 Later"), (FAILING,), says="503"),
    Behaviour("401", status("401 Unauthorized", "WWW-Authenticate: Basic"), (BLOCKED,), says="401"),
    Behaviour("402", status("402 Payment Required"), (BLOCKED,), says="402"),
    Behaviour("403", status("403 Forbidden"), (BLOCKED,), says="403"),
    Behaviour("404", status("404 Not Found"), (GONE,), says="404"),
    Behaviour("410", status("410 Gone"), (GONE,), says="410"),
    Behaviour("451", status("451 Unavailable For Legal Reasons"), (BLOCKED,), says="451"),
    Behaviour("500", status("500 Oops"), (FAILING,), says="500"),
    Behaviour("502_every_second_look", makes(_flapping), (FINE, FAILING, FINE, FAILING), looks=4),
    Behaviour("204_without_content", status("204 No Content", body=b""), (EMPTY,)),
    Behaviour("200_and_empty", feed(b""), (EMPTY,), says="empty"),
    Behaviour("200_and_only_white_space", feed(b" \r\n\t" * 1000), (EMPTY,), says="empty"),
)


def _robots(rules: str | bytes, *headers: str, line: str = "200 OK") -> Serve:
    body = rules if isinstance(rules, bytes) else rules.encode()
    return answers(http(body, *headers, status=line, content_type="text/plain"))


async def _robots_for_ever(visit: Visit) -> None:
    await visit.say(wire.redirect(visit.url("/robots.txt")))


_BACKTRACKING = "User-agent: *\nDisallow: /" + "*a" * 40 + "b$\n"

ROBOTS_TXT = (
    Behaviour(
        "robots_forbids", feed(GOOD), (ROBOTS,), says="robots.txt", robots=_robots("User-agent: *\nDisallow: /feed")
    ),
    Behaviour("robots_500", feed(GOOD), (ROBOTS,), says="500", robots=_robots("", line="500 Oops")),
    Behaviour("robots_403", feed(GOOD), robots=_robots("", line="403 Forbidden")),
    Behaviour("robots_429", feed(GOOD), (THROTTLED,), robots=_robots("", "Retry-After: 30", line="429 Slow")),
    Behaviour("robots_of_10_mb", feed(GOOD), robots=_robots(b"# nothing here\n" * 700_000)),
    Behaviour(
        "robots_of_10_mb_that_forbids_at_last",
        feed(GOOD),
        robots=_robots(b"# nothing here\n" * 700_000 + b"User-agent: *\nDisallow: /\n"),
    ),
    Behaviour(
        "robots_of_30000_rules",
        feed(GOOD),
        robots=_robots("User-agent: *\n" + "".join(f"Disallow: /x{n}*y$\n" for n in range(25_000))),
    ),
    Behaviour(
        "robots_without_end",
        feed(GOOD),
        robots=wire.endless(wire.head(content_type=b"text/plain"), b"# never\n" * 5000),
    ),
    Behaviour(
        "robots_that_drips",
        feed(GOOD),
        (FAILING,),
        robots=wire.drips(b"User-agent: *\n", b"#", content_type=b"text/plain"),
    ),
    Behaviour("robots_redirected_for_ever", feed(GOOD), robots=_robots_for_ever),
    Behaviour("robots_redirected_to_metadata", feed(GOOD), (REFUSED,), robots=to("http://169.254.169.254/")),
    Behaviour("robots_as_html", feed(GOOD), robots=html("<h1>Welcome</h1>")),
    Behaviour("robots_of_binary", feed(GOOD), robots=_robots(bytes(range(256)) * 100)),
    Behaviour("robots_that_make_regexes_wander", feed(GOOD), robots=_robots(_BACKTRACKING * 50)),
    Behaviour("robots_of_an_absurd_crawl_delay", feed(GOOD), robots=_robots("User-agent: *\nCrawl-delay: 1e308\n")),
)


HOSTS = (*ON_THE_WIRE, *REDIRECTS, *STATUSES, *ROBOTS_TXT)
