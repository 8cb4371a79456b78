"""Listing pages in the make of real sites: what a reader would take from each is what is found."""

from __future__ import annotations

import pytest
import yaml

from services.scraper.parsing.cards import is_more, stated_date
from services.scraper.parsing.listing import ParsedFeed, parse_listing
from shared.kit.urls import canonical_url
from tests.unit.scraper.source_pages import DATA, read

FOLDER = DATA / "listings"
EXPECTED = yaml.safe_load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))


def listing_of(name: str) -> ParsedFeed:
    made = EXPECTED[name]
    body = (FOLDER / f"{name}.html").read_bytes()
    listing = parse_listing(body, content_type=made["content_type"], base_url=made["base_url"])
    assert isinstance(listing, ParsedFeed), listing
    return listing


@pytest.mark.parametrize("name", EXPECTED)
def test_the_articles_of_a_page_are_found_and_nothing_else(name):
    made = EXPECTED[name]
    found = {canonical_url(entry.url): entry.title for entry in listing_of(name).entries}
    wanted = {canonical_url(url) for url in made["articles"]}
    assert wanted - {*found} == set()
    assert {*found} - wanted - {canonical_url(url) for url in made.get("optional", [])} == set()
    assert {url: found[canonical_url(url)] for url in made["titles"]} == made["titles"]


@pytest.mark.parametrize("name", EXPECTED)
def test_the_next_page_of_a_list_is_found_where_there_is_one(name):
    assert listing_of(name).older == EXPECTED[name]["older"]


@pytest.mark.parametrize("name", ["mea_press_releases", "mid_news", "drupal_publications", "aspnet_grid", "pravo_acts"])
def test_the_dates_beside_the_links_are_read(name):
    entries = listing_of(name).entries
    assert all(entry.published and (entry.published.year, entry.published.month) == (2025, 12) for entry in entries)


def test_the_language_of_a_page_is_what_it_declares():
    assert listing_of("hindi_portal").language == "hi"


def page_of(rows: list[str]) -> bytes:
    return f"<html><body><ul>{''.join(f'<li>{row}</li>' for row in rows)}</ul></body></html>".encode()


def test_dates_with_slashes_are_read_as_the_page_s_other_dates_tell():
    def published(days: list[str]) -> list[str]:
        rows = [f'<a href="/news/1234{n}">A headline of the day to read</a> {day}' for n, day in enumerate(days)]
        return [str(entry.published)[:10] for entry in read(page_of(rows), "page").entries]

    assert published(["02/11/2026", "01/27/2026", "02/03/2026"]) == ["2026-02-11", "2026-01-27", "2026-02-03"]
    assert published(["02/11/2026", "27/01/2026", "02/03/2026"]) == ["2026-11-02", "2026-01-27", "2026-03-02"]


def test_a_date_within_a_headline_is_the_event_s_and_not_the_article_s():
    rows = [f'<a href="/news/1234{n}">Visit of the minister to Delhi (December 04, 2025)</a>' for n in range(3)]
    assert [entry.published for entry in read(page_of(rows), "page").entries] == [None] * 3


def test_the_day_in_an_address_stands_in_for_a_missing_date():
    rows = [f'<a href="/2025/12/0{n}/ministers-sign">Ministers sign the pact of the day</a>' for n in (1, 2, 3)]
    assert str(read(page_of(rows), "page").entries[0].published)[:10] == "2025-12-01"


def test_one_article_under_two_campaign_tags_is_one_entry():
    rows = [
        f'<a href="/2025/12/05/ministers-sign-pact/?hpt={tag}">Ministers sign the pact today</a>' for tag in ("a", "b")
    ]
    assert len(read(page_of(rows), "page").entries) == 1


def test_a_list_within_a_form_is_read_and_a_search_form_is_not():
    rows = "".join(f'<p><a href="/r?id={n}">Answer of the ministry number {n}</a></p>' for n in range(301, 306))
    form = f'<form><input name="q"></form><form action="x">{rows}</form>'.encode()
    assert len(read(b"<html><body>" + form + b"</body></html>", "page").entries) == 5


@pytest.mark.parametrize("words", ["Read more", "Подробнее", "और पढ़ें", "More »", "PDF (1,2 Мб)", "12 comments", "›", ""])
def test_words_that_only_ask_to_read_on_are_no_title(words):
    assert is_more(words)


@pytest.mark.parametrize(
    "words", ["More Indian students choose Kazan", "Ещё два банка открыли счета", "Share of rupee grows"]
)
def test_headlines_that_begin_like_them_are_titles(words):
    assert not is_more(words)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("Posted on: 9 Dec 2025 4:30PM by the Bureau", "2025-12-09"),
        ("Дата опубликования: 09.12.2025", "2025-12-09"),
        ("9 декабря 2025 года, 16:30", "2025-12-09"),
        ("Agency News | Dec 09, 2025 06:12 PM IST", "2025-12-09"),
        ("2412 views", None),
    ],
)
def test_a_date_is_read_out_of_the_words_around_it(words, day):
    moment = stated_date(words)
    assert (str(moment)[:10] if moment else None) == day


@pytest.mark.parametrize(
    ("links", "older"),
    [
        ('<a href="/list?page=2">Older posts</a>', "/list?page=2"),
        ('<a href="/list/page/2/">2</a><a href="/list/page/9/">9</a>', "/list/page/2/"),
        ('<a href="/list?PAGEN_1=2">Далее</a>', "/list?PAGEN_1=2"),
        ('<a href="/list?p=2">›</a><a href="/list?p=88">»</a>', "/list?p=2"),
        ('<a href="/list?page=2"><span>अगला पृष्ठ</span></a>', "/list?page=2"),
        ('<a aria-label="Next page" href="/list?page=2"><svg></svg></a>', "/list?page=2"),
        ('<link rel="next" href="/list?page=2">', "/list?page=2"),
        ('<a href="#" class="slick-next">Next</a>', None),
        ('<a href="javascript:next()">Next</a>', None),
        ('<a href="https://other.example/list?page=2">Next</a>', None),
        ('<a class="slider-next" href="/about/us">→ our story</a>', None),
    ],
)
def test_the_link_to_older_articles_is_known_by_its_words_its_sign_or_its_number(links, older):
    rows = [f'<a href="/news/1234{n}">A headline of the day to read</a>' for n in range(3)]
    feed = read(page_of(rows).replace(b"</body>", links.encode() + b"</body>"), "page", "https://site.example.com/list")
    assert feed.older == (f"https://site.example.com{older}" if older else None)


def test_the_page_after_a_numbered_page_is_the_next_number():
    rows = [f'<a href="/news/1234{n}">A headline of the day to read</a>' for n in range(3)]
    pages = "".join(f'<a href="/list?page={n}">{n}</a>' for n in (1, 2, 3, 4, 5))
    feed = read(
        page_of(rows).replace(b"</body>", pages.encode() + b"</body>"), "page", "https://site.example.com/list?page=3"
    )
    assert feed.older == "https://site.example.com/list?page=4"
