"""Where an item stands when an article tells no news of it: what the catalogue knew on the day of the article.

States go on until something ends them: a treaty in talks, a road in use, a target set. They stand without a word. A
step is taken once, on a day (a signature, a vote): it stands only where the article leans on it ("under the
memorandum", "по контракту", "समझौते के तहत"). Such conclusions give a finding its stage; no claim is made of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.classifier.domain.agreements import Mention
from services.classifier.domain.line import Line
from services.classifier.domain.papers import PAPER_NOUNS
from services.classifier.domain.reading import Reading
from shared.catalogue.entries import Agreement

GOES_ON = frozenset(
    {"proposed", "announced", "negotiation_started", "operational", "target_set", "site_preparation", "adopted"}
)
PAPER_REACH_TOKENS = 6  # "the three-sided agreement of the University of …"
UNDER_REACH_TOKENS = 5  # "under the bilateral memorandum of understanding"
_UNDER = frozenset("under according per pursuant по согласно рамках основе".split())
_UNDER_HI = frozenset("तहत मुताबिक अनुसार अंतर्गत आधार".split())


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an item stood on a day, and since when, as precisely as is known."""

    stage: str
    since: str | None


def standing_at(agreement: Agreement, published: datetime | None) -> Standing | None:
    """Return where the item stood on the day; None where nothing was known of it yet."""
    now = agreement.current_stage
    dated = [step for step in agreement.dates if step.date is not None]
    day = published.date().isoformat() if published else "9999"
    known = [step for step in dated if step.date is not None and step.date <= day[: len(step.date)]]
    if not known:
        return None if dated else Standing(now, None)
    own = [step.date for step in known if step.stage == now]
    if own or all(step.stage != now for step in dated):
        return Standing(now, min(own, key=str, default=None))
    last = max(known, key=lambda step: step.date or "")
    return Standing(last.stage, last.date)


def is_leant_on(reading: Reading, mentions: Iterable[Mention], *, alone: bool) -> bool:
    """Whether the article tells of work under a paper: in a sentence of the item's, or anywhere if it is `alone`."""
    lines = reading.lines if alone else [reading.lines[mention.line] for mention in mentions]
    return any(_is_under_a_paper(reading, line) for line in lines)


def is_spoken_of(reading: Reading, mentions: Iterable[Mention]) -> bool:
    """Whether the item is called a paper where it is named: "the agreement of the two universities has yet to …"."""
    for mention in mentions:
        line = reading.lines[mention.line]
        first = max(line.first, mention.hit.first - PAPER_REACH_TOKENS)
        near = reading.tokens[first : min(line.last, mention.hit.last + 1 + PAPER_REACH_TOKENS)]
        if any(token.folded.startswith(PAPER_NOUNS) for token in near):
            return True
    return False


def _is_under_a_paper(reading: Reading, line: Line) -> bool:
    words = [token.folded for token in reading.tokens[line.first : line.last]]
    for place, word in enumerate(words):
        if word in _UNDER:
            near = words[place + 1 : place + 1 + UNDER_REACH_TOKENS]
        elif word in _UNDER_HI:
            near = words[max(0, place - UNDER_REACH_TOKENS) : place]
        else:
            continue
        if any(each.startswith(PAPER_NOUNS) for each in near):
            return True
    return False
