"""The rules in force, followed through their changes: only what was saved since is read again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shared.contracts.saved_rules import SavedList, SavedRule, SavedRules
from shared.rules.rule import Rule
from shared.rules.rule_set import Broken, RuleSet


class CompileRules(Protocol):
    """Makes a set of rules with these named lists, in the catalogue that it knows."""

    def __call__(self, rules: Iterable[Rule], *, lists: Mapping[str, Collection[str]]) -> RuleSet:
        """Return the set."""
        ...


@dataclass(frozen=True, eq=False)
class LiveRules:
    """The rules in force at one moment; never changed, `after` gives those of a later moment.

    `rules` is what articles are asked of; `broken` are those of its rules that cannot be read and could before.
    """

    rules: RuleSet
    broken: tuple[Broken, ...]
    _lists: Mapping[UUID, SavedList]
    _implied: Mapping[UUID, Rule | None]  # None: not in force

    @classmethod
    def first(cls, saved: SavedRules, compile_rules: CompileRules) -> LiveRules:
        """Compile all of them, given all that is saved."""
        lists = {each.list_id: each for each in saved.lists}
        live = [_rule_of(each) for each in saved.rules if each.live]
        rules = compile_rules(live, lists=_members(lists))
        implied = {each.rule_id: _if_live(each) for each in saved.rules if each.implied}
        return cls(rules, rules.broken, lists, implied)

    def effort(self, changed: SavedRules) -> int:
        """How many rules are to be read again because of these changes."""
        naming = sum("@" in rule.query for rule in self.rules.rules) if changed.lists else 0
        return len(changed.rules) - sum(each.implied for each in changed.rules) + naming

    @property
    def implied(self) -> Collection[UUID]:
        """The ids of the rules that subscriptions bring and take: they are to be told with every change."""
        return self._implied.keys()

    def after(self, changed: SavedRules) -> LiveRules:
        """The rules in force after these were saved; told twice, a change is the same change."""
        lists = dict(self._lists) | {each.list_id: each for each in changed.lists}
        rules = self.rules
        if _members(lists) != _members(self._lists):
            rules = rules.with_lists(_members(lists))  # first: a rule may have been saved with the list it names
        implied = dict(self._implied)
        for saved in changed.rules:
            if not saved.implied:
                rules = _with(rules, saved)
            elif saved.rule_id not in implied or implied[saved.rule_id] != _if_live(saved):
                implied[saved.rule_id] = _if_live(saved)
                rules = _with(rules, saved)
        before = {rule for rule, _ in self.rules.broken}
        broken = tuple(each for each in rules.broken if each[0] not in before)
        return LiveRules(rules, broken, lists, implied)


def _with(rules: RuleSet, saved: SavedRule) -> RuleSet:
    return rules.with_rule(_rule_of(saved)) if saved.live else rules.without_rule(saved.rule_id)


def _if_live(saved: SavedRule) -> Rule | None:
    return _rule_of(saved) if saved.live else None


def _rule_of(saved: SavedRule) -> Rule:
    return Rule(saved.rule_id, saved.name, saved.query, saved.version, saved.policy, saved.severity)


def _members(lists: Mapping[UUID, SavedList]) -> dict[str, tuple[str, ...]]:
    return {each.name: each.members for each in lists.values() if each.live}
