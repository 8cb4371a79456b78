"""What the article says happened to each item: stage words bound to the mention, with tense, speaker and date.

A cue belongs to the mention nearest to it in its sentence; a sentence without a mention that speaks of "the pact"
belongs to the item named last. What follows from the claims by convention is drawn in `conventions`.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from services.classifier.domain.agreements import Mention
from services.classifier.domain.bounds import Bound, claimant_of
from services.classifier.domain.conventions import settle
from services.classifier.domain.cues import HOUSES, MEETING_NOUNS, TALKS, cues_of, is_law, is_of_other_paper
from services.classifier.domain.dates import Found
from services.classifier.domain.lexicon import Lexicon
from services.classifier.domain.line import CueHit, Line
from services.classifier.domain.reading import Reading
from services.classifier.domain.tense import tense_of, within
from shared.catalogue.entries import Agreement, Catalogue
from shared.contracts.verdict import Claim

BIND_REACH_TOKENS = 28
SHARED_CUE_SLACK = 4  # a cue serves every mention that is hardly further from it than the nearest ("A, B and C signed")
ANAPHOR_LINES = 2
DATE_REACH_CHARS = 110
OLD_DAYS = 45  # what happened longer before publication is background
_SAID_BY_PAPER = ("welcom", "reaffirm", "reiterat", "restat", "подтверд", "स्वागत", "दोहरा")
_LAWMAKING = HOUSES | {"submitted_for_ratification", "ratified_russia", "ratified_india", "in_force"}
_RATIFIABLE = frozenset({"agreement", "mou", "protocol"})
_LATELY = frozenset("week неделе सप्ताह हफ्ते yesterday вчера".split())  # "last week" is news still
# A favour is announced, not signed like the papers beside it; a statement is made, and announces other things.
_UNLIKE_ITS_KIND = {"announced": frozenset({"signed", "adopted"}), "adopted": frozenset({"announced"})}
_CALLED_FOR_KIND = {
    ("declaration", "signed"): "adopted",
    ("project", "adopted"): "signed",  # of a project "agreed" says that the parties came to terms
    ("agreement", "adopted"): "announced",  # that the parties came to terms is not yet a signature
}
_RUNS = frozenset({"operational"})
_MEETS = frozenset({"meeting_held", "first_meeting", "protocol_signed"})
_PLURAL_DEALS = frozenset(
    """
    agreements pacts deals mous memoranda memorandums papers documents instruments
    соглашений соглашения документов документы меморандумов меморандумы
    समझौते समझौतों करार दस्तावेजों
    """.split()
)
_NOUNS_OF_KIND = {
    "mou": frozenset("memorandum mou меморандум меморандума ज्ञापन".split()),
    "protocol": frozenset("protocol протокол протокола प्रोटोकॉल".split()),
    "agreement": frozenset(
        "agreement pact treaty accord соглашение соглашения соглашении договор समझौता समझौते करार संधि".split()
    ),
    "project": frozenset(
        "plant project construction contract завод проект строительство контракт परियोजना कारखाना".split()
    ),
    "programme": frozenset("programme program программа программу कार्यक्रम".split()),
}
_ANAPHORS = frozenset(
    """
    pact agreement deal treaty accord document memorandum it contract text protocol terms project plant construction
    fighter fighters jet jets systems corridor route visa visas истребитель истребители самолет самолеты коридор विमान
    проект проекта проекту строительство завод परियोजना
    соглашение соглашения соглашению документ документа его договор договора меморандум контракт текст протокол
    ее ней нем них они он оно она
    соглашении соглашением договоре договором документе документом меморандуме проекте контракте
    समझौता समझौते करार इसे इस संधि इसके ज्ञापन
    """.split()
)


def claims_of(reading: Reading, lexicon: Lexicon, mentions: Mapping[str, list[Mention]]) -> dict[str, list[Bound]]:
    """The claims on each mentioned item, the main one first."""
    catalogue = lexicon.catalogue
    found: dict[str, list[Bound]] = {agreement: [] for agreement in mentions}
    by_line = _by_line(mentions)
    last: list[Mention] = []
    last_line = -9
    meeting = [name for name in mentions if catalogue.agreements[name].kind == "mechanism"]
    ratifiable = [name for name in mentions if catalogue.agreements[name].kind in _RATIFIABLE]
    for number, line in enumerate(reading.lines):
        cues = cues_of(reading, lexicon, line)
        here = by_line.get(number, [])
        if here:
            _bind(reading, catalogue, line, cues, here, found)
            last, last_line = here, number
        elif cues and number - last_line <= ANAPHOR_LINES and (meant := _meant(reading, catalogue, line, last)):
            _bind_back(reading, catalogue, line, cues, meant, found)
            last_line = number  # it is still the topic
        elif cues and len(mentions) == 1 and number - last_line <= ANAPHOR_LINES and _is_of_talks(reading, cues):
            _bind_back(reading, catalogue, line, cues, next(iter(mentions)), found)
        elif cues and len(ratifiable) == 1:
            # Where one pact is spoken of, what parliament and president do in the same story is done to it.
            made = [cue for cue in cues if cue.stage in _LAWMAKING]
            _bind_back(reading, catalogue, line, made, ratifiable[0], found)
        elif cues and len(meeting) == 1:
            made = [cue for cue in cues if cue.stage == "protocol_signed"]
            _bind_back(reading, catalogue, line, made, meeting[0], found)
    _share_umbrella(reading, lexicon, mentions, found)
    for agreement, bounds in found.items():
        settle(catalogue.agreements[agreement], bounds, mentions[agreement], reading)
        bounds.sort(key=lambda bound: -bound.value)
    return found


def _by_line(mentions: Mapping[str, list[Mention]]) -> dict[int, list[Mention]]:
    by_line: dict[int, list[Mention]] = {}
    for listed in mentions.values():
        for mention in listed:
            by_line.setdefault(mention.line, []).append(mention)
    return by_line


def _bind(
    reading: Reading,
    catalogue: Catalogue,
    line: Line,
    cues: list[CueHit],
    mentions: list[Mention],
    found: dict[str, list[Bound]],
) -> None:
    several = len({mention.agreement for mention in mentions}) > 1
    for mention in mentions:
        agreement = catalogue.agreements[mention.agreement]
        fitting = [(cue, stage) for cue in cues if (stage := _stage_for(catalogue, agreement, cue.stage)) is not None]
        if agreement.kind in {"declaration", "mechanism"}:
            fitting = [pair for pair in fitting if not _is_said_by_paper(reading, pair[0])]
        if agreement.kind == "mechanism":
            fitting = _verbs_first(reading, _without_opening(fitting))
        reach = BIND_REACH_TOKENS
        if several and fitting:
            reach = min(reach, min(_distance(cue, mention) for cue, _ in fitting) + SHARED_CUE_SLACK)
        for cue, stage in fitting:
            if (apart := _distance(cue, mention)) <= reach and not _is_own_word(agreement, cue, mention):
                found[mention.agreement].append(_bound(reading, catalogue, line, cue, stage, apart, mention))


def _is_said_by_paper(reading: Reading, cue: CueHit) -> bool:
    """What a joint statement welcomes or reaffirms does not happen to the statement."""
    return reading.tokens[cue.first].folded.startswith(_SAID_BY_PAPER)


def _is_own_word(agreement: Agreement, cue: CueHit, mention: Mention) -> bool:
    """A word of the item's own name ("long-term supply") reports nothing."""
    inside = mention.hit.first <= cue.first and cue.last <= mention.hit.last
    return inside and mention.hit.last > mention.hit.first and agreement.kind != "mechanism"


