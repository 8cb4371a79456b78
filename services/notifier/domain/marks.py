"""Which words of the evidence made the rule fire: they are marked in messages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from services.notifier.domain.alert import Alert
from shared.contracts.verdict import AgreementFinding, Verdict
from shared.kit.errors import WrongInput
from shared.rules import Document, Explanation, explain, parse

Lists = Mapping[str, Collection[str]]  # the members of named lists
NO_LISTS: Lists = MappingProxyType({})
_LANGUAGES = frozenset({"en", "ru", "hi"})
_ENGLISH = "en"  # a verdict must name a language


@dataclass(frozen=True)
class Piece:
    """A stretch of the evidence, `marked` where it holds words that the rule asked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Vocabulary:
    """What rules may name, for reading them again: agreements with all of their names, sectors, stages."""

    names_of_agreements: Mapping[str, Collection[str]]
    sectors: Collection[str] = ()
    stages: Collection[str] = ()


def marked_evidence(alert: Alert, vocabulary: Vocabulary, lists: Lists = NO_LISTS) -> tuple[Piece, ...]:
    """Return the evidence in pieces, which together are the evidence as it stands.

    `lists` are those that the rule names, as they are now. A rule that can no longer be read (its words left the
    catalogue since) still marks the names of its agreement.
    """
    found = [*_asked(alert, alert.rule_query, vocabulary, lists)]
    if alert.agreement and not found:
        found = [*_asked(alert, f"agreement:{alert.agreement}", vocabulary, lists)]
    return _cut(alert.evidence, _joined(found))


def _asked(alert: Alert, query: str, vocabulary: Vocabulary, lists: Lists) -> Iterator[tuple[int, int]]:
    names = vocabulary.names_of_agreements
    try:
        read = parse(query, agreements=names.keys(), sectors=vocabulary.sectors, stages=vocabulary.stages, lists=lists)
    except WrongInput:
        return
    yield from _places(explain(read, _sentence_of(alert), names=names))


def _sentence_of(alert: Alert) -> Document:
    """Return the evidence as an article of its own, about the alert's agreement."""
    found = (AgreementFinding(id=alert.agreement, score=1.0, evidence=alert.evidence),) if alert.agreement else ()
    language = alert.article.language if alert.article.language in _LANGUAGES else _ENGLISH
    verdict = {"language": language, "relevant": True, "relevance": 1.0, "sectors": (), "agreements": found}
    return Document("", alert.evidence, Verdict.model_validate(verdict))


def _places(tree: Explanation) -> Iterator[tuple[int, int]]:
    """Yield where clauses that hold have their words; what a NOT excludes is no reason."""
    if tree.kind == "not":
        return
    if tree.kind in ("and", "or", "title"):
        for part in tree.parts:
            yield from _places(part)
    elif tree.holds:
        yield from ((span.start, span.end) for span in tree.spans if span.part == "text")


def _joined(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the places in order, those that touch or overlap as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _cut(text: str, places: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    here = 0
    for start, end in places:
        pieces += [Piece(text[here:start]), Piece(text[start:end], marked=True)]
        here = end
    pieces.append(Piece(text[here:]))
    return tuple(piece for piece in pieces if piece.text)
