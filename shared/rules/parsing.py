"""The one way from text to a query that may be trusted: read, and checked against the catalogue."""

from __future__ import annotations

from collections.abc import Collection

from shared.rules.fields import with_known_values
from shared.rules.query import Query
from shared.rules.syntax import read_query

RULE_LANGUAGE_VERSION = "1"


def parse(text: str, *, agreements: Collection[str], sectors: Collection[str]) -> Query:
    """The query that a text asks; `agreements` and `sectors` are the ids that the catalogue knows.

    Raises WrongInput (field "query") that points at the character and says the mend.
    """
    known = {
        "agreement": {known_id.casefold(): known_id for known_id in agreements},
        "sector": {known_id.casefold(): known_id for known_id in sectors},
    }
    return with_known_values(text, read_query(text), known)
