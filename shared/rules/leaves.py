"""Reads what stands between the operators: a word, a phrase, a beginning, an exact spelling, the name of a list."""

from __future__ import annotations

import regex

from shared.language.fold import fold
from shared.language.tokens import tokenise
from shared.rules.complaints import WrongQuery
from shared.rules.limits import MAX_PHRASE_WORDS, MIN_PREFIX_LETTERS
from shared.rules.query import Exact, Named, Phrase, Place, Prefix, Word
from shared.rules.spelling import RESERVED_WORDS, is_one_bare_word

_LIST_NAME = regex.compile(r"@([\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}_-]*)[.,;]*$")
_MAX_LIST_NAME_CHARS = 64
_TRAILING = ".,;!?…"

# Characters that other query languages give a meaning; taking them for spaces would silently search something else.
_RESERVED_ANYWHERE = {
    "|": "Write OR between the terms.",
    "~": "To allow words between two others, write NEAR: visa NEAR/3 free",
    "=": "To look for the very letters, put = before the word: =RELOS",
    "'": 'Put a phrase in double quotes: "visa free".',
    ">": "Sizes are compared in relevance: and date:, for example relevance:>0.7",
    "<": "Sizes are compared in relevance: and date:, for example date:<2026-11-01",
}
_RESERVED_CHARACTERS = "~^|[]{}<>=\\"
_RESERVED_FIRST = {
    "+": "Words that stand side by side must all occur, so leave it out.",
    "&": "Write AND, or nothing: words that stand side by side must all occur.",
    "!": "Write NOT before the term, or - directly on it.",
    "/": "A rule holds words and phrases, no patterns; leave the slashes out.",
    "#": "Write the word without it.",
    **dict.fromkeys("'‘’`", _RESERVED_ANYWHERE["'"]),
}
_SPACES = dict.fromkeys(map(ord, '"\u200b\u200e\u200f\u2060\ufeff'), " ")


def bare_term(text: str, written: str, at: int) -> Place:
    """A term without quotes: a word, pharma*, @list, or the phrase of its parts (visa-free, S-400)."""
    if written.startswith("@"):
        return _list(text, written, at)
    _refuse_reserved(text, written, at)
    if "*" in written:
        return _prefix(text, written, at)
    tokens = tokenise(written)
    if len(tokens) == 1 and is_one_bare_word(tokens[0].surface):
        return Word(tokens[0].surface, at=at)
    return phrase(text, words_of(written), at)


def phrase(text: str, words: str, at: int) -> Phrase:
    """A phrase of these words, its quotes already taken off."""
    _check_words(text, words, at)
    return Phrase(words, at=at)


def exact(text: str, words: str, at: int) -> Exact:
    """The very letters of these words; `at` is the place of the equals sign."""
    if "*" in words:
        why = "asks for the very letters of a word that has a star"
        raise WrongQuery(
            text, at, why, mend="Take out the = or the star: the one means exactly so, the other beginning."
        )
    _check_words(text, words, at)
    tokens = tokenise(words)
    return Exact(words[tokens[0].start : tokens[-1].end], at=at)


def words_of(written: str) -> str:
    """The words of a phrase on one line, without what would end it: `"` and invisible separators become spaces."""
    return " ".join(written.translate(_SPACES).split())


def quoted(written: str) -> str:
    """The words between the quotes of a phrase."""
    return words_of(written[1:-1])


def _list(text: str, written: str, at: int) -> Named:
    name = _LIST_NAME.match(written)
    if name is None or len(name[1]) > _MAX_LIST_NAME_CHARS:
        mend = f"A list is named with up to {_MAX_LIST_NAME_CHARS} letters, digits and hyphens: @india-side-ministers"
        raise WrongQuery(text, at, "has an @ without the name of a list", mend=mend)
    return Named(name[1], at=at)


def _prefix(text: str, written: str, at: int) -> Prefix:
    star = written.index("*")
    beginning = written[:star]
    if written[star + 1 :].strip(_TRAILING):
        mend = "Put it at the end of a word (pharma*); a word matches its inflections without one."
        raise WrongQuery(text, at + star, "has a star that is not at the end of a word", mend=mend)
    tokens = tokenise(beginning)
    if len(tokens) != 1 or tokens[0].surface != beginning:
        why = "has a star after something that is not one word"
        raise WrongQuery(text, at + star, why, mend="Write the beginning of one word and a star: pharma*")
    if len(fold(beginning)) < MIN_PREFIX_LETTERS:
        why = f"has a star after fewer than {MIN_PREFIX_LETTERS} letters"
        raise WrongQuery(text, at + star, why, mend="Write more of the word; so short a beginning is in every article.")
    return Prefix(beginning, at=at)


def _check_words(text: str, words: str, at: int) -> None:
    if not words:
        raise WrongQuery(
            text, at, "has an empty phrase", mend="Write words between the quotes, or take the quotes out."
        )
    count = len(tokenise(words))
    if count == 0:
        raise WrongQuery(text, at, "has a term without a letter or a digit", mend="Write a word, or take it out.")
    if count > MAX_PHRASE_WORDS:
        why = f"has a phrase of {count} words"
        raise WrongQuery(text, at, why, mend=f"At most {MAX_PHRASE_WORDS} are taken; keep the words that matter.")


def _refuse_reserved(text: str, written: str, at: int) -> None:
    if written in RESERVED_WORDS or written.startswith("NEAR/"):
        shown = written[:8]
        why, mend = f"uses {shown} without a whole number of words", "Write the distance with it: visa NEAR/8 free"
        if shown == "XOR":
            why, mend = "uses XOR, which is not in the language", "Write (a OR b) AND NOT (a AND b)"
        raise WrongQuery(text, at, f"{why},", mend=f'{mend}; to look for the word itself, put it in quotes: "{shown}".')
    mend_first = _RESERVED_FIRST.get(written[0])
    place = 0
    if mend_first is None:
        place = next((place for place, character in enumerate(written) if character in _RESERVED_CHARACTERS), -1)
        if place < 0:
            return
        mend_first = _RESERVED_ANYWHERE.get(written[place], "Leave it out, or put the text in double quotes.")
    raise WrongQuery(text, at + place, f"has {written[place]!r}, which is no part of the language,", mend=mend_first)
