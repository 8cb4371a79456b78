"""An article read once: its words, its sentences, and everything the lexicon found, sentence by sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import regex

from services.classifier.domain.dates import Found, dates_in
from services.classifier.domain.lexicon import (
    CueWord,
    FrameWord,
    GenericWord,
    GroupWord,
    Lexicon,
    MaskWord,
    NameOf,
    RefusalWord,
    SectorWord,
    SideWord,
    SportWord,
    ThirdWord,
)
from services.classifier.domain.line import CueHit, Hit, Line, NameHit, SectorHit
from services.classifier.domain.parties import excuse_companions, imply_home, settle_sides
from shared.contracts.verdict import ArticleText
from shared.language.tokens import Token, sentence_around, sentences, tokenise

MAX_TEXT_CHARS = 60_000  # an article; what is longer is a page of many, and its lead says enough
MAX_TITLE_CHARS = 1_000
# A longer "sentence" is a page without marks; it is read in pieces, so that the work grows with the text only.
MAX_SENTENCE_TOKENS = 150
LEAD_SENTENCES = 2
NEAR_SENTENCES = 10
PLACE_ALONE_WEIGHT = 0.6

# Lines that belong to other stories or to the outlet, not to this article.
_FOREIGN_LINE = regex.compile(
    r"(?im)^[ \t>*•–-]*(?:also read|read also|read more|also watch|related (?:news|stories)|читайте также|читать также|"
    r"смотрите также|по теме|यह भी पढ़ें|ये भी पढ़ें|इसे भी पढ़ें|और पढ़ें|\(the above story|\(this story|disclaimer)\b?[^\n]*"
)
# The opening "CITY, date (AGENCY)": the place of writing is not a party to the story.
_DATELINE = regex.compile(
    r"\A\s*[^\n]{0,70}?(?:\((?:ANI|PTI|IANS|Reuters|AP|AFP|UNI|भाषा|एएनआई|वार्ता)[^)\n]{0,20}\)|/\s*(?:TASS|ТАСС)\s*/|"
    r"[-–—]\s*РИА Новости|INTERFAX(?:\.RU)?|/ПРАЙМ/)[\s.:,।–—-]*"
)
# The same as a sentence of its own ("New Delhi.", "MOSCOW, December 4.", "नई दिल्ली।"): what follows is the lead. Its
# country stays, for a paper says "the foreign ministry" of its own country's.
_PLACE_ALONE = regex.compile(
    r"\p{Lu}[\p{L}'-]{1,24}+(?: \p{Lu}[\p{L}'-]{1,24}+){0,2}"
    r"(?:, (?:\d{1,2} )?\p{L}{3,9}+\.?(?: \d{1,2})?)?\.(?=\s\p{Lu})"
    r"|[\p{Devanagari}-]{2,24}+(?: [\p{Devanagari}-]{2,24}+){0,2}(?:, [\p{Devanagari}\d ]{2,20})?।(?=\s)"
)


class Reading:
    """The article with everything found in it. `lines` are its sentences in order, the title's first."""

    def __init__(self, article: ArticleText, lexicon: Lexicon) -> None:
        title, body = article.title.strip()[:MAX_TITLE_CHARS].rstrip(), article.text[:MAX_TEXT_CHARS]
        self.text = f"{title}\n{_without_foreign(body)}" if title else _without_foreign(body)
        self.title_chars = len(title)
        self.published = article.published
        self.tokens: tuple[Token, ...] = tokenise(self.text)
        self.spans = sentences(self.text)
        self._dates: dict[tuple[int, bool], list[Found]] = {}
        self.lines = self._lines()
        self._line_of_token = [number for number, line in enumerate(self.lines) for _ in range(line.first, line.last)]
        self._file_all(lexicon)
        for line in self.lines:
            settle_sides(line, self.tokens, self.text)
        excuse_companions(self.lines, lexicon, self.tokens, self.text)
        imply_home(self.lines, self.tokens)

    def line_of(self, token: int) -> int:
        """The number of the sentence that holds a token."""
        return self._line_of_token[token]

    def before(self, token: int, count: int) -> tuple[Token, ...]:
        """Up to so many words before a token, of its own sentence."""
        return self.tokens[max(self.lines[self.line_of(token)].first, token - count) : token]

    def after(self, token: int, count: int) -> tuple[Token, ...]:
        """Up to so many words after a token, of its own sentence."""
        return self.tokens[token + 1 : min(self.lines[self.line_of(token)].last, token + 1 + count)]

    def evidence(self, hit: Hit) -> str:
        """The sentence around something found, clipped."""
        return sentence_around(self.text, self.tokens[hit.first].start, self.tokens[hit.last].end, self.spans)

    def line_text(self, line: Line) -> str:
        """The sentence itself, clipped."""
        return sentence_around(self.text, line.start, min(line.end, line.start + 1), self.spans)

    def dates(self, line: Line, *, coming: bool) -> list[Found]:
        """The dates of a sentence, read once."""
        key = (line.start, coming)
        if key not in self._dates:
            published = self.published.date() if self.published else None
            self._dates[key] = dates_in(self.text, line.start, line.end, published, coming=coming)
        return self._dates[key]

    def titles(self) -> list[Line]:
        """The sentences of the title."""
        return [line for line in self.lines if line.in_title]

    def _lines(self) -> list[Line]:
        lines: list[Line] = []
        token, place = 0, 0
        for start, end in self.spans:
            first = token
            while token < len(self.tokens) and self.tokens[token].start < end:
                token += 1
            in_title = start < self.title_chars
            scenery = not in_title and place == 0 and _PLACE_ALONE.match(self.text, start) is not None
            place += 0 if in_title or scenery else 1
            for left in range(first, max(token, first + 1), MAX_SENTENCE_TOKENS):
                right = min(token, left + MAX_SENTENCE_TOKENS)
                lines.append(
                    Line(
                        start if left == first else self.tokens[left].start,
                        end if right == token else self.tokens[right].start,
                        left,
                        right,
                        in_title=in_title,
                        place=place,
                        weight=PLACE_ALONE_WEIGHT if scenery else _weight(in_title, place),
                    )
                )
        return lines

    def _file_all(self, lexicon: Lexicon) -> None:
        """Files every phrase found with its sentence; one that runs over the sentence's end is none."""
        lines, line_of, meanings_of = self.lines, self._line_of_token, lexicon.meanings
        for term_id, _, first, last in lexicon.index.matches(self.tokens):
            line = lines[line_of[first]]
            if last < line.last:
                hit = Hit(first, last)
                for meaning in meanings_of[term_id]:
                    _FILERS[type(meaning)](line, hit, meaning, term_id)


