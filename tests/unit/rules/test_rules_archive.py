"""The archive's own form of an article answers every query as the article itself does."""

from __future__ import annotations

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from shared.rules import Document, Query, parse
from shared.rules.archive_query import Condition, Every, Having, Some, Without
from shared.rules.archive_reading import Kept, Reader
from shared.rules.archived import Archived, archived
from shared.rules.matching import holds
from tests.unit.rules.rule_builders import article
from tests.unit.rules.rule_strategies import articles, queries
from tests.unit.rules.test_rules_equivalence import SECTORS, STAGES, Scribe, documents, written

FEED = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"


def feeds_of(document: Document) -> dict[str, tuple[str, ...]]:
    country = document.origin.country
    return {country.upper(): (FEED,)} if country else {}


def terms_of(kept: Archived) -> set[str]:
    return {*kept.facts.split(" ")[1:], *kept.terms.split(" ")[1:], *kept.words.split(" ")[1:]}


def is_so(condition: Condition, terms: set[str]) -> bool:
    match condition:
        case Having(term, is_beginning):
            return any(each.startswith(term) for each in terms) if is_beginning else term in terms
        case Every(parts):
            return all(is_so(part, terms) for part in parts)
        case Some(parts):
            return any(is_so(part, terms) for part in parts)
        case Without(part):
            return not is_so(part, terms)


def answer(query: Query, document: Document) -> tuple[bool, bool, bool]:
    """Whether it is sure by the terms, whether it holds when it is read, and whether it is possible by the terms."""
    kept, reader = archived(document, FEED), Reader(query, feeds_of(document))
    terms = terms_of(kept)
    text = document.text if reader.needs_text else None
    read = Kept(kept.words, kept.joins, kept.terms, kept.facts, document.title, text)
    return is_so(reader.bounds.sure, terms), reader.holds(read), is_so(reader.bounds.possible, terms)


def given(kept: Archived, document: Document, reader: Reader) -> Kept:
    """The article with what the reader says it needs, and no more."""
    return Kept(
        kept.words if reader.needs_words else "",
        kept.joins if reader.needs_words else "",
        kept.terms if reader.needs_terms else "",
        kept.facts if reader.needs_facts else "",
        document.title if reader.needs_title else "",
        document.text if reader.needs_text else None,
    )


def undecided(query: Query, document: Document) -> bool:
    kept, reader = archived(document, FEED), Reader(query, feeds_of(document)).of_the_undecided()
    return reader.holds(given(kept, document, reader))


@settings(max_examples=1500, deadline=None)
@drawn(queries(), articles())
def test_what_is_read_out_of_the_archive_answers_as_the_article(query: Query, document: Document):
    sure, read, possible = answer(query, document)
    assert read == holds(query, document)
    if possible and not sure:
        assert undecided(query, document) == read
    assert sure <= read <= possible


@settings(max_examples=500, deadline=None)
@drawn(queries(), st.lists(articles(), max_size=4))
def test_articles_read_together_answer_as_each_by_itself(query: Query, found: list[Document]):
    reader = Reader(query, {"IN": (FEED,), "RU": (FEED,)})
    kept = [archived(document, FEED) for document in found]
    together = reader.holding([given(each, document, reader) for each, document in zip(kept, found, strict=True)])
    alone = {
        number
        for number, (each, document) in enumerate(zip(kept, found, strict=True))
        if reader.holds(given(each, document, reader))
    }
    assert together == alone


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('"Prime Minister"', {1, 2, 3, 4}),
        ('="Prime Minister"', {1}),
        ("Prime NEAR/1 Minister", {1, 2, 3, 4}),
        ("Prime NEAR/1 Moscow", set[int]()),
        ("Prime NEAR/9 Prime", {2, 5}),
        ('"Prime Minister" NEAR/9 "Minister Prime"', set[int]()),
        ("Mosc* NEAR/2 Prime", {3, 5}),
        ("@posts NEAR/2 =Moscow", {3, 5}),
        ('title:"Prime Minister"', set[int]()),
    ],
)
def test_nothing_is_found_across_a_title_or_another_article(query: str, expected: set[int]):
    found = [
        article("Minister of health.", title="The Prime"),
        article("The Prime Minister spoke.", title="News"),
        article("The prime-minister spoke of primes.", title="News"),
        article("The prime ministers left Moscow.", title="News"),
        article("A minister, prime ministers, minister.", title="Prime"),
        article("Prime time, and a prime cut in Moscow.", title="Minister"),
    ]
    tree = parse(query, agreements=(), sectors=(), lists={"posts": ("Prime", "Minister*")})
    reader = Reader(tree)
    together = reader.holding([given(archived(each, FEED), each, reader) for each in found])
    assert together == {number for number, each in enumerate(found) if holds(tree, each)}
    assert together == expected


def test_real_articles_answer_out_of_the_archive_as_themselves():
    found = documents()
    scribe = Scribe(found, seed=5)
    vocabulary = {"agreements": scribe.agreements, "sectors": SECTORS, "stages": STAGES, "lists": scribe.lists}
    countries = sorted({document.origin.country.upper() for document in found if document.origin.country})
    feeds = {country: (f"feed-of-{country}",) for country in countries}
    kept = [archived(each, *feeds.get((each.origin.country or "").upper(), (FEED,))) for each in found]
    terms = list(map(terms_of, kept))
    matched = decided = 0
    for text, query in written(scribe, 300, **vocabulary).items():
        reader = Reader(query, feeds)
        expected = {number for number, document in enumerate(found) if holds(query, document)}
        sure = {number for number, each in enumerate(terms) if is_so(reader.bounds.sure, each)}
        possible = {number for number, each in enumerate(terms) if is_so(reader.bounds.possible, each)}
        assert sure <= expected <= possible, text
        rest, undecided = reader.of_the_undecided(), sorted(possible - sure)
        for asked, numbers in ((reader, range(len(found))), (rest, undecided)):
            holding = asked.holding([given(kept[number], found[number], asked) for number in numbers])
            assert {numbers[at] for at in holding} == expected & set(numbers), text
        matched += len(expected)
        decided += len(found) - len(undecided)
    assert matched > 300
    assert decided > 0.98 * 300 * len(found)  # hardly any article must be read
