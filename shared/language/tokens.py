"""The words of a text with their places: tokenise an article once, match everything against the result.

A text is cut at its spaces, and what stands between two spaces is read once and remembered with its folds and stems:
of a new article nineteen in twenty of these chunks have been met before.

Python's own `re` splits Hindi words at their vowel signs; everything here stands on the `regex` module.
Lost hyphens are mended ("IndiaRussia" is two words), names written with an inner capital are kept whole ("BrahMos").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import regex

from shared.language.fold import CACHED_WORDS, fold, latin_of, stem_of
from shared.language.kept import LONGEST_KEPT_LETTERS, Kept
from shared.language.script import detect_language
from shared.language.sentences import sentence_around, sentences

__all__ = ["Token", "detect_language", "sentence_around", "sentences", "tokenise"]


class Token(NamedTuple):
    """One word: character offsets into the original text, the word as written, its folded form and its stem."""

    start: int
    end: int
    surface: str
    folded: str
    stem: str


Part: TypeAlias = tuple[int, int, str, str, str]
"""What a token has, its places counted from the beginning of its chunk."""

MODEL_LETTERS = 3  # the letters of a model name (S-400, Су-57, MiG-29)
_MODEL_MAX_CHARS = 7
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_APOSTROPHES = frozenset("'’ʼ`")
_NO_WORD = -2  # nothing begins behind it
_CHUNK = re.compile(r"\S+")
_NEW = tuple.__new__  # what Token() comes to, in a third of the time: it is called for every word of every article
_INNER = r"[\p{L}\p{M}\p{Nd}\u00ad\u200c\u200d]"
_WORD = regex.compile(
    rf"""
      (?P<sum>      (?<!{_INNER})\p{{Nd}}\+\p{{Nd}}(?!{_INNER}) )         # 2+2
    | (?P<amp>      (?<!{_INNER})\p{{Lu}}+(?:&(?:amp;)?\p{{Lu}}+)+(?!{_INNER}) )  # M&MTC, MTC&DI, R&D
    | (?P<number>   \p{{Nd}}+(?:[.,]\p{{Nd}}+)*(?!{_INNER}) )             # 68.7, 1,000
    | (?P<word>     \p{{L}}{_INNER}*|\p{{Nd}}{_INNER}* )
    """,
    regex.VERBOSE,
)
# The same for a text of nothing but everyday letters and signs, which Python's own `re` finds in half the time.
_LATIN, _CYRILLIC, _CAPITAL = "A-Za-zÀ-ÖØ-öø-ÿ", "\u0400-\u045f", "A-ZÀ-ÖØ-Þ\u0400-\u042f"
_USUAL_INNER = rf"[0-9{_LATIN}{_CYRILLIC}]"
_UNUSUAL = re.compile(rf"[^\x00-\x7f{_LATIN}{_CYRILLIC}\u00a0\u00a3\u00ab\u00bb\u2010-\u2026\u20ac\u20b9\u2116]")
_USUAL_WORD = re.compile(
    rf"""
      (?P<sum>      (?<!{_USUAL_INNER})[0-9]\+[0-9](?!{_USUAL_INNER}) )
    | (?P<amp>      (?<!{_USUAL_INNER})[{_CAPITAL}]+(?:&(?:amp;)?[{_CAPITAL}]+)+(?!{_USUAL_INNER}) )
    | (?P<number>   [0-9]+(?:[.,][0-9]+)*(?!{_USUAL_INNER}) )
    | (?P<word>     {_USUAL_INNER}+ )
    """,
    re.VERBOSE,
)
# A model name: up to three letters, then two to four digits, hyphen or none between (S-400, Су-57, G20).
_MODEL_GLUED = regex.compile(r"(\p{L}{1,3})(\p{Nd}{2,4}\p{Lu}{0,3})$")
_MODEL_TAIL = regex.compile(r"[-\u2010-\u2015\u2212]?\p{Nd}{2,4}")
_SHORT_CYRILLIC = regex.compile(r"\p{Cyrillic}{1,3}$")
_MODEL_DIGITS_CYRILLIC = regex.compile(r"\p{Nd}{2,3}[А-ЯЁ]{1,3}$")
_S_SERIES = regex.compile(r"[-\u2010-\u2015\u2212]?(?:300|350|400|500)(?!\p{Nd})")
_INNER_CAPITAL = regex.compile(r"(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})")
_MIN_LEFT_LETTERS = 5  # "India|Russia", "today|Moscow"; shorter left parts are names: BrahMos, RuPay, UralChem
_PLACES = frozenset(
    "india indian russia russian delhi moscow china chinese eu eurasian eaeu uk us usa brics asean pakistan iran saarc "
    "индия индии индийский россия россии российский рф дели москва москвы китай сша ес еаэс иран пакистан".split()
)
_LONGEST_PLACE = max(map(len, _PLACES))
_PLACE_PAIRS = {a + b: len(a) for a in _PLACES for b in _PLACES if len(a) + len(b) >= 8 and a != b and len(a) >= 5}


def tokenise(text: str) -> tuple[Token, ...]:
    """The words of a text in order: hyphens and punctuation separate, "'s" is dropped, numbers stay, nothing raises."""
    tokens: list[Token] = []
    take, parts_of = tokens.append, _parts_of_chunk
    for chunk in _CHUNK.finditer(text):
        start = chunk.start()
        for left, right, surface, folded, stem in parts_of[chunk[0]]:
            take(_NEW(Token, (start + left, start + right, surface, folded, stem)))
    return tuple(tokens)


def chunks_of(text: str) -> list[str]:
    """What stands between the spaces: the words of a text are the words of its chunks, each read by itself."""
    return text.split()


def parts_of_chunk(chunk: str) -> tuple[Part, ...]:
    """The words of a chunk, with their places in it."""
    return _parts_of_chunk[chunk]


def _cut(chunk: str) -> tuple[Part, ...]:
    """The words of what stands between two spaces: no word is different for what stands beyond them."""
    if chunk.isalpha() and len(chunk) > MODEL_LETTERS and (whole := _known_parts(chunk)) is not None:
        return whole
    words = _WORD.finditer(chunk) if _UNUSUAL.search(chunk) else _USUAL_WORD.finditer(chunk)
    found: list[Part] = []
    after_word = _NO_WORD  # where the last word ended, if it was one
    for match in words:
        start, end = match.span()
        surface = chunk[start:end]
        if start == after_word + 1 and surface in {"s", "S"} and chunk[after_word] in _APOSTROPHES:
            continue
        if match.lastgroup == "word":
            found.extend(_parts_of_word(chunk, start, end))
            after_word = end
        else:
            found.append(_part(start, end, surface))
            after_word = _NO_WORD
    return tuple(found)


_parts_of_chunk: Kept[tuple[Part, ...]] = Kept(_cut, CACHED_WORDS // 2)


def _parts_of_word(text: str, start: int, end: int) -> Iterable[Part]:
    """The tokens of a word; where it is short its neighbours have a say."""
    surface = text[start:end]
    known = _known_parts(surface)
    if known is None or (len(surface) <= MODEL_LETTERS and text[end : end + 1] in _DASHES):
        return _short_parts(text, start, end)
    return [(start + left, start + right, written, folded, stem) for left, right, written, folded, stem in known]


def _known_parts(surface: str) -> tuple[Part, ...] | None:
    return _parts_of(surface) if len(surface) <= LONGEST_KEPT_LETTERS else _parts_of.__wrapped__(surface)


def _part(start: int, end: int, surface: str) -> Part:
    folded = fold(surface.replace("&amp;", "&"))
    return start, end, surface, folded, stem_of(folded)


@lru_cache(maxsize=CACHED_WORDS // 4)  # the chunks that hold the word are kept too
def _parts_of(surface: str) -> tuple[Part, ...] | None:
    """A long enough word with its cuts, folds and stems ready; None where its neighbours have a say."""
    if len(surface) <= MODEL_LETTERS and not surface.isalpha():
        return None
    if (
        len(surface) <= _MODEL_MAX_CHARS
        and not surface.isalpha()
        and surface[-1].isalnum()
        and any(map(str.isdigit, surface))
    ):
        return None
    parts = ((left, right, surface[left:right]) for left, right in _parts(surface))
    return tuple((left, right, part, fold(part), stem_of(fold(part))) for left, right, part in parts)


def _short_parts(text: str, start: int, end: int) -> Iterator[Part]:
    surface = text[start:end]
    if len(surface) <= _MODEL_MAX_CHARS:
        if (model := _MODEL_GLUED.match(surface)) is not None:
            middle = start + model.end(1)
            yield _model_letters(text, start, middle)
            yield _model_digits(text, middle, end)
            return
        if len(surface) <= MODEL_LETTERS and text[end : end + 2].strip() and _MODEL_TAIL.match(text, end) is not None:
            yield _model_letters(text, start, end)
            return
        if surface[0].isdigit() and not surface.isascii():
            yield _model_digits(text, start, end)
            return
    for left, right in _parts(surface):
        yield _part(start + left, start + right, surface[left:right])


def _model_letters(text: str, start: int, end: int) -> Part:
    """The letters of a model name; С-400 with a Cyrillic С, and C-400 with a Latin C, are S-400."""
    surface = text[start:end]
    folded = fold(surface)
    if _SHORT_CYRILLIC.match(surface) is not None:
        folded = latin_of(folded)
    elif folded == "c" and _S_SERIES.match(text, end) is not None:
        folded = "s"
    return start, end, surface, folded, folded


def _model_digits(text: str, start: int, end: int) -> Part:
    surface = text[start:end]
    folded = fold(surface)
    if _MODEL_DIGITS_CYRILLIC.match(surface) is not None:
        folded = latin_of(folded)
    return start, end, surface, folded, stem_of(folded)


def _parts(surface: str) -> list[tuple[int, int]]:
    """Where to cut a word that lost its hyphen or space; usually nowhere."""
    if len(surface) < 7:
        return [(0, len(surface))]
    if surface.isupper() or surface[1:].islower():
        cut = _PLACE_PAIRS.get(surface.casefold(), 0)
        return [(0, cut), (cut, len(surface))] if cut else [(0, len(surface))]
    parts: list[tuple[int, int]] = []
    left = 0
    for boundary in _INNER_CAPITAL.finditer(surface):
        if _is_cut(surface, left, boundary.start()):
            parts.append((left, boundary.start()))
            left = boundary.start()
    parts.append((left, len(surface)))
    return parts


def _is_cut(surface: str, left: int, cut: int) -> bool:
    if len(surface) - cut < 2:
        return False
    if _is_place(surface, left, cut) or _is_place(surface, cut, len(surface)):
        return True
    return _MIN_LEFT_LETTERS <= cut - left <= LONGEST_KEPT_LETTERS and surface[left + 1 : cut].islower()


def _is_place(surface: str, left: int, right: int) -> bool:
    """Whether this part is a place's name; a hostile word has thousands of parts, so that none is copied in vain."""
    return right - left <= _LONGEST_PLACE and surface[left:right].casefold() in _PLACES
