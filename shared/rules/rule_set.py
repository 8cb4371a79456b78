"""All live rules, parsed and filed once, to be asked for each article; one is changed without a new start."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import TypeAlias
from uuid import UUID

from shared.kit.errors import WrongInput
from shared.rules.document import Document
from shared.rules.parsing import parse_with
from shared.rules.query import Query
from shared.rules.rule import Rule
from shared.rules.shelf import Shelf
from shared.rules.vocabulary import NO_LISTS, Vocabulary

Broken: TypeAlias = tuple[Rule, WrongInput]
_LAPSED_AT_MOST = (
    1_000  # beside three slots a live rule: then the shelf is tidied, which takes a second at 100,000 rules
)


class RuleSet:
    """The rules that can be asked, and those that cannot.

    `broken` holds the rules that do not parse, each with its complaint: a rule whose agreement left the catalogue must
    not silence its neighbours. A set never changes; `with_rule` and `without_rule` give another, quickly.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        agreements: Collection[str],
        sectors: Collection[str],
        stages: Collection[str] | None = None,
        lists: Mapping[str, Collection[str]] = NO_LISTS,
    ) -> None:
        # Sources come and go; a rule for one that went away is still a rule.
        self._vocabulary = Vocabulary(agreements, sectors, stages, None, lists)
        self._shelf = Shelf()
        self._generation = 0
        broken: list[Broken] = []
        for rule in rules:
            read = self._read(rule)
            if isinstance(read, WrongInput):
                broken.append((rule, read))
            else:
                self._shelf.add(rule, read)
        self.broken: tuple[Broken, ...] = tuple(broken)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that can be asked, in the order given."""
        return tuple(self._shelf.rules_at(self._generation))

    def matching(self, document: Document) -> list[Rule]:
        """The rules that the article matches, in their order."""
        shelf = self._shelf
        return shelf.rules(shelf.matching(document, self._generation))

    def matching_queries(self, document: Document) -> list[tuple[Rule, Query]]:
        """The rules that the article matches, in their order, each with what it asks, its lists written out."""
        shelf = self._shelf
        slots = shelf.matching(document, self._generation)
        return [(rule, shelf.query(slot)) for slot, rule in zip(slots, shelf.rules(slots), strict=True)]

    def candidates(self, document: Document) -> int:
        """How many rules have to be asked of this article; every rule left out cannot match it."""
        return self._shelf.candidates(document, self._generation)

    def with_rule(self, rule: Rule) -> RuleSet:
        """This set with a rule added, or in the place of the one with its id; this set stays as it is."""
        read = self._read(rule)
        if isinstance(read, WrongInput):
            return self._changed(rule.rule_id, None, (*self._others_broken(rule.rule_id), (rule, read)))
        return self._changed(rule.rule_id, (rule, read), self._others_broken(rule.rule_id))

    def without_rule(self, rule_id: UUID) -> RuleSet:
        """This set without a rule; one that it does not have is no loss."""
        return self._changed(rule_id, None, self._others_broken(rule_id))

    def with_lists(self, lists: Mapping[str, Collection[str]]) -> RuleSet:
        """This set with other named lists: the rules that name a list are read again, those among the broken too."""
        old = self._vocabulary
        vocabulary = Vocabulary(old.agreements, old.sectors, old.stages, old.sources, lists)
        changed = self._seen_as(self._shelf, self._generation, self.broken, vocabulary)
        for rule in [*self.rules, *(rule for rule, _ in self.broken)]:
            if "@" in rule.query:
                changed = changed.with_rule(rule)
        return changed

    def _read(self, rule: Rule) -> Query | WrongInput:
        try:
            return parse_with(self._vocabulary, rule.query)
        except WrongInput as complaint:
            return complaint

    def _others_broken(self, rule_id: UUID) -> tuple[Broken, ...]:
        return tuple(each for each in self.broken if each[0].rule_id != rule_id)

    def _changed(self, rule_id: UUID, new: tuple[Rule, Query] | None, broken: tuple[Broken, ...]) -> RuleSet:
        shelf = self._shelf
        with shelf.changing:
            is_newest = self._generation == shelf.generation
            if not is_newest or shelf.lapsed > 3 * len(shelf) + _LAPSED_AT_MOST:
                # Another set has come of this one already, or most slots are empty: a shelf of its own.
                shelf = shelf.tidied(self._generation)
            return self._on(shelf, rule_id, new, broken)

    def _on(self, shelf: Shelf, rule_id: UUID, new: tuple[Rule, Query] | None, broken: tuple[Broken, ...]) -> RuleSet:
        shelf.generation += 1
        if new is None:
            shelf.drop(rule_id)
        else:
            shelf.add(*new)
        return self._seen_as(shelf, shelf.generation, broken, self._vocabulary)

    @classmethod
    def _seen_as(cls, shelf: Shelf, generation: int, broken: tuple[Broken, ...], vocabulary: Vocabulary) -> RuleSet:
        seen = cls.__new__(cls)
        seen.__dict__.update(_vocabulary=vocabulary, _shelf=shelf, _generation=generation, broken=broken)
        return seen
