"""What a valid query says that its writer may not have meant."""

from __future__ import annotations

from collections.abc import Iterator

from shared.rules.query import Query, Word, parts_of

_LOWER_CASE_KEYWORDS = {"and": "AND", "or": "OR", "not": "NOT"}
# Abbreviations that an everyday word is spelt like; case does not count in a rule.
_EVERYDAY_WORDS = frozenset(
    {"IT", "US", "WHO", "MAY", "CAN", "AID", "ARE", "ON", "SO", "AN", "NO", "PM", "МИР", "ИХ", "ЕС"}
)


def cautions(query: Query) -> tuple[str, ...]:
    """Sentences to show beside a query that was taken, in the order of its words; usually none."""
    return tuple(dict.fromkeys(_cautions(query)))


def _cautions(query: Query) -> Iterator[str]:
    match query:
        case Word(text) if text.casefold() in _LOWER_CASE_KEYWORDS:
            meant = _LOWER_CASE_KEYWORDS[text.casefold()]
            yield f'"{text}" is looked for as a word of the article; write {meant} in capitals to join terms.'
        case Word(text) if text in _EVERYDAY_WORDS:
            yield f"{text} also matches the everyday word {text.lower()}, since case does not count."
        case _:
            for part in parts_of(query):
                yield from _cautions(part)
