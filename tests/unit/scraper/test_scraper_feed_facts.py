"""What a feed says of itself and of its entries beside words and links."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.scraper.source_pages import read, refused

CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'


def rss(items: str, attributes: str = "") -> bytes:
    return f'<rss version="2.0" {attributes}><channel><title>T</title>{items}</channel></rss>'.encode()


def test_a_feed_tells_its_hub_its_own_address_its_older_page_and_its_language():
    feed = read("rss_2_0.xml", base_url="https://wire.example.com/rss/world.xml")
    assert feed.hub == "https://hub.example.com/"
    assert feed.self_url == "https://wire.example.com/rss/world.xml"
    assert feed.older == "https://wire.example.com/rss/world-2025-11.xml"
    assert (feed.language, feed.ttl_seconds) == ("en", 600)


def test_an_entry_has_its_whole_text_and_the_best_of_its_pictures():
    first, second = read("rss_2_0.xml").entries
    assert first.content == "Officials agreed on three points on Friday.\n\nThe first group is to travel in March."
    assert first.image_url == "https://img.example.com/481516.jpg"
    assert (second.content, second.image_url) == ("", "https://img.example.com/481510.png")


def test_an_atom_entry_has_a_time_of_publication_and_one_of_its_last_change():
    feed = read("atom.xml", base_url="http://en.president.example.ru/events/feed")
    (entry,) = feed.entries
    assert entry.published == datetime(2025, 12, 5, 11, 10, tzinfo=UTC)
    assert entry.updated == datetime(2025, 12, 5, 15, 0, tzinfo=UTC)
    assert feed.older == "http://en.president.example.ru/events/feed?page=2"


def test_a_json_feed_tells_as_much():
    feed = read("feed.json", base_url="https://notes.example.org/feed.json")
    (entry,) = feed.entries
    assert (feed.hub, feed.language) == ("https://hub.example.org/", "en")
    assert feed.older == "https://notes.example.org/feed.json?page=2"
    assert entry.updated == datetime(2025, 12, 6, 2, 30, tzinfo=UTC)
    assert entry.image_url == "https://notes.example.org/img/plan.jpg"


def test_old_dialects_in_old_encodings_are_read():
    feed = read("rss_0_91.xml", base_url="http://vestnik.example.ru/rss.xml")
    assert [entry.title for entry in feed.entries] == [
        "Порты договорились о регулярной линии",
        "Банк назвал условия расчётов в рупиях",
    ]
    assert feed.entries[1].url == "http://vestnik.example.ru/news/2025/12/04/4402.html"


def test_the_full_text_that_russian_feeds_carry_for_aggregators_is_the_content():
    item = "<item><title>t</title><link>/a</link><description>Short.</description><yandex:full-text>All of it.</yandex:full-text></item>"  # noqa: E501
    assert read(rss(item, 'xmlns:yandex="http://news.yandex.ru"')).entries[0].content == "All of it."


def test_entries_that_share_an_id_or_an_address_are_kept_and_true_doubles_are_one():
    item = "<item><title>{}</title><link>/{}</link><guid isPermaLink='false'>{}</guid></item>"
    items = [item.format("one", "a", "g"), item.format("two", "b", "g"), item.format("three", "a", "h")]
    feed = read(rss("".join([*items, items[0]])))
    assert [entry.title for entry in feed.entries] == ["one", "two", "three"]


def test_a_date_in_the_future_is_kept_as_it_is_said():
    item = "<item><title>t</title><link>/a</link><pubDate>Fri, 05 Dec 2099 14:30:00 GMT</pubDate></item>"
    assert read(rss(item)).entries[0].published == datetime(2099, 12, 5, 14, 30, tzinfo=UTC)


def test_a_huge_title_is_clipped_and_its_neighbours_are_whole():
    items = (
        f"<item><title>{'long ' * 100_000}</title><link>/a</link></item><item><title>next</title><link>/b</link></item>"
    )
    first, second = read(rss(items)).entries
    assert (len(first.title) <= 1000, second.title) == (True, "next")


def test_letters_that_only_html_names_and_bare_ampersands_cost_nothing():
    item = "<item><title>A & B&nbsp;&mdash; C &amp;lt;D&amp;gt;</title><link>/a?x=1&copy=2&y=3</link></item>"
    (entry,) = read(rss(item)).entries
    assert entry.title == "A & B — C <D>"
    assert entry.url == "https://site.example.com/a?x=1&copy=2&y=3"


def test_a_text_that_only_speaks_of_entities_is_no_attack():
    item = "<item><title>t</title><link>/a</link><description><![CDATA[<!ENTITY x> explained]]></description></item>"
    assert read(rss(item)).entries[0].title == "t"
    assert "entities" in refused(b'<!DOCTYPE rss [<!ENTITY a "b">]>' + rss(item)).reason


def test_thousands_of_items_cost_no_more_than_the_thousand_that_are_read():
    feed = read(rss("".join(f"<item><title>t</title><link>/{n}</link></item>" for n in range(5000))))
    assert (len(feed.entries), feed.entries[-1].url) == (1000, "https://site.example.com/999")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "http://a:b@x.example/"])
def test_hubs_pictures_and_older_pages_lead_only_where_we_may_go(address):
    head = f'<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="hub" href="{address}"/>'
    head += f'<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="next" href="{address}"/>'
    item = f'<item><title>t</title><link>/a</link><enclosure type="image/png" url="{address}"/></item>'
    feed = read(rss(head + item))
    assert (feed.hub, feed.older, feed.entries[0].image_url) == (None, None, "")
