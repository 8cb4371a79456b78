"""A desk whose rules and lists are kept in memory, as strictly as the tables keep them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from services.desk.adapters.rule_language import CatalogueLanguage
from services.desk.domain.proposals import Proposal
from services.desk.domain.rule_versions import RuleVersion, version_of
from services.desk.domain.rules import Origin, Rule, RuleName
from services.desk.domain.saving import HouseRules
from services.desk.domain.signatures import Signature
from services.desk.domain.word_lists import ListVersion, WordList, list_version_of
from services.desk.use_cases.rule_files import RuleFiles
from services.desk.use_cases.rule_keeping import RuleKeeping
from services.desk.use_cases.rules import Rules
from services.desk.use_cases.word_lists import WordLists
from services.desk.use_cases.writing import Writing

AGREEMENTS = {"relos": "RELOS", "kudankulam": "Kudankulam"}
LANGUAGE = CatalogueLanguage(
    agreements=AGREEMENTS, sectors=("defence", "energy"), stages=("signed", "in_force"), stages_of={}
)
ASHA = Signature("Asha", "A test.")


class TickingClock:
    """A clock that is a second later at every look."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@dataclass
class MemoryWork:
    """What the desk's use cases ask of a transaction, of rules and lists alone."""

    rules: dict[UUID, Rule] = field(default_factory=dict)
    versions: dict[tuple[UUID, int], RuleVersion] = field(default_factory=dict)
    proposals: dict[UUID, Proposal] = field(default_factory=dict)
    lists: dict[UUID, WordList] = field(default_factory=dict)
    lists_then: dict[tuple[UUID, int], ListVersion] = field(default_factory=dict)

    async def only_writer(self) -> None:
        """Nobody else is here."""

    async def live_rules(self) -> list[Rule]:
        return sorted((each for each in self.rules.values() if not each.removed), key=lambda each: each.name.lower())

    async def rule_spelt(self, name: str) -> RuleName | None:
        return next((each for each in await self.rule_names() if each.name == name), None)

    async def rule_names(self) -> list[RuleName]:
        return [RuleName(each.rule_id, each.name) for each in await self.live_rules()]

    async def removed_rule_names(self) -> list[RuleName]:
        gone = sorted((each for each in self.rules.values() if each.removed), key=lambda each: each.changed_at)
        return [RuleName(each.rule_id, each.name) for each in reversed(gone)]

    async def rule(self, rule_id: UUID) -> Rule | None:
        return self.rules.get(rule_id)

    async def rules_of(self, origin: Origin) -> list[Rule]:
        return [each for each in self.rules.values() if each.origin == origin]

    async def live_rules_with(self, text: str) -> list[Rule]:
        return [each for each in await self.live_rules() if text in each.query]

    async def save_rule(self, rule: Rule, by: Signature) -> None:
        assert (rule.rule_id, rule.version) not in self.versions, "a version is never overwritten"
        twins = [each for each in await self.live_rules() if each.name == rule.name and each.rule_id != rule.rule_id]
        assert rule.removed or not twins, "two live rules never have one name"
        self.rules[rule.rule_id] = rule
        self.versions[rule.rule_id, rule.version] = version_of(rule, by)

    async def save_memory(self, rule: Rule) -> None:
        self.rules[rule.rule_id] = rule

    async def rule_versions(self, rule_id: UUID) -> list[RuleVersion]:
        return [each for (of, _), each in sorted(self.versions.items()) if of == rule_id]

    async def save_proposal(self, proposal: Proposal) -> None:
        self.proposals[proposal.proposal_id] = proposal

    async def open_proposals(self) -> list[Proposal]:
        return [each for each in self.proposals.values() if each.decided_at is None]

    async def live_lists(self) -> list[WordList]:
        return sorted((each for each in self.lists.values() if not each.removed), key=lambda each: each.name.lower())

    async def save_list(self, words: WordList, by: Signature) -> None:
        assert (words.list_id, words.version) not in self.lists_then, "a version is never overwritten"
        self.lists[words.list_id] = words
        self.lists_then[words.list_id, words.version] = list_version_of(words, by)

    async def subscription_views(self) -> list[Any]:
        return []

    async def waiting_deliveries(self, _ids: list[UUID]) -> int:
        return 0

    async def end_subscriptions(self, _ids: list[UUID], _at: datetime) -> None:
        """There are none."""


class MemoryDesk:
    """A house of rules in memory; what a transaction that fails did is taken back."""

    def __init__(self, *, four_eyes: bool = False) -> None:
        self.work = MemoryWork()
        writing = Writing(self._begin, TickingClock())  # type: ignore[arg-type]
        keeping = RuleKeeping(writing, LANGUAGE, HouseRules(four_eyes=four_eyes))
        self.rules = Rules(keeping, AGREEMENTS)
        self.lists = WordLists(writing, LANGUAGE)
        self.files = RuleFiles(keeping, self.lists, AGREEMENTS)

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[MemoryWork]:
        before = replace(self.work, **{name: dict(value) for name, value in vars(self.work).items()})
        try:
            yield self.work
        except BaseException:
            self.work = before
            raise
