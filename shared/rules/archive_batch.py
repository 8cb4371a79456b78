"""Many articles out of the archive at once: their rows of keys are searched as one long text.

What it says of an article is what `places` says. Where letters, a hyphen, or two words written as one may have a say,
the article is named as one to be asked by itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from itertools import accumulate
from typing import TypeAlias

from shared.language.tokens import tokenise
from shared.rules.archive_terms import (
    AS_KEY,
    AS_WRITTEN,
    END_OF_TITLE,
    LONGEST_TERM_CHARACTERS,
    OTHERWISE_WRITTEN,
    word_terms,
)
from shared.rules.query import Named, Near
from shared.rules.terms import Exact, Phrase, Prefix, Term, Word
from shared.rules.vocabulary import flat

Keys: TypeAlias = tuple[str, ...]
Findable: TypeAlias = Term | Named | Near

_APART = f" {END_OF_TITLE}"  # two articles are kept apart as a title and its body are: no word is this
_LONGEST_WORD = LONGEST_TERM_CHARACTERS + 2  # with its space and its mark


@dataclass(frozen=True, slots=True)
class Found:
    """The numbers of the articles of which a clause is true, and of those that must be asked by themselves."""

    sure: frozenset[int]
    unsure: frozenset[int]


class Batch:
    """The words of many articles with what belongs to them, see `archived.Archived`; articles have numbers from 0."""

    def __init__(self, words: Sequence[str], joins: Sequence[str], terms: Sequence[str]) -> None:
        # Python searches a text of nothing but ASCII in half the time, and need not look for Russian there at all.
        plain = [number for number, row in enumerate(words) if row.isascii()]
        other = [number for number, row in enumerate(words) if not row.isascii()]
        self._shelves = [
            _Shelf(numbers, *([each[number] for number in numbers] for each in (words, joins, terms)))
            for numbers in (plain, other)
            if numbers
        ]

    def find(self, clause: Findable) -> Found:
        """Which articles have it."""
        sure: set[int] = set()
        unsure: set[int] = set()
        for shelf in self._shelves:
            here = set(shelf.having(clause))
            sure |= here
            unsure.update(number for number in shelf.perhaps_having(clause) if number not in here)
        return Found(frozenset(sure), frozenset(unsure))


class _Shelf:
    """Articles as one long text."""

    def __init__(
        self, numbers: Sequence[int], words: Sequence[str], joins: Sequence[str], terms: Sequence[str]
    ) -> None:
        self._numbers = numbers
        self._text, self._ends = _one_text(words)
        self._hyphens, self._hyphens_end = _one_text(joins)
        self._terms = [f"{each} " for each in terms] if any(terms) else terms

    def having(self, clause: Findable, *, in_any_form: bool = False) -> Iterator[int]:
        """The articles that have the clause by its words in any form, or `in_any_form` by exact ones in any."""
        match clause:
            case Near(left, words, right):
                one, other = (_rows(flat(side), in_any_form=in_any_form) for side in (left, right))
                yield from self._near(_Places(self._text, one), _Places(self._text, other), words)
            case _:
                terms = flat((clause,))
                for keys in _rows(terms, in_any_form=in_any_form):
                    yield from self._in_a_row(keys)
                for letters in filter(None, map(_letters_of, terms)):
                    yield from self._written(letters)

    def perhaps_having(self, clause: Findable) -> Iterator[int]:
        """The articles of which `having` does not tell."""
        terms = flat((*clause.left, *clause.right) if isinstance(clause, Near) else (clause,))
        if any(isinstance(term, Exact) and (isinstance(clause, Near) or not _letters_of(term)) for term in terms):
            yield from self.having(clause, in_any_form=True)
        for key in {key for row in _rows(terms, in_any_form=True) for key in row}:
            yield from self._over_hyphen(key)
        for whole in {whole for term in terms for whole in _glued(term)}:
            yield from self._in_a_row((whole,))
        for head in {head for term in terms if isinstance(term, Prefix) for head in term.heads}:
            yield from self._beginning(head)

    def _in_a_row(self, keys: Keys) -> Iterator[int]:
        places = _Places(self._text, [keys])
        while places.start < len(self._text):
            at = bisect_right(self._ends, places.start)
            yield self._numbers[at]
            places.go_to(self._ends[at])

    def _written(self, letters: str) -> Iterator[int]:
        """The articles that have the letters of words in a row, all of the title or all of the body."""
        size = _count_of_words(letters)
        for at, (number, terms) in enumerate(zip(self._numbers, self._terms, strict=True)):
            place = terms.find(letters)
            while place >= 0:
                first = _count_of_words(terms[:place])
                if terms[place + len(letters)] == " " and not first < self._words_of_title(at) < first + size:
                    yield number
                    break
                place = terms.find(letters, place + 1)

    def _words_of_title(self, at: int) -> int:
        begin = self._ends[at - 1] if at else 0
        return self._text.count(" ", begin, self._text.find(_APART, begin))

    def _near(self, left: _Places, right: _Places, words: int) -> Iterator[int]:
        """The articles in which one of each stands near the other; those that share a word do not."""
        while (here := left if left.start <= right.start else right).start < len(self._text):
            there = right if here is left else left
            if self._are_near(there.ended_before(here.start), here.start, words):
                at = bisect_right(self._ends, here.start)
                yield self._numbers[at]
                left.go_to(self._ends[at])
                right.go_to(self._ends[at])
            elif there.is_over:
                return
            else:
                here.go_on()

    def _are_near(self, end: int, start: int, words: int) -> bool:
        """Whether no more words are between, all of one title or one body."""
        return (
            end >= 0
            and start - end <= words * _LONGEST_WORD
            and self._text.count(" ", end, start) <= words
            and self._text.find(END_OF_TITLE, end, start) < 0
        )

    def _over_hyphen(self, key: str) -> Iterator[int]:
        """The articles in which a hyphen makes one word of two."""
        text, needle = self._hyphens, f" {key}"
        at = text.find(needle)
        while at >= 0:
            if text[at + len(needle)] in {" ", END_OF_TITLE}:
                yield self._numbers[bisect_right(self._hyphens_end, at)]
            at = text.find(needle, at + 1)

    def _beginning(self, head: str) -> Iterator[int]:
        """The articles in which a word begins so."""
        at = self._text.find(f" {AS_KEY}{head}")
        while at >= 0:
            number = bisect_right(self._ends, at)
            yield self._numbers[number]
            at = self._text.find(f" {AS_KEY}{head}", self._ends[number])
        needles = f" {AS_WRITTEN}{head}", f" {OTHERWISE_WRITTEN}{head}"
        for number, terms in zip(self._numbers, self._terms, strict=True):
            if needles[0] in terms or needles[1] in terms:
                yield number


class _Places:
    """Where one of several rows of keys stands in a text: one place after the other, in order of their beginnings.

    `start` is the space before the first word of the place where it is; behind the last place it is the text's end.
    """

    def __init__(self, text: str, rows: Sequence[Keys]) -> None:
        self._text = text
        self._rows = [_Row(text, keys) for keys in rows]
        self._coming: list[tuple[int, int, int, int]] = []  # start, end, number of the row, where it looks on
        self._passed: list[int] = []  # the ends of the last places, which may be behind what they are compared with
        self._ended = -1
        self.start = 0
        self.go_to(0)

    @property
    def is_over(self) -> bool:
        """Whether no place is left, and none that was passed may still end before another."""
        return not (self._coming or self._passed)

    def go_to(self, place: int) -> None:
        """Leave all places that begin before this one, which is the beginning of an article."""
        self._passed, self._ended = [], -1
        if not self._coming:
            self._coming = [found for at, row in enumerate(self._rows) if (found := row.find(at, place)) is not None]
            heapify(self._coming)
        while self._coming and self._coming[0][0] < place:
            self._replace_first(place)
        self._set_start()

    def go_on(self) -> None:
        """Go to the next place."""
        self._passed.append(self._coming[0][1])
        self._replace_first(self._coming[0][3])
        self._set_start()

    def ended_before(self, place: int) -> int:
        """The end of the last place that was left since `go_to` and ended before this one; -1 where none did."""
        for end in self._passed:
            if self._ended < end <= place:
                self._ended = end
        self._passed = [end for end in self._passed if end > place]
        return self._ended

    def _replace_first(self, place: int) -> None:
        number = self._coming[0][2]
        found = self._rows[number].find(number, place)
        if found is None:
            heappop(self._coming)
        else:
            heapreplace(self._coming, found)

    def _set_start(self) -> None:
        self.start = self._coming[0][0] if self._coming else len(self._text)


class _Row:
    """Keys one after the other: the longest, which is mostly the rarest, is looked for, and the others around it."""

    def __init__(self, text: str, keys: Keys) -> None:
        longest = max(range(len(keys)), key=lambda at: len(keys[at]))
        self._text = text
        self._needle = f"{keys[longest]} "
        self._before = keys[:longest][::-1]
        self._after = keys[longest + 1 :]

    def find(self, number: int, place: int) -> tuple[int, int, int, int] | None:
        """The next place: where it begins and ends, the given number, and where to look for the one after it."""
        text, needle = self._text, self._needle
        at = text.find(needle, place)
        while at >= 0:
            end = at + len(needle) - 1
            if text[at - 1] == AS_KEY:
                at -= 1
            if text[at - 1] == " ":
                start = self._begin(at - 1) if self._before else at - 1
                last = self._end(end) if self._after else end
                if start >= 0 and last >= 0:
                    return start, last, number, end
            at = text.find(needle, end)
        return None

    def _begin(self, end: int) -> int:
        """Where the words before this place begin, -1 where they are others."""
        for key in self._before:
            if self._text.endswith(f" {key}", 0, end):
                end -= len(key) + 1
            elif self._text.endswith(f" {AS_KEY}{key}", 0, end):
                end -= len(key) + 2
            else:
                return -1
        return end

    def _end(self, start: int) -> int:
        """Where the words behind this place end, -1 where they are others."""
        for key in self._after:
            if self._text.startswith(f"{key} ", start + 1):
                start += len(key) + 1
            elif self._text.startswith(f"{AS_KEY}{key} ", start + 1):
                start += len(key) + 2
            else:
                return -1
        return start


def _one_text(parts: Sequence[str]) -> tuple[str, Sequence[int]]:
    """The parts one behind the other, and where each ends."""
    return "".join([f"{part}{_APART}" for part in parts]), list(accumulate(len(part) + len(_APART) for part in parts))


def _rows(terms: Sequence[Term], *, in_any_form: bool) -> Sequence[Keys]:
    """The keys that the terms look for, one after the other."""
    rows: dict[Keys, None] = {}
    for term in terms:
        match term:
            case Word():
                rows[term.stem,] = None
            case Phrase():
                rows[term.stems] = None
            case Exact() if in_any_form:
                rows[term.in_any_form.stems] = None
    return list(rows)


def _letters_of(term: Term) -> str:
    """The letters of an exact term as they are filed; none where a word is its own key, of which no more is filed."""
    if not isinstance(term, Exact):
        return ""
    stems = zip(tokenise(term.text), term.in_any_form.stems, strict=True)
    filed = [word_terms(token.surface, token.folded, key).letters for token, key in stems]
    return "" if AS_KEY in filed else "".join(f" {each}" for each in filed)


def _count_of_words(letters: str) -> int:
    return letters.count(" ") - letters.count(f" {OTHERWISE_WRITTEN}")


def _glued(term: Term) -> Iterator[str]:
    """Two of its words as one."""
    phrase = term.in_any_form if isinstance(term, Exact) else term
    if isinstance(phrase, Phrase):
        yield from (whole for whole in phrase.joined_stems if whole is not None)
