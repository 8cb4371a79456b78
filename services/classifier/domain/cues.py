"""The stage words of a sentence: single words and complete patterns, the more special reading before the general.

Signing a law is not signing the pact; the signing that is put off has not happened; talks as the place where something
is said report nothing.
"""

from __future__ import annotations

from services.classifier.domain.agreements import pattern_hits
from services.classifier.domain.lexicon import CompiledPattern, Lexicon
from services.classifier.domain.line import CueHit, Hit, Line
from services.classifier.domain.papers import papers_made
from services.classifier.domain.reading import Reading
from services.classifier.domain.tense import unbroken
from shared.language.tokens import Token

_TALKS, _TALKS_HI = ("talks", "discussions", "переговор"), frozenset({"वार्ता", "बातचीत", "चर्चा"})
TALKS = (*_TALKS, "negotiat", *sorted(_TALKS_HI))
_OTHER_PAPERS = ("disclosure", "nda", "confidential", "неразглаш", "конфиденц", "गोपनीय")
OTHER_PAPER_REACH_TOKENS = 5
_MATTERS = ("deliver", "shipment", "поставк", "आपूर्ति", "डिलीवरी", "signature", "launch", "запуск")
MATTER_REACH_TOKENS = 6
LAW_REACH_TOKENS = 2
_LAWS = frozenset("law bill закон закона законом कानून विधेयक".split())
_INFINITIVES_HI, _AFTER_INFINITIVE_HI = frozenset("करने होने देने बनाने".split()), frozenset("पर की का को".split())
HOUSES = frozenset({"duma_ratified", "fedcouncil_approved"})
_PUT_OFF = ("signature", "deliver", "подписани", "поставк", "हस्ताक्षर", "आपूर्ति", "डिलीवरी")
_AT_TALKS = frozenset(
    "after following during at outcome result на после итогам итогом итог итоги ходе перед во".split()
)
_LAW_FREE = ("ratif", "ратифи", "अनुसमर्थ", "अनुमोद")
ORDER_REACH_TOKENS = 4
_SIGNINGS = ("signing", "signature", "подписани")
_ORDERS = ("order", "approv", "clear", "authoris", "authoriz", "распоряжен", "постановлен", "разреш", "одобр")
START_REACH_TOKENS = 3
_STARTS = ("start", "launch", "begun", "начал", "приступ", "запуст", "शुरू", "आरंभ", "शुरु")
_WORKS = (
    "construction",
    "building",
    "load",
    "preparation",
    "строител",
    "загрузк",
    "подготовк",
    "निर्माण",
    "काम",
    "तैयार",
)
_DOING_HI = ("ना", "नी")  # infinitives: भरना, डालना
_ISSUES_HI = frozenset("जारी देना मिलना मिलनी मिलने चलना चलनी".split())
_THINGS = frozenset("shelves invitation invitations приглашению приглашение".split())
# Of one stem with "shipped", "landed", "supplied", and no news themselves.
_GOODS = frozenset("ship ships shipping land lands load loads sail sails supply supplies".split())
_BEFORE_THINGS = frozenset("the off on at by an of his their по official indian russian store shop supermarket".split())
MEETING_NOUNS = ("session", "meeting", "plenary", "заседани", "встреч", "बैठक", "सत्र")


def cues_of(reading: Reading, lexicon: Lexicon, line: Line) -> list[CueHit]:
    """The stage words of a sentence: single words and complete patterns, the more special reading first."""
    if line.reports is None:
        line.reports = _weighed(reading, lexicon, line)
    return line.reports


def _weighed(reading: Reading, lexicon: Lexicon, line: Line) -> list[CueHit]:
    cues = list({(cue.stage, cue.first, cue.expected): cue for cue in line.cues}.values())
    seen: set[tuple[str, int]] = {(cue.stage, cue.first) for cue in cues}
    for pattern, key in _nearest_house(line, list(pattern_hits(lexicon.stage_patterns, line))):
        if (pattern.owner, key.first) not in seen:
            seen.add((pattern.owner, key.first))
            cues.append(CueHit(key.first, key.last, pattern.owner, expected=_infinitive(reading, key.first)))
    cues.extend(cue for cue in papers_made(reading, line) if ("signed", cue.first) not in seen)
    return _specialised(reading, [_ordered(reading, _of_a_law(reading, cue)) for cue in _longest(cues)])


