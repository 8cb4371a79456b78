"""What the article says happened to each item: stage words bound to the mention, with tense, speaker and date.

A cue belongs to the mention nearest to it in its sentence; a sentence without a mention that speaks of "the pact"
belongs to the item named last. What follows from the claims by convention is drawn in `conventions`.
"""

from __future__ import annotations

from collections.abc import Mapping

from services.classifier.domain.agreements import Mention, worth
from services.classifier.domain.bounds import Bound
from services.classifier.domain.company import share_in_company
from services.classifier.domain.conventions import MEETS, settle
from services.classifier.domain.cues import HOUSES, MEETING_NOUNS, TALKS, cues_of
from services.classifier.domain.lexicon import Lexicon
from services.classifier.domain.line import CueHit, Line
from services.classifier.domain.papers import PAPER_KINDS
from services.classifier.domain.reading import Reading
from services.classifier.domain.telling import bound_of
from services.classifier.domain.tense import unbroken
from shared.catalogue.entries import Agreement, Catalogue
from shared.language.fold import fold, stem_of

BIND_REACH_TOKENS = 28
SHARED_CUE_SLACK = 4  # a cue serves every mention that is hardly further from it than the nearest ("A, B and C signed")
OTHER_HALF_TOKENS = 24
WILL_BE_REACH_TOKENS = 7  # "फोरम 29 और 30 मार्च को होगा"
ANAPHOR_LINES = 2
TOPIC_WORTH, ASIDE_WORTH = 0.65, 0.5  # an item named in title or lead, beside others named once in the body
_SAID_BY_PAPER = ("welcom", "reaffirm", "reiterat", "restat", "подтверд", "स्वागत", "दोहरा")
_LAWMAKING = HOUSES | {"submitted_for_ratification", "ratified_russia", "ratified_india", "in_force"}
# A favour is announced, not signed like the papers beside it; a statement is made, and announces other things.
_UNLIKE_ITS_KIND = {"announced": frozenset({"signed", "adopted"}), "adopted": frozenset({"announced"})}
_CALLED_FOR_KIND = {
    ("declaration", "signed"): "adopted",
    ("project", "adopted"): "signed",  # of a project "agreed" says that the parties came to terms
    ("agreement", "adopted"): "announced",  # that the parties came to terms is not yet a signature
}
# Words that tell of an item only beside its name: anything is received, opened, started, reached.
_LOOSE = (
    "receiv", "sent", "send", "open", "start", "launch", "reach", "host", "end", "address", "attend",
    "получ", "переда", "открыл", "откры", "начал", "прошл", "прошел", "выступ", "встре", "работа",
    "मिल", "शुरू", "हुआ", "हुई", "पहुंच", "होगा", "होगी",
)  # fmt: skip
_WILL_BE_HI = frozenset("होगा होगी होंगे होंगी".split())
_AGREED = ("agree", "договор", "услов", "сговор", "सहमत")
_RUNS = frozenset({"operational"})
_BOUGHT = frozenset({"signed", "delivery_started", "delivery_expected"})


def _stems(words: str) -> frozenset[str]:
    return frozenset(stem_of(fold(word)) for word in words.split())


_NOUNS_OF_KIND = {
    "mou": _stems("memorandum memoranda mou меморандум меморандума ज्ञापन एमओयू"),
    "protocol": _stems("protocol протокол प्रोटोकॉल"),
    "agreement": _stems("agreement pact treaty accord соглашение договор пакт समझौता समझौते करार संधि"),
    "project": _stems("plant project construction contract завод проект строительство контракт परियोजना कारखाना संयंत्र"),
    "programme": _stems("programme program программа कार्यक्रम"),
}
_ANAPHORS = _stems(
    """
    pact agreement deal treaty accord document memorandum memoranda it contract text protocol terms project plant
    construction fighter jet systems corridor route visa истребитель самолет коридор маршрут виза
    विमान गलियारा मार्ग वीजा
    проект строительство завод परियोजना संयंत्र कारखाना
    соглашение документ его договор меморандум контракт текст протокол
    ее ней нем них они он оно она
    समझौता समझौते करार इसे इस संधि इसके ज्ञापन दस्तावेज अनुबंध सौदा
    """
)


