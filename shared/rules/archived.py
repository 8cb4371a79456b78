"""An article as the archive keeps it: short enough for a hundred thousand, and whole enough for every rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from shared.rules.archive_terms import (
    END_OF_TITLE,
    OVERLONG,
    day_digits,
    fact_term,
    neighbours_term,
    relevance_digits,
    short,
    title_term,
    word_terms,
)
from shared.rules.document import Document
from shared.rules.passage import Passage

MOST_TERM_BYTES = (
    700_000  # of one article; a tsvector of Postgres holds a megabyte, an article of 400 words needs 5,000
)


@dataclass(frozen=True, slots=True)
class Archived:
    """One article: all of its terms stand in `facts`, `terms` and `words`, each with a space before it.

    `words` are the keys of the title and, behind END_OF_TITLE, of the body, in order. `terms` begin with the letters of
    the same words. `joins` are the places and keys of words over a hyphen, in the title and behind END_OF_TITLE in the
    body ("12 visafre"). Of an article with too many different words none is kept, and `facts` hold the term OVERLONG.
    """

    facts: str
    terms: str
    words: str
    joins: str


def archived(document: Document, feed: str) -> Archived:
    """The article as the archive keeps it; `feed` is the id of its source."""
    facts = list(fact_terms(document, feed))
    if _letters(document) > MOST_TERM_BYTES // 2:
        return Archived(_spaced([*facts, OVERLONG]), "", "", "")
    kept = filed_words(*document.passages)
    size = sum(len(term.encode()) + 1 for term in {*kept.terms.split(" "), *kept.words.split(" "), *facts})
    if size > MOST_TERM_BYTES:
        return Archived(_spaced([*facts, OVERLONG]), "", "", "")
    return replace(kept, facts=_spaced(facts))


def _letters(document: Document) -> int:
    """The size of the different words; about half of the size of their terms."""
    return sum(len(word.encode()) for word in {token.surface for part in document.passages for token in part.tokens})


def filed_words(title: Passage, body: Passage) -> Archived:
    """The words of an article, however many they are, and no facts."""
    words: list[str] = []
    terms: list[str] = []
    for passage in (title, body):
        for token, key in zip(passage.tokens, passage.keys, strict=True):
            filed = word_terms(token.surface, token.folded, key)
            words.append(filed.key)
            terms.append(filed.letters)
        if passage is title:
            words.append(END_OF_TITLE)
    terms += map(title_term, dict.fromkeys((*title.keys, *title.joined.values())))
    terms += sorted({neighbours_term(left, right) for passage in (title, body) for left, right in passage.pairs})
    terms += map(short, dict.fromkeys((*title.joined.values(), *body.joined.values())))
    joins = END_OF_TITLE.join(
        " ".join(part for number, key in passage.joined.items() for part in (str(number), short(key)))
        for passage in (title, body)
    )
    return Archived("", _spaced(terms), _spaced(words), joins)


def fact_terms(document: Document, feed: str) -> Iterator[str]:
    """The terms of what is known of the article beside its words."""
    for name, values in document.facts.items():
        if name != "country":  # the source's, which an admin may put right: asked by the feed
            yield from (fact_term(name, value) for value in sorted(values))
    for found in document.agreements.values():
        if found.stage is not None:
            yield fact_term("stage", found.stage, found.id)
    yield fact_term("feed", feed)
    yield fact_term("relevance", relevance_digits(document.verdict.relevance))
    if document.day is not None:
        yield fact_term("date", day_digits(document.day))


def _spaced(terms: Iterable[str]) -> str:
    return "".join(f" {term}" for term in terms)
