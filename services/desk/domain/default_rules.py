"""The catalogue's own rules, three-way: what it said, what it says, and what people made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.desk.domain.rule_versions import RuleVersion, next_version, who_paused
from services.desk.domain.rules import Rule, implied_rule, implied_rule_id, name_beside
from services.desk.domain.signatures import CATALOGUE, Signature


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """What the catalogue says of an agreement: its short name, and the query of its rule."""

    agreement_id: str
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class Step:
    """A rule to be saved. As a new version where it is signed, else only what it remembers of the catalogue."""

    rule: Rule
    by: Signature | None = None


def steps_to(
    items: Mapping[str, CatalogueItem],
    standing: Sequence[Rule],
    *,
    taken_names: set[str],
    versions: Mapping[UUID, Sequence[RuleVersion]],
    now: datetime,
) -> list[Step]:
    """Return what takes the rules that stand to what the catalogue says; none where they are there already.

    `standing` are the catalogue's rules, the removed among them; `taken_names` the names of all live rules,
    case-folded; `versions` are those of the rules of `in_question`.

    A rule that was removed stays removed. A query that only the catalogue changed is taken; one that both changed is
    offered, and the rule stays as people made it. A rule whose item left is paused, and resumed when the item is back,
    unless people paused it.
    """
    names = set(taken_names)
    by_id = {rule.rule_id: rule for rule in standing}
    steps: list[Step] = []
    for item in items.values():
        rule = by_id.pop(implied_rule_id("agreement", item.agreement_id), None)
        if rule is None:
            steps.append(_new(item, names, now))
        elif not rule.removed:
            steps += _brought_up(rule, item, versions.get(rule.rule_id, ()), now)
    for rule in by_id.values():
        if not rule.removed:
            steps += _left(rule, versions.get(rule.rule_id, ()), now)
    return steps


def in_question(items: Mapping[str, CatalogueItem], standing: Sequence[Rule]) -> list[UUID]:
    """Return the rules of which it matters who paused them: those that are paused, and those whose item is away."""
    here = {implied_rule_id("agreement", each) for each in items}
    return [rule.rule_id for rule in standing if not rule.removed and (rule.paused or rule.rule_id not in here)]


def _new(item: CatalogueItem, names: set[str], now: datetime) -> Step:
    rule = implied_rule("agreement", item.agreement_id, item.name, now, query=item.query)
    rule = replace(rule, name=name_beside(rule, item.agreement_id, names))
    names.add(rule.name.casefold())
    return Step(rule, Signature(CATALOGUE, "The catalogue has this agreement."))


def _brought_up(rule: Rule, item: CatalogueItem, versions: Sequence[RuleVersion], now: datetime) -> list[Step]:
    """Return at most one step: the rule as it should be now."""
    if rule.paused and who_paused(versions) == CATALOGUE:
        reason = f"The agreement {item.agreement_id} is in the catalogue again."
        return [_merged(replace(rule, paused=False), item, now, old=rule, reason=reason)]
    merged = _merged(rule, item, now, old=rule, reason="")
    return [] if merged.rule == rule else [merged]


def _merged(rule: Rule, item: CatalogueItem, now: datetime, *, old: Rule, reason: str) -> Step:
    """Return the rule with the catalogue's query taken, offered, or neither."""
    known = replace(rule, watches=item.agreement_id)
    # The rules of the first versions remember nothing, and could not be edited.
    taken = rule.taken_query or f"agreement:{item.agreement_id}"
    if rule.query == item.query:
        known = replace(known, taken_query=item.query, offered_query=None)
    elif rule.query == taken:
        known = replace(known, query=item.query, taken_query=item.query, offered_query=None)
        reason = reason or "The catalogue has another query for this agreement."
    elif item.query == taken:
        known = replace(known, taken_query=taken, offered_query=None)
    else:
        known = replace(known, taken_query=taken, offered_query=item.query)
    if not reason:
        return Step(known)
    return Step(next_version(old, known, now), Signature(CATALOGUE, reason))


def _left(rule: Rule, versions: Sequence[RuleVersion], now: datetime) -> list[Step]:
    """Return the step that pauses a rule whose item left; none where it was paused, or resumed by people since."""
    ours = [each for each in versions if each.author == CATALOGUE]
    if rule.paused or (ours and max(ours, key=lambda each: each.version).paused):
        return [] if rule.offered_query is None else [Step(replace(rule, offered_query=None))]
    waiting = replace(rule, paused=True, offered_query=None)
    reason = f"The agreement {rule.watches or 'of this rule'} left the catalogue."
    return [Step(next_version(rule, waiting, now), Signature(CATALOGUE, reason))]
