"""Finds the exclusion that would make a query true of an article that holds nothing it names."""

from __future__ import annotations

from shared.rules.query import And, Not, Or, Query, Title


def clause_true_of_nothing(query: Query, *, negated: bool = False) -> Query | None:
    """The first exclusion because of which the query holds for an empty article, or None when it does not hold.

    Such a query matches by absence only: NOT visa, or relos OR NOT visa.
    """
    match query:
        case Not(part):
            found = clause_true_of_nothing(part, negated=not negated)
            return None if found is None else found if negated else query
        case Title(part):
            return clause_true_of_nothing(part, negated=negated)
        case And(parts) | Or(parts):
            culprits = [clause_true_of_nothing(part, negated=negated) for part in parts]
            if isinstance(query, Or) == negated and None in culprits:
                return None
            return next((culprit for culprit in culprits if culprit is not None), None)
        case _:
            return query if negated else None