# By type of meaning: where a found phrase is filed. A table, because this runs for every phrase of every article.
_FILERS: dict[type, Callable[[Line, Hit, Any, str], None]] = {
    SectorWord: lambda line, hit, word, term: line.sectors.append(
        SectorHit(hit.first, hit.last, word.sector, word.weight, term, word.general)
    ),
    GroupWord: lambda line, hit, word, _: line.groups.setdefault(word.group, []).append(hit),
    SideWord: lambda line, hit, word, _: line.side_hits.append((hit, word)),
    FrameWord: lambda line, hit, word, _: line.frames.setdefault(word.kind, []).append(hit),
    CueWord: lambda line, hit, word, _: line.cues.append(CueHit(hit.first, hit.last, word.stage, word.expected)),
    NameOf: lambda line, hit, word, _: line.names.append(NameHit(hit.first, hit.last, word.agreement, word.weak)),
    ThirdWord: lambda line, hit, word, _: line.third_hits.append((hit, word.country)),
    RefusalWord: lambda line, hit, word, _: line.refusals.setdefault(word.agreement, []).append(hit),
    GenericWord: lambda line, hit, word, _: line.generics.append((hit, word)),
    MaskWord: lambda line, hit, _word, _: line.masks.append(hit),
    SportWord: lambda line, hit, _word, _: line.sports.append(hit),
}


def _weight(in_title: bool, place: int) -> float:  # noqa: FBT001 - the line's own two facts
    """How much a sentence counts: title 3, lead 1.5, then 1, and 0.6 far down."""
    if in_title:
        return 3.0
    if place <= LEAD_SENTENCES:
        return 1.5
    return 1.0 if place <= NEAR_SENTENCES else 0.6


def _without_foreign(body: str) -> str:
    """The body with foreign lines and dateline blanked out; offsets stay."""
    blanked = _FOREIGN_LINE.sub(lambda match: " " * len(match[0]), body)
    dateline = _DATELINE.match(blanked)
    if dateline is None or len(regex.findall(r"(?<![\p{L}\p{M}])\p{Ll}{4,}", dateline[0])) > 2:
        return str(blanked)
    return " " * len(dateline[0]) + str(blanked[dateline.end() :])
