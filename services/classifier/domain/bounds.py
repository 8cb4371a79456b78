"""A claim of the article with what decides which one is the main one, and the readings of a list of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.classifier.domain.line import Hit, Line
from shared.contracts.verdict import Claim, Claimant
from shared.language.tokens import Token

SPEAKER_REACH_TOKENS = 10
WRONG_SIDE_TOKENS = 4  # a name on the unusual side of the verb must be so much nearer
PERSON_GAIN_TOKENS = 2  # a person or an office speaks rather than a country
TOLD_REACH_TOKENS = 2
_SPEAKER_AFTER = ("accord", "слов", "сообщил", "сообщает", "अनुसार")
_TOLD = ("told", "рассказал", "сообщил", "заявил", "ответил", "сказал", "interview", "интервью")


@dataclass(slots=True)
class Bound:
    """A claim with what decides whether it is the main one.

    `inferred`: the article does not say so, convention concludes it; it may give the main stage but is never listed.
    `bare`: told by a noun alone ("the 22nd meeting"), which a verb elsewhere may put into the future.
    `by_president`: the Russian president is named before the word.
    `to_terms`: that the parties came to terms, which beside papers that were signed is a signature too.
    `known`: the same, concluded from what the catalogue knew, so that it says nothing of what the article is about.
    """

    claim: Claim
    value: float
    law: bool = False
    background: bool = False
    inferred: bool = False
    known: bool = False
    to_terms: bool = False
    bare: bool = False
    by_president: bool = False


def main_bound(bounds: Iterable[Bound]) -> Bound | None:
    """The main reported claim; the bounds stand main first."""
    return next((bound for bound in bounds if bound.claim.tense == "reported"), None)


def claims_kept(bounds: Iterable[Bound]) -> tuple[Claim, ...]:
    """What the article itself says, without repeats of the same stage, tense and date."""
    kept: dict[tuple[str, str, str | None], Claim] = {}
    for bound in bounds:
        if not bound.inferred:
            kept.setdefault((bound.claim.stage, bound.claim.tense, bound.claim.date), bound.claim)
    return tuple(kept.values())


def claimant_of(line: Line, tokens: Sequence[Token]) -> Claimant:
    """Who says what the sentence says: the party next to its verb of saying, the agency that reports it, or the paper.

    An agency that somebody spoke to ("told TASS", "рассказал ТАСС") only carries the words of another.
    """
    speaker = _speaker(line, tokens)
    agencies = line.frames.get("agency", ())
    if speaker is None or any(not _is_told(hit, tokens) for hit in agencies):
        return "agency" if agencies else "press"
    return "india" if speaker == "india" else "russia"


def _speaker(line: Line, tokens: Sequence[Token]) -> str | None:
    """The side named nearest to a verb of saying, before it rather than after, but after "according to"."""
    says = line.frames.get("say", ())
    best: tuple[float, str] | None = None
    for say in says:
        after_first = tokens[say.first].folded.startswith(_SPEAKER_AFTER)
        for hit, word in line.side_hits:
            apart = say.first - hit.last if hit.last < say.first else hit.first - say.last
            ranked = apart + (0.0 if (hit.first > say.last) == after_first else WRONG_SIDE_TOKENS)
            ranked -= PERSON_GAIN_TOKENS if word.weight < 1.0 else 0.0
            if 0 < apart <= SPEAKER_REACH_TOKENS and (best is None or ranked < best[0]):
                best = (ranked, word.side)
    return best[1] if best else None


def _is_told(hit: Hit, tokens: Sequence[Token]) -> bool:
    before = [token.folded for token in tokens[max(0, hit.first - TOLD_REACH_TOKENS) : hit.first]]
    after = [token.folded for token in tokens[hit.last + 1 : hit.last + 2]]
    return any(word.startswith(_TOLD) for word in before) or bool(set(after) & {"से", "को"})