def claims_of(reading: Reading, lexicon: Lexicon, mentions: Mapping[str, list[Mention]]) -> dict[str, list[Bound]]:
    """The claims on each mentioned item, the main one first."""
    catalogue = lexicon.catalogue
    found: dict[str, list[Bound]] = {agreement: [] for agreement in mentions}
    by_line = _by_line(mentions)
    last: list[Mention] = []
    last_line = -9
    meeting = [name for name in mentions if catalogue.agreements[name].kind == "mechanism"]
    ratifiable = [name for name in mentions if catalogue.agreements[name].kind in PAPER_KINDS]
    for number, line in enumerate(reading.lines):
        cues = cues_of(reading, lexicon, line)
        here = by_line.get(number, [])
        if here:
            _bind(reading, catalogue, line, cues, here, found)
            last, last_line = here, number
        elif cues and number - last_line <= ANAPHOR_LINES and (meant := _meant(reading, lexicon, line, last, mentions)):
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
    share_in_company(reading, lexicon, mentions, found)
    topic = _topic(catalogue, mentions)
    if topic is not None and _may_be_told_of(catalogue, topic, mentions) and all(b.background for b in found[topic]):
        _bind_loosely(reading, lexicon, topic, by_line, found)
    for agreement, bounds in found.items():
        settle(catalogue.agreements[agreement], bounds, mentions[agreement], reading, alone=agreement == topic)
        bounds.sort(key=lambda bound: -bound.value)
    return found


def _topic(catalogue: Catalogue, mentions: Mapping[str, list[Mention]]) -> str | None:
    """The item that the whole article is about: the only one, or the one in the title while the others are not."""
    if len(mentions) == 1:
        return next(iter(mentions))
    worths = {
        name: worth(listed) for name, listed in mentions.items() if not catalogue.agreements[name].naming.background
    }
    ordered = sorted(worths, key=lambda name: -worths[name])
    if not ordered or worths[ordered[0]] < TOPIC_WORTH:
        return None
    return ordered[0] if len(ordered) == 1 or worths[ordered[1]] <= ASIDE_WORTH else None


def _may_be_told_of(catalogue: Catalogue, topic: str, mentions: Mapping[str, list[Mention]]) -> bool:
    """Whether other sentences may tell of the topic: of a meeting named far down they do not, ministers met."""
    return catalogue.agreements[topic].kind != "mechanism" or worth(mentions[topic]) >= TOPIC_WORTH


def _bind_loosely(
    reading: Reading,
    lexicon: Lexicon,
    topic: str,
    by_line: Mapping[int, list[Mention]],
    found: dict[str, list[Bound]],
) -> None:
    """In an article about one item, what is told in its other sentences is told of that item, but for loose words."""
    for number, line in enumerate(reading.lines):
        if by_line.get(number) or line.thirds:
            continue
        cues = cues_of(reading, lexicon, line)
        firm = [cue for cue in cues if not reading.tokens[cue.first].folded.startswith(_LOOSE)]
        _bind_back(reading, lexicon.catalogue, line, firm, topic, found)


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
        fitting = [
            (cue, _of_a_running_programme(reading, agreement, cue, stage))
            for cue in cues
            if (stage := _stage_for(catalogue, agreement, cue.stage)) is not None
        ]
        if agreement.kind in {"declaration", "mechanism"}:
            fitting = [pair for pair in fitting if not _is_said_by_paper(reading, pair[0])]
        if agreement.kind == "mechanism":
            fitting = [pair for pair in fitting if not _is_far_will_be(reading, pair[0], mention)]
            fitting = _verbs_first(reading, _without_opening(_own_first(catalogue, fitting, mention, mentions)))
        reach = BIND_REACH_TOKENS
        if several and fitting:
            reach = min(reach, min(_distance(cue, mention) for cue, _ in fitting) + SHARED_CUE_SLACK)
        for cue, stage in fitting:
            apart = _distance(cue, mention)
            if apart <= reach and not _is_own_word(agreement, cue, mention):
                apart += _other_half(reading, line, cue, mention, fitting)
                found[mention.agreement].append(
                    bound_of(reading, catalogue, line, cue, stage, apart, mention, agreement)
                )


def _of_a_running_programme(reading: Reading, agreement: Agreement, cue: CueHit, stage: str) -> str:
    """That the parties agree on more of what has no paper to adopt announces it: "agreed on wider use of the route"."""
    known = {agreement.current_stage, *(step.stage for step in agreement.dates)}
    agreed = reading.tokens[cue.first].folded.startswith(_AGREED)
    unmade = agreement.current_stage == "announced" or not known & {"adopted", "signed"}
    return "announced" if stage == "adopted" and agreed and unmade else stage


def _is_far_will_be(reading: Reading, cue: CueHit, mention: Mention) -> bool:
    """Whether it is a "होगा" far from the name: it is said of anything, and of a meeting close behind its name."""
    return reading.tokens[cue.first].folded in _WILL_BE_HI and _distance(cue, mention) > WILL_BE_REACH_TOKENS


def _own_first(
    catalogue: Catalogue, fitting: list[tuple[CueHit, str]], mention: Mention, mentions: list[Mention]
) -> list[tuple[CueHit, str]]:
    """Of two bodies in a sentence each keeps the words next to it: a summit will be held, a commission is opened."""
    others = [
        other
        for other in mentions
        if other.agreement != mention.agreement and catalogue.agreements[other.agreement].kind == "mechanism"
    ]
    own = [
        (cue, stage)
        for cue, stage in fitting
        if all(_distance(cue, mention) <= _distance(cue, other) + SHARED_CUE_SLACK for other in others)
    ]
    return own or fitting


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
    item = catalogue.agreements[agreement]
    for cue in cues:
        stage = _stage_for(catalogue, item, cue.stage)
        if stage is not None and stage not in {"announced", "target_set", "adopted"}:
            found[agreement].append(bound_of(reading, catalogue, line, cue, stage, 20, None, item))


