"""Papers that come into being without the word "signed": concluded, exchanged, put on paper.

"Concluded" and "exchanged" alone end a meeting or share a view; beside a paper they tell of its signature, unless it is
talks that were concluded.
"""

from __future__ import annotations

from collections.abc import Iterator

from services.classifier.domain.line import CueHit, Line
from services.classifier.domain.reading import Reading
from services.classifier.domain.tense import unbroken

AFTER_REACH_TOKENS = 6  # "concluded a three-year intergovernmental agreement"
BEFORE_REACH_TOKENS = 5  # "the memoranda, six in all, were exchanged"
PAPER_KINDS = frozenset({"agreement", "mou", "protocol"})  # of the catalogue: what is signed and ratified
PAPER_NOUNS = (
    "agreement", "pact", "accord", "contract", "memorand", "mou", "treaty", "treaties", "deal", "protocol", "document",
    "paper", "соглашени", "контракт", "меморандум", "договор", "протокол", "документ", "бумаг",
    "समझौत", "करार", "अनुबंध", "ज्ञापन", "संधि", "प्रोटोकॉल", "एमओयू", "दस्तावेज", "कागजात",
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
        if reading.tokens[place].folded < "\u0900":  # in Hindi the verb follows what it governs
            near = range(max(line.first, place - BEFORE_REACH_TOKENS), min(line.last, place + 1 + AFTER_REACH_TOKENS))
        clause = [reading.tokens[i].folded for i in near if unbroken(reading, min(i, place), max(i, place))]
        if any(each.startswith(PAPER_NOUNS) for each in clause) and not any(
            each.startswith(_NOT_PAPERS) for each in clause
        ):
            yield CueHit(place, place, "signed", expected=False)
