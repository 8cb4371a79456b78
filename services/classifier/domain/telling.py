"""From a stage word to a claim: its tense, speaker and date, and how surely it is the main one."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from services.classifier.domain.agreements import Mention
from services.classifier.domain.bounds import Bound, claimant_of
from services.classifier.domain.cues import MEETING_NOUNS, is_law
from services.classifier.domain.dates import Found
from services.classifier.domain.line import CueHit, Line
from services.classifier.domain.reading import Reading
from services.classifier.domain.tense import tense_of, within
from shared.catalogue.entries import Agreement, Catalogue
from shared.contracts.verdict import Claim

DATE_REACH_CHARS = 110
OLD_DAYS = 45  # what happened longer before publication is background
OLD_REACH_TOKENS = 6
PRESIDENT_REACH_TOKENS = 8
_PRESIDENT = ("putin", "kremlin", "путин", "кремл", "पुतिन")
_FORERUNNERS = ("old", "previous", "former", "earlier", "prior", "прежн", "стар", "предыдущ", "पुरान", "पिछल", "पूर्व")
UNBOUGHT_PRICE = 0.6  # deliveries of what nobody is known to have ordered: hardly the news, unless nothing else is told
_UNBOUGHT = frozenset({"proposed", "negotiation_started"})
_LATELY = frozenset("week неделе सप्ताह हफ्ते yesterday вчера".split())  # "last week" is news still


def bound_of(
    reading: Reading,
    catalogue: Catalogue,
    line: Line,
    cue: CueHit,
    stage: str,
    apart: int,
    mention: Mention | None,
    agreement: Agreement,
) -> Bound:
    """The claim that a stage word makes of an agreement; `apart` is how many words stand between it and the name."""
    tense = tense_of(reading, line, cue)
    when = _date_near(reading, line, cue, mention, coming=tense == "expected")
    claim = Claim(
        stage=stage,
        date=when.iso if when else None,
        tense=tense,
        claimant=claimant_of(line, reading.tokens),
        evidence=reading.evidence(cue),
    )
    background = tense == "reported" and (
        _is_background(reading, line, cue, when) or (stage == "expired" and _is_of_the_old(reading, cue))
    )
    place = 0.95 if line.in_title else 0.75 if line.place <= 2 else 0.5
    value = place + catalogue.stages[stage].rank / 125 - apart / 60 - (0.7 if background else 0.0)
    value -= UNBOUGHT_PRICE if stage == "delivery_started" and agreement.current_stage in _UNBOUGHT else 0.0
    if mention is not None and mention.backdrop:
        value -= 0.5
    return Bound(
        claim,
        value,
        law=stage == "ratified_russia" and is_law(reading, cue),
        background=background,
        to_terms=cue.stage == "adopted" and stage == "announced",
        by_president=_is_by_president(reading, line, cue),
        bare=reading.tokens[cue.last].folded.startswith(MEETING_NOUNS),  # also "the first meeting"
    )


def _is_by_president(reading: Reading, line: Line, cue: CueHit) -> bool:
    before = reading.tokens[max(line.first, cue.first - PRESIDENT_REACH_TOKENS) : cue.first]
    return any(token.folded.startswith(_PRESIDENT) for token in before)


def _is_of_the_old(reading: Reading, cue: CueHit) -> bool:
    """Whether what ended is the forerunner: "seven years after the old treaty expired"."""
    near = (*reading.before(cue.first, OLD_REACH_TOKENS), *reading.after(cue.last, OLD_REACH_TOKENS))
    return any(token.folded.startswith(_FORERUNNERS) for token in near)


def _date_near(reading: Reading, line: Line, cue: CueHit, mention: Mention | None, *, coming: bool) -> Found | None:
    """The date nearest to the cue; a year inside the item's own name is no date, a year to come has not happened."""
    published = reading.published.date() if reading.published else None
    dates = reading.dates(line, coming=coming)
    at = reading.tokens[cue.first].start
    named = (-1, -1) if mention is None else _span(reading, mention)
    near = [
        found
        for found in dates
        if abs(found.start - at) <= DATE_REACH_CHARS
        and not (named[0] <= found.start < named[1])
        and (coming or published is None or found.year is None or found.year <= published.year)
    ]
    return min(near, key=lambda found: abs(found.start - at), default=None)


def _span(reading: Reading, mention: Mention) -> tuple[int, int]:
    return reading.tokens[mention.hit.first].start, reading.tokens[mention.hit.last].end


def _is_background(reading: Reading, line: Line, cue: CueHit, when: Found | None) -> bool:
    published: date | None = reading.published.date() if reading.published else None
    if published and when and when.day:
        return (published - when.day).days > OLD_DAYS
    if published and when and when.year:
        return _last_day(when).toordinal() + OLD_DAYS < published.toordinal()
    after = {token.folded for token in reading.after(cue.last, 5)}
    before = {token.folded for token in reading.before(cue.first, 5)}
    if (before | after) & _LATELY:
        return False
    return within(reading, line, "past", cue, before=4, after=4)


def _last_day(when: Found) -> date:
    """The last day that a month or year may mean."""
    year, _, month = when.iso.partition("-")
    if not month:
        return date(int(year), 12, 31)
    return date(int(year), int(month), monthrange(int(year), int(month))[1])
