"""A change of a list that waits for a second person: what the list would be, beside what others saved meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from services.desk.domain.names import in_shell
from services.desk.domain.proposals import Proposal
from services.desk.domain.signatures import Signature
from services.desk.domain.word_lists import ListVersion, WordList, next_list
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for

_OF_A_LIST = "list"


def list_proposal_of(
    old: WordList | None, wanted: WordList, by: Signature, now: datetime, *, forced: bool = False
) -> Proposal:
    """Return the proposal to save `wanted` over `old` (None: a new list); `query` is what people are shown of it."""
    change = {
        "kind": _OF_A_LIST,
        **list_content_of(wanted),
        "forced": forced,
        "query": f"@{wanted.name}: {', '.join(wanted.members)}",
    }
    return Proposal(
        proposal_id=id_for("list-proposal", wanted.list_id, by.author, now.isoformat(), repr(sorted(change.items()))),
        rule_id=wanted.list_id,
        from_version=0 if old is None else old.version,
        change=change,
        author=by.author,
        reason=by.reason,
        created_at=now,
    )


def list_content_of(words: WordList) -> dict[str, Any]:
    """Return what a list says, as a proposal of it has it."""
    return {"name": words.name, "members": list(words.members), "note": words.note, "removed": words.removed}


def is_of_a_list(proposal: Proposal) -> bool:
    """Tell whether a proposal would change a list, not a rule."""
    return proposal.change.get("kind") == _OF_A_LIST


def stale_list_fields(proposal: Proposal, base: ListVersion | None, present: WordList | None) -> tuple[str, ...]:
    """Return what the proposal changes and somebody else changed otherwise since; members that both changed fit."""
    if present is None:
        return ()
    if base is None:
        return ("the list",)
    wanted = proposal.change
    pairs = {"name": (base.name, present.name), "note": (base.note, present.note)}
    clashing = [field for field, (then, now) in pairs.items() if wanted[field] != then != now != wanted[field]]
    gone = ["removed"] if present.removed and not wanted["removed"] and not base.removed else []
    return (*clashing, *gone)


def accepted_list(proposal: Proposal, base: ListVersion | None, present: WordList | None, now: datetime) -> WordList:
    """Return the list as it is once the proposal is applied to what it is now: what others changed since stays.

    Raises WrongInput where both changed the same.
    """
    wanted = proposal.change
    if present is None:
        return WordList(proposal.rule_id, proposal.name, tuple(wanted["members"]), wanted["note"], 1, now, now)
    stale = stale_list_fields(proposal, base, present)
    if stale or base is None:
        why = f"was written against version {proposal.from_version}; since then {' and '.join(stale)} changed otherwise"
        mend = f"Reject it, and propose it again: pactwatch list show {in_shell(present.name)} says what it is now."
        raise WrongInput("proposal", proposal.proposal_id.hex[:8], why, mend=mend)
    dropped = set(base.members) - set(wanted["members"])
    gained = [each for each in wanted["members"] if each not in base.members]
    changed = replace(
        present,
        name=wanted["name"] if wanted["name"] != base.name else present.name,
        note=wanted["note"] if wanted["note"] != base.note else present.note,
        members=tuple(dict.fromkeys([*(each for each in present.members if each not in dropped), *gained])),
        removed_at=now if wanted["removed"] else None,
    )
    return next_list(present, changed, now)
