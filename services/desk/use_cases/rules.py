"""Watch rules as people keep them: every save is a new version, and any of them can be had back."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Unpack
from uuid import UUID

from services.desk.domain.lookup import changeable, named, refuse_known_rule
from services.desk.domain.names import checked_rule_name
from services.desk.domain.proposals import Proposal
from services.desk.domain.rule_fields import RuleChanges, RuleNotes, checked_rule_fields
from services.desk.domain.rule_versions import Difference, RuleVersion, as_it_was, differences, version_numbered
from services.desk.domain.rules import Rule, new_rule
from services.desk.domain.saving import Kept, refuse_another_version
from services.desk.domain.signatures import Signature
from services.desk.domain.views import RuleView
from services.desk.ports import DeskWork
from services.desk.use_cases.rule_keeping import RuleKeeping, rule_called
from shared.kit.errors import WrongInput


@dataclass(frozen=True, slots=True)
class RuleDetails:
    """One rule with its versions, the newest last, and the proposals to change it that wait."""

    view: RuleView
    versions: list[RuleVersion]
    proposals: list[Proposal]


class Rules:
    """Adds, changes and shows rules. `agreements` are the ids that a rule can watch."""

    def __init__(self, keeping: RuleKeeping, agreements: Collection[str]) -> None:
        self._keeping = keeping
        self._desk = keeping.desk
        self._agreements = agreements

    async def add(self, name: str, query: str, by: Signature, **fields: Unpack[RuleNotes]) -> Kept:
        """Define a watch rule.

        Raises WrongInput for a name in use, for a query not in the language and for one that matches very much.
        """
        clean = checked_rule_fields({**fields, "new_name": name}, origin="custom", agreements=self._agreements)
        cautions = await self._keeping.examined(query, allow_broad=clean.get("broad_allowed", False))
        now = self._desk.now()
        rule = replace(new_rule(clean["name"], query, now), **clean)
        async with self._desk.writing() as work:
            self._keeping.language.check(query, await self._keeping.lists(work))
            refuse_known_rule(rule.name, await work.rule_names())
            return await self._keeping.keep(work, None, rule, by, cautions=cautions)

    async def edit(
        self, name: str, by: Signature, *, at_version: int | None = None, **fields: Unpack[RuleChanges]
    ) -> Kept:
        """Save a new version with what is given, only over `at_version` where that is given. Raises WrongInput."""
        old = await self._rule_named(name)
        clean = checked_rule_fields(fields, origin=old.origin, agreements=self._agreements)
        cautions: tuple[str, ...] = ()
        if "query" in clean:
            allowed = clean.get("broad_allowed", old.broad_allowed)
            cautions = await self._keeping.examined(clean["query"], allow_broad=allowed)

        def changed(rule: Rule) -> Rule:
            refuse_another_version(rule, at_version)
            return replace(rule, **clean)

        return await self._change(name, changed, by, cautions=cautions)

    async def pause(self, name: str, by: Signature) -> Kept:
        """Raise no alerts for the rule until it is resumed. Raises WrongInput."""
        return await self._change(name, lambda rule: replace(rule, paused=True), by)

    async def resume(self, name: str, by: Signature) -> Kept:
        """Raise alerts for the rule again. Raises WrongInput."""
        return await self._change(name, lambda rule: replace(rule, paused=False), by)

    async def remove(self, name: str, by: Signature) -> Kept:
        """End the rule and its subscriptions; its alerts and versions stay. Raises WrongInput."""
        now = self._desk.now()
        return await self._change(name, lambda rule: replace(rule, removed_at=now), by)

    async def restore(
        self, name: str, by: Signature, new_name: str | None = None, *, rule_id: UUID | None = None
    ) -> Kept:
        """Have a removed rule back, the last removed of this name or the one of this id; its subscriptions stay ended.

        Raises WrongInput.
        """
        async with self._desk.writing() as work:
            removed = [each for each in await work.removed_rule_names() if rule_id in (None, each.rule_id)]
            old = await work.rule(named(name, removed, "removed rule").rule_id)
            if old is None:
                raise LookupError(name)
            back = replace(old, removed_at=None)
            if new_name is not None:
                back = replace(back, name=checked_rule_name(new_name, field="name"))
            refuse_known_rule(back.name, await work.rule_names())
            self._keeping.language.check(back.query, await self._keeping.lists(work))
            return await self._keeping.keep(work, old, back, by)

    async def roll_back(self, name: str, to: int, by: Signature) -> Kept:
        """Save a new version that says what version `to` said. Raises WrongInput, also where that can be no more."""
        async with self._desk.writing() as work:
            old = await self._changeable(work, name)
            was = version_numbered(to, await work.rule_versions(old.rule_id), field="--to")
            back = as_it_was(old, was)
            refuse_known_rule(back.name, [each for each in await work.rule_names() if each.rule_id != old.rule_id])
            self._keeping.language.check(back.query, await self._keeping.lists(work))
            return await self._keeping.keep(work, old, back, by.or_because(f"As it was at version {to}."))

    async def resolve(self, name: str, take: str, by: Signature) -> Kept:
        """End a conflict with the catalogue: take "theirs", "ours", or a query of one's own. Raises WrongInput."""
        rule = await self._rule_named(name)
        offered = rule.offered_query
        if offered is None:
            mend = "See `pactwatch rule conflicts`; change the rule with `pactwatch rule edit`."
            raise WrongInput("rule", rule.name, "has no conflict with the catalogue", mend=mend)
        query = {"theirs": offered, "ours": rule.query}.get(take.strip().lower(), take)
        cautions = await self._keeping.examined(query, allow_broad=rule.broad_allowed or query != take)
        async with self._desk.writing() as work:
            old = await self._changeable(work, name)
            if old.offered_query != offered:
                mend = "See what it offers now: pactwatch rule conflicts"
                raise WrongInput("rule", old.name, "is offered something else by now", mend=mend)
            wanted = replace(old, query=query, taken_query=offered, offered_query=None)
            return await self._keeping.keep(
                work, old, wanted, by, cautions=cautions, settles=offered, even_unchanged=True
            )

    async def views(self) -> list[RuleView]:
        """Return the rules, by name; one that can no longer be read says why."""
        async with self._desk.begin() as work:
            views = await work.rule_views()
            lists = await self._keeping.lists(work)
        broken = self._keeping.language.complaints([view.query for view in views], lists)
        return [replace(view, broken=broken.get(view.query)) for view in views]

    async def conflicts(self) -> list[RuleView]:
        """Return the rules for which the catalogue says something else than people do."""
        return [view for view in await self.views() if view.offered_query is not None]

    async def details(self, name: str) -> RuleDetails:
        """Return everything about one rule. Raises WrongInput for an unknown name."""
        async with self._desk.begin() as work:
            (view,) = await work.rule_views((await rule_called(work, name)).rule_id)
            lists = await self._keeping.lists(work)
            versions = await work.rule_versions(view.rule_id)
            waiting = [each for each in await work.open_proposals() if each.rule_id == view.rule_id]
        broken = self._keeping.language.complaints([view.query], lists)
        return RuleDetails(replace(view, broken=broken.get(view.query)), versions, waiting)

    async def history(self, name: str) -> list[RuleVersion]:
        """Return the versions of a rule, also of one that was removed, the newest last. Raises WrongInput."""
        async with self._desk.begin() as work:
            live, removed = await work.rule_names(), await work.removed_rule_names()
            return await work.rule_versions(named(name, [*live, *removed], "rule").rule_id)

    async def compare(
        self, name: str, old: int | None = None, new: int | None = None
    ) -> tuple[RuleVersion, RuleVersion, list[Difference]]:
        """Return two versions and what differs; by default the newest and the one before it. Raises WrongInput."""
        versions = await self.history(name)
        newest = versions[-1].version if versions else 0
        after = version_numbered(newest if new is None else new, versions, field="--to")
        before = version_numbered(max(after.version - 1, 1) if old is None else old, versions, field="--from")
        return before, after, [self._told(each) for each in differences(before, after)]

    def _told(self, difference: Difference) -> Difference:
        if difference.field != "query":
            return difference
        before, after = (self._keeping.language.clauses(query) for query in (difference.old, difference.new))
        gained = tuple(each for each in after if each not in before)
        return replace(difference, gained=gained, lost=tuple(each for each in before if each not in after))

    async def _change(
        self, name: str, changed: Callable[[Rule], Rule], by: Signature, *, cautions: tuple[str, ...] = ()
    ) -> Kept:
        async with self._desk.writing() as work:
            old = await self._changeable(work, name)
            wanted = changed(old)
            if wanted.name != old.name:
                refuse_known_rule(
                    wanted.name, [each for each in await work.rule_names() if each.rule_id != old.rule_id]
                )
            if wanted.query != old.query:
                self._keeping.language.check(wanted.query, await self._keeping.lists(work))
            return await self._keeping.keep(work, old, wanted, by, cautions=cautions)

    async def _rule_named(self, name: str) -> Rule:
        async with self._desk.begin() as work:
            return await self._changeable(work, name)

    async def _changeable(self, work: DeskWork, name: str) -> Rule:
        return changeable(await rule_called(work, name))
