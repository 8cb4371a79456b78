"""The rule language as the desk asks it. Its grammar takes a tenth of a second to load: it is imported when needed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import regex

from shared.kit.errors import WrongInput

if TYPE_CHECKING:
    from services.desk.ports import Members
    from shared.rules import Query

MOST_READ_IN_FULL = (
    2_000  # saved queries, of a fifth of a millisecond each; beyond that a glance at their names will do
)

_NAMED = regex.compile(r"@([\p{L}\p{N}_][\p{L}\p{N}\p{M}_.-]*)")


class CatalogueLanguage:
    """The rule language with the agreements, sectors and stages of the catalogue.

    `stages_of` gives for an agreement the stages that its kind can have.
    """

    def __init__(
        self,
        *,
        agreements: Collection[str],
        sectors: Collection[str],
        stages: Collection[str],
        stages_of: Mapping[str, Collection[str]],
    ) -> None:
        self._agreements = agreements
        self._sectors = sectors
        self._stages = stages
        self._stages_of = stages_of

    def check(self, query: str, lists: Members) -> tuple[str, ...]:
        """Return what the query says that its writer may not have meant. Raises WrongInput when it cannot be taken."""
        from shared.rules import cautions, parse

        read = parse(query, agreements=self._agreements, sectors=self._sectors, stages=self._stages, lists=lists)
        return cautions(read, stages_of=self._stages_of)

    def complaints(self, queries: Collection[str], lists: Members) -> Mapping[str, str]:
        """Return the saved queries that cannot be read any more, each with why; of very many, most are hardly read."""
        from shared.rules.naming import names_in

        known: dict[str, bool] = {}
        broken: dict[str, str] = {}
        for query in queries:
            names = names_in(query) if len(queries) > MOST_READ_IN_FULL else None
            for each in names or ():
                if each not in known:
                    known[each] = self._complaint(each, lists) is None
            if names is None or not all(known[each] for each in names):
                complaint = self._complaint(query, lists)
                if complaint is not None:
                    broken[query] = complaint
        return broken

    def _complaint(self, query: str, lists: Members) -> str | None:
        from shared.rules import parse

        try:
            parse(query, agreements=self._agreements, sectors=self._sectors, stages=self._stages, lists=lists)
        except WrongInput as wrong:
            return wrong.sentence
        return None

    def check_list(self, name: str, members: Sequence[str]) -> None:
        """Raise WrongInput for a name that no rule could name, and for members that are no terms."""
        from shared.rules import Named
        from shared.rules.lists import members_of
        from shared.rules.syntax import read_query

        try:
            can_be_named = read_query(f"@{name}") == Named(name)
        except WrongInput:
            can_be_named = False
        if not can_be_named:
            mend = "Use letters and digits, joined by hyphens: india-side-ministers"
            raise WrongInput("name", name, "cannot be named in a rule", mend=mend)
        nested = next((each for each in members if _NAMED.fullmatch(each.strip())), None)
        if nested is not None:
            mend = (
                f"A list holds terms, no lists: name both in the rule, (@{name} OR {nested}), or write the bare word."
            )
            raise WrongInput("list", name, f"has the member {nested!r}, which is the name of a list", mend=mend)
        members_of(name, members)

    def lists_in(self, query: str) -> frozenset[str]:
        """Return the lists that the query names, case-folded; of one that cannot be read those that it seems to."""
        from shared.rules.syntax import read_query

        try:
            read = read_query(query)
        except WrongInput:
            return frozenset(name.casefold() for name in _NAMED.findall(query))
        return frozenset(name.casefold() for name in _lists(read))

    def clauses(self, query: str) -> tuple[str, ...]:
        """Return the clauses of the query, each once, in their order; of one that cannot be read its text."""
        from shared.rules.syntax import read_query

        try:
            read = read_query(query)
        except WrongInput:
            return (query,)
        return tuple(dict.fromkeys(_clauses(read)))


def _lists(query: Query) -> Iterator[str]:
    from shared.rules import Named, Near
    from shared.rules.query import parts_of

    match query:
        case Named(name):
            yield name
        case Near(left, _, right):
            yield from (place.name for place in (*left, *right) if isinstance(place, Named))
        case _:
            for part in parts_of(query):
                yield from _lists(part)


def _clauses(query: Query) -> Iterator[str]:
    from shared.rules import And, Not, Or, show

    match query:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _clauses(part)
        case Not(part):
            yield from (f"NOT {each}" for each in _clauses(part))
        case _:
            yield show(query)