def _without_opening(fitting: list[tuple[CueHit, str]]) -> list[tuple[CueHit, str]]:
    """A meeting that opens is held, not put into operation."""
    held = {cue.first for cue, stage in fitting if stage == "meeting_held"}
    return [(cue, stage) for cue, stage in fitting if stage != "operational" or cue.first not in held]


def _verbs_first(reading: Reading, fitting: list[tuple[CueHit, str]]) -> list[tuple[CueHit, str]]:
    """Where a verb tells of the meeting, the bare nouns ("the 23rd session") tell nothing more."""
    nouns = [pair for pair in fitting if reading.tokens[pair[0].first].folded.startswith(MEETING_NOUNS)]
    verbs = [pair for pair in fitting if pair not in nouns]
    return verbs if any(stage == "meeting_held" for _, stage in verbs) else fitting


def _bind_back(
    reading: Reading,
    catalogue: Catalogue,
    line: Line,
    cues: list[CueHit],
    agreement: str,
    found: dict[str, list[Bound]],
) -> None:
    for cue in cues:
        stage = _stage_for(catalogue, catalogue.agreements[agreement], cue.stage)
        if stage is not None and stage not in {"announced", "target_set", "adopted"}:
            found[agreement].append(_bound(reading, catalogue, line, cue, stage, 20, None))


def _stage_for(catalogue: Catalogue, agreement: Agreement, stage: str) -> str | None:
    """The stage as it is called for this kind of item; None where it cannot happen to it."""
    if agreement.kind == "declaration" and stage in _UNLIKE_ITS_KIND.get(agreement.current_stage, ()):
        return None
    stage = _CALLED_FOR_KIND.get((agreement.kind, stage), stage)
    if agreement.kind == "mechanism" and stage in _RUNS | _MEETS:
        # A way of paying runs and does not meet; a commission meets and is not put into operation.
        return stage if (stage in _RUNS) == (agreement.current_stage in _RUNS) else None
    kinds = catalogue.stages[stage].kinds
    return stage if not kinds or agreement.kind in kinds else None


