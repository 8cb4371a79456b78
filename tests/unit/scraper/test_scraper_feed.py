"""RSS, Atom and JSON feeds read into entries."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.parsing.feed import NotAFeed, ParsedFeed, parse_feed

BASE = "https://news.example/rss/feed.xml"


def rss(items: str, head: str = "<title>The Wire</title>") -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def parsed(body: bytes, content_type: str = "") -> ParsedFeed:
    feed = parse_feed(body, content_type=content_type, base_url=BASE)
    assert isinstance(feed, ParsedFeed), feed
    return feed


def test_an_rss_item_becomes_an_entry_of_plain_words():
    feed = parsed(
        rss(
            """<item><title>Delhi &amp;amp; Moscow sign &lt;b&gt;labour&lt;/b&gt; pact &amp;#8217;25</title>
            <link> https://news.example/a/1?id=7&amp;x=1#top </link>
            <pubDate>Fri, 05 Dec 2025 14:30:00 IST</pubDate><guid isPermaLink="false">a-1</guid>
            <description><![CDATA[<p>One&nbsp;line.</p><script>alert(1)</script><p>Two <a href="/x">lines</a>.</p>]]>
            </description></item>""",
            "<title>The Wire</title><ttl>5</ttl>",
        )
    )
    entry = feed.entries[0]
    assert (feed.title, feed.kind, feed.ttl_seconds) == ("The Wire", "rss", 300)
    assert entry.title == "Delhi & Moscow sign labour pact ’25"
    assert entry.url == "https://news.example/a/1?id=7&x=1"
    assert entry.published == datetime(2025, 12, 5, 9, 0, tzinfo=UTC)
    assert entry.summary == "One line.\n\nTwo lines."
    assert entry.guid == "a-1"


def test_a_comparison_in_a_title_is_not_taken_for_markup():
    assert parsed(rss("<item><title>Trade: 5 &lt; 6</title><link>/a</link></item>")).entries[0].title == "Trade: 5 < 6"


def test_the_whole_text_of_a_full_feed_is_kept_as_content():
    feed = parsed(
        b"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>t</title>
        <link>https://news.example/a</link><description>Short.</description>
        <content:encoded>&lt;p&gt;First.&lt;/p&gt;&lt;p&gt;Second.&lt;/p&gt;</content:encoded></item></channel></rss>"""
    )
    assert (feed.entries[0].summary, feed.entries[0].content) == ("Short.", "First.\n\nSecond.")


def test_links_are_resolved_and_a_guid_that_is_an_address_stands_in_for_a_missing_link():
    feed = parsed(
        rss(
            "<item><title>1</title><link>/a/1</link></item>"
            "<item><title>2</title><link>2.html</link></item>"
            "<item><title>3</title><guid>https://news.example/3</guid></item>"
            '<item><title>4</title><guid isPermaLink="false">https://news.example/4</guid></item>'
        )
    )
    assert [entry.url for entry in feed.entries] == [
        "https://news.example/a/1",
        "https://news.example/rss/2.html",
        "https://news.example/3",
        "https://news.example/4",
    ]


def test_entries_that_lead_nowhere_we_may_go_are_kept_out_and_told():
    feed = parsed(
        rss(
            "<item><title>script</title><link>javascript:alert(1)</link></item>"
            "<item><title>file</title><link>file:///etc/passwd</link></item>"
            "<item><title>none</title></item>"
            "<item><title>login</title><link>https://a:b@news.example/</link></item>"
            "<item><title>good</title><link>https://news.example/good</link></item>"
        )
    )
    assert [entry.title for entry in feed.entries] == ["good"]
    assert [entry.title for entry in feed.unusable] == ["script", "file", "none", "login"]
    assert feed.unusable[2].reason == "it has no link"
    assert "http" in feed.unusable[0].reason


