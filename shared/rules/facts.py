"""What an alert tells, by the rule's policy: what has been told once is not told again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from shared.contracts.told_facts import CLAIM
from shared.contracts.verdict import AgreementFinding, Claim, Verdict
from shared.kit.ids import id_for
from shared.rules.percolation import Match

STORY = "story"
_OF_AN_ARTICLE = "article:"
_UNDATED = "undated:"
FRESH_DAYS = 14  # news tells of its own days, and is told again and again for as long


@dataclass(frozen=True)
class Telling:
    """One thing that a match tells: the fact, and what an alert shows of it."""

    fact: str
    evidence: str
    agreement: str | None
    stage: str | None


@dataclass(frozen=True)
class Told:
    """An alert that a rule has raised, on an article and its story, and the fact that it told at a moment."""

    alert_id: UUID
    rule_id: UUID
    article_id: UUID
    story_id: UUID
    fact: str
    moment: datetime


def tellings_of(
    match: Match, verdict: Verdict, article_id: UUID, story_id: UUID, published: datetime | None
) -> tuple[Telling, ...]:
    """Return what a match tells, at least one thing: the same fact of the same rule is told once.

    `each_article`: that there is this article; `each_story`: that there is its story. `new_facts`: of each agreement
    that the rule asked for its stage and the date that is claimed for it, whichever story says so. Where the main claim
    has no date (a headline), another of the same stage and tense may give it, if it is of the days around which the
    article was published. A claim without a date is one of its story, and may have been told by another (`is_told_by`).
    Where nothing is claimed, it is the story again.
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


def is_told_by(told: Told, fact: str, article_id: UUID, story_id: UUID, moment: datetime) -> bool:
    """Tell whether an alert of the same rule has told the fact, perhaps under the policy that the rule had then.

    The fact comes at a `moment`. A claim that gives no date is the one that was told in the `FRESH_DAYS` before it; one
    with a date is the one that was told without, if that was around its day. After that it may be of another round.
    """
    if fact == STORY:
        return told.story_id == story_id
    if fact.startswith(_OF_AN_ARTICLE):
        return told.article_id == article_id
    return told.fact == fact or _is_the_claim_told_by(told, fact, moment)


def _whole(match: Match, fact: str) -> Telling:
    return Telling(fact, match.evidence, match.agreement, match.stage)


def _claimed(match: Match, verdict: Verdict, story_id: UUID, published: datetime | None) -> tuple[Telling, ...]:
    named = {found.id: found for found in reversed(verdict.agreements) if found.id in match.named}
    return tuple(
        Telling(
            f"{CLAIM}{found.id}:{found.stage}:{_day_of(found, published) or f'{_UNDATED}{story_id}'}",
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


def claimed_agreement(fact: str) -> str | None:
    """Return the agreement that a fact is a claim about, None for a story's and an article's."""
    return fact.split(":", 2)[1] if fact.startswith(CLAIM) else None


def _is_the_claim_told_by(told: Told, fact: str, moment: datetime) -> bool:
    if not told.fact.startswith(CLAIM):
        return False
    _, *stage_told, day_told = told.fact.split(":", 3)
    _, *stage, day = fact.split(":", 3)
    if stage_told != stage:
        return False
    if day.startswith(_UNDATED):
        return abs(moment - told.moment) <= timedelta(days=FRESH_DAYS)
    if day_told.startswith(_UNDATED):
        return _is_fresh(day, told.moment)
    return day.startswith(day_told) or day_told.startswith(day)  # "2025-12" and "2025-12-05"


def _is_fresh(day: str, moment: datetime) -> bool:
    try:
        return abs((moment.date() - date.fromisoformat(day)).days) <= FRESH_DAYS
    except ValueError:  # a month or a year alone
        return False


def _main_claim(found: AgreementFinding) -> Claim:
    """Return the claim that the stage rests on; where the article only expects another one, that."""
    return next((claim for claim in found.claims if claim.stage == found.stage), found.claims[0])
