"""What an import does to sources that are there: twice changes nothing, people's edits stay, updates are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.desk.domain.importing import Added, BadEntry, Changed, Kept, Same, SourceBook
from services.desk.domain.source_list import ListedSource, catalogue_list
from services.desk.domain.sources import Source
from shared.catalogue.loader import load_catalogue
from shared.kit.errors import WrongInput

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)


def entry(name: str = "The Hindu", url: str = "https://hindu.example/feed", **fields: Any) -> ListedSource:
    return ListedSource("line 1", {"name": name, "url": url, **fields}, at_first={})


def added(book: SourceBook, given: ListedSource) -> Source:
    outcome = book.take(given, NOW, update=False)
    assert isinstance(outcome, Added)
    return outcome.source


def test_an_entry_imported_twice_is_the_same_the_second_time():
    book = SourceBook()
    source = added(book, entry(kind="RSS", country="in", language="HI"))
    assert book.take(entry(kind="RSS", country="in", language="HI"), LATER, update=True) == Same(source)


def test_what_a_person_changed_is_left_alone_and_the_difference_is_named():
    book = SourceBook()
    source = added(book, entry(kind="rss", quirks="As listed."))
    edited = replace(source, kind="atom", quirks="As I found it.")
    outcome = SourceBook([edited]).take(entry(kind="rss", quirks="As listed."), LATER, update=False)
    assert outcome == Kept(edited, ("kind", "quirks"))


def test_what_the_list_does_not_say_is_no_difference():
    book = SourceBook()
    source = added(book, entry())
    book = SourceBook([replace(source, every_seconds=60, country="IN", paused=True, alert_since=None)])
    assert isinstance(book.take(entry(), LATER, update=True), Same)


def test_an_update_takes_what_the_list_says_and_nothing_else():
    book = SourceBook()
    source = added(book, entry(kind="rss"))
    book = SourceBook([replace(source, kind="atom", every_seconds=60)])
    outcome = book.take(entry(kind="rss"), LATER, update=True)
    assert isinstance(outcome, Changed)
    assert outcome.fields == ("kind",)
    assert outcome.source == replace(source, every_seconds=60)


def test_a_source_is_known_by_its_name_when_its_address_changed():
    book = SourceBook()
    source = added(book, entry())
    moved = entry("the hindu", "https://hindu.example/new")
    assert isinstance(book.take(moved, LATER, update=False), Kept)
    outcome = book.take(moved, LATER, update=True)
    assert isinstance(outcome, Changed)
    assert (outcome.old.source_id, outcome.source.url) == (source.source_id, "https://hindu.example/new")
    assert outcome.source.source_id != source.source_id


def test_an_update_that_would_take_anothers_name_is_refused_with_its_place():
    book = SourceBook()
    added(book, entry("One", "https://one.example/"))
    added(book, entry("Two", "https://two.example/"))
    outcome = book.take(entry("Two", "https://one.example/"), LATER, update=True)
    assert isinstance(outcome, BadEntry)
    assert outcome.wrong.sentence == "line 1: name: 'Two' is already the name of a source."


def test_a_bad_entry_is_named_and_nothing_is_added():
    book = SourceBook()
    outcome = book.take(entry(country="India"), NOW, update=False)
    assert isinstance(outcome, BadEntry)
    assert isinstance(outcome.wrong, WrongInput)
    assert isinstance(book.take(entry(), NOW, update=False), Added)


def test_of_the_catalogue_only_sure_addresses_are_looked_at_from_the_start():
    listed = catalogue_list(load_catalogue().sources.values()).entries
    book = SourceBook()
    sources = [added(book, each) for each in listed]
    assert {source.confidence for source in sources if not source.paused} == {"high"}
    assert {source.confidence for source in sources if source.paused} == {"medium", "low"}


@pytest.mark.parametrize("update", [False, True])
def test_a_source_that_somebody_resumed_is_not_paused_by_the_catalogue(update: bool):
    (listed, *_) = catalogue_list(load_catalogue().sources.values()).entries
    book = SourceBook()
    source = added(book, listed)
    assert source.paused
    book = SourceBook([replace(source, paused=False)])
    assert isinstance(book.take(listed, LATER, update=update), Same)
