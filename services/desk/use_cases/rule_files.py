"""Rules and lists by the file: each entry is taken as a whole or not at all, and a bad one hinders no other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from services.desk.domain.choices import advice, listed
from services.desk.domain.lookup import changeable, named
from services.desk.domain.names import in_shell
from services.desk.domain.rule_fields import checked_note, checked_rule_fields
from services.desk.domain.rule_list import (
    ListedRule,
    ListedWords,
    RuleFile,
    RuleOutcome,
    Taken,
    differing,
    is_as_the_catalogue_says,
)
from services.desk.domain.rules import Rule, implied_rule_id, new_rule
from services.desk.domain.saving import Proposed, TooBroad
from services.desk.domain.signatures import Signature
from services.desk.domain.source_list import BadEntry, spelled_wrong
from services.desk.domain.word_lists import WordList, cleaned, members_by_name, new_list, next_list
from services.desk.ports import DeskWork
from services.desk.use_cases.rule_keeping import RuleKeeping
from services.desk.use_cases.word_lists import WordLists
from shared.kit.errors import WrongInput

TAKEN_AT_ONCE = 250  # rules in one transaction: others may change definitions in between

Told = Callable[[int], None]


class RuleFiles:
    """Takes rules and lists from files, and gives them out for files."""

    def __init__(self, keeping: RuleKeeping, lists: WordLists, agreements: Collection[str]) -> None:
        self._keeping = keeping
        self._desk = keeping.desk
        self._lists = lists
        self._agreements = agreements

    async def exported(
        self, names: Sequence[str] = (), *, everything: bool = False
    ) -> tuple[list[Rule], list[WordList]]:
        """Return these rules with the lists that they name. Raises WrongInput for an unknown one, and for a sector's.

        Without names: all lists, people's own rules, and the catalogue's that people changed (with `everything`, all).
        """
        async with self._desk.begin() as work:
            rules, lists = await work.live_rules(), await work.live_lists()
        rules = [rule for rule in rules if rule.origin != "sector" or names]
        if not names:
            return [rule for rule in rules if everything or not _is_untouched(rule)], lists
        chosen = [changeable(named(name, rules, "rule")) for name in names]
        wanted = {each for rule in chosen for each in self._keeping.language.lists_in(rule.query)}
        return list(dict.fromkeys(chosen)), [each for each in lists if each.name.casefold() in wanted]

    async def take(
        self,
        file: RuleFile,
        by: Signature,
        *,
        update: bool = False,
        dry_run: bool = False,
        told: Told = lambda _: None,
    ) -> list[RuleOutcome]:
        """Take a file, its lists first; what is there stays as it is unless `update` says otherwise.

        Bad entries are among the outcomes; nothing is raised. A `dry_run` saves nothing. `told` hears how many rules
        have been looked at.
        """
        how = _How(by, update, dry_run)
        lists, outcomes = await self._take_lists(file.lists, how)
        for start in range(0, len(file.rules), TAKEN_AT_ONCE):
            step = file.rules[start : start + TAKEN_AT_ONCE]
            asked = {} if dry_run else await self._asked(step, how, partial(_told_after, start, told))
            async with self._desk.writing() as work:
                book = _Book(await work.live_rules(), await work.rules_of("agreement"))
                for entry in step:
                    match asked.get(entry.where, ()):
                        case BadEntry() as refused:
                            outcomes.append(refused)
                        case cautions:
                            taken = await self._take_rule(work, book, entry, lists, how)
                            outcomes.append(_with_more(taken, cautions))
            told(start + len(step))
        return outcomes

    async def _take_lists(self, entries: Iterable[ListedWords], how: _How) -> tuple[list[WordList], list[RuleOutcome]]:
        outcomes: list[RuleOutcome] = []
        async with self._desk.writing() as work:
            live = await work.live_lists()
            for entry in entries:
                try:
                    taken, words = await self._list_of(work, live, entry, update=how.update)
                except WrongInput as wrong:
                    outcomes.append(BadEntry(entry.where, entry.name, spelled_wrong(wrong, entry.where)))
                    continue
                if taken.fate in ("added", "changed"):
                    old = next((each for each in live if each.list_id == words.list_id), None)
                    live = [*(each for each in live if each.list_id != words.list_id), words]
                    if not how.dry_run and isinstance(await self._lists.keep(work, old, words, how.by), Proposed):
                        taken = replace(taken, fate="proposed")
                outcomes.append(taken)
        return live, outcomes

    async def _list_of(
        self, work: DeskWork, live: Sequence[WordList], entry: ListedWords, *, update: bool
    ) -> tuple[Taken, WordList]:
        given: dict[str, Any] = {"members": cleaned(entry.members)}
        if entry.note is not None:
            given["note"] = checked_note(entry.note)
        now = self._desk.now()
        known = next((each for each in live if each.name.casefold() == entry.name.casefold()), None)
        if known is None:
            words = new_list(entry.name, given["members"], given.get("note", ""), now)
            self._keeping.language.check_list(words.name, words.members)
            return Taken("list", words.name, "added"), words
        fields = differing(given, known)
        if not fields or not update:
            return Taken("list", known.name, "kept" if fields else "same", fields), known
        wanted = replace(known, **given)
        await self._lists.refuse_wrong(work, live, known, wanted)
        return Taken("list", known.name, "changed", fields), next_list(known, wanted, now)

    async def _asked(
        self, entries: Sequence[ListedRule], how: _How, told: Told
    ) -> Mapping[str, BadEntry | tuple[str, ...]]:
        """Return, by place, the entries that match more than is taken, and the cautions of those that may.

        The archive is asked while nobody waits for us, and only of queries that are new in this house.
        """
        async with self._desk.begin() as work:
            book = _Book(await work.live_rules(), await work.rules_of("agreement"))
        found: dict[str, BadEntry | tuple[str, ...]] = {}
        for number, entry in enumerate(entries, 1):
            try:
                known = book.known(entry, self._agreements)
                if known is None or (how.update and known.query != entry.fields["query"]):
                    allowed = entry.fields.get("allow_broad", known is not None and known.broad_allowed)
                    query = entry.fields["query"]
                    found[entry.where] = await self._keeping.asked_for_its_pace(query, allow_broad=bool(allowed))
            except TooBroad as wrong:
                mend = "Add with AND what it should be about, or write `allow_broad: true` below it."
                why = WrongInput(wrong.field, wrong.value, wrong.why, mend=mend)
                found[entry.where] = BadEntry(entry.where, entry.name, spelled_wrong(why, entry.where))
            except WrongInput:
                continue  # it is no query, or of no rule, which is said when it is taken
            finally:
                told(number)
        return found

    async def _take_rule(
        self, work: DeskWork, book: _Book, entry: ListedRule, lists: Sequence[WordList], how: _How
    ) -> RuleOutcome:
        try:
            return await self._taken_rule(work, book, entry, lists, how)
        except WrongInput as wrong:
            return BadEntry(entry.where, entry.name, spelled_wrong(wrong, entry.where))

    async def _taken_rule(
        self, work: DeskWork, book: _Book, entry: ListedRule, lists: Sequence[WordList], how: _How
    ) -> Taken:
        known = book.known(entry, self._agreements)
        origin = "custom" if known is None else known.origin
        given = checked_rule_fields(entry.fields, origin=origin, agreements=self._agreements)
        cautions = self._keeping.language.check(given["query"], members_by_name(lists))
        fields = () if known is None else differing(given, known)
        if known is not None and not (fields and how.update):
            return Taken("rule", known.name, "kept" if fields else "same", fields)
        wanted = replace(known or new_rule(given["name"], given["query"], self._desk.now()), **given)
        book.refuse_second_name(wanted)
        book.note(known, wanted)
        fate: Any = "added" if known is None else "changed"
        if not how.dry_run and isinstance(await self._keeping.keep(work, known, wanted, how.by), Proposed):
            fate = "proposed"
        return Taken("rule", wanted.name, fate, fields, cautions)


@dataclass(frozen=True, slots=True)
class _How:
    """How an import is done."""

    by: Signature
    update: bool
    dry_run: bool


class _Book:
    """The rules while entries are gone through: each sees what the ones before it did."""

    def __init__(self, live: Iterable[Rule], of_the_catalogue: Iterable[Rule]) -> None:
        self._by_name = {rule.name.casefold(): rule for rule in live}
        self._of_the_catalogue = {rule.rule_id: rule for rule in of_the_catalogue}

    def known(self, entry: ListedRule, agreements: Collection[str]) -> Rule | None:
        """Return the rule that an entry speaks of; None for a new one. Raises WrongInput."""
        if entry.agreement is None:
            found = self._by_name.get(" ".join(entry.name.split()).casefold())
            return None if found is None else changeable(found)
        if entry.agreement not in agreements:
            mend = advice(entry.agreement, agreements, otherwise=f"There is {listed(agreements)}.")
            raise WrongInput("agreement", entry.agreement, "is no agreement of the catalogue", mend=mend)
        rule = self._of_the_catalogue.get(implied_rule_id("agreement", entry.agreement))
        if rule is None:
            mend = "Run `pactwatch migrate`, which takes the catalogue's rules over."
            raise WrongInput("agreement", entry.agreement, "has no rule in this house yet", mend=mend)
        if rule.removed:
            mend = f"Have it back first: pactwatch rule restore {in_shell(rule.name)}"
            raise WrongInput("agreement", entry.agreement, "has a rule that was removed here", mend=mend)
        return self._by_name.get(rule.name.casefold(), rule)

    def refuse_second_name(self, rule: Rule) -> None:
        """Raise WrongInput when another rule has this name."""
        other = self._by_name.get(rule.name.casefold())
        if other is not None and other.rule_id != rule.rule_id:
            mend = "Give it another name, or rename that rule first."
            raise WrongInput("name", rule.name, "is already the name of another rule", mend=mend)

    def note(self, old: Rule | None, rule: Rule) -> None:
        """Remember what an entry made of a rule."""
        if old is not None:
            self._by_name.pop(old.name.casefold(), None)
        self._by_name[rule.name.casefold()] = rule


def _told_after(before: int, told: Told, done: int) -> None:
    told(before + done)


def _with_more(outcome: RuleOutcome, cautions: tuple[str, ...]) -> RuleOutcome:
    return replace(outcome, cautions=(*outcome.cautions, *cautions)) if isinstance(outcome, Taken) else outcome


def _is_untouched(rule: Rule) -> bool:
    return rule.origin == "agreement" and is_as_the_catalogue_says(rule)