def test_an_atom_feed_is_read_with_its_base_its_alternate_link_and_its_zone():
    feed = parsed(
        b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/b/"><title>A</title><entry>
        <title type="html">T &amp;amp; U</title><link rel="enclosure" href="https://other.example/a.mp3"/>
        <link rel="alternate" href="c/1"/><id>tag:1</id><updated>2025-12-05T10:00:00+03:00</updated>
        <author><name>N. Ame</name></author><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>one</p>
        <p>two</p></div></content></entry></feed>"""
    )
    entry = feed.entries[0]
    assert feed.kind == "atom"
    assert (entry.url, entry.title, entry.author) == ("https://other.example/b/c/1", "T & U", "N. Ame")
    assert (entry.published, entry.content) == (datetime(2025, 12, 5, 7, 0, tzinfo=UTC), "one\n\ntwo")


def test_a_windows_1251_feed_is_read():
    body = (
        '<?xml version="1.0" encoding="windows-1251"?><rss version="2.0"><channel><title>Вестник</title><item>'
        "<title>Подписан договор</title><link>/1</link></item></channel></rss>"
    )
    assert parsed(body.encode("cp1251"), "text/xml").entries[0].title == "Подписан договор"


def test_a_feed_with_broken_xml_gives_what_can_be_read():
    feed = parsed(
        rss("<item><title>A & B <br></title><link>/1</link></item><item><title>C</title><link>/2</link>")[:-16]
    )
    assert [entry.url for entry in feed.entries] == ["https://news.example/1", "https://news.example/2"]


def test_an_empty_feed_is_a_feed():
    assert parsed(rss("")).entries == ()


def test_no_more_than_a_thousand_entries_are_read():
    items = "".join(f"<item><title>t</title><link>/a/{number}</link></item>" for number in range(1100))
    feed = parsed(rss(items))
    assert (len(feed.entries), feed.entries[-1].url) == (1000, "https://news.example/a/999")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"<!DOCTYPE html><html><body>Just a moment</body></html>", "HTML page"),
        (b"<!-- x --><html><head></head></html>", "HTML page"),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y"><html/>', "HTML page"),
        (b"plain words", "neither"),
        (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><rss><channel/></rss>', "entities"),
        ('<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "b">]><rss/>'.encode("utf-16"), "entities"),
        (b"{not json", "JSON"),
        (b"[" * 100_000, "JSON"),
        (b'{"items": 5}', "no list of items"),
        (b'{"items": []}', "version"),
    ],
)
def test_what_is_no_feed_is_refused_with_its_reason(body, reason):
    refused = parse_feed(body, content_type="text/xml", base_url=BASE)
    assert isinstance(refused, NotAFeed)
    assert reason in refused.reason


def test_a_body_that_names_a_local_file_does_not_open_it(tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_bytes(rss("<item><title>secret</title><link>/s</link></item>"))
    assert isinstance(parse_feed(str(secret).encode(), content_type="text/xml", base_url=BASE), NotAFeed)


def test_a_json_feed_is_read():
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J &amp; K",
        "items": [
            {"id": 7, "url": "/a", "title": "T", "content_html": "<p>one</p><p>two</p>",
             "date_published": "2025-12-05T14:30:00+05:30", "authors": [{"name": "N"}]},
            {"id": "https://news.example/b", "content_text": "only text"},
            {"id": "c", "url": "javascript:alert(1)"},
            "nonsense",
        ],
    }  # fmt: skip
    feed = parsed(json.dumps(body).encode())
    first, second = feed.entries
    assert (feed.kind, feed.title, len(feed.unusable)) == ("json", "J & K", 1)
    assert (first.url, first.content, first.guid, first.author) == ("https://news.example/a", "one\n\ntwo", "7", "N")
    assert first.published == datetime(2025, 12, 5, 9, 0, tzinfo=UTC)
    assert (second.url, second.content) == ("https://news.example/b", "only text")


def test_the_outcome_travels_between_processes():
    for outcome in (parsed(rss("<item><title>t</title><link>/a</link></item>")), NotAFeed("x")):
        assert pickle.loads(pickle.dumps(outcome)) == outcome


PIECES = st.sampled_from(
    """<rss> </rss> <channel> <item> </item> <title> </title> <link>/a</link> <feed> <entry> <![CDATA[ ]]> <!-- -->
    <?xml?> & &amp; &#0; &#xFFFFFF; {"version":"jsonfeed","items":[ ]} {} <pubDate>x</pubDate> <guid> \0 <html>
    <p>""".split()
)


@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=30).map(lambda pieces: "".join(pieces).encode())))
def test_any_bytes_are_a_feed_or_not_and_never_an_exception(body: bytes):
    outcome = parse_feed(body, content_type="application/rss+xml", base_url=BASE)
    assert isinstance(outcome, (ParsedFeed, NotAFeed))
    if isinstance(outcome, ParsedFeed):
        assert all(entry.url.startswith(("http://", "https://")) for entry in outcome.entries)


@pytest.mark.parametrize("reference", ["&#xD800;", "&#0;", "&#x1F;", "&#xFFFFFFFF;", "&#99999999;"])
def test_a_character_that_cannot_be_costs_its_place_and_not_the_feed(reference: str):
    items = f"<item><title>One {reference} pact</title><link>https://a.example/1</link></item>"
    items += "<item><title>Two</title><link>https://a.example/2</link></item>"
    parsed = parse_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), base_url="https://a.example/")

    assert isinstance(parsed, ParsedFeed)
    assert [entry.title for entry in parsed.entries] == ["One \ufffd pact", "Two"]
