"""The articles that a listing page links to."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.parsing.listing import NotAFeed, ParsedFeed, parse_listing

BASE = "https://www.news.example/world/"
AROUND = """
<header><a href="/">News Example home of the daily news</a></header>
<nav><ul><li><a href="/world/">World news from all corners of earth</a><li><a href="/tag/trade">Trade</a></ul></nav>
{}
<div class="tags"><a href="/tag/india-russia-relations-today">India and Russia relations today</a></div>
<div class="share-buttons"><a href="https://social.example/share?u=1">Share this story with your friends</a></div>
<footer><a href="/privacy-policy">Privacy policy of this site</a><a href="/about-us">About us</a></footer>
"""


def listed(inner: str, base: str = BASE) -> list[tuple[str, str]]:
    listing = parse_listing(AROUND.format(inner).encode(), content_type="text/html; charset=utf-8", base_url=base)
    assert isinstance(listing, ParsedFeed), listing
    return [(entry.url.removeprefix("https://www.news.example"), entry.title) for entry in listing.entries]


def test_cards_with_image_headline_and_teaser_are_one_entry_each_in_the_page_s_order():
    cards = "".join(
        f"""<div class="card card-{number}"><a href="/world/story-{number}-of-the-day"><img src="x" alt="A photo"></a>
        <h3><a href="/world/story-{number}-of-the-day?utm_source=front">Ministers sign pact number {number}</a></h3>
        <p>They met in the capital.</p><time datetime="2025-12-0{number}T10:00:00+05:30">today</time>
        <a href="/world/story-{number}-of-the-day#more">Read more</a><a href="/author/asha">Asha Name of the desk</a>
        </div>"""
        for number in (1, 2, 3)
    )
    listing = parse_listing(AROUND.format(cards).encode(), base_url=BASE)
    assert isinstance(listing, ParsedFeed)
    assert listing.kind == "page"
    assert [entry.title for entry in listing.entries] == [f"Ministers sign pact number {n}" for n in (1, 2, 3)]
    assert listing.entries[0].url == "https://www.news.example/world/story-1-of-the-day?utm_source=front"
    assert listing.entries[0].published == datetime(2025, 12, 1, 4, 30, tzinfo=UTC)


def test_a_bare_list_of_links_is_read():
    links = "".join(f'<li><a href="detail.htm?dtl={number}">Joint statement after the talks, part {number}</a></li>'
                    for number in range(40_100, 40_105))  # fmt: skip
    assert listed(f"<ul>{links}</ul>")[0] == (
        "/world/detail.htm?dtl=40100",
        "Joint statement after the talks, part 40100",
    )
    assert len(listed(f"<ul>{links}</ul>")) == 5


def test_a_table_of_a_press_room_is_read_without_any_marks_in_its_addresses():
    rows = "".join(f"<tr><td>05.12.2025</td><td><a href='/press/{name}'>Визит министра в {name} в пятницу</a></td></tr>"
                   for name in ("delhi", "moscow", "mumbai", "kazan"))  # fmt: skip
    assert len(listed(f"<table>{rows}</table>")) == 4


def test_a_link_around_a_whole_card_takes_the_heading_as_its_title():
    card = '<a href="/2025/12/05/pact"><h2>Ministers sign the long awaited pact</h2><p>Much more text below.</p></a>'
    assert listed(card) == [("/2025/12/05/pact", "Ministers sign the long awaited pact")]


def test_a_link_that_says_read_more_takes_its_card_s_headline():
    card = '<article><h2>Ministers sign the long awaited pact</h2><a href="/story/pact-of-2025">Read more</a></article>'
    assert listed(card) == [("/story/pact-of-2025", "Ministers sign the long awaited pact")]


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://elsewhere.example/a-long-story-to-read-12345">A headline of quite another site here</a>',
        '<a href="/login?next=/world/">Log in to read all of our stories today</a>',
        '<a href="/world/page/2">Older stories from the world desk of ours</a>',
        '<a href="/photo-12345678.jpg">A picture of the ministers signing it</a>',
        '<a href="javascript:void(0)">Open the menu with all our stories</a>',
        '<a href="mailto:desk@news.example">Write to the desk about this story</a>',
        '<a href="/world/#top">Back to the top of this long page</a>',
        '<a href="/category/world">All the stories of the category world</a>',
        '<a href="/s/1234567">Short</a>',
    ],
)
def test_what_is_no_article_is_left_out(link):
    good = '<div class="x"><a href="/world/2025/12/05/ministers-sign">Ministers sign the long awaited pact</a></div>'
    assert listed(f"<div>{link}</div>{good}") == [
        ("/world/2025/12/05/ministers-sign", "Ministers sign the long awaited pact")
    ]


def test_a_subdomain_and_the_base_tag_count_as_the_same_site():
    inner = (
        '<base href="https://hindi.news.example/desh/"><a href="khabar-123456.html">मंत्री ने समझौते पर हस्ताक्षर किए आज</a>'
    )
    assert listed(inner) == [("https://hindi.news.example/desh/khabar-123456.html", "मंत्री ने समझौते पर हस्ताक्षर किए आज")]


def test_a_page_wrapped_in_a_class_that_sounds_like_navigation_is_still_read():
    inner = (
        '<a href="/world/2025/12/05/ministers-sign">Ministers sign the long awaited pact</a>' + "<p>Words.</p>" * 200
    )
    assert listed(f'<div class="page-with-menu">{inner}</div>')


@pytest.mark.parametrize("body", [b"", b"   ", b"<html><body><div id='root'></div></body></html>", b"\x00\xff\xfe"])
def test_a_page_without_articles_is_refused_with_a_reason(body):
    refused = parse_listing(body, base_url=BASE)
    assert isinstance(refused, NotAFeed)
    assert refused.reason.endswith(".")
    assert pickle.loads(pickle.dumps(refused)) == refused


PIECES = st.sampled_from(
    """<a href="/x-y-z-1-2"> </a> <div> </div> <base href="//[x"> <h2> </h2> <time datetime="x"> <time> a-headline
    with many words in it <nav> <!-- <?xml?> &#0; <a href="http://["> <table> <p> <li>""".split(" ")
)


@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=40).map(lambda pieces: " ".join(pieces).encode())))
def test_any_bytes_are_a_listing_or_not_and_never_an_exception(body: bytes):
    assert isinstance(parse_listing(body, base_url=BASE), (ParsedFeed, NotAFeed))
