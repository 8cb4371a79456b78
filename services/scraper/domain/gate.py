"""The relevance gate: may an article concern India and Russia at all? Cheap, generous, with a reason for its no. Pure.

The classifier judges relevance; the gate only spares it what cannot be relevant. So one word of each side anywhere is
enough, or one word of the other side in an outlet of the one, or the name of a watched agreement.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared.catalogue.entries import Catalogue
from shared.language.terms import Term, TermIndex
from shared.language.tokens import tokenise

_HOME = {"IN": "india", "RU": "russia"}
_NAMES = {"india": "India", "russia": "Russia"}
_NAMED = "agreement"


def concerns_home(source_country: str | None) -> bool:
    """Tell whether an outlet of this country (two letters) is one of either side, which the gate makes easier."""
    return (source_country or "").upper() in _HOME


class Gate:
    """The compiled gate of one catalogue; compile once, ask for each article."""

    def __init__(self, catalogue: Catalogue) -> None:
        parties = catalogue.parties
        terms = [
            *_terms("india", parties.india, parties.exact_case),
            *_terms("russia", [*parties.russia, *parties.bloc], parties.exact_case),
        ]
        for agreement in catalogue.agreements.values():
            for names in agreement.naming.aliases.values():
                terms.extend(_terms(_NAMED, names, agreement.naming.exact_case))
        self._index = TermIndex(terms)

    def judge(self, title: str, text: str, source_country: str | None) -> str | None:
        """Return None for an article that may pass, else a sentence that says what it lacks.

        `source_country` is the outlet's, as two letters: what an Indian outlet writes of Russia concerns India.
        """
        found = {match.id for passage in (title, text) for match in self._index.matches(tokenise(passage))}
        sides = found & _NAMES.keys()
        home = {_HOME[code] for code in [(source_country or "").upper()] if code in _HOME}
        if _NAMED in found or (sides and sides | home == _NAMES.keys() and sides != home):
            return None
        if not sides:
            return "It names neither India nor Russia, nor a watched agreement."
        named = min(sides)
        missing = next(side for side in _NAMES if side != named)
        return f"It names {_NAMES[named]}, and nothing of {_NAMES[missing]}."


def _terms(meaning: str, words: Iterable[str], exact_case: frozenset[str]) -> list[Term]:
    return [Term(meaning, word, exact_case=word in exact_case) for word in words]
