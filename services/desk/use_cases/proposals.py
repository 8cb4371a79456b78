"""Four eyes: a save that waits is approved by somebody else, rejected, or withdrawn."""

from __future__ import annotations

from dataclasses import dataclass

from services.desk.domain.list_proposals import accepted_list, is_of_a_list, stale_list_fields
from services.desk.domain.lookup import one_of_prefix, refuse_known_rule
from services.desk.domain.proposals import Proposal, accepted, decided, stale_fields
from services.desk.domain.rule_versions import RuleVersion
from services.desk.domain.rules import Rule
from services.desk.domain.saving import Saved
from services.desk.domain.signatures import Signature
from services.desk.domain.word_lists import ListVersion, WordList, refuse_known_list
from services.desk.ports import DeskWork
from services.desk.use_cases.rule_keeping import RuleKeeping
from services.desk.use_cases.word_lists import WordLists


@dataclass(frozen=True, slots=True)
class WaitingProposal:
    """A proposal that waits, beside the rule or list as it is now (None: it would be new).

    `behind` is how many versions that moved on since it was written; `stale` names the fields that both changed.
    """

    proposal: Proposal
    present: Rule | WordList | None
    behind: int
    stale: tuple[str, ...]


class Proposals:
    """Shows what waits, and decides it."""

    def __init__(self, keeping: RuleKeeping) -> None:
        self._keeping = keeping
        self._desk = keeping.desk
        self._lists = WordLists(keeping.desk, keeping.language)

    async def waiting(self) -> list[WaitingProposal]:
        """Return the proposals that wait, oldest first."""
        async with self._desk.begin() as work:
            return [await self._seen(work, each) for each in await work.open_proposals()]

    async def approve(self, proposal_id: str, by: Signature) -> Saved | WordList:
        """Save what was proposed, of a rule or of a list.

        The version's author is who proposed it, its reason names who approved it.

        What others changed since stays. Raises WrongInput for the proposer himself, and where both changed the same.
        """
        now = self._desk.now()
        async with self._desk.writing() as work:
            proposal = await self._open(work, proposal_id)
            approved = decided(proposal, "approved", by.author, now, by.reason)
            reason = " ".join(filter(None, [proposal.reason, f"(approved by {by.author})"]))
            proposer = Signature(proposal.author, reason)
            saved: Saved | WordList
            if is_of_a_list(proposal):
                saved = await self._save_list(work, proposal, proposer)
            else:
                saved = await self._save_rule(work, proposal, proposer)
            await work.save_proposal(approved)
        return saved

    async def _save_rule(self, work: DeskWork, proposal: Proposal, by: Signature) -> Saved:
        present = await work.rule(proposal.rule_id)
        rule = accepted(proposal, await self._base(work, proposal), present, self._desk.now())
        refuse_known_rule(rule.name, [each for each in await work.rule_names() if each.rule_id != rule.rule_id])
        self._keeping.language.check(rule.query, await self._keeping.lists(work))
        return await self._keeping.put(work, present, rule, by)

    async def _save_list(self, work: DeskWork, proposal: Proposal, by: Signature) -> WordList:
        present = await self._list(work, proposal)
        words = accepted_list(proposal, await self._list_base(work, proposal), present, self._desk.now())
        live = await work.live_lists()
        if words.removed and present is not None:
            await self._lists.refuse_in_use(work, present, force=bool(proposal.change["forced"]))
        elif present is not None and not present.removed:
            await self._lists.refuse_wrong(work, live, present, words)
        else:
            refuse_known_list(words.name, live)
            self._keeping.language.check_list(words.name, words.members)
        await work.save_list(words, by)
        return words

    async def reject(self, proposal_id: str, by: Signature, answer: str) -> Proposal:
        """Let a proposal be, and answer why. Raises WrongInput for an unknown one."""
        return await self._decide(proposal_id, by, answer, withdrawn=False)

    async def withdraw(self, proposal_id: str, by: Signature) -> Proposal:
        """Take one's own proposal back. Raises WrongInput for an unknown one, and for another's."""
        return await self._decide(proposal_id, by, by.reason, withdrawn=True)

    async def _decide(self, proposal_id: str, by: Signature, answer: str, *, withdrawn: bool) -> Proposal:
        async with self._desk.writing() as work:
            proposal = await self._open(work, proposal_id)
            word = "withdrawn" if withdrawn else "rejected"
            over = decided(proposal, word, by.author, self._desk.now(), answer)  # type: ignore[arg-type]
            await work.save_proposal(over)
        return over

    async def _open(self, work: DeskWork, proposal_id: str) -> Proposal:
        waiting = await work.open_proposals()
        return one_of_prefix(proposal_id, waiting, id_of=lambda each: each.proposal_id, noun="proposal")

    async def _seen(self, work: DeskWork, proposal: Proposal) -> WaitingProposal:
        if is_of_a_list(proposal):
            words = await self._list(work, proposal)
            moved = 0 if words is None else words.version - proposal.from_version
            stale = stale_list_fields(proposal, await self._list_base(work, proposal), words) if moved else ()
            return WaitingProposal(proposal, words, moved, stale)
        present = await work.rule(proposal.rule_id)
        behind = 0 if present is None else present.version - proposal.from_version
        base = await self._base(work, proposal) if behind else None
        return WaitingProposal(proposal, present, behind, stale_fields(proposal, base, present))

    async def _base(self, work: DeskWork, proposal: Proposal) -> RuleVersion | None:
        versions = await work.rule_versions(proposal.rule_id)
        return next((each for each in versions if each.version == proposal.from_version), None)

    async def _list(self, work: DeskWork, proposal: Proposal) -> WordList | None:
        known = [*await work.live_lists(), *await work.removed_lists()]
        return next((each for each in known if each.list_id == proposal.rule_id), None)

    async def _list_base(self, work: DeskWork, proposal: Proposal) -> ListVersion | None:
        versions = await work.list_versions(proposal.rule_id)
        return next((each for each in versions if each.version == proposal.from_version), None)
