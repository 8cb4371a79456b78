"""What an alert tells, by the rule's policy: what has been told once is not told again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.contracts.verdict import AgreementFinding, Claim, Verdict
from shared.kit.ids import id_for
from shared.rules.percolation import Match

STORY = "story"
_OF_AN_ARTICLE = "article:"
_OF_A_CLAIM = "claim:"
_UNDATED = "undated:"
FRESH_DAYS = 14  # news tells of its own days; an older date beside it is of the past that it recalls


@dataclass(frozen=True)
class Telling:
    """One thing that a match tells: the fact, and what an alert shows of it."""

    fact: str
    evidence: str
    agreement: str | None
    stage: str | None


@dataclass(frozen=True)
class Told:
    """An alert that a rule has raised, on an article and its story, and the fact that it told."""

    alert_id: UUID
    rule_id: UUID
    article_id: UUID
    story_id: UUID
    fact: str


def tellings_of(
    match: Match, verdict: Verdict, article_id: UUID, story_id: UUID, published: datetime | None
) -> tuple[Telling, ...]:
    """Return what a match tells, at least one thing: the same fact of the same rule is told once.

    `each_article`: that there is this article; `each_story`: that there is its story. `new_facts`: of each agreement
    that the rule asked for its stage and the date that is claimed for it, whichever story says so. Where the main claim
    has no date (a headline), another of the same stage and tense may give it, if it is of the days before the article
    was published. A claim without a date is one of its story: another story may be of another round. Where nothing is
    claimed, it is the story again.
    """
    match match.rule.policy:
        case "each_article":
            return (_whole(match, f"{_OF_AN_ARTICLE}{article_id}"),)
        case "new_facts":
            return _claimed(match, verdict, story_id, published) or (_whole(match, STORY),)
        case _:
            return (_whole(match, STORY),)


def alert_id_of(rule_id: UUID, story_id: UUID, fact: str) -> UUID:
    """Return the id of the alert that tells this fact, the same for every article and notifier that comes upon it."""
    if fact == STORY:
        return id_for("alert", rule_id, story_id, STORY)
    return id_for("alert", rule_id, fact)  # stories may be joined: what is told of an article or a claim stays the same


def is_told_by(told: Told, fact: str, article_id: UUID, story_id: UUID) -> bool:
    """Tell whether an alert of the same rule has told the fact, perhaps under the policy that the rule had then."""
    if fact == STORY:
        return told.story_id == story_id
    if fact.startswith(_OF_AN_ARTICLE):
        return told.article_id == article_id
    return told.fact == fact or (told.story_id == story_id and _is_same_but_for_a_date(told.fact, fact))


def _whole(match: Match, fact: str) -> Telling:
    return Telling(fact, match.evidence, match.agreement, match.stage)


def _claimed(match: Match, verdict: Verdict, story_id: UUID, published: datetime | None) -> tuple[Telling, ...]:
    named = {found.id: found for found in reversed(verdict.agreements) if found.id in match.named}
    return tuple(
        Telling(
            f"{_OF_A_CLAIM}{found.id}:{found.stage}:{_day_of(found, published) or f'{_UNDATED}{story_id}'}",
            found.evidence,
            found.id,
            found.stage,
        )
        for found in reversed(named.values())
        if found.stage is not None and found.claims
    )


def _day_of(found: AgreementFinding, published: datetime | None) -> str | None:
    main = _main_claim(found)
    if main.date is not None or published is None:
        return main.date
    same = (claim for claim in found.claims if (claim.stage, claim.tense) == (main.stage, main.tense))
    return next((claim.date for claim in same if claim.date and _is_fresh(claim.date, published)), None)


def _is_fresh(day: str, published: datetime) -> bool:
    try:
        return abs((published.date() - date.fromisoformat(day)).days) <= FRESH_DAYS
    except ValueError:  # a month or a year alone
        return False


def _is_same_but_for_a_date(told: str, fact: str) -> bool:
    """Whether both claim the same stage of the same agreement, and one of them does not say when."""
    if not told.startswith(_OF_A_CLAIM):
        return False
    _, *told_stage, told_day = told.split(":", 3)
    _, *stage, day = fact.split(":", 3)
    return told_stage == stage and (told_day.startswith(_UNDATED) or day.startswith(_UNDATED))


def _main_claim(found: AgreementFinding) -> Claim:
    """Return the claim that the stage rests on; where the article only expects another one, that."""
    return next((claim for claim in found.claims if claim.stage == found.stage), found.claims[0])
