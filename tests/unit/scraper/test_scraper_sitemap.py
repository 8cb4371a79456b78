"""Sitemaps, news sitemaps, their indexes and lists of addresses."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from tests.unit.scraper.source_pages import read, refused, source_bytes


def sitemap(urls: str, root: str = "urlset") -> bytes:
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</{root}>'.encode()


def url(address: str, changed: str = "") -> str:
    return f"<url><loc>https://a.example/{address}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>"


def addresses(body: bytes) -> list[str]:
    return [entry.url.removeprefix("https://a.example/") for entry in read(body).entries]


def test_a_news_sitemap_gives_titles_and_times_the_newest_first():
    feed = read("news_sitemap.xml")
    first, second = feed.entries
    assert first.title == "Frigate handed over at the Baltic yard & crew on board"
    assert first.published == datetime(2025, 12, 5, 6, 45, tzinfo=UTC)
    assert first.updated == datetime(2025, 12, 5, 7, 30, tzinfo=UTC)
    assert (second.title, feed.language) == ("Potash for the spring is on its way", "en")


def test_a_plain_sitemap_gives_when_pages_changed_and_leaves_out_fronts_and_tags():
    first, second, third = read("sitemap.xml").entries
    assert first.url == "https://think.example.org/research/what-a-frigate-costs"
    assert (first.title, first.published) == ("", None)
    assert first.updated == datetime(2025, 12, 7, 4, 0, tzinfo=UTC)
    assert second.image_url == "https://think.example.org/img/corridor.jpg"
    assert third.updated is None


def test_an_index_gives_its_parts_the_newest_first_and_those_that_are_no_news_last():
    feed = read("sitemap_index.xml")
    assert [part.url.rpartition("/")[2] for part in feed.parts] == [
        "2025-12.xml.gz",
        "2025-11.xml",
        "2025-10.xml",
        "tags.xml",
    ]
    assert feed.entries == ()


def test_a_packed_sitemap_is_read_also_where_it_breaks_off():
    packed = gzip.compress(source_bytes("news_sitemap.xml"))
    assert len(read(packed).entries) == 2
    assert len(read(packed[:-40]).entries) >= 1


def test_of_many_addresses_the_newest_thousand_are_kept():
    urls = "".join(url(f"story-{n}", f"2025-{n % 12 + 1:02d}-{n % 28 + 1:02d}") for n in range(3000))
    entries = read(sitemap(urls)).entries
    assert len(entries) == 1000
    assert entries[0].updated == datetime(2025, 12, 28, tzinfo=UTC)
    assert all(entry.updated and entry.updated.month >= 9 for entry in entries)


def test_without_dates_the_numbers_in_the_addresses_tell_which_end_is_newer():
    growing = sitemap("".join(url(f"news/{n}") for n in range(100, 2100)))
    falling = sitemap("".join(url(f"news/{n}") for n in range(2099, 99, -1)))
    assert addresses(growing)[0] == addresses(falling)[0] == "news/2099"
    assert len(addresses(growing)) == 1000


def test_addresses_changed_at_the_same_moment_follow_each_other_from_the_newer_end():
    body = sitemap("".join(url(f"news/{n}", "2025-12-05") for n in (100, 101, 102)))
    assert addresses(body) == ["news/102", "news/101", "news/100"]


def test_no_more_than_fifty_thousand_addresses_are_read():
    body = sitemap("".join(url(f"n/{n}0", "2025-12-05" if n < 50_000 else "2026-01-01") for n in range(50_100)))
    assert read(body).entries[0].updated == datetime(2025, 12, 5, tzinfo=UTC)


def test_a_list_of_bare_addresses_is_a_sitemap():
    assert [entry.url[-4:] for entry in read("addresses.txt").entries] == ["0003", "0002", "0001"]


def test_addresses_that_lead_nowhere_are_told_and_the_others_kept():
    feed = read(sitemap("<url><loc>javascript:alert(1)</loc></url><url></url>" + url("story-of-the-day-1")))
    assert [entry.url for entry in feed.entries] == ["https://a.example/story-of-the-day-1"]
    assert len(feed.unusable) == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<?xml version='1.0'?><!DOCTYPE u [<!ENTITY a 'b'>]><urlset><url><loc>&a;</loc></url></urlset>", "entities"),
        (gzip.compress(b"<urlset>" + b" " * 50_000_001, mtime=0), "larger than 50 MB"),
    ],
)
def test_bombs_are_refused_with_their_reason(body, words):
    answer = refused(body)
    assert words in answer.reason
    assert answer.found == "broken"


def test_external_entities_are_never_read(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("https://a.example/secret-1234567")
    body = f'<!DOCTYPE urlset SYSTEM "{secret.as_uri()}"><urlset><url><loc>&x;</loc></url>{url("good-12345")}</urlset>'
    assert [entry.url for entry in read(body.encode()).entries] == ["https://a.example/good-12345"]


def test_a_sitemap_without_its_namespace_or_with_a_prefix_is_read():
    bare = b"<urlset><url><loc>https://a.example/story-1</loc></url></urlset>"
    prefixed = bare.replace(b"</", b"</s:").replace(b"<url", b"<s:url").replace(b"<loc", b"<s:loc")
    prefixed = prefixed.replace(b"<s:urlset", b"<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'")
    assert addresses(bare) == addresses(prefixed) == ["story-1"]


def test_an_empty_sitemap_is_a_sitemap():
    assert read(sitemap("")).entries == ()
