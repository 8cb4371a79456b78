"""What an alert tells, by the rule's policy: what has been told once is not told again."""

from __future__ import annotations

from uuid import UUID

from shared.contracts.verdict import AgreementFinding, Claim, Verdict
from shared.kit.ids import id_for
from shared.rules.percolation import Match

STORY = "story"


def fact_of(match: Match, verdict: Verdict, article_id: UUID) -> str:
    """Return the fact that a match tells: the same fact of the same rule is told once.

    `each_article`: that there is this article; `each_story`: that there is its story. `new_facts`: the agreement, its
    stage, and the date that is claimed for it, whichever story says so; where nothing is claimed, the story again.
    """
    match match.rule.policy:
        case "each_article":
            return f"article:{article_id}"
        case "new_facts":
            return _claimed(match, verdict) or STORY
        case _:
            return STORY


def alert_id_of(rule_id: UUID, story_id: UUID, fact: str) -> UUID:
    """Return the id of the alert that tells this fact, the same for every article and notifier that comes upon it."""
    if fact == STORY:
        return id_for("alert", rule_id, story_id, STORY)
    return id_for("alert", rule_id, fact)  # stories may be joined: what is told of an article or a claim stays the same


def _claimed(match: Match, verdict: Verdict) -> str | None:
    found = next((each for each in verdict.agreements if each.id == match.agreement), None)
    if found is None or found.stage is None or not found.claims:
        return None
    return f"claim:{found.id}:{found.stage}:{_main_claim(found).date or 'undated'}"


def _main_claim(found: AgreementFinding) -> Claim:
    """Return the claim that the stage rests on; where the article only expects another one, that."""
    return next((claim for claim in found.claims if claim.stage == found.stage), found.claims[0])
