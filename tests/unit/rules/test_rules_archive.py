"""The archive's own form of an article answers every query as the article itself does."""

from __future__ import annotations

from hypothesis import given, settings

from shared.rules import Document, Query
from shared.rules.archive_query import Condition, Every, Having, Some, Without
from shared.rules.archive_reading import Kept, Reader
from shared.rules.archived import Archived, archived
from shared.rules.matching import holds
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
    read = Kept(document.title, kept.facts, kept.terms, kept.words, kept.joins, text)
    return is_so(reader.bounds.sure, terms), reader.holds(read), is_so(reader.bounds.possible, terms)


def undecided(query: Query, document: Document) -> bool:
    kept, reader = archived(document, FEED), Reader(query, feeds_of(document)).of_the_undecided()
    terms = kept.terms if reader.needs_terms else ""
    text = document.text if reader.needs_text else None
    return reader.holds(Kept(document.title, kept.facts, terms, kept.words, kept.joins, text))


@settings(max_examples=1500, deadline=None)
@given(queries(), articles())
def test_what_is_read_out_of_the_archive_answers_as_the_article(query: Query, document: Document):
    sure, read, possible = answer(query, document)
    assert read == holds(query, document)
    if possible and not sure:
        assert undecided(query, document) == read
    assert sure <= read <= possible


def test_real_articles_answer_out_of_the_archive_as_themselves():
    found = documents()
    scribe = Scribe(found, seed=5)
    vocabulary = {"agreements": scribe.agreements, "sectors": SECTORS, "stages": STAGES, "lists": scribe.lists}
    asked = written(scribe, 300, **vocabulary)
    matched = decided = 0
    kept = {id(each): archived(each, FEED) for each in found}
    for text, query in asked.items():
        for document in found:
            reader, own = Reader(query, feeds_of(document)), kept[id(document)]
            letters = document.text if reader.needs_text else None
            read = Kept(document.title, own.facts, own.terms, own.words, own.joins, letters)
            terms = terms_of(own)
            sure, possible = is_so(reader.bounds.sure, terms), is_so(reader.bounds.possible, terms)
            assert reader.holds(read) == holds(query, document), text
            assert sure <= holds(query, document) <= possible, text
            if possible and not sure:
                assert undecided(query, document) == holds(query, document), text
            matched += holds(query, document)
            decided += sure == possible
    assert matched > 300
    assert decided > 0.98 * len(asked) * len(found)  # hardly any article must be read
