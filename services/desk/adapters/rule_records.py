"""Rules, their versions and the proposals to change them."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert

from services.desk.adapters.definition_changes import FRESH, DefinitionChanges
from services.desk.adapters.records import proposal_of_row, rule_of, version_of_row
from services.desk.domain.proposals import Proposal
from services.desk.domain.rule_versions import RuleVersion, version_of
from services.desk.domain.rules import Origin, Rule, RuleName
from services.desk.domain.signatures import Signature
from shared.store.definitions import RuleProposalRow, RuleRow, RuleVersionRow


class RuleRecords(DefinitionChanges):
    """Reads and writes rules."""

    async def live_rules(self) -> list[Rule]:
        """Return the rules that are not removed, by name."""
        statement = select(RuleRow).where(RuleRow.removed_at.is_(None)).order_by(func.lower(RuleRow.name))
        return [rule_of(row) for row in await self.session.scalars(statement, execution_options=FRESH)]

    async def rule_spelt(self, name: str) -> RuleName | None:
        """Return the live rule of exactly this name, fast; names are otherwise compared without case."""
        found = select(RuleRow.rule_id).where(RuleRow.removed_at.is_(None), RuleRow.name == name)
        rule_id = await self.session.scalar(found)
        return None if rule_id is None else RuleName(rule_id, name)

    async def rule_names(self) -> list[RuleName]:
        """Return the names of the rules that are not removed."""
        return await self._names(RuleRow.removed_at.is_(None))

    async def removed_rule_names(self) -> list[RuleName]:
        """Return the names of the removed rules, the last removed first."""
        return await self._names(RuleRow.removed_at.is_not(None))

    async def rule(self, rule_id: UUID) -> Rule | None:
        """Return the rule, also a removed one."""
        row = await self.session.get(RuleRow, rule_id, populate_existing=True)
        return None if row is None else rule_of(row)

    async def rules_of(self, origin: Origin) -> list[Rule]:
        """Return the rules of this origin, the removed among them."""
        statement = select(RuleRow).where(RuleRow.origin == origin).order_by(RuleRow.rule_id)
        return [rule_of(row) for row in await self.session.scalars(statement, execution_options=FRESH)]

    async def live_rules_with(self, text: str) -> list[Rule]:
        """Return the live rules in whose query this text stands, by name."""
        standing = RuleRow.query.contains(text, autoescape=True)
        statement = select(RuleRow).where(RuleRow.removed_at.is_(None), standing).order_by(func.lower(RuleRow.name))
        return [rule_of(row) for row in await self.session.scalars(statement, execution_options=FRESH)]

    async def save_rule(self, rule: Rule, by: Signature) -> None:
        """Insert or update the rule, and keep the version that it is at, which must be a new one."""
        revision = await self.count_change()
        await self.upsert(RuleRow, "rule_id", asdict(rule) | {"revision": revision})
        await self.session.execute(insert(RuleVersionRow).values(asdict(version_of(rule, by))))

    async def save_memory(self, rule: Rule) -> None:
        """Update what the rule remembers of the catalogue; it stays at its version."""
        await self.upsert(RuleRow, "rule_id", asdict(rule))

    async def rule_versions(self, rule_id: UUID) -> list[RuleVersion]:
        """Return the versions of the rule, the first one first."""
        statement = select(RuleVersionRow).where(RuleVersionRow.rule_id == rule_id).order_by(RuleVersionRow.version)
        return [version_of_row(row) for row in await self.session.scalars(statement, execution_options=FRESH)]

    async def save_proposal(self, proposal: Proposal) -> None:
        """Insert the proposal, or keep what became of it."""
        values = asdict(proposal) | {"change": dict(proposal.change)}
        fate = {name: values[name] for name in ("decision", "decided_by", "decided_at", "answer")}
        statement = insert(RuleProposalRow).values(values)
        await self.session.execute(statement.on_conflict_do_update(index_elements=["proposal_id"], set_=fate))

    async def open_proposals(self) -> list[Proposal]:
        """Return the proposals that wait for a decision, oldest first."""
        oldest_first = (RuleProposalRow.created_at, RuleProposalRow.proposal_id)
        statement = select(RuleProposalRow).where(RuleProposalRow.decided_at.is_(None)).order_by(*oldest_first)
        return [proposal_of_row(row) for row in await self.session.scalars(statement, execution_options=FRESH)]

    async def _names(self, condition: ColumnElement[bool]) -> list[RuleName]:
        newest_first = (RuleRow.removed_at.desc(), RuleRow.rule_id)
        statement = select(RuleRow.rule_id, RuleRow.name).where(condition).order_by(*newest_first)
        return [RuleName(rule_id, name) for rule_id, name in await self.session.execute(statement)]
