"""All live rules, parsed and filed once, to be asked for each article."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from shared.kit.errors import WrongInput
from shared.rules.cover import Key, cover_of, keys_of
from shared.rules.document import Document
from shared.rules.parsing import parse
from shared.rules.query import Query


@dataclass(frozen=True)
class Rule:
    """A watch rule as it was saved; `version` counts its saves."""

    rule_id: UUID
    name: str
    query: str
    version: int


class RuleSet:
    """The rules that can be asked, and those that cannot.

    `rules` holds the ones that parse, in the order given; `broken` the others, each with its complaint: a rule whose
    agreement left the catalogue must not silence its neighbours.
    """

    def __init__(self, rules: Iterable[Rule], *, agreements: Collection[str], sectors: Collection[str]) -> None:
        compiled: list[tuple[Rule, Query]] = []
        broken: list[tuple[Rule, WrongInput]] = []
        for rule in rules:
            try:
                compiled.append((rule, parse(rule.query, agreements=agreements, sectors=sectors)))
            except WrongInput as complaint:
                broken.append((rule, complaint))
        self.rules: tuple[Rule, ...] = tuple(rule for rule, _ in compiled)
        self.broken: tuple[tuple[Rule, WrongInput], ...] = tuple(broken)
        self._compiled = tuple(compiled)
        self._always: list[int] = []
        self._filed: dict[Key, list[int]] = {}
        for number, (_, query) in enumerate(compiled):
            self._file(number, query)

    def candidates(self, document: Document) -> list[tuple[Rule, Query]]:
        """The rules that this article may match, in order; every rule left out cannot match it."""
        numbers = set(self._always)
        for key in keys_of(document) & self._filed.keys():
            numbers.update(self._filed[key])
        return [self._compiled[number] for number in sorted(numbers)]

    def _file(self, number: int, query: Query) -> None:
        cover = cover_of(query)
        if cover is None:
            self._always.append(number)
            return
        for key in cover:
            self._filed.setdefault(key, []).append(number)
