"""A subscription's alerts as Atom and as JSON Feed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID
from xml.etree import ElementTree

import feedparser
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.feed import Feed, FeedEntry, FeedWords, as_atom, as_json_feed
from services.desk.domain.views import AlertCorrectionView

MORNING = datetime(2026, 2, 3, 6, 30, tzinfo=UTC)
WORDS = FeedWords(
    {"relos": "RELOS"}, {"defence": "Defence"}, lambda stage: stage.replace("_", " "), "https://desk.example"
)
texts = st.text(max_size=200)


def an_entry(**changed: object) -> FeedEntry:
    values = {
        "alert_id": UUID(int=1),
        "rule_name": "Logistics pact",
        "title": "РЕЛОС вступил в силу",
        "evidence": "रेलोस समझौता लागू हो गया।",
        "url": "https://news.example/?a=1&b=2",
        "source": "ТАСС",
        "language": "ru",
        "published": MORNING,
        "raised_at": MORNING,
        "agreement": "relos",
        "stage": "in_force",
        "sectors": ("defence",),
    }
    return FeedEntry(**values | changed)  # type: ignore[arg-type]


def a_feed(*entries: FeedEntry) -> Feed:
    return Feed(UUID(int=9), "RELOS", MORNING, entries)


def test_a_feed_reader_finds_the_alert_in_atom():
    read = feedparser.parse(as_atom(a_feed(an_entry()), WORDS, "https://desk.example/feeds/t.atom"))
    assert not read.bozo
    assert read.feed.title == "Pactwatch: RELOS"
    [entry] = read.entries
    assert entry.title == "RELOS: in force, says ТАСС"
    assert entry.link == "https://news.example/?a=1&b=2"
    assert entry.id == f"urn:uuid:{UUID(int=1)}"
    assert "रेलोस" in entry.summary
    assert entry.published == "2026-02-03T06:30:00Z"
    assert [tag.term for tag in entry.tags] == ["RELOS", "in force", "Defence"]


def test_the_json_feed_says_the_same():
    said = json.loads(as_json_feed(a_feed(an_entry()), WORDS, "https://desk.example/feeds/t.json"))
    assert said["version"] == "https://jsonfeed.org/version/1.1"
    [item] = said["items"]
    assert item["title"] == "RELOS: in force, says ТАСС"
    assert item["external_url"] == "https://news.example/?a=1&b=2"
    assert item["url"] == f"https://desk.example/alerts/{UUID(int=1)}"
    assert item["language"] == "ru"


def test_a_correction_is_an_entry_of_its_own_with_what_was_said_and_what_is_said_now():
    later = MORNING + timedelta(hours=2)
    correction = AlertCorrectionView(UUID(int=5), "changed", "The article was edited.", "It is signed.", None, later)
    feed = a_feed(an_entry(correction=correction), an_entry())
    read = feedparser.parse(as_atom(feed, WORDS, "https://desk.example/feeds/t.atom"))
    first, second = read.entries
    assert (first.id, second.id) == (f"urn:uuid:{UUID(int=5)}", f"urn:uuid:{UUID(int=1)}")
    assert first.title == "Correction: RELOS: in force, says ТАСС"
    assert "It said: It is signed." in first.summary
    assert "(nothing of it is left)" in first.summary
    assert (first.updated, read.feed.updated) == ("2026-02-03T08:30:00Z", "2026-02-03T08:30:00Z")
    [item, _] = json.loads(as_json_feed(feed, WORDS, "https://desk.example/feeds/t.json"))["items"]
    assert (item["id"], item["date_modified"]) == (f"urn:uuid:{UUID(int=5)}", "2026-02-03T08:30:00Z")


def test_a_feed_without_alerts_is_a_feed():
    read = feedparser.parse(as_atom(a_feed(), WORDS, "https://desk.example/feeds/t.atom"))
    assert not read.bozo
    assert read.entries == []
    assert read.feed.updated == "2026-02-03T06:30:00Z"


@given(title=texts, evidence=texts, source=texts, rule=texts)
def test_nothing_that_was_written_breaks_a_feed(title, evidence, source, rule):
    odd = an_entry(title=title, evidence=evidence, source=source, rule_name=rule, agreement=None, stage=None, url=None)
    ElementTree.fromstring(as_atom(a_feed(odd), WORDS, "https://desk.example/feeds/t.atom"))
    json.loads(as_json_feed(a_feed(odd), WORDS, "https://desk.example/feeds/t.json"))
