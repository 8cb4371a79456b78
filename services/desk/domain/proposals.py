"""A save that waits for a second person: what the rule would be, and whether it still fits what the rule is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.desk.domain.names import in_shell
from services.desk.domain.rule_versions import CONTENT, RuleVersion, content_of, next_version
from services.desk.domain.rules import Rule
from services.desk.domain.signatures import Signature, same_person
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for

Decision = Literal["approved", "rejected", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed save of a rule. Open while `decided_at` is None.

    `rule_id` is that of the rule that it would change or make, `from_version` the version it was written against (0:
    none). `change` holds the content as a version has it, `broad_allowed`, and under `settles` what the catalogue
    offered when the proposal was made to end a conflict with it.
    """

    proposal_id: UUID
    rule_id: UUID
    from_version: int
    change: Mapping[str, Any]
    author: str
    reason: str
    created_at: datetime
    decision: Decision | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    answer: str = ""

    @property
    def name(self) -> str:
        """What the rule would be called."""
        return str(self.change["name"])


def proposal_of(old: Rule | None, wanted: Rule, by: Signature, now: datetime, *, settles: str | None) -> Proposal:
    """Return the proposal to save `wanted` over `old` (None: a new rule)."""
    change = {**content_of(wanted), "broad_allowed": wanted.broad_allowed, "settles": settles}
    return Proposal(
        proposal_id=id_for("rule-proposal", wanted.rule_id, by.author, now.isoformat(), repr(sorted(change.items()))),
        rule_id=wanted.rule_id,
        from_version=0 if old is None else old.version,
        change=change,
        author=by.author,
        reason=by.reason,
        created_at=now,
    )


def decided(proposal: Proposal, decision: Decision, by: str, now: datetime, answer: str = "") -> Proposal:
    """Return the proposal with what became of it. Raises WrongInput for a person who may not decide so."""
    own = same_person(by, proposal.author)
    if decision == "approved" and own:
        mend = "Ask somebody else to approve it, or withdraw it."
        raise WrongInput("--author", by, "proposed it, and so cannot approve it", mend=mend)
    if decision == "withdrawn" and not own:
        mend = f"Reject it instead: pactwatch rule reject {proposal.proposal_id.hex[:8]} --answer …"
        raise WrongInput("--author", by, f"did not propose it; {proposal.author} did", mend=mend)
    return replace(proposal, decision=decision, decided_by=by, decided_at=now, answer=answer)


def stale_fields(proposal: Proposal, base: RuleVersion | None, present: Rule | None) -> tuple[str, ...]:
    """Return the fields that the proposal changes and that somebody else changed otherwise since it was written."""
    if present is None or base is None:
        return ()
    then, now, wanted = content_of(base), content_of(present), proposal.change
    clashing = [field for field in then if wanted[field] != then[field] != now[field] != wanted[field]]
    gone = ["removed"] if present.removed and not wanted["removed"] and not base.removed else []
    return tuple(dict.fromkeys([*clashing, *gone]))


def accepted(proposal: Proposal, base: RuleVersion | None, present: Rule | None, now: datetime) -> Rule:
    """Return the rule as it is once the proposal is applied to what it is now.

    What others changed since it was written stays; raises WrongInput where both changed the same.
    """
    if present is None:
        return _made(proposal, now)
    stale = stale_fields(proposal, base, present)
    if stale or base is None:
        why = (
            f"was written against version {proposal.from_version}; since then "
            f"{' and '.join(stale) or 'the rule'} changed otherwise (the rule is at version {present.version})"
        )
        mend = f"Reject it, and propose it again: pactwatch rule show {in_shell(present.name)} says what it is now."
        raise WrongInput("proposal", proposal.proposal_id.hex[:8], why, mend=mend)
    then = content_of(base)
    changes = {field: proposal.change[field] for field in CONTENT if proposal.change[field] != then[field]}
    removed_at = now if proposal.change["removed"] else None
    changed = replace(present, **changes, removed_at=removed_at)
    if proposal.change.get("broad_allowed"):
        changed = replace(changed, broad_allowed=True)
    settles = proposal.change.get("settles")
    if settles is not None and present.offered_query == settles:
        changed = replace(changed, taken_query=settles, offered_query=None)
    return next_version(present, changed, now)


def _made(proposal: Proposal, now: datetime) -> Rule:
    return Rule(
        rule_id=proposal.rule_id,
        origin="custom",
        version=1,
        created_at=now,
        changed_at=now,
        broad_allowed=bool(proposal.change.get("broad_allowed")),
        **{field: proposal.change[field] for field in CONTENT},
    )
