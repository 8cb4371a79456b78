"""What a person is told of a save: the version, the proposal that waits, or that nothing changed."""

from __future__ import annotations

from services.cli.cancelled import cancelled_deliveries
from services.cli.output import say, warn
from services.desk.domain.proposals import Proposal
from services.desk.domain.saving import Kept, Proposed, Saved, Unchanged


def tell(kept: Kept, done: str) -> None:
    """Say what became of a save; `done` is the sentence for one that was made."""
    match kept:
        case Saved(cancelled=cancelled):
            say(done)
            if cancelled:
                say(cancelled_deliveries(cancelled))
        case Proposed(proposal):
            tell_proposed(proposal)
        case Unchanged(rule):
            say(f"{rule.name} says so already; nothing is saved.")
    for caution in kept.cautions:
        warn(f"Caution: {caution}")


def tell_proposed(proposal: Proposal) -> None:
    """Say that a save waits, and how it goes on."""
    say(f"Proposed, not saved yet: {proposal.name} waits for a second person.")
    say(f"Somebody else approves it: pactwatch rule approve {short(proposal)}")


def short(proposal: Proposal) -> str:
    """Return the beginning of the proposal's id, as commands take it."""
    return proposal.proposal_id.hex[:8]
