"""From what somebody wants to hear of to the rule that asks for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from services.desk.domain.choices import advice, listed
from services.desk.domain.following import Follows, follows_name, follows_rule, follows_rule_id, query_of
from services.desk.domain.names import in_shell
from services.desk.domain.rule_versions import next_version
from services.desk.domain.rules import (
    AgreementTarget,
    FollowTarget,
    ImpliedOrigin,
    OperatorsTarget,
    Rule,
    RuleTarget,
    SectorTarget,
    Target,
    implied_rule,
    name_beside,
)
from services.desk.ports import DeskWork
from services.desk.use_cases.rule_keeping import rule_called
from shared.kit.errors import WrongInput

NO_QUERIES: Mapping[str, str] = MappingProxyType({})
_KINDS = {"agreements": "agreement", "sectors": "sector", "stages": "stage"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rule that asks for what somebody wants; `is_new`: it is not saved yet. None is what operators hear of."""

    rule: Rule | None
    is_new: bool = False
    follows: Follows | None = None


@dataclass(frozen=True, slots=True)
class Targets:
    """Knows the catalogue's agreements and sectors by name, its stages, and what the rule of an agreement asks for."""

    agreements: Mapping[str, str]
    sectors: Mapping[str, str]
    stages: Collection[str] = ()
    queries: Mapping[str, str] = field(default_factory=lambda: NO_QUERIES)

    async def wanted(self, target: Target, work: DeskWork, now: datetime) -> Wanted:
        """Return the rule of a target, as it is or would be. Raises WrongInput, naming the nearest."""
        match target:
            case OperatorsTarget():
                return Wanted(None)
            case RuleTarget(name):
                return Wanted(await rule_called(work, name))
            case AgreementTarget(item_id):
                return await self._implied("agreement", item_id, work, now)
            case SectorTarget(item_id):
                return await self._implied("sector", item_id, work, now)
            case FollowTarget():
                return await self._followed(target, work, now)

    async def _implied(self, origin: ImpliedOrigin, item_id: str, work: DeskWork, now: datetime) -> Wanted:
        known = self.agreements if origin == "agreement" else self.sectors
        (item_id,) = _ids((item_id,), known, origin)
        follows = Follows(agreements=(item_id,)) if origin == "agreement" else Follows(sectors=(item_id,))
        query = self.queries.get(item_id) if origin == "agreement" else None
        rule = implied_rule(origin, item_id, known[item_id], now, query=query)
        standing = await work.rule(rule.rule_id)
        if standing is None:
            rule = replace(rule, name=name_beside(rule, item_id, await _taken(work)))
            return Wanted(rule, is_new=True, follows=follows)
        if standing.removed:
            mend = f"Have its rule back: pactwatch rule restore {in_shell(standing.name)}"
            raise WrongInput(f"--{origin}", item_id, "is not watched any more: its rule was removed", mend=mend)
        return Wanted(standing, follows=follows)

    async def _followed(self, target: FollowTarget, work: DeskWork, now: datetime) -> Wanted:
        follows = await self._checked(target, work)
        match follows.one_item:
            case ("agreement", item_id):
                return await self._implied("agreement", item_id, work, now)
            case ("sector", item_id):
                return await self._implied("sector", item_id, work, now)
        query = query_of(follows)
        standing = next((each for each in await work.rules_of("sector") if each.query == query), None)
        if standing is not None and not standing.removed:
            return Wanted(standing, follows=follows)
        if standing is not None:
            back = next_version(standing, replace(standing, removed_at=None), now)
            return Wanted(back, is_new=True, follows=follows)
        rule_id = follows_rule_id(query)
        if await work.rule(rule_id) is not None:  # it was made for this, and asks for another name of a source by now
            rule_id = follows_rule_id(f"{query} {now.isoformat()}")
        names = {"agreements": self.agreements, "sectors": self.sectors}
        name = follows_name(follows, names, await _taken(work), rule_id)
        return Wanted(follows_rule(rule_id, name, query, now), is_new=True, follows=follows)

    async def _checked(self, target: FollowTarget, work: DeskWork) -> Follows:
        if target == FollowTarget():
            raise WrongInput("follow", None, "names nothing to hear of", mend="Give at least one --agreement ID.")
        sources = [source.name for source in await work.live_sources()] if target.sources else []
        return Follows(
            agreements=_ids(target.agreements, self.agreements, "agreement"),
            sectors=_ids(target.sectors, self.sectors, "sector"),
            stages=_ids([each.replace(" ", "_") for each in target.stages], self.stages, "stage"),
            sources=_sources(target.sources, sources),
            countries=_countries(target.countries),
        )


def _ids(given: Iterable[str], known: Collection[str], kind: str) -> tuple[str, ...]:
    found = set()
    for each in given:
        item_id = each.strip().casefold()
        if item_id not in known:
            mend = advice(each, known, otherwise=f"There is {listed(known)}.")
            raise WrongInput(f"--{kind}", each, f"is no {kind} of the catalogue", mend=mend)
        found.add(item_id)
    return tuple(sorted(found))


def _sources(given: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    spelt = {" ".join(name.casefold().split()): name for name in known}
    found = set()
    for each in given:
        name = spelt.get(" ".join(each.casefold().split()))
        if name is None:
            mend = advice(each, known, otherwise=f"There is {listed(known)}." if known else "There is no source yet.")
            raise WrongInput("--source", each, "is no source", mend=mend)
        if '"' in name:
            mend = f"Give it a name without quotation marks: pactwatch source edit {in_shell(name)} --name NAME"
            raise WrongInput("--source", name, "has a name that no rule can hold", mend=mend)
        found.add(name)
    return tuple(sorted(found))


def _countries(given: Iterable[str]) -> tuple[str, ...]:
    found = set()
    for each in given:
        country = each.strip().upper()
        if len(country) != 2 or not (country.isascii() and country.isalpha()):
            mend = "Give the two letters of the source's country (ISO 3166): IN or RU."
            raise WrongInput("--country", each, "is no country code", mend=mend)
        found.add(country)
    return tuple(sorted(found))


async def _taken(work: DeskWork) -> set[str]:
    return {each.name.casefold() for each in await work.rule_names()}
