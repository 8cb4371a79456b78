"""What the article says happened to each item: stage words bound to the mention, with tense, speaker and date.

A cue belongs to the mention nearest to it in its sentence; a sentence without a mention that speaks of "the pact"
belongs to the item named last. What follows from the claims by convention is drawn in `conventions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from services.classifier.domain.agreements import Mention, pattern_hits
from services.classifier.domain.bounds import Bound, claimant_of
from services.classifier.domain.conventions import settle
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
_TALKS, _TALKS_HI = ("talks", "discussions", "переговор"), frozenset({"वार्ता", "बातचीत", "चर्चा"})
_PUT_OFF = ("signature", "deliver", "подписани", "поставк", "हस्ताक्षर", "आपूर्ति", "डिलीवरी")
_AT_TALKS = frozenset("after following during at на после итогам ходе перед во".split())
_LAW_FREE = ("ratif", "ратифи", "अनुसमर्थ", "अनुमोद")
_MEETING_NOUNS = ("session", "meeting", "plenary", "заседани", "встреч", "बैठक", "सत्र")
_RUNS = frozenset({"operational"})
_MEETS = frozenset({"meeting_held", "first_meeting", "protocol_signed"})
_PLURAL_DEALS = frozenset(
    """
    agreements pacts deals mous memoranda memorandums papers documents instruments
    соглашений соглашения документов документы меморандумов меморандумы
    समझौते समझौतों करार दस्तावेजों
    """.split()
)
_ANAPHORS = frozenset(
    """
    pact agreement deal treaty accord document memorandum it contract text protocol terms project plant construction
    fighter fighters jet jets systems corridor route visa visas истребитель истребители самолет самолеты коридор विमान
    проект проекта проекту строительство завод परियोजना
    соглашение соглашения соглашению документ документа его договор договора меморандум контракт текст протокол
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
    for number, line in enumerate(reading.lines):
        cues = _cues(reading, lexicon, line)
        here = by_line.get(number, [])
        if here:
            _bind(reading, catalogue, line, cues, here, found)
            last, last_line = here, number
        elif (
            cues
            and number - last_line <= ANAPHOR_LINES
            and len({m.agreement for m in last}) == 1
            and _points_back(reading, line)
        ):
            _bind_back(reading, catalogue, line, cues, last[0].agreement, found)
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


def _cues(reading: Reading, lexicon: Lexicon, line: Line) -> list[CueHit]:
    """The stage words of a sentence: single words and complete patterns, the more special reading first."""
    cues = list({(cue.stage, cue.first, cue.expected): cue for cue in line.cues}.values())
    seen: set[tuple[str, int]] = {(cue.stage, cue.first) for cue in cues}
    for pattern, key in pattern_hits(lexicon.stage_patterns, line):
        if (pattern.owner, key.first) not in seen:
            seen.add((pattern.owner, key.first))
            cues.append(CueHit(key.first, key.last, pattern.owner, expected=_infinitive(reading, key.first)))
    return _specialised(reading, cues)


def _infinitive(reading: Reading, token: int) -> bool:
    word = reading.tokens[token].folded
    return word.endswith(("ировать", "ить", "нять")) and word >= "\u0400"


def _specialised(reading: Reading, cues: list[CueHit]) -> list[CueHit]:
    """Drops the general reading beside a special one: signing a law or terms is not signing the pact."""
    stages = {cue.stage for cue in cues}
    dropped: set[str] = set()
    if "ratified_russia" in stages and any(c.stage == "ratified_russia" and _is_law(reading, c) for c in cues):
        dropped |= {"signed", "approved_internally"}
    if "postponed" in stages:
        dropped |= {"delivery_started", "construction_expected"}
    if "first_meeting" in stages:
        dropped.add("meeting_held")
    if "tor_signed" in stages:
        dropped.add("signed")
    if "duma_ratified" in stages or "fedcouncil_approved" in stages:
        dropped |= {"approved_internally", "adopted"}
    kept = [cue for cue in cues if cue.stage not in dropped or cue.expected]
    unwanted = (_is_venue, _is_put_off) if stages & {"postponed", "approved_internally"} else (_is_venue,)
    kept = [cue for cue in kept if not any(check(reading, cue) for check in unwanted)]
    return [
        cue for cue in kept if not _is_noun_of_submission(reading, stages, cue) and not _is_weaker(reading, cues, cue)
    ]


def _is_put_off(reading: Reading, cue: CueHit) -> bool:
    """The noun beside "postponed" or "approved" names what has not happened ("the signing is put off")."""
    word = reading.tokens[cue.first].folded
    return cue.stage in {"signed", "meeting_held", "delivery_started", "first_meeting"} and (
        word.startswith((*_PUT_OFF, *_MEETING_NOUNS)) or word.endswith(("ing", "ние", "ния", "ню"))
    )


