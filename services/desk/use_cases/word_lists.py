"""Named lists as people keep them: every save is a version, or a proposal; no rule breaks behind anybody's back."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.desk.domain.choices import listed
from services.desk.domain.list_proposals import list_proposal_of
from services.desk.domain.lookup import named
from services.desk.domain.rule_fields import checked_note
from services.desk.domain.rules import Rule
from services.desk.domain.saving import HouseRules, Proposed
from services.desk.domain.signatures import Signature
from services.desk.domain.word_lists import (
    ListVersion,
    WordList,
    cleaned,
    members_by_name,
    new_list,
    next_list,
    refuse_another_list_version,
    refuse_known_list,
    with_members,
)
from services.desk.ports import DeskWork, Members, RuleLanguage
from services.desk.use_cases.writing import Writing
from shared.kit.errors import WrongInput

KeptList = WordList | Proposed


@dataclass(frozen=True, slots=True)
class ListView:
    """A list, and the live rules that name it."""

    words: WordList
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListDetails:
    """A list with its versions, the newest last, and the live rules that name it."""

    words: WordList
    rules: tuple[str, ...]
    versions: list[ListVersion]


@dataclass(frozen=True, slots=True)
class _Sound:
    """Queries that a change breaks none of, as long as the lists are these."""

    lists: Sequence[WordList]
    queries: frozenset[str]


class WordLists:
    """Adds, changes and shows lists. Under four eyes a change of a list waits, as one of a rule does."""

    def __init__(self, writing: Writing, language: RuleLanguage, house: HouseRules | None = None) -> None:
        self._desk = writing
        self._language = language
        self._house = house or HouseRules()

    async def keep(
        self, work: DeskWork, old: WordList | None, wanted: WordList, by: Signature, *, forced: bool = False
    ) -> KeptList:
        """Save `wanted`, the next version of `old` (None: a new list), or propose to, where two must agree."""
        if self._house.four_eyes:
            proposal = list_proposal_of(old, wanted, by, self._desk.now(), forced=forced)
            await work.save_proposal(proposal)
            return Proposed(proposal)
        await work.save_list(wanted, by)
        return wanted

    async def add(self, name: str, members: Sequence[str], by: Signature, *, note: str = "") -> KeptList:
        """Define a list. Raises WrongInput for a name in use, a name no rule can name, and a member that is no term."""
        words = new_list(name.strip().removeprefix("@"), members, checked_note(note), self._desk.now())
        self._language.check_list(words.name, words.members)
        async with self._desk.writing() as work:
            refuse_known_list(words.name, await work.live_lists())
            return await self.keep(work, None, words, by)

    async def edit(
        self,
        name: str,
        by: Signature,
        *,
        members: Sequence[str] = (),
        add: Sequence[str] = (),
        drop: Sequence[str] = (),
        new_name: str | None = None,
        note: str | None = None,
        at_version: int | None = None,
    ) -> KeptList:
        """Save a new version: other members, some more, some fewer. Rules that name it change with it.

        Only over `at_version` where that is given. Raises WrongInput, also where a rule could not be read any more.
        """

        def changed(old: WordList) -> WordList:
            refuse_another_list_version(old, at_version)
            kept = with_members(cleaned(members) or old.members, add, drop)
            return replace(
                old,
                members=kept,
                name=old.name if new_name is None else new_name.strip().removeprefix("@"),
                note=old.note if note is None else checked_note(note),
            )

        return await self._change(name, changed, by)

    async def remove(self, name: str, by: Signature, *, force: bool = False) -> tuple[KeptList, tuple[str, ...]]:
        """End a list; returns the rules that named it, which match nothing from now on.

        Raises WrongInput while rules name it, unless `force`.
        """
        async with self._desk.writing() as work:
            old = _list_named(name, await work.live_lists())
            users = await self.refuse_in_use(work, old, force=force)
            now = self._desk.now()
            gone = next_list(old, replace(old, removed_at=now), now)
            return await self.keep(work, old, gone, by, forced=force), users

    async def refuse_in_use(self, work: DeskWork, words: WordList, *, force: bool) -> tuple[str, ...]:
        """Return the rules that name a list that is to end. Raises WrongInput where there are any, unless `force`."""
        users = tuple(rule.name for rule in await self._users(work, words))
        if users and not force:
            mend = "Change these rules first, or remove it with --force: they match nothing from then on."
            raise WrongInput("list", words.name, f"is named by {_rules(users)}", mend=mend)
        return users

    async def restore(self, name: str, by: Signature, *, list_id: UUID | None = None) -> KeptList:
        """Have a removed list back, the last removed of this name or the one of this id. Raises WrongInput."""
        async with self._desk.writing() as work:
            removed = [each for each in await work.removed_lists() if list_id in (None, each.list_id)]
            old = named(name.strip().removeprefix("@"), removed, "removed list")
            refuse_known_list(old.name, await work.live_lists())
            back = next_list(old, replace(old, removed_at=None), self._desk.now())
            return await self.keep(work, old, back, by)

    async def roll_back(self, name: str, to: int, by: Signature) -> KeptList:
        """Save a new version with the members, the name and the note of version `to`. Raises WrongInput."""
        async with self._desk.begin() as work:
            old = _list_named(name, await work.live_lists())
            versions = await work.list_versions(old.list_id)
        was = next((each for each in versions if each.version == to and not each.removed), None)
        if was is None:
            known = listed(str(each.version) for each in versions if not each.removed)
            raise WrongInput("--to", to, "is no version of the list", mend=f"There are the versions {known}.")

        def as_it_was(words: WordList) -> WordList:
            return replace(words, members=was.members, name=was.name, note=was.note)

        return await self._change(name, as_it_was, by.or_because(f"As it was at version {to}."))

    async def views(self) -> list[ListView]:
        """Return the lists, by name."""
        async with self._desk.begin() as work:
            users = await self._users_by_name(work)
            return [ListView(each, users.get(each.name.casefold(), ())) for each in await work.live_lists()]

    async def removed(self) -> list[WordList]:
        """Return the removed lists, the last removed first."""
        async with self._desk.begin() as work:
            return await work.removed_lists()

    async def details(self, name: str) -> ListDetails:
        """Return everything about one list. Raises WrongInput for an unknown name."""
        async with self._desk.begin() as work:
            words = _list_named(name, await work.live_lists())
            users = await self._users_by_name(work)
            versions = await work.list_versions(words.list_id)
        return ListDetails(words, users.get(words.name.casefold(), ()), versions)

    async def _change(self, name: str, changed: Callable[[WordList], WordList], by: Signature) -> KeptList:
        sound = await self._looked_at_before(name, changed)
        async with self._desk.writing() as work:
            live = await work.live_lists()
            old = _list_named(name, live)
            wanted = changed(old)
            if wanted == old:
                return old
            await self.refuse_wrong(work, live, old, wanted, known=sound if live == sound.lists else None)
            return await self.keep(work, old, next_list(old, wanted, self._desk.now()), by)

    async def _looked_at_before(self, name: str, changed: Callable[[WordList], WordList]) -> _Sound:
        """Look at every rule while nobody waits for us: that may take seconds. Raises WrongInput."""
        async with self._desk.begin() as work:
            live = await work.live_lists()
            rules = await work.live_rules_with("@")
        old = _list_named(name, live)
        wanted = changed(old)
        if wanted != old:
            self._refuse_wrong(rules, live, old, wanted)
        return _Sound(live, frozenset(rule.query for rule in rules))

    async def refuse_wrong(
        self,
        work: DeskWork,
        live: Sequence[WordList],
        old: WordList,
        wanted: WordList,
        *,
        known: _Sound | None = None,
    ) -> None:
        """Raise WrongInput for a list that cannot take the place of `old` among the live ones.

        Queries that are known to stay sound are not looked at.
        """
        sound = known.queries if known is not None else frozenset()
        rules = [rule for rule in await work.live_rules_with("@") if rule.query not in sound]
        self._refuse_wrong(rules, live, old, wanted)

    def _refuse_wrong(self, rules: Sequence[Rule], live: Sequence[WordList], old: WordList, wanted: WordList) -> None:
        self._language.check_list(wanted.name, wanted.members)
        others = [each for each in live if each.list_id != old.list_id]
        refuse_known_list(wanted.name, others)
        users = self._naming(rules, old)
        self._refuse_breaking(users, members_by_name(live), members_by_name([*others, wanted]), wanted)

    def _refuse_breaking(self, rules: Sequence[Rule], before: Members, after: Members, wanted: WordList) -> None:
        """Raise WrongInput when a rule that can be read could not be read any more; one broken already is no reason."""
        for rule in rules:
            complaint = self._complaint(rule, after)
            if complaint is not None and self._complaint(rule, before) is None:
                why = f'would break the rule "{rule.name}": {complaint.why}'
                mend = f"{complaint.mend.splitlines()[0]} Or change that rule first."
                raise WrongInput("list", wanted.name, why, mend=mend)

    def _complaint(self, rule: Rule, lists: Members) -> WrongInput | None:
        try:
            self._language.check(rule.query, lists)
        except WrongInput as wrong:
            return wrong
        return None

    async def _users(self, work: DeskWork, words: WordList) -> list[Rule]:
        return self._naming(await work.live_rules_with("@"), words)

    def _naming(self, rules: Sequence[Rule], words: WordList) -> list[Rule]:
        named_so = words.name.casefold()
        return [rule for rule in rules if named_so in self._language.lists_in(rule.query)]

    async def _users_by_name(self, work: DeskWork) -> dict[str, tuple[str, ...]]:
        rules = await work.live_rules_with("@")
        return await asyncio.to_thread(self._naming_by_list, rules)  # thousands take seconds

    def _naming_by_list(self, rules: Sequence[Rule]) -> dict[str, tuple[str, ...]]:
        users: defaultdict[str, list[str]] = defaultdict(list)
        for rule in rules:
            for each in self._language.lists_in(rule.query):
                users[each].append(rule.name)
        return {each: tuple(names) for each, names in users.items()}


def _list_named(name: str, live: Sequence[WordList]) -> WordList:
    return named(name.strip().removeprefix("@"), live, "list")


def _rules(names: Sequence[str]) -> str:
    return f"{'the rule' if len(names) == 1 else f'{len(names)} rules'}: {listed(names)}"
