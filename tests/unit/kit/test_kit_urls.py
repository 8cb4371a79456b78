"""Addresses: one article, one canonical address; what is no address is refused with its mend."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.kit.errors import WrongInput
from shared.kit.urls import LONGEST_CANONICAL_BYTES, LONGEST_URL_CHARACTERS, canonical_url, checked_url, host_of

TRACKING = ("utm_source", "UTM_Campaign", "fbclid", "gclid", "yclid", "mc_cid", "pk_campaign", "at_medium", "ref_src")

WORDS = st.text(st.sampled_from("abz09.-_~%25DA0fé日я व्/:@!$&'()*+,;="), max_size=12).map(
    lambda word: word.replace(" ", "")
)
HOSTS = st.sampled_from(
    ["example.org", "EXAMPLE.Org", "example.org.", "пример.рф", "xn--e1afmkfd.xn--p1ai", "[::1]", "10.0.0.1", "h。org"]
)


@st.composite
def addresses(draw) -> str:
    """Addresses as feeds write them: any scheme's case, ports, escapes good and bad, queries, fragments."""
    scheme = draw(st.sampled_from(["http", "https", "HTTP", "Https"]))
    port = draw(st.sampled_from(["", ":80", ":443", ":8080", ":"]))
    path = "".join("/" + draw(WORDS) for _ in range(draw(st.integers(0, 3))))
    query = "&".join(draw(st.lists(WORDS | st.tuples(WORDS, WORDS).map("=".join), max_size=3)))
    fragment = draw(st.sampled_from(["", "#", "#part-2"]))
    return f"{scheme}://{draw(HOSTS)}{port}{path}{'?' + query if query else ''}{fragment}"


@given(addresses())
@example("http://example.org/%2541")
@example("http://example.org/%CD%EE?q=%CD&%CE=")
def test_a_canonical_address_is_its_own_canonical_address(url: str):
    once = canonical_url(url)
    assert canonical_url(once) == once
    assert once.isascii()
    assert host_of(once) == host_of(url)


@given(addresses())
def test_fragment_and_tracking_say_nothing_about_the_article(url: str):
    plain = url.partition("#")[0]
    tracked = plain + ("&" if "?" in plain else "?") + "&".join(f"{name}=x" for name in TRACKING)
    assert canonical_url(tracked + "#comments") == canonical_url(plain)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("123")), max_size=4), st.randoms())
def test_the_order_of_a_query_says_nothing(pairs: list[tuple[str, str]], chance):
    shuffled = list(pairs)
    chance.shuffle(shuffled)
    one, other = ("http://h/?" + "&".join(f"{n}={v}" for n, v in each) for each in (pairs, shuffled))
    assert canonical_url(one) == canonical_url(other)
    assert parse_qsl(urlsplit(canonical_url(one)).query) == sorted(pairs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTP://Example.ORG:80/a", "http://example.org/a"),
        ("https://example.org:443", "https://example.org/"),
        ("http://example.org/a/", "http://example.org/a"),
        ("http://example.org./a", "http://example.org/a"),
        ("http://пример.рф/путь", "http://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C"),
        ("http://example.org/%d0%bf", "http://example.org/%D0%BF"),
        ("http://example.org/%7Euser/%41", "http://example.org/~user/A"),
        ("http://example.org/a?b=1&a=2&utm_medium=rss", "http://example.org/a?a=2&b=1"),
        ("http://example.org/a?", "http://example.org/a"),
        ("http://example.org/समाचार", "http://example.org/%E0%A4%B8%E0%A4%AE%E0%A4%BE%E0%A4%9A%E0%A4%BE%E0%A4%B0"),
    ],
)
def test_two_spellings_of_one_address(one: str, other: str):
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.org/a", "https://example.org/a"),
        ("http://example.org/a", "http://www.example.org/a"),
        ("http://example.org/a", "http://example.org:8080/a"),
        ("http://example.org/a", "http://example.org/A"),
        ("http://example.org/?id=1", "http://example.org/?id=2"),
        ("http://example.org/a%2Fb", "http://example.org/a/b"),
        ("http://example.org/%CF%E0%EA%F2", "http://example.org/%CC%E8%F0%E0"),  # two words in windows-1251
        ("http://example.org/?q=%CF", "http://example.org/?q=%CC"),
    ],
)
def test_two_addresses_that_are_two(one: str, other: str):
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/feed",
        "//example.org/feed",
        "ftp://example.org/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://",
        "http:///path",
        "http://./",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://example.org:port/",
        "http://example.org:8０/",
        "http://[::1/",
        "http://user@example.org/",
        "http://user:password@example.org/",
        "http://example.org/a b",
        "http://example.org/a\nb",
        "http://example.org/\x00",
        "http://example.org\\@evil.org/",
        "http://example.org／evil/",  # full-width slash: NFKC would make it a path
        "http://example.org/\ud800",
        "http://example.org/?q=\udcff",
        "http://example.org/" + "a" * LONGEST_URL_CHARACTERS,
        "http://example..org/",
        "http://" + "h" * 64 + ".org/",
        "http://xn--\u00e9.org/",
    ],
)
def test_what_is_no_address_is_refused_with_its_mend(url: str):
    for read in (canonical_url, host_of, checked_url):
        with pytest.raises(WrongInput) as refused:
            read(url)
        assert refused.value.mend


def test_an_address_that_grows_too_long_when_it_is_escaped_has_no_canonical_form():
    fits = "http://example.org/" + "я" * 338  # six bytes each, and 19 before them
    assert len(canonical_url(fits)) == LONGEST_CANONICAL_BYTES - 1
    assert checked_url(fits + "яя") == fits + "яя"
    with pytest.raises(WrongInput, match="longer than 2048 bytes") as refused:
        canonical_url(fits + "я")
    assert refused.value.mend


@given(st.text(), st.sampled_from(["", "http://", "https://h/", "http://h/?", "http://[", "http://h:"]))
def test_whatever_a_feed_holds_is_an_address_or_refused(tail: str, head: str):
    with suppress(WrongInput):
        once = canonical_url(head + tail)
        assert once.isascii()
        assert canonical_url(once) == once


def test_a_refusal_names_the_field_and_shows_the_value():
    with pytest.raises(WrongInput, match=r"--channel: 'ftp://x' does not start with http:// or https://") as refused:
        checked_url("ftp://x", field="--channel")
    assert (refused.value.field, refused.value.value) == ("--channel", "ftp://x")


def test_a_long_value_is_shown_shortened():
    with pytest.raises(WrongInput) as refused:
        checked_url("http://example.org/" + "a" * 5000)
    assert len(str(refused.value)) < 400


def test_a_checked_address_is_left_as_it_is():
    assert checked_url("HTTPS://Example.org/A?utm_source=x#y") == "HTTPS://Example.org/A?utm_source=x#y"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://Example.org/", "example.org"),
        ("http://example.org:80/", "example.org"),
        ("https://example.org:80/", "example.org:80"),
        ("http://[2001:DB8::1]:8080/", "[2001:db8::1]:8080"),
        ("http://пример.рф", "xn--e1afmkfd.xn--p1ai"),
    ],
)
def test_a_host_is_named_in_one_way(url: str, host: str):
    assert host_of(url) == host