def _is_venue(reading: Reading, cue: CueHit) -> bool:
    """Talks as the place where something is said ("after talks with", "на переговорах", "प्रेस वार्ता") report nothing."""
    if cue.stage != "negotiation_started":
        return False
    word = reading.tokens[cue.first].folded
    before = {token.folded for token in reading.tokens[max(0, cue.first - 2) : cue.first]}
    if word in _TALKS_HI:
        after = {token.folded for token in reading.tokens[cue.last + 1 : cue.last + 3]}
        return bool(before & {"प्रेस", "शिखर", "2+2"} or after & {"बाद", "दौरान"})
    return word.startswith(_TALKS) and bool(before & _AT_TALKS)


def _is_law(reading: Reading, cue: CueHit) -> bool:
    return not reading.tokens[cue.first].folded.startswith(_LAW_FREE)


def _is_noun_of_submission(reading: Reading, stages: set[str], cue: CueHit) -> bool:
    """What is sent for ratification is not ratified."""
    if "submitted_for_ratification" not in stages or cue.stage not in {
        "duma_ratified",
        "ratified_russia",
        "ratified_india",
    }:
        return False
    word = reading.tokens[cue.first].folded
    return word.startswith(("ratification", "ратификаци", "अनुसमर्थन", "अनुमोदन"))


def _is_weaker(reading: Reading, cues: list[CueHit], cue: CueHit) -> bool:
    """A bare "ratified" beside Duma or Federation Council is theirs, not the state's last word."""
    if cue.stage not in {"ratified_russia", "ratified_india"} or _is_law(reading, cue):
        return False
    return any(o.first == cue.first and o.stage in {"duma_ratified", "fedcouncil_approved"} for o in cues)


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
        if agreement.kind == "mechanism":
            fitting = _verbs_first(reading, _without_opening(fitting))
        reach = BIND_REACH_TOKENS
        if several and fitting:
            reach = min(reach, min(_distance(cue, mention) for cue, _ in fitting) + SHARED_CUE_SLACK)
        for cue, stage in fitting:
            if (apart := _distance(cue, mention)) <= reach and not _is_own_word(agreement, cue, mention):
                found[mention.agreement].append(_bound(reading, catalogue, line, cue, stage, apart, mention))


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
    nouns = [pair for pair in fitting if reading.tokens[pair[0].first].folded.startswith(_MEETING_NOUNS)]
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
    if agreement.kind == "declaration" and stage == "signed":
        return "adopted"
    if agreement.kind == "project" and stage == "adopted":
        return "signed"  # of a project "agreed" says that the parties came to terms
    if agreement.kind == "mechanism" and stage in _RUNS | _MEETS:
        # A way of paying runs and does not meet; a commission meets and is not put into operation.
        return stage if (stage in _RUNS) == (agreement.current_stage in _RUNS) else None
    kinds = catalogue.stages[stage].kinds
    return stage if not kinds or agreement.kind in kinds else None


def _distance(cue: CueHit, mention: Mention) -> int:
    return max(0, cue.first - mention.hit.last, mention.hit.first - cue.last)


def _points_back(reading: Reading, line: Line) -> bool:
    return any(token.folded in _ANAPHORS for token in reading.tokens[line.first : line.last])


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
        claimant=claimant_of(line),
        evidence=reading.evidence(cue),
    )
    background = tense == "reported" and _is_background(reading, line, cue, when)
    place = 0.95 if line.in_title else 0.75 if line.place <= 2 else 0.5
    value = place + catalogue.stages[stage].rank / 125 - apart / 60 - (0.7 if background else 0.0)
    if mention is not None and mention.backdrop:
        value -= 0.5
    return Bound(claim, value, law=stage == "ratified_russia" and _is_law(reading, cue), background=background)


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
        return when.year < published.year
    return within(reading, line, "past", cue, before=4, after=4)


def _share_umbrella(
    reading: Reading, lexicon: Lexicon, mentions: Mapping[str, list[Mention]], found: dict[str, list[Bound]]
) -> None:
    """What title or lead say of many ("signed 16 agreements") holds for each item listed without its own word."""
    for line in reading.lines[:4]:
        tokens = reading.tokens[line.first : line.last]
        cue = next((c for c in line.cues if c.stage == "signed"), None)
        if cue is None or not any(token.folded in _PLURAL_DEALS for token in tokens):
            continue
        for agreement, bounds in found.items():
            item = lexicon.catalogue.agreements[agreement]
            if item.kind in {"agreement", "mou", "protocol"} and not bounds and mentions[agreement]:
                bounds.append(_bound(reading, lexicon.catalogue, line, cue, "signed", 15, None))
