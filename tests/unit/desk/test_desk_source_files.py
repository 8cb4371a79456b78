"""Files of sources: ours go out and come back the same, a peer's are read, a bad entry is named and costs no other."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.importing import Added, BadEntry, Same, SourceBook
from services.desk.domain.source_list import SourceList, catalogue_list
from services.desk.domain.sources import NewSource, Source, checked_fields, new_source
from services.desk.parsing.opml import write_opml
from services.desk.parsing.source_files import LARGEST_FILE_BYTES, read_source_file
from services.desk.parsing.source_yaml import write_yaml
from shared.catalogue.loader import load_catalogue
from shared.kit.errors import WrongInput

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
OPML = Path(__file__).parents[2] / "data" / "opml"


def a_source(name: str, **fields: Any) -> Source:
    given = {**{field: getattr(NewSource(name, ""), field) for field in NewSource.__slots__}, **fields}
    given["name"], given["url"] = name, fields.get("url", f"https://example.org/{len(name)}")
    return new_source(checked_fields(given, NOW), NOW)


FULL = a_source(
    "Вести & समाचार <b>",
    url="https://example.org/feed?a=1&b=2",
    kind="page",
    every_seconds=300,
    country="RU",
    language="ru,en",
    alert_since="2026-11-01",
    selectors={"item": "li > a[href*='/news/']", "date": "time"},
    owner="press: state",
    confidence="low",
    quirks="# odd: 'quotes' \"and\" more",
    paused=True,
)
PLAIN = a_source("Yes", url="https://plain.example/", alert_since="all")
NORWAY = a_source("1945", url="https://no.example/", country="NO", kind="telegram")


def read(text: str | bytes, name: str = "list.txt") -> SourceList:
    return read_source_file(text.encode() if isinstance(text, str) else text, name=name)


def peers(name: str) -> SourceList:
    return read((OPML / name).read_bytes(), name)


@pytest.mark.parametrize("write", [write_yaml, write_opml])
def test_what_is_written_is_read_back_to_the_same(write: Any):
    listed = read(write([FULL, PLAIN, NORWAY]))
    assert listed.bad == ()
    book = SourceBook([FULL, PLAIN, NORWAY])
    later = NOW + timedelta(days=3)
    assert [book.take(entry, later, update=True) for entry in listed.entries] == [Same(FULL), Same(PLAIN), Same(NORWAY)]
    fresh = SourceBook()
    made = [fresh.take(entry, later, update=False) for entry in listed.entries]
    for outcome, source in zip(made, (FULL, PLAIN, NORWAY), strict=True):
        assert isinstance(outcome, Added)
        for field in NewSource.__slots__:
            assert getattr(outcome.source, field) == getattr(source, field), field


WORDS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)


@pytest.mark.parametrize("write", [write_yaml, write_opml])
@given(name=WORDS, quirks=WORDS)
def test_any_words_survive_the_file(write: Any, name: str, quirks: str):
    try:
        source = a_source(name, url="https://example.org/", quirks=quirks)
    except WrongInput:
        return
    (entry,) = read(write([source])).entries
    assert isinstance(SourceBook([source]).take(entry, NOW, update=False), Same)


@pytest.mark.parametrize("write", [write_yaml, write_opml])
def test_a_house_without_sources_writes_an_empty_list(write: Any):
    assert read(write([])) == SourceList(())


def test_the_catalogue_goes_through_both_files_whole():
    book = SourceBook()
    made = [book.take(entry, NOW, update=False) for entry in catalogue_list(load_catalogue().sources.values()).entries]
    sources = [each.source for each in made if isinstance(each, Added)]
    assert len(sources) == 62
    assert sum(not source.paused for source in sources) == 22
    for write in (write_yaml, write_opml):
        listed = read(write(sources))
        assert [type(SourceBook(sources).take(entry, NOW, update=True)) for entry in listed.entries] == [Same] * 62


def test_the_catalogues_own_file_can_be_imported():
    text = Path("shared/catalogue/sources.yaml").read_text(encoding="utf-8")
    listed = read(text)
    assert (len(listed.entries), listed.bad) == (62, ())


def test_freshrss_folders_and_its_own_attributes_are_read():
    listed = peers("freshrss.opml")
    assert [entry.name for entry in listed.entries] == [
        "Harbour Gazette", "Pact Monitor", "Вестник соглашений", "Press room", "A JSON Feed",
    ]  # fmt: skip
    fields = [dict(entry.fields) for entry in listed.entries]
    assert fields[0]["selectors"] == {"text": "article .story-body"}
    assert fields[1]["url"] == "https://pact-monitor.example/?feed=atom&lang=en"
    assert "selectors" not in fields[1]
    assert (fields[3]["kind"], fields[4]["kind"]) == ("page", "json")
    (bad,) = listed.bad
    assert (bad.where, bad.name) == ("line 15", "Dotted")


def test_minifluxs_list_is_read_and_its_empty_category_is_none():
    assert [entry.name for entry in peers("miniflux.opml").entries] == ["Harbour Gazette", "समाचार पत्र"]


def test_in_feedlys_list_a_feed_in_two_folders_counts_once_and_two_of_one_name_are_numbered():
    listed = peers("feedly.opml")
    assert [(entry.name, entry.fields["url"]) for entry in listed.entries] == [
        ("News", "https://first-agency.example/rss"),
        ("News (2)", "https://second-agency.example/rss"),
        ("untitled.example", "https://untitled.example/feed?a=1&b=2"),
    ]
    assert (listed.repeated, listed.bad) == (1, ())


def test_thunderbirds_nested_folders_and_twice_escaped_titles_are_read():
    listed = peers("thunderbird.opml")
    assert [entry.name for entry in listed.entries] == ["Harbour Gazette", "Q&A of the day"]
    assert listed.entries[1].fields["url"] == "https://qa.example/index.xml"
    assert "pactwatch source test https://site-alone.example/" in listed.bad[0].wrong.mend


def test_a_list_made_by_hand_gives_what_is_good_in_it():
    listed = peers("mixed.opml")
    book = SourceBook()
    outcomes = [book.take(entry, NOW, update=False) for entry in listed.entries]
    assert [type(each) for each in outcomes] == [Added, BadEntry, Added]
    assert isinstance(outcomes[1], BadEntry)
    assert outcomes[1].wrong.sentence == "line 8: url: 'file:///etc/passwd' does not start with http:// or https://."
    assert [bad.where for bad in listed.bad] == ["line 7"]
    assert listed.entries[0].fields == {
        "name": "Atom here", "url": "https://atom.example/feed", "kind": "atom", "language": "ru",
    }  # fmt: skip


def test_entities_are_refused_and_nothing_is_fetched_for_them():
    with pytest.raises(WrongInput, match="declares entities"):
        peers("entities.opml")
    outside = (
        b'<!DOCTYPE opml SYSTEM "http://127.0.0.1:9/opml.dtd"><opml><body><outline xmlUrl="http://a.b/"/></body></opml>'
    )
    assert len(read(outside).entries) == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf  \n", "is empty"),
        (b"<rss><channel/></rss>", "its root is <rss>"),
        (b"<opml><body>", "is not well-formed XML"),
        (b"\xff\xfe<\x00o\x00", "is not well-formed XML"),
        (b"<opml>" + b"<outline>" * 400 + b"</opml>", "is not well-formed XML"),
        (b"- name: [", "is not YAML"),
        (b"name: x\n\tkey: y", "line 2 of list.txt"),
        (b"just words", "holds no list of sources"),
        (b"a: 1\nb: 2", "holds no list of sources"),
        (b"# only a remark\n", "holds no sources"),
        (b"\xcf\xf0\xe8\xe2\xe5\xf2: 1", "is not YAML"),
        (b"[" * 5000, "is not YAML"),
        (b" " * (LARGEST_FILE_BYTES + 1), "Split it"),
    ],
)
def test_a_file_that_holds_no_list_is_refused_with_its_name(body: bytes, told: str):
    with pytest.raises(WrongInput) as refused:
        read(body)
    assert told in str(refused.value)
    assert "list.txt" in str(refused.value)


BAD_YAML = """\
sources:
  - name: First
    url: https://one.example/
  - name: Second
    url: https://two.example/
    contry: IN
  - just words
  - name: Fourth
  - name: first
    url: https://other.example/
  - name: Sixth
    url: https://six.example/
    every: often
  - name: Seventh
    url: https://seven.example/
    country: India
  - {name: Eighth, url: [a, b]}
  - {name: Ninth, url: https://nine.example/, selectors: {item: 'li['}}
  - {name: Tenth, url: https://ten.example/, paused: perhaps}
  - {name: Eleventh, name: Twelfth, url: https://eleven.example/}
  - {name: Last, url: https://last.example/, language: [en, hi], paused: yes, every: ~}
"""


def test_each_bad_entry_is_named_by_line_field_value_and_mend_and_the_good_ones_are_taken():
    listed = read(BAD_YAML)
    book = SourceBook()
    outcomes = [book.take(entry, NOW, update=False) for entry in listed.entries]
    assert [each.source.name for each in outcomes if isinstance(each, Added)] == ["First", "Last"]
    bad = [*listed.bad, *(each for each in outcomes if isinstance(each, BadEntry))]
    assert all(each.wrong.mend for each in bad)
    assert {each.where: each.wrong.sentence for each in bad} == {
        "line 4": "line 4: contry: 'IN' is not a field we know.",
        "line 7": "line 7: entry: 'just words' is not a mapping.",
        "line 8": "line 8: url: None is missing.",
        "line 9": "line 9: name: 'first' is that of line 2 already.",
        "line 11": "line 11: every: 'often' is not a number of seconds.",
        "line 14": "line 14: country: 'India' is not a country code.",
        "line 17": "line 17: url: 'a list' is not a text.",
        "line 18": "line 18: selector item: 'li[' is no CSS selector (Malformed attribute selector at position 2).",
        "line 19": "line 19: paused: 'perhaps' is not true or false.",
        "line 20": "line 20: name: 'Twelfth' is there twice.",
    }
    assert [each.name for each in bad[:2]] == ["Second", ""]


def test_a_list_that_leans_on_itself_ends():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nsources:\n"
    bomb += "- {name: Lol, url: *c}\n- &s {name: A, url: http://a.b/}\n- *s"
    listed = read(bomb)
    assert [entry.name for entry in listed.entries] == ["A"]
    assert [bad.wrong.why for bad in listed.bad] == ["is not a text", "is that of line 6 already"]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_a_clear_refusal(body: bytes):
    with suppress(WrongInput):
        assert isinstance(read(body), SourceList)


@given(st.text(st.sampled_from("<>opml/outline xmlUrl='\"&;h:[]!-?\n"), max_size=120))
def test_anything_like_opml_is_a_list_or_a_clear_refusal(text: str):
    with suppress(WrongInput):
        assert isinstance(read("<opml>" + text), SourceList)
