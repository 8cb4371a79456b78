"""Where sentences begin and end in English, Russian and Hindi text, and the sentence around a place.

Rule based: a mark ends a sentence unless what stands before it is an abbreviation, an initial or a number, or what
follows goes on in lower case. When in doubt two sentences stay together: evidence too long reads better than cut.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import regex

MAX_EVIDENCE_CHARS = 400

_END = regex.compile(
    r"""
      (?P<line>\s*[\n\r\u2028\u2029]\s*)
    | (?P<sure>[!?…।॥]+|\.{2,}|[!?.]*[!?][!?.]*)["'”’»)\]]*(?=\s|$|\p{Lu})
    | (?P<dot>\.)["'”’»)\]]*(?=\s|$)
    | (?<=\p{Ll}{3}|\d\p{Ll}|\))(?P<glued>\.)(?=\p{Lu}\p{Ll}+[\s,])
    """,
    regex.VERBOSE,
)
_LAST_WORD = regex.compile(r"[\p{L}\p{M}\p{Nd}.]+$")
_NEXT_WORD = regex.compile(r"[\s\"'“‘«(\[]*(?P<first>\S)")
_INITIAL = regex.compile(r"(?:.*\.)?\p{L}$")
_ABBREVIATIONS = frozenset(
    """
    dr mr mrs ms prof st rev hon sr jr smt shri gen lt col maj capt adm sgt cmdr sen rep gov pres
    inc ltd co corp pvt bros llc no nos vol art sec fig approx est dept govt vs viz cf rs fy
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun e.g i.e a.m p.m u.s u.k u.n
    г гг в вв млн млрд трлн тыс руб коп долл долл.сша им ул пр д стр см ст п пп т.е т.к т.н т.п напр др проч
    янв фев февр мар апр июн июл авг сен сент окт ноя нояб дек проф акад ген полк кап адм зам гл респ обл р-н
    डॉ डा श्री श्रीमती प्रो सं रु कि मी
    """.split()
)


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Offset spans (start, end) of the sentences, in order, without surrounding space; a line end ends a sentence."""
    spans: list[tuple[int, int]] = []
    begin = 0
    for mark in _END.finditer(text):
        if mark.lastgroup == "dot" and not _dot_ends(text, mark.start("dot"), mark.end()):
            continue
        _append(spans, text, begin, mark.start() if mark.lastgroup == "line" else mark.end())
        begin = mark.end()
    _append(spans, text, begin, len(text))
    return tuple(spans)


def sentence_around(text: str, start: int, end: int, spans: Sequence[tuple[int, int]] | None = None) -> str:
    """The sentence or sentences that hold text[start:end], clipped at words to 400 characters (… marks a cut).

    Pass the spans of `sentences(text)` when asking more than once.
    """
    known = sentences(text) if spans is None else spans
    if not known:
        return ""
    first = max(0, bisect_right(known, (start, len(text) + 1)) - 1)
    last = max(first, bisect_right(known, (max(start, end - 1), len(text) + 1)) - 1)
    return _clip(text, known[first][0], known[last][1], start, end)


def _append(spans: list[tuple[int, int]], text: str, begin: int, end: int) -> None:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if end > begin:
        spans.append((begin, end))


def _dot_ends(text: str, dot: int, after: int) -> bool:
    following = _NEXT_WORD.match(text, after)
    if following is None:
        return True
    if following["first"].islower():
        return False
    before = _LAST_WORD.search(text, max(0, dot - 20), dot)
    if before is None:
        return True
    word = before[0].casefold()
    return not (word in _ABBREVIATIONS or (_INITIAL.match(word) is not None and not word.isdigit()))


def _clip(text: str, left: int, right: int, start: int, end: int) -> str:
    if right - left <= MAX_EVIDENCE_CHARS:
        return text[left:right]
    room = MAX_EVIDENCE_CHARS - 2
    begin = max(left, min(start - room // 3, right - room))
    finish = min(right, begin + room)
    if begin > left:
        space = text.find(" ", begin, min(start, finish))
        begin = space + 1 if space >= 0 else begin
    if finish < right:
        space = text.rfind(" ", max(begin, min(end, finish)), finish)
        finish = space if space > begin else finish
    body = text[begin:finish].strip()
    return f"{'…' if begin > left else ''}{body}{'…' if finish < right else ''}"
