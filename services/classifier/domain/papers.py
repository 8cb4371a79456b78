"""Papers that come into being without the word "signed": concluded, exchanged, put on paper.

"Concluded" and "exchanged" alone end a meeting or share a view; beside a paper they tell of its signature, unless it is
talks that were concluded; what stands nearer to the verb decides ("exchanged the protocol on information").
"""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.domain.line import CueHit, Line
from services.classifier.domain.reading import Reading
from services.classifier.domain.tense import unbroken

AFTER_REACH_TOKENS = 6  # "concluded a three-year intergovernmental agreement"
BEFORE_REACH_TOKENS = 8  # "the protocol on pre-arrival customs information was exchanged"
PLURAL_DEALS = frozenset(
    """
    agreements pacts deals mous memoranda memorandums papers documents instruments
    соглашений соглашения документов документы меморандумов меморандумы
    समझौते समझौतों करार करारों दस्तावेजों
    """.split()
)
GOES_ON_TOKENS = 3  # "They cover …", "Among them are …", "В их числе …", "इनमें …"
_OPENS = frozenset("they these among them it list areas fields среди них их числе они документы इनमें इसमें ये जिनमें".split())
_HOLDS = (
    "includ", "cover", "rang", "concern", "relat", "span", "touch", "among", "касаю", "охват", "затраг", "включ",
    "посвящ", "среди", "числе", "शामिल", "जुड़", "संबंधित",
)  # fmt: skip
PAPER_KINDS = frozenset({"agreement", "mou", "protocol"})  # of the catalogue: what is signed and ratified
PAPER_NOUNS = (
    "agreement", "pact", "accord", "contract", "memorand", "mou", "treaty", "treaties", "deal", "protocol", "document",
    "paper", "соглашени", "контракт", "меморандум", "договор", "протокол", "документ", "бумаг",
    "समझौत", "करार", "अनुबंध", "ज्ञापन", "संधि", "प्रोटोकाल", "एमओयू", "दस्तावेज", "कागजात",
)  # fmt: skip
# What is concluded or exchanged instead: talks, and the notes that bring a pact into force.
_NOT_PAPERS = (
    "talk", "negotiat", "discussion", "meeting", "session", "visit", "view", "round", "note", "instrument", "data",
    "information", "переговор", "визит", "заседани", "встреч", "мнени", "раунд", "нот", "грамот", "уведомлени",
    "данны", "сведени", "информаци", "वार्ता", "बातचीत", "यात्रा", "बैठक", "विचार", "सूचना", "जानकारी",
)  # fmt: skip


def papers_made(reading: Reading, line: Line) -> Iterator[CueHit]:
    """The places where a paper is concluded or exchanged, as signatures."""
    for frame in line.frames.get("made", ()):
        place = frame.first
        near = range(max(line.first, place - BEFORE_REACH_TOKENS), place)
        hindi = reading.tokens[place].folded >= "\u0900"  # its verb follows what it governs
        if not hindi:
            near = range(max(line.first, place - BEFORE_REACH_TOKENS), min(line.last, place + 1 + AFTER_REACH_TOKENS))
        clause = [i for i in near if unbroken(reading, min(i, place), max(i, place))]
        named = [i for i in clause if reading.tokens[i].folded.startswith(PAPER_NOUNS)]
        papers = [abs(i - place) for i in named]
        others = [
            abs(i - place)
            for i in clause
            if reading.tokens[i].folded.startswith(_NOT_PAPERS) and not any(i - j > 1 for j in named if i < place)
        ]  # "the protocol on information was exchanged", but "agreement talks were concluded"
        if papers and min(papers) < min(others, default=BEFORE_REACH_TOKENS + 1):
            yield CueHit(place, place, "signed", expected=False)


def goes_on(reading: Reading, number: int) -> bool:
    """Whether a sentence lists the papers that the one before it counts: "Ten pacts were signed. They cover health"."""
    line, before = reading.lines[number], reading.lines[number - 1] if number else None
    if before is None or before.in_title or line.in_title:
        return False
    words = [token.folded for token in reading.tokens[line.first : line.last]]
    if not _OPENS & set(words[:GOES_ON_TOKENS]) or not any(word.startswith(_HOLDS) for word in words):
        return False
    return any(token.folded in PLURAL_DEALS for token in reading.tokens[before.first : before.last])