def _nearest_house(line: Line, hits: list[tuple[CompiledPattern, Hit]]) -> list[tuple[CompiledPattern, Hit]]:
    """Where both houses stand in the sentence, a vote belongs to the nearer one."""
    nearest: dict[int, int] = {}
    for pattern, key in hits:
        if pattern.owner in HOUSES:
            apart = _apart_from(line, pattern, key)
            nearest[key.first] = min(apart, nearest.get(key.first, apart))
    return [
        (pattern, key)
        for pattern, key in hits
        if pattern.owner not in HOUSES or _apart_from(line, pattern, key) <= nearest[key.first]
    ]


def _apart_from(line: Line, pattern: CompiledPattern, key: Hit) -> int:
    return min(max(hit.first - key.last, key.first - hit.last) for hit in line.groups[pattern.groups[1]])


def _of_a_law(reading: Reading, cue: CueHit) -> CueHit:
    """Signing a law ("закон подписан", "signs the law") ratifies."""
    near = _around(reading, cue, LAW_REACH_TOKENS)
    if cue.stage == "signed" and any(token.folded in _LAWS for token in near):
        return CueHit(cue.first, cue.last, "ratified_russia", cue.expected)
    return cue


def _around(reading: Reading, cue: CueHit, count: int) -> tuple[Token, ...]:
    """The words around a stage word and its own, of one sentence."""
    own = reading.tokens[cue.first : cue.last + 1]
    return (*reading.before(cue.first, count), *own, *reading.after(cue.last, count))


def _ordered(reading: Reading, cue: CueHit) -> CueHit:
    """An order to sign ("распоряжение о подписании", "approval for the signing") is the approval at home."""
    word = reading.tokens[cue.first].folded
    if cue.stage != "signed" or not word.startswith(_SIGNINGS):
        return cue
    before = reading.before(cue.first, ORDER_REACH_TOKENS)
    if not any(token.folded.startswith(_ORDERS) for token in before):
        return cue
    return CueHit(cue.first, cue.last, "approved_internally", cue.expected)


def _longest(cues: list[CueHit]) -> list[CueHit]:
    """Drops a word that is part of a longer cue of another stage ("reached" in "agreement reached")."""
    return [
        cue
        for cue in cues
        if not any(
            other.stage != cue.stage
            and other.first <= cue.first
            and cue.last <= other.last
            and other.last - other.first > cue.last - cue.first
            for other in cues
        )
    ]


def _infinitive(reading: Reading, token: int) -> bool:
    word = reading.tokens[token].folded
    return word.endswith(("ировать", "ить", "нять")) and word >= "\u0400"


def _specialised(reading: Reading, cues: list[CueHit]) -> list[CueHit]:
    """Drops the general reading beside a special one: signing a law or terms is not signing the pact."""
    stages = {cue.stage for cue in cues}
    dropped: set[str] = set()
    if "ratified_russia" in stages and any(c.stage == "ratified_russia" and is_law(reading, c) for c in cues):
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
    kept = [cue for cue in kept if not is_of_other_paper(reading, cue) and not _is_only_thought_of(reading, cue)]
    kept = [cue for cue in kept if not _is_matter_of_talks(reading, cues, cue)]
    kept = [cue for cue in kept if not _is_start_of_talks(reading, cues, cue) and not _is_thing(reading, cue)]
    kept = [cue for cue in kept if not _is_start_of_work(reading, cue)]
    unwanted = (_is_venue, _is_put_off) if stages & {"postponed", "approved_internally"} else (_is_venue,)
    kept = [cue for cue in kept if not any(check(reading, cue) for check in unwanted)]
    return [
        cue for cue in kept if not _is_noun_of_submission(reading, stages, cue) and not _is_weaker(reading, cues, cue)
    ]


def _is_only_thought_of(reading: Reading, cue: CueHit) -> bool:
    """A Hindi infinitive that something is said about: "स्वीकार करने पर चर्चा", "लागू करने की मांग"."""
    after = [token.folded for token in reading.after(cue.last, 2)]
    return (
        cue.stage in {"adopted", "operational", "delivery_started"}
        and len(after) > 1
        and after[0] in _INFINITIVES_HI
        and after[1] in _AFTER_INFINITIVE_HI
    )


