"""The catalogue's rules are taken over at the start of the house, by any of its processes, as often as they like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from services.desk.domain.default_rules import CatalogueItem, Step, in_question, steps_to
from services.desk.domain.rules import Rule, implied_rule_id
from services.desk.domain.word_lists import members_by_name
from services.desk.ports import DeskWork, Members, RuleLanguage
from services.desk.use_cases.writing import Writing
from shared.kit.errors import WrongInput


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What taking the catalogue's rules over came to.

    `conflicts` names the rules for which people and the catalogue say different things; `wrong` the complaints about
    queries of the catalogue that cannot be taken: their rules stay as they are, a new one asks for its agreement.
    """

    rules: int
    added: int = 0
    changed: int = 0
    conflicts: tuple[str, ...] = ()
    wrong: tuple[WrongInput, ...] = ()

    @property
    def sentence(self) -> str:
        """What to tell an operator, in a line."""
        counts = {"new": self.added, "changed": self.changed, "in conflict": len(self.conflicts)}
        told = [f"{count} {word}" for word, count in counts.items() if count]
        return ", ".join([f"{self.rules} of the catalogue", *told])


class DefaultRules:
    """Takes the catalogue's rules over."""

    def __init__(self, writing: Writing, language: RuleLanguage) -> None:
        self._desk = writing
        self._language = language

    async def take_over(self, items: Mapping[str, CatalogueItem]) -> TakenOver:
        """Bring the catalogue's rules to what it says; where they are there already, nothing is written."""
        async with self._desk.begin() as work:
            result, steps = await self._planned(work, items)
        if not steps:
            return result
        async with self._desk.writing() as work:
            result, steps = await self._planned(work, items)  # another process may have done it, or a person
            for step in steps:
                if step.by is None:
                    await work.save_memory(step.rule)
                else:
                    await work.save_rule(step.rule, step.by)
        return result

    async def _planned(self, work: DeskWork, items: Mapping[str, CatalogueItem]) -> tuple[TakenOver, list[Step]]:
        standing = await work.rules_of("agreement")
        wrong: list[WrongInput] = []
        lists = members_by_name(await work.live_lists())
        by_id = {rule.rule_id: rule for rule in standing}
        ids = {each: implied_rule_id("agreement", each) for each in items}
        readable = {each: self._readable(item, by_id.get(ids[each]), lists, wrong) for each, item in items.items()}
        versions = {each: await work.rule_versions(each) for each in in_question(items, standing)}
        some_are_new = not by_id.keys() >= set(ids.values())
        names = {each.name.casefold() for each in await work.rule_names()} if some_are_new else set()
        steps = steps_to(readable, standing, taken_names=names, versions=versions, now=self._desk.now())
        after = {rule.rule_id: rule for rule in [*standing, *(step.rule for step in steps)]}
        signed = [step for step in steps if step.by is not None]
        added = sum(step.rule.version == 1 for step in signed)
        conflicts = tuple(rule.name for rule in after.values() if rule.offered_query is not None and not rule.removed)
        result = TakenOver(len(items), added, len(signed) - added, conflicts, tuple(wrong))
        return result, steps

    def _readable(
        self, item: CatalogueItem, rule: Rule | None, lists: Members, wrong: list[WrongInput]
    ) -> CatalogueItem:
        """Return the item; where its query cannot be taken, with what its rule took last, or its agreement alone."""
        plain = f"agreement:{item.agreement_id}"
        if item.query == plain:
            return item
        try:
            self._language.check(item.query, lists)
        except WrongInput as complaint:
            named = WrongInput(f"{item.agreement_id} watch", item.query, complaint.why, mend=complaint.mend)
            wrong.append(named)
            return replace(item, query=plain if rule is None else rule.taken_query or plain)
        return item
