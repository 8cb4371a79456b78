"""What a valid query says that its writer may not have meant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from shared.rules.contradictions import contradictions
from shared.rules.cover import cover_of
from shared.rules.query import And, Field, Near, Or, Phrase, Prefix, Query, Relevance, Stage, Word, parts_of
from shared.rules.spelling import show

ANY_STAGE: Mapping[str, Collection[str]] = {}
_LOWER_CASE_KEYWORDS = {"and": "AND", "or": "OR", "not": "NOT", "near": "NEAR/8"}
# Abbreviations that an everyday word is spelt like; case does not count in a rule.
_EVERYDAY_WORDS = frozenset(
    {"IT", "US", "WHO", "MAY", "CAN", "AID", "ARE", "ON", "SO", "AN", "NO", "PM", "МИР", "ИХ", "ЕС"}
)
_BROAD_FIELDS = frozenset({"lang", "country", "source", "outlet"})


def cautions(query: Query, *, stages_of: Mapping[str, Collection[str]] = ANY_STAGE) -> tuple[str, ...]:
    """Sentences to show beside a query that was taken, in the order of its words; usually none.

    `stages_of` gives for an agreement the stages that its kind can have.
    """
    found = [*_of_breadth(query), *contradictions(query), *_of_stages(query, stages_of), *_of_clauses(query)]
    return tuple(dict.fromkeys(found))


def _of_breadth(query: Query) -> Iterator[str]:
    """A query that holds for nearly any article, or for all of a source."""
    cover = cover_of(query)
    if cover is None:
        yield f"{show(query)} needs no word and no finding: it can match any article."
        return
    broad = [clause for clause in cover if isinstance(clause, Field) and clause.name in _BROAD_FIELDS]
    if broad:
        shown = ", ".join(sorted(show(clause) for clause in broad))
        yield f"{shown} alone lets every article of it in; add what it should be about."


def _of_stages(query: Query, stages_of: Mapping[str, Collection[str]]) -> Iterator[str]:
    if isinstance(query, Stage):
        never = [each for each in query.of if each in stages_of and query.value not in stages_of[each]]
        if never and len(never) == len(query.of):
            known = ", ".join(sorted(stages_of[never[0]]))
            yield f"{', '.join(never)} can never be at the stage {query.value}; its stages are {known}."
    for part in parts_of(query):
        yield from _of_stages(part, stages_of)


def _of_clauses(query: Query) -> Iterator[str]:
    match query:
        case Word(text):
            yield from _of_word(text)
        case Phrase(text) if "*" in text:
            yield f'A star does nothing within quotes: "{text}" is looked for without it.'
        case Prefix(text) if len(text) == 3:
            yield f"{text}* finds every word that begins so; a longer beginning finds less that is not meant."
        case Near(left, _, right) if set(left) == set(right):
            yield f"{show(query)} needs the same words twice, near each other."
        case Relevance(sign, bound) if (sign, bound) in {(">=", 0.0), ("<=", 1.0)}:
            yield f"{show(query)} is true of every article; leave it out."
        case And(parts) | Or(parts):
            for again in _repeated(parts):
                yield f"{show(again)} stands twice; once is enough."
    for part in parts_of(query):
        yield from _of_clauses(part)


def _of_word(text: str) -> Iterator[str]:
    if text.casefold() in _LOWER_CASE_KEYWORDS:
        meant = _LOWER_CASE_KEYWORDS[text.casefold()]
        yield f'"{text}" is looked for as a word of the article; write {meant} in capitals to join terms.'
    if text in _EVERYDAY_WORDS:
        yield (
            f"{text} also matches the everyday word {text.lower()}, since case does not count; "
            f"={text} matches it only as written."
        )


def _repeated(parts: tuple[Query, ...]) -> list[Query]:
    """The parts that ask what an earlier one asks; inflections of a word ask the same."""
    seen: set[object] = set()
    again: list[Query] = []
    for part in parts:
        asks = part.stem if isinstance(part, Word) else part
        if asks in seen:
            again.append(part)
        seen.add(asks)
    return again
