"""What came nearest to a clause that is false of an article, as the end of a sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from shared.rules.document import Document
from shared.rules.passage import Passage
from shared.rules.places import nearest, places, places_of_any
from shared.rules.query import Clause, Exact, Fact, Field, Near, Phrase, Place, Published, Relevance, Stage, Word
from shared.rules.spans import named_spans
from shared.rules.spelling import show

_MIN_SHARED_LETTERS = 4  # "relocation" is near to "relos"; "visit" is not near to "visa"
_SHOWN_WORDS = 8


def near_miss(clause: Clause, document: Document, asked: Sequence[int], names: Mapping[str, Collection[str]]) -> str:
    """What came nearest to the clause; ask only where it is false."""
    passages = [document.passages[number] for number in asked]
    match clause:
        case Field() | Stage() | Relevance() | Published():
            return _of_fact(clause, document, names)
        case Near():
            return _of_near(clause, passages)
        case Exact():
            return _of_exact(clause, passages)
        case Phrase():
            return _of_phrase(clause, passages)
        case Word():
            return _of_word(clause, passages)
        case _:
            return f"{show(clause)} is not there"


def _of_word(word: Word, passages: Sequence[Passage]) -> str:
    stem = word.stem
    seen = {token.folded for passage in passages for token in passage.tokens}
    best = max(sorted(seen), key=lambda form: _shared_letters(form, stem), default="")
    if _shared_letters(best, stem) >= min(_MIN_SHARED_LETTERS, max(len(stem) - 1, 3)):
        return f"{word.text} is not there; the nearest word is {best!r}"
    return f"{word.text} is not there"


def _shared_letters(one: str, other: str) -> int:
    """How many letters two words begin with together."""
    same = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        same += 1
    return same


def _of_exact(exact: Exact, passages: Sequence[Passage]) -> str:
    for passage in passages:
        for first, last in places(exact.in_any_form, passage):
            as_written = passage.text[passage.tokens[first].start : passage.tokens[last].end]
            return f"{as_written!r} found, which is not written {exact.text!r}"
    return f"{exact.text} is not there in any form"


def _of_phrase(phrase: Phrase, passages: Sequence[Passage]) -> str:
    words = dict(zip(phrase.words, phrase.stems, strict=True))
    found = [word for word, stem in words.items() if any(stem in passage.different_keys for passage in passages)]
    missing = [word for word in words if word not in found]
    if not found or len(words) == 1:
        return f"{show(phrase)} is not there"
    if missing:
        return (
            f"of {show(phrase)} only {', '.join(found[:_SHOWN_WORDS])} found, not {', '.join(missing[:_SHOWN_WORDS])}"
        )
    return f"all words of {show(phrase)} found, but not one after the other"


def _of_near(clause: Near, passages: Sequence[Passage]) -> str:
    pairs = [pair for passage in passages if (pair := nearest(clause, passage)) is not None]
    if pairs:
        between = min(pairs)[0]
        return f"both sides of {show(clause)} found, with {between} words between them"
    left, right = (any(places_of_any(side, passage) for passage in passages) for side in (clause.left, clause.right))
    if left and right:
        return f"both sides of {show(clause)} found, but one in the title and one in the text, or in the same words"
    if left or right:
        there, missing = (clause.left, clause.right) if left else (clause.right, clause.left)
        return f"{_any_of(there)} found, but {_any_of(missing)} is not there"
    return f"neither {_any_of(clause.left)} nor {_any_of(clause.right)} is there"


def _of_fact(fact: Fact, document: Document, names: Mapping[str, Collection[str]]) -> str:
    match fact:
        case Field("agreement", value):
            return _of_agreement(value, document, names)
        case Stage(value, of):
            return _of_stage(value, of, document)
        case Relevance(sign, bound):
            return f"the relevance is {document.verdict.relevance:.2f}, not {sign}{bound:g}"
        case Published():
            return f"it is of {document.day}" if document.day else "its day is not known"
        case Field(name):
            return _of_finding_or_origin(name, document)


def _of_agreement(value: str, document: Document, names: Mapping[str, Collection[str]]) -> str:
    _, used = named_spans(names.get(value, ()), document)
    named = f"{used[0]!r} found, but " if used else ""
    if not document.verdict.relevant:
        return f"{named}the article was judged irrelevant, so that no agreement counts"
    others = f"it found {_listed(document.agreements)}" if document.agreements else "it found none"
    return f"{named}the classifier did not find {value}: {others}"


def _of_sector(document: Document) -> str:
    if not document.verdict.relevant:
        return "the article was judged irrelevant, so that no sector counts"
    return f"the sector is {_listed(document.sectors)}" if document.sectors else "no sector was found"


def _of_stage(value: str, of: Collection[str], document: Document) -> str:
    found = [each for each in document.agreements.values() if not of or each.id in of]
    if not found:
        return f"no stage counts, as {_listed(of)} was not found" if of else "no agreement was found"
    return f"the stage is {_listed({each.stage or 'not told' for each in found})}, not {value}"


def _of_finding_or_origin(name: str, document: Document) -> str:
    match name:
        case "sector":
            return _of_sector(document)
        case "source":
            return f"the source is {document.origin.source}" if document.origin.source else "its source is not known"
        case "country":
            country = document.origin.country
            return f"the source's country is {country.upper()}" if country else "its source's country is not known"
        case "lang":
            return f"the language is {document.language}"
        case _:
            return f"the outlet is {document.host}" if document.host else "its outlet is not known"


def _any_of(some: Collection[Place]) -> str:
    shown = [show(place) for place in some]
    return shown[0] if len(shown) == 1 else f"any of {', '.join(shown[:_SHOWN_WORDS])}"


def _listed(values: Collection[str]) -> str:
    return ", ".join(list(values)[:_SHOWN_WORDS])
