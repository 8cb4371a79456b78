"""The words of a text with their places: tokenise an article once, match everything against the result.

Python's own `re` splits Hindi words at their vowel signs; everything here stands on the `regex` module.
Lost hyphens are mended ("IndiaRussia" is two words), names written with an inner capital are kept whole ("BrahMos").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import regex

from shared.language.fold import CACHED_WORDS, fold, latin_of, stem_of
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


MODEL_LETTERS = 3  # the letters of a model name (S-400, Су-57, MiG-29)
_MODEL_MAX_CHARS = 7
_LONGEST_KEPT_LETTERS = 64  # longer ones are no words, and a hostile page has many
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_APOSTROPHES = frozenset("'’ʼ`")
_NEW = tuple.__new__  # what Token() comes to, in a third of the time: it is called for every word of every article
_whole_words: dict[str, tuple[str, str]] = {}
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
    words = _WORD.finditer(text) if _UNUSUAL.search(text) else _USUAL_WORD.finditer(text)
    found: list[Token] = []
    take, whole_words = found.append, _whole_words
    after_word = -1  # where the last word ended, if it was one
    for match in words:
        start, end = match.span()
        surface = text[start:end]
        if start == after_word + 1 and surface in {"s", "S"} and text[after_word] in _APOSTROPHES:
            continue
        whole = whole_words.get(surface)
        if whole is not None and (end - start > MODEL_LETTERS or text[end : end + 1] not in _DASHES):
            take(_NEW(Token, (start, end, surface, *whole)))
            after_word = end
            continue
        if match.lastgroup == "word":
            found.extend(_tokens_of_word(text, start, end))
            after_word = end
        else:
            take(_token(start, end, surface))
            after_word = -1
    return tuple(found)


def _tokens_of_word(text: str, start: int, end: int) -> Iterable[Token]:
    """The tokens of a word that is not kept whole, or not kept yet."""
    surface = text[start:end]
    if len(surface) > _LONGEST_KEPT_LETTERS:
        known = _parts_of.__wrapped__(surface)
    else:
        known = _parts_of(surface)
        if known is not None and len(known) == 1:
            _keep_whole(surface, known[0][3:])
    if known is None or (len(surface) <= MODEL_LETTERS and text[end : end + 1] in _DASHES):
        return _short_tokens(text, start, end)
    return [Token(start + left, start + right, *part) for left, right, *part in known]


def _keep_whole(surface: str, folded_and_stem: tuple[str, str]) -> None:
    """Keep a word that is one token wherever it stands; when there are too many, all begin anew."""
    if len(_whole_words) >= CACHED_WORDS:
        _whole_words.clear()
    _whole_words[surface] = folded_and_stem


def _token(start: int, end: int, surface: str) -> Token:
    folded = fold(surface.replace("&amp;", "&"))
    return Token(start, end, surface, folded, stem_of(folded))


@lru_cache(maxsize=CACHED_WORDS)
def _parts_of(surface: str) -> tuple[tuple[int, int, str, str, str], ...] | None:
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


def _short_tokens(text: str, start: int, end: int) -> Iterator[Token]:
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
        yield _token(start + left, start + right, surface[left:right])


def _model_letters(text: str, start: int, end: int) -> Token:
    """The letters of a model name; С-400 with a Cyrillic С, and C-400 with a Latin C, are S-400."""
    surface = text[start:end]
    folded = fold(surface)
    if _SHORT_CYRILLIC.match(surface) is not None:
        folded = latin_of(folded)
    elif folded == "c" and _S_SERIES.match(text, end) is not None:
        folded = "s"
    return Token(start, end, surface, folded, folded)


def _model_digits(text: str, start: int, end: int) -> Token:
    surface = text[start:end]
    folded = fold(surface)
    if _MODEL_DIGITS_CYRILLIC.match(surface) is not None:
        folded = latin_of(folded)
    return Token(start, end, surface, folded, stem_of(folded))


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
    return _MIN_LEFT_LETTERS <= cut - left <= _LONGEST_KEPT_LETTERS and surface[left + 1 : cut].islower()


def _is_place(surface: str, left: int, right: int) -> bool:
    """Whether this part is a place's name; a hostile word has thousands of parts, so that none is copied in vain."""
    return right - left <= _LONGEST_PLACE and surface[left:right].casefold() in _PLACES
