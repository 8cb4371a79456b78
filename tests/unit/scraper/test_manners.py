"""What a robots.txt says to us (RFC 9309), and what follows where there is none."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego

from services.scraper.domain.manners import (
    MOST_ROBOTS_BYTES,
    KnownHost,
    Manners,
    kept_seconds,
    manners_of,
    pause_seconds,
    retry_seconds,
    rules_for_us,
)

NOW = datetime(2025, 12, 5, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def manners(robots: str | bytes, rest_seconds: float = 1) -> Manners:
    body = robots if isinstance(robots, bytes) else robots.encode()
    return Manners(rules_for_us(body), rest_seconds=rest_seconds)


def allowed(robots: str | bytes, path: str) -> bool:
    return manners(robots).allows(f"https://news.example{path}")


@pytest.mark.parametrize(
    ("robots", "path", "expected"),
    [
        ("User-agent: *\nDisallow: /private", "/private/1", False),
        ("User-agent: *\nDisallow: /private", "/news/1", True),
        ("User-agent: *\nDisallow: /\nAllow: /news/", "/news/1", True),  # the longest rule wins, wherever it stands
        ("User-agent: *\nDisallow: /news/\nAllow: /news/", "/news/1", True),  # of two as long, the kinder one
        ("User-agent: *\nDisallow:", "/", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x=1", True),
        ("User-agent: *\nDisallow: /search?q=", "/search?q=pact", False),
        ("User-agent: *\nDisallow: /новости", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: PactWatch\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),  # our own group only
        ("User-agent: *\nDisallow: /\n\nUser-agent: pactwatch/2.0\nAllow: /", "/b", True),
        ("User-agent: pact\nDisallow: /", "/b", True),  # not our name
        ("User-agent: pactwatcher\nDisallow: /", "/b", True),
        ("User-agent: googlebot\nUser-agent: *\nDisallow: /b", "/b", False),  # one group of two names
        ("User-agent: *\nDisallow: /a\nUser-agent: googlebot\nDisallow: /b", "/b", True),
        (
            "User-agent: pactwatch\nDisallow: /a\nUser-agent: *\nDisallow: /c\nUser-agent: pactwatch\nDisallow: /b",
            "/b",
            0,
        ),
        ("Disallow: /b", "/b", True),  # nobody is named
        ("User-agent: *\nSitemap: https://news.example/s.xml\nDisallow: /b # not this", "/b/1", False),
        ("user agent : *\nDISALOW /b", "/b", False),  # as people write it
        ("\ufeffUser-agent: *\r\nDisallow: /b\r\n", "/b", False),
        ("<!doctype html><title>User-agent: *\nDisallow: /</title>", "/b", True),
        (b"User-agent: *\nDisallow: /\n\0\x01\x02", "/b", True),
        (b"User-agent: *\nDisallow: /\xff\xfe", "/b", True),
        ("", "/", True),
    ],
)
def test_it_allows_and_forbids_as_the_standard_says(robots, path, expected):
    assert allowed(robots, path) == bool(expected)


PIECES = st.sampled_from(
    [
        "/",
        "/",
        "a",
        "b",
        "ab",
        "index.html",
        "*",
        "$",
        "%61",
        "%2F",
        "%2f",
        "%C3%A9",
        "é",
        "=",
        "?",
        "&",
        "//",
        ".",
        " ",
    ]
)
PATHS = st.lists(PIECES, max_size=6).map("".join)
RULES = st.lists(st.tuples(st.sampled_from(["Disallow", "Allow"]), PATHS), max_size=8)


@given(RULES, PATHS)
def test_rules_that_are_left_aside_would_not_have_decided(rules: list[tuple[str, str]], path: str):
    robots = "User-agent: *\n" + "\n".join(f"{kind}: {pattern}" for kind, pattern in rules)
    url = f"https://news.example/{path}"
    assert manners(robots).allows(url) == Protego.parse(robots).can_fetch(url, "pactwatch")


def test_rules_are_kept_at_their_own_length():
    rules = "\n".join(f"Disallow: /x{n}*y$" for n in range(25_000))
    tracemalloc.start()
    try:
        many = Manners(rules, rest_seconds=1)
        assert not many.allows("https://news.example/x24999/y")
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < len(rules)
    assert peak < 10 * len(rules)


def test_what_is_beyond_half_a_megabyte_is_not_read_and_half_a_rule_is_none():
    filler = b"# " + b"x" * 97 + b"\n"
    body = b"User-agent: *\nDisallow: /first\n" + filler * (MOST_ROBOTS_BYTES // 100)
    cut = body[: MOST_ROBOTS_BYTES - 14] + b"\nDisallow: /all-of-it/but-this"
    assert not allowed(cut, "/first")
    assert allowed(cut[:MOST_ROBOTS_BYTES], "/al")
    assert allowed(cut[:MOST_ROBOTS_BYTES], "/all-of-it")


def test_thousands_of_names_over_thousands_of_rules_are_read_in_no_time():
    names = "".join(f"User-agent: robot{n}\n" for n in range(9000))
    robots = names + "User-agent: *\n" + "".join(f"Disallow: /{n}/\n" for n in range(9000))
    assert not allowed(robots, "/8999/x")
    assert len(rules_for_us(robots.encode())) < len(robots) - len(names)


@pytest.mark.parametrize(
    ("robots", "rest_seconds", "delay_seconds"),
    [
        ("User-agent: *\nDisallow:", 1, 1),
        ("User-agent: *\nCrawl-delay: 7.5", 1, 7.5),
        ("User-agent: *\nCrawl-delay: 0.2", 1, 1),
        ("User-agent: *\nCrawl-delay: 0.2", 0, 0.2),
        ("User-agent: *\nCrawl-delay: 86400", 1, 30),
        ("User-agent: *\nCrawl-delay: -5", 1, 1),
        ("User-agent: *\nCrawl-delay: soon", 1, 1),
        ("User-agent: *\nCrawl-delay: nan\nCrawl-delay: 1e999", 1, 1),
        ("User-agent: *\nRequest-rate: 1/10", 1, 10),
        ("User-agent: *\nCrawl-delay: 20\nUser-agent: pactwatch\nCrawl-delay: 2", 1, 2),
    ],
)
def test_a_host_sets_the_pace_within_reason(robots, rest_seconds, delay_seconds):
    assert manners(robots, rest_seconds).delay_seconds == delay_seconds


@pytest.mark.parametrize(
    ("cache_control", "seconds"),
    [
        ("", 86_400),
        ("max-age=7200", 7200),
        ("public, max-age=10", 3600),
        ("max-age=99999999", 86_400),
        ("no-store", 3600),
        ("no-cache, must-revalidate", 3600),
        ("s-maxage=5", 86_400),
        ("max-age=soon", 86_400),
    ],
)
def test_it_is_kept_from_an_hour_to_a_day(cache_control, seconds):
    assert kept_seconds(cache_control) == seconds


def test_a_host_that_was_never_asked_is_not_judged():
    assert manners_of(KnownHost(NOW), rest_seconds=1) is None


def test_a_host_whose_robots_txt_fails_is_left_alone_for_an_hour_and_then_asked_slowly():
    fresh = KnownHost(NOW, failing_since=NOW - timedelta(minutes=59), failing_status=503)
    assert manners_of(fresh, rest_seconds=1) is None
    late = manners_of(KnownHost(NOW, failing_since=NOW - HOUR, failing_status=503), rest_seconds=0)
    assert late is not None
    assert (late.delay_seconds, late.allows("https://news.example/")) == (30, True)


@pytest.mark.parametrize(("age", "stands_in"), [(timedelta(days=2), True), (timedelta(days=31), False)])
def test_an_old_copy_stands_in_for_one_that_cannot_be_had(age, stands_in):
    known = KnownHost(NOW, rules="Disallow: /a", read_at=NOW - age, failing_since=NOW - 2 * HOUR)
    judged = manners_of(known, rest_seconds=1)
    assert judged is not None
    assert judged.allows("https://news.example/a") is not stands_in


def test_robots_txt_is_asked_for_again_soon_and_later_seldom():
    assert [retry_seconds(n * HOUR) for n in (0, 1)] == [60, 3600]


@pytest.mark.parametrize(("asked", "seconds"), [(None, 60), (0, 1), (20, 20), (10**9, 3600)])
def test_a_host_that_asks_for_patience_gets_some(asked, seconds):
    assert pause_seconds(asked) == seconds


@given(st.binary(max_size=2000))
def test_whatever_comes_is_judged(body):
    judged = manners(body)
    assert judged.allows("https://news.example/a") in (True, False)
    assert 1 <= judged.delay_seconds <= 30


_LINES = st.sampled_from(
    ["User-agent: *", "User-agent: pactwatch", "User-agent: x", "Disallow: /", "Allow: /a", "Crawl-delay: 9", "", "#"]
)


@given(st.lists(_LINES, max_size=12), st.lists(_LINES, max_size=12))
def test_a_group_of_others_changes_nothing_for_us(before, after):
    ours = ["User-agent: pactwatch", "Disallow: /b"]
    theirs = [*ours, "User-agent: somebody", "Disallow: /c", "Crawl-delay: 9"]
    robots = ["\n".join([*before, *group, "User-agent: nobody", *after]) for group in (ours, theirs)]
    assert rules_for_us(robots[0].encode()) == rules_for_us(robots[1].encode())


@given(st.text(max_size=300))
def test_what_is_kept_can_be_stored_and_means_the_same_when_it_is_read_again(text):
    rules = rules_for_us(text.encode("utf-8", "replace"))
    assert "\0" not in rules
    assert rules_for_us(f"User-agent: *\n{rules}".encode()) == rules