def is_of_other_paper(reading: Reading, cue: CueHit) -> bool:
    """What is signed is no deal but a paper on the way to one (a non-disclosure agreement)."""
    near = _around(reading, cue, OTHER_PAPER_REACH_TOKENS)
    return cue.stage == "signed" and any(token.folded.startswith(_OTHER_PAPERS) for token in near)


def _is_matter_of_talks(reading: Reading, cues: list[CueHit], cue: CueHit) -> bool:
    """What is talked about or offered has not happened ("discussing more deliveries", "आपूर्ति पर बातचीत")."""
    word = reading.tokens[cue.first].folded
    if cue.stage not in {"delivery_started", "signed", "operational"} or not (
        word.startswith(_MATTERS) or word.endswith(("ing", "ние", "ния", "нии", "нию"))
    ):
        return False
    for talk in cues:
        if talk.stage not in {"negotiation_started", "proposed"}:
            continue
        left, right = (cue, talk) if word >= "\u0900" else (talk, cue)
        if 0 < right.first - left.last <= MATTER_REACH_TOKENS and unbroken(reading, left.last, right.first):
            return True
    return False


def _is_start_of_talks(reading: Reading, cues: list[CueHit], cue: CueHit) -> bool:
    """Talks that start or are opened put nothing into operation ("launched negotiations", "बातचीत शुरू")."""
    return cue.stage in {"operational", "delivery_started"} and any(
        talk.stage == "negotiation_started"
        and 0 < max(talk.first - cue.last, cue.first - talk.last) <= START_REACH_TOKENS
        and unbroken(reading, min(cue.first, talk.first), max(cue.last, talk.last))
        for talk in cues
    )


def _is_start_of_work(reading: Reading, cue: CueHit) -> bool:
    """Work on a thing that begins does not put it into operation: "निर्माण शुरू", "ईंधन भरना शुरू"."""
    word = reading.tokens[cue.first].folded
    if cue.stage != "operational" or not word.startswith(_STARTS):
        return False
    if word >= "\u0900":
        near = [token.folded for token in reading.before(cue.first, START_REACH_TOKENS)]
    else:
        near = [token.folded for token in reading.after(cue.first, START_REACH_TOKENS)]
    if any(each in _ISSUES_HI for each in near):
        return False  # "वीजा जारी करना शुरू", "मिलना शुरू": that is what its operation is
    return any(each.startswith(_WORKS) or (each >= "\u0900" and each.endswith(_DOING_HI)) for each in near)


def _is_thing(reading: Reading, cue: CueHit) -> bool:
    """A word that reports as a verb and names a thing after an article: "off the shelves", "at the invitation"."""
    word = reading.tokens[cue.first].folded
    if cue.stage == "delivery_started" and word in _GOODS:
        return True
    if word not in _THINGS:
        return False
    before = reading.before(cue.first, 1)
    return any(token.folded in _BEFORE_THINGS for token in before)


def _is_put_off(reading: Reading, cue: CueHit) -> bool:
    """The noun beside "postponed" or "approved" names what has not happened ("the signing is put off")."""
    word = reading.tokens[cue.first].folded
    return cue.stage in {"signed", "meeting_held", "delivery_started", "first_meeting"} and (
        word.startswith((*_PUT_OFF, *MEETING_NOUNS)) or word.endswith(("ing", "ние", "ния", "ню"))
    )


def _is_venue(reading: Reading, cue: CueHit) -> bool:
    """Talks as the place where something is said ("after talks with", "на переговорах", "प्रेस वार्ता") report nothing."""
    if cue.stage != "negotiation_started":
        return False
    word = reading.tokens[cue.first].folded
    before = {token.folded for token in reading.before(cue.first, 2)}
    if word in _TALKS_HI:
        after = {token.folded for token in reading.after(cue.last, 2)}
        return bool(before & {"प्रेस", "शिखर", "2+2"} or after & {"बाद", "दौरान"})
    return word.startswith(_TALKS) and bool(before & _AT_TALKS)


def is_law(reading: Reading, cue: CueHit) -> bool:
    """Whether the word of ratification is a law or its signing, not the bare verb."""
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
    if cue.stage not in {"ratified_russia", "ratified_india"} or is_law(reading, cue):
        return False
    return any(o.first == cue.first and o.stage in {"duma_ratified", "fedcouncil_approved"} for o in cues)