def _stage_for(catalogue: Catalogue, agreement: Agreement, stage: str) -> str | None:
    """The stage as it is called for this kind of item; None where it cannot happen to it."""
    if agreement.kind == "declaration" and stage in _UNLIKE_ITS_KIND.get(agreement.current_stage, ()):
        return None
    stage = _CALLED_FOR_KIND.get((agreement.kind, stage), stage)
    if agreement.kind == "mechanism" and stage in _RUNS | MEETS:
        # A way of paying runs and does not meet; a commission meets and is not put into operation.
        return stage if (stage in _RUNS) == (agreement.current_stage in _RUNS) else None
    kinds = catalogue.stages[stage].kinds
    if kinds and agreement.kind not in kinds:
        return None
    return _as_its_goods_say(agreement, stage)


def _as_its_goods_say(agreement: Agreement, stage: str) -> str | None:
    """Of what was bought, deliveries begin; what carries or hands out goods of others shows by them that it runs."""
    if stage == "delivery_started" and agreement.kind == "programme" and agreement.current_stage not in _RUNS:
        return None  # what is supplied under a programme that is only announced is not the programme
    bought = any(step.stage in _BOUGHT for step in agreement.dates) and "transport" not in agreement.sectors
    if stage == "delivery_started" and agreement.current_stage in _RUNS and not bought:
        return "operational"
    return stage


def _distance(cue: CueHit, mention: Mention) -> int:
    return max(0, cue.first - mention.hit.last, mention.hit.first - cue.last)


def _other_half(reading: Reading, line: Line, cue: CueHit, mention: Mention, fitting: list[tuple[CueHit, str]]) -> int:
    """What a comma adds to the distance in a headline of two halves: "Labour pact done, FTA talks go on".

    A word before the comma serves a whole list ("sign pacts on A, B"), unless the name's own half says something.
    """
    if not line.in_title or _is_in_half(reading, cue, mention):
        return 0
    if cue.last < mention.hit.first and not any(_is_in_half(reading, own, mention) for own, _ in fitting):
        return 0
    return OTHER_HALF_TOKENS


def _is_in_half(reading: Reading, cue: CueHit, mention: Mention) -> bool:
    left, right = sorted((cue.first, mention.hit.first))
    return unbroken(reading, left, right)


def _is_of_talks(reading: Reading, cues: list[CueHit]) -> bool:
    """Whether a sentence tells only of talks: in a story of one item they are about it."""
    return all(reading.tokens[cue.first].folded.startswith(TALKS) for cue in cues)


def _is_half_named(lexicon: Lexicon, line: Line, name: str) -> bool:
    return any(
        pattern.owner == name and len(pattern.groups) > 1
        for group in line.groups
        for pattern in lexicon.naming_patterns.get(group, ())
    )


def _kind_of(catalogue: Catalogue, names: set[str]) -> str:
    return catalogue.agreements[next(iter(names))].kind


def _meant(
    reading: Reading, lexicon: Lexicon, line: Line, last: list[Mention], mentions: Mapping[str, list[Mention]]
) -> str | None:
    """The item that the sentence points back to: the only one named last, or the only one of the kind it says."""
    catalogue = lexicon.catalogue
    words = {token.stem for token in reading.tokens[line.first : line.last]}
    if not words & _ANAPHORS:
        return None
    named = {mention.agreement for mention in last}
    halves = {name for name in mentions if _is_half_named(lexicon, line, name)}
    if len(halves) == 1 and not halves & named and words & _NOUNS_OF_KIND.get(_kind_of(catalogue, halves), frozenset()):
        return next(iter(halves))  # "the memorandum with Gazprom-Media", after a sentence on its umbrella
    if words & _NOUNS_OF_KIND["protocol"]:  # what ends in a protocol is a session, not a road or a plant
        named = {name for name in named if catalogue.agreements[name].kind in {"protocol", "mechanism"}}
    elif len(named) > 1:
        kinds = {kind for kind, nouns in _NOUNS_OF_KIND.items() if words & nouns}
        named = {name for name in named if catalogue.agreements[name].kind in kinds}
    if len(named) > 1:  # "the Gazprom-Media memorandum": half of one's name suffices beside its umbrella
        named = {name for name in named if _is_half_named(lexicon, line, name)} or named
    # Of a commission and its working group the group is meant: it met.
    named = {name for name in named if not any(other.startswith(f"{name}-") for other in named)}
    return next(iter(named)) if len(named) == 1 else None