def _distance(cue: CueHit, mention: Mention) -> int:
    return max(0, cue.first - mention.hit.last, mention.hit.first - cue.last)


def _is_of_talks(reading: Reading, cues: list[CueHit]) -> bool:
    """Whether a sentence tells only of talks: in a story of one item they are about it."""
    return all(reading.tokens[cue.first].folded.startswith(TALKS) for cue in cues)


def _meant(reading: Reading, catalogue: Catalogue, line: Line, last: list[Mention]) -> str | None:
    """The item that the sentence points back to: the only one named last, or the only one of the kind it says."""
    words = {token.folded for token in reading.tokens[line.first : line.last]}
    if not words & _ANAPHORS:
        return None
    named = {mention.agreement for mention in last}
    if words & _NOUNS_OF_KIND["protocol"]:  # what ends in a protocol is a session, not a road or a plant
        named = {name for name in named if catalogue.agreements[name].kind in {"protocol", "mechanism"}}
    elif len(named) > 1:
        kinds = {kind for kind, nouns in _NOUNS_OF_KIND.items() if words & nouns}
        named = {name for name in named if catalogue.agreements[name].kind in kinds}
    # Of a commission and its working group the group is meant: it met.
    named = {name for name in named if not any(other.startswith(f"{name}-") for other in named)}
    return next(iter(named)) if len(named) == 1 else None


def _bound(
    reading: Reading,
    catalogue: Catalogue,
    line: Line,
    cue: CueHit,
    stage: str,
    apart: int,
    mention: Mention | None,
) -> Bound:
    tense = tense_of(reading, line, cue)
    when = _date_near(reading, line, cue, mention, coming=tense == "expected")
    claim = Claim(
        stage=stage,
        date=when.iso if when else None,
        tense=tense,
        claimant=claimant_of(line, reading.tokens),
        evidence=reading.evidence(cue),
    )
    background = tense == "reported" and _is_background(reading, line, cue, when)
    place = 0.95 if line.in_title else 0.75 if line.place <= 2 else 0.5
    value = place + catalogue.stages[stage].rank / 125 - apart / 60 - (0.7 if background else 0.0)
    if mention is not None and mention.backdrop:
        value -= 0.5
    return Bound(claim, value, law=stage == "ratified_russia" and is_law(reading, cue), background=background)


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
        return _last_day(when).toordinal() + OLD_DAYS < published.toordinal() and when.year < published.year
    after = {token.folded for token in reading.tokens[cue.last + 1 : cue.last + 6]}
    before = {token.folded for token in reading.tokens[max(0, cue.first - 5) : cue.first]}
    if (before | after) & _LATELY:
        return False
    return within(reading, line, "past", cue, before=4, after=4)


def _last_day(when: Found) -> date:
    """The last day that a month or year may mean."""
    year, _, month = when.iso.partition("-")
    if not month:
        return date(int(year), 12, 31)
    return date(int(year), int(month), monthrange(int(year), int(month))[1])


def _share_umbrella(
    reading: Reading, lexicon: Lexicon, mentions: Mapping[str, list[Mention]], found: dict[str, list[Bound]]
) -> None:
    """What title or lead say of many ("signed 16 agreements") holds for each item listed without its own word."""
    for line in reading.lines[:4]:
        tokens = reading.tokens[line.first : line.last]
        cue = next((c for c in line.cues if c.stage == "signed"), None)
        if cue is None or is_of_other_paper(reading, cue) or not any(token.folded in _PLURAL_DEALS for token in tokens):
            continue
        for agreement, bounds in found.items():
            item = lexicon.catalogue.agreements[agreement]
            if item.kind in _RATIFIABLE and not bounds and mentions[agreement]:
                bounds.append(_bound(reading, lexicon.catalogue, line, cue, "signed", 15, None))
    _share_with_the_next(lexicon.catalogue, mentions, found)


def _share_with_the_next(
    catalogue: Catalogue, mentions: Mapping[str, list[Mention]], found: dict[str, list[Bound]]
) -> None:
    """A paper named right after one that was signed, without a word of its own, was signed with it."""
    papers = [name for name in mentions if catalogue.agreements[name].kind in _RATIFIABLE]
    for name in [name for name in papers if not found[name]]:
        line = mentions[name][0].line
        for other in papers:
            signed = next((b for b in found[other] if b.claim.stage == "signed" and not b.background), None)
            if signed is not None and any(0 <= line - mention.line <= ANAPHOR_LINES for mention in mentions[other]):
                found[name].append(replace(signed, value=signed.value - 0.2, inferred=True))
                break
