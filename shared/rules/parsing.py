"""The one way from text to a query that may be trusted: read, and checked against what exists."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from shared.rules.legible import legible
from shared.rules.query import Query
from shared.rules.resolving import resolved
from shared.rules.syntax import read_query
from shared.rules.vocabulary import NO_LISTS, Vocabulary

RULE_LANGUAGE_VERSION = "2"


def parse(
    text: str,
    *,
    agreements: Collection[str],
    sectors: Collection[str],
    stages: Collection[str] | None = None,
    sources: Collection[str] | None = None,
    lists: Mapping[str, Collection[str]] = NO_LISTS,
) -> Query:
    """The query that a text asks, checked against the ids and lists that exist, see `Vocabulary`.

    Raises WrongInput (field "query") that points at the character and says the mend.
    """
    return parse_with(Vocabulary(agreements, sectors, stages, sources, lists), text)


def parse_with(vocabulary: Vocabulary, text: str) -> Query:
    """The query that a text asks in this vocabulary; the cheaper form for many rules. Raises WrongInput as `parse`."""
    seen = legible(text)
    return resolved(seen, read_query(seen), vocabulary)
