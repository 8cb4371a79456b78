"""The terms by which the archive is searched: of every word of an article, and of every fact about it.

Terms of words: `.visa` is a word that is written as its key (see `word_key`), `visa` the key of one that is not;
`^visa` is the key of one in the title. Of a word that is not written as its key, `:visas` is the folded word where it
is written so, else `=RELOS` is how it is written and `;relos` the folded word. No word begins with a mark, so that none
is taken for another. Terms of facts have a name and a value: `sector=energy`. Sizes and days are digits of one length,
so that a range of them is a few beginnings. `~Xy7` says that two keys are neighbours, or that others of the same
three letters are: what has it is to be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from string import ascii_letters, digits
from typing import NamedTuple
from zlib import crc32

from shared.language.fold import CACHED_WORDS, fold, stem_of
from shared.rules.terms import spelling_of
from shared.rules.word_key import word_key

ARCHIVE_FORM = 2  # counted up when what is filed of an article changes: what was filed before is filed again
TITLE, AS_KEY, AS_WRITTEN, OTHERWISE_WRITTEN, EXACT, NEIGHBOURS = "^", ".", ":", ";", "=", "~"
END_OF_TITLE = "|"
OVERLONG = "!long"
LONGEST_TERM_CHARACTERS = 120  # no word; a hostile page has many, and Postgres takes lexemes of 2,046 bytes
KEPT_OF_AN_OVERLONG_WORD = 40

_RELEVANCE_STEPS = 10_000  # a rule says a size with at most four decimals
_DIGITS = ascii_letters + digits + "+-"
_SPELT = str.maketrans({"%": "%25", " ": "%20", "\n": "%0A", "\t": "%09", "\r": "%0D"})


class WordTerms(NamedTuple):
    """How a word of an article is filed: the term of its key, and those of its letters, in one string."""

    key: str
    letters: str


@lru_cache(maxsize=CACHED_WORDS)
def word_terms(surface: str, folded: str, key: str) -> WordTerms:
    """The terms of a word."""
    exact = exact_term(surface, folded, key)
    if exact == short(AS_KEY + key):
        return WordTerms(exact, AS_KEY)
    if exact.startswith(AS_WRITTEN):
        return WordTerms(short(key), exact)
    return WordTerms(short(key), f"{exact} {short(OTHERWISE_WRITTEN + folded)}")


def exact_term(surface: str, folded: str, key: str) -> str:
    """The term of exactly this spelling of a word.

    Where its neighbours had a say in the key (the letters of S-400), the key is part of the term.
    """
    spelling = spelling_of(surface)
    if spelling == folded and key == word_key(stem_of(folded)):
        return short((AS_KEY if folded == key else AS_WRITTEN) + spelling)
    if key == word_key(stem_of(fold(spelling))):
        return short(f"{EXACT}{spelling}")
    return short(f"{EXACT}{spelling}{EXACT}{key}")


def key_terms(key: str) -> tuple[str, str]:
    """The terms of a word by its key, of which an article has one where it holds the word in any form."""
    return short(key), short(AS_KEY + key)


def title_term(key: str) -> str:
    """The term of a word in the title, by its key."""
    return short(TITLE + key)


def fact_term(*parts: str) -> str:
    """The term of a fact: its name and its value, in one word."""
    return short("=".join(part.translate(_SPELT) for part in parts))


def neighbours_term(left: str, right: str) -> str:
    """The term of two keys side by side.

    Of 262,144 such terms an article of 400 words has 300, and so 1 in 1,000 by chance. Two letters more would make each
    term one of its own, for which an index needs ten times the room.
    """
    number = crc32(f"{left} {right}".encode("utf-8", "surrogatepass"))
    return f"{NEIGHBOURS}{_DIGITS[number >> 26]}{_DIGITS[number >> 20 & 63]}{_DIGITS[number >> 14 & 63]}"


def relevance_digits(relevance: float) -> str:
    """A size between 0 and 1 by its place among the sizes that a rule can say: on one of them, or between two."""
    below = min(int(relevance * _RELEVANCE_STEPS) + 1, _RELEVANCE_STEPS)
    while below / _RELEVANCE_STEPS > relevance:
        below -= 1
    return f"{2 * below + (below / _RELEVANCE_STEPS < relevance):05}"


def relevance_span(sign: str, bound: float) -> tuple[str, str]:
    """The first and the last place of the sizes that are `>`, `>=`, `<` or `<=` this bound; of none, first > last."""
    place = int(relevance_digits(bound))
    match sign:
        case ">":
            return f"{place + 1:05}", f"{2 * _RELEVANCE_STEPS:05}"
        case ">=":
            return f"{place:05}", f"{2 * _RELEVANCE_STEPS:05}"
        case "<":
            return "00000", f"{place - 1:05}"
        case _:
            return "00000", f"{place:05}"


def day_digits(day: date) -> str:
    """A day in digits of one length."""
    return f"{day.year:04}{day.month:02}{day.day:02}"


def beginnings_between(first: str, last: str) -> Iterator[str]:
    """The shortest beginnings of all digits from `first` to `last`, both of one length and counted."""
    if not first <= last:
        return
    if set(first) <= {"0"} and set(last) <= {"9"}:
        yield ""
        return
    head = 0
    while head < len(first) and first[head] == last[head]:
        head += 1
    if head == len(first):
        yield first
        return
    shared, size = first[:head], len(first) - head - 1
    for digit in range(int(first[head]), int(last[head]) + 1):
        low = first[head + 1 :] if digit == int(first[head]) else "0" * size
        high = last[head + 1 :] if digit == int(last[head]) else "9" * size
        for rest in beginnings_between(low, high) if size else ("",):
            yield f"{shared}{digit}{rest}"


def short(term: str) -> str:
    """The term as it is filed: in one piece, and none too long."""
    term = term.replace(" ", "_")  # the compatibility form of one odd letter is a phrase; no word holds an underscore
    if len(term) <= LONGEST_TERM_CHARACTERS:
        return term
    return (
        term[: KEPT_OF_AN_OVERLONG_WORD + 1]
        + "…"
        + blake2b(term.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    )
