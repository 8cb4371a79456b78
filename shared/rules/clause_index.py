"""Which of very many clauses an article holds, found by looking up its words instead of asking each clause.

A word is looked up by its key. A phrase is filed under two of its words that follow each other, the rarest two, so
that nearly every phrase that is looked at stands there; a beginning under its first letters; a field under its value.
Clauses get numbers, are only ever added, and the same clause is one number: 100,000 rules share their common words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import Lock

from shared.rules.clause_tables import Pair, PairTable, WordTable, numbers_in
from shared.rules.cover import Anchor, cost_of_stem
from shared.rules.document import Document, value_key
from shared.rules.passage import Passage
from shared.rules.places import places
from shared.rules.query import Field, Phrase, Prefix, Word

_HEAD_LETTERS = 6  # of a longer beginning the first six are looked up, and the rest compared


class ClauseIndex:
    """Clauses filed so that those an article holds are found at a cost that hardly depends on their number.

    Whoever files clauses while others ask holds `changing`; asking needs no lock.
    """

    def __init__(self) -> None:
        self.changing = Lock()
        self._words = WordTable()
        self._pairs = PairTable()
        self._heads: dict[str, tuple[int, ...]] = {}
        self._head_lengths: frozenset[int] = frozenset()
        self._values: dict[Pair, int] = {}
        self._clauses: list[Anchor] = []

    def number_of(self, clause: Anchor) -> int:
        """The number of a clause, which is filed if it is new."""
        number = self._known(clause)
        if number is None:
            number = len(self._clauses)
            self._clauses.append(clause)
            self._file(clause, number)
        return number

    def clause(self, number: int) -> Anchor:
        """The clause of this number."""
        return self._clauses[number]

    def held_by(self, document: Document) -> set[int]:
        """The numbers of all clauses that are true of the article."""
        held: set[int] = set()
        for passage in document.passages:
            if passage.keys:
                self._add_held_by(passage, held)
        if self._values:
            values = self._values
            held.update(
                values[name, value]
                for name, its_values in document.facts.items()
                for value in its_values
                if (name, value) in values
            )
        return held

    def _add_held_by(self, passage: Passage, held: set[int]) -> None:
        filed = self._words.under(passage.different_keys)
        filed += self._pairs.along(passage.keys)
        if passage.joined:
            filed += self._pairs.under(passage.pairs_over_hyphens)
        numbers = numbers_in(filed)
        held.update([number for number in numbers if number >= 0])
        doubtful = [~number for number in numbers if number < 0]
        held.update([number for number in doubtful if number not in held and self._stands(number, passage)])
        if self._heads:
            held.update(self._prefixes_in(passage))

    def _stands(self, number: int, passage: Passage) -> bool:
        clause = self._clauses[number]
        if not isinstance(clause, Phrase):
            return False
        return next(places(clause, passage), None) is not None

    def _prefixes_in(self, passage: Passage) -> Iterator[int]:
        heads, forms = self._heads, passage.forms
        for length in self._head_lengths:
            for head in heads.keys() & {word[:length] for word in forms}:
                for number in heads[head]:
                    clause = self._clauses[number]
                    if isinstance(clause, Prefix) and any(map(passage.has_word_beginning, clause.heads)):
                        yield number

    def _known(self, clause: Anchor) -> int | None:
        """The number of a clause that is filed, or of one that asks the same in another spelling (visa, visas)."""
        match clause:
            case Word():
                return next((number for number in self._words.at(clause.stem) if self._is_word(number)), None)
            case Field(name, value):
                return self._values.get((name, value_key(name, value)))
            case Phrase():
                key = next(iter(phrase_keys(clause)))
                filed = self._words.at(key) if isinstance(key, str) else self._pairs.at(key)
                return self._same(clause, [max(number, ~number) for number in filed])
            case Prefix():
                return self._same(clause, self._heads.get(clause.heads[0][:_HEAD_LETTERS], ()))

    def _same(self, clause: Phrase | Prefix, filed: Iterable[int]) -> int | None:
        return next((number for number in filed if self._clauses[number] == clause), None)

    def _is_word(self, number: int) -> bool:
        return number >= 0 and isinstance(self._clauses[number], Word)

    def _file(self, clause: Anchor, number: int) -> None:
        match clause:
            case Word():
                self._words.file(clause.stem, number)
            case Phrase():
                # Two words of which the pair, or the whole, was met: that is the phrase. A longer one is looked at.
                filed = number if len(clause.stems) <= 2 else ~number
                for key in phrase_keys(clause):
                    if isinstance(key, str):
                        self._words.file(key, filed)
                    else:
                        self._pairs.file(key, filed)
            case Prefix():
                for head in {head[:_HEAD_LETTERS] for head in clause.heads}:
                    self._heads[head] = (*self._heads.get(head, ()), number)
                    self._head_lengths |= {len(head)}
            case Field(name, value):
                self._values[name, value_key(name, value)] = number


def phrase_keys(phrase: Phrase) -> frozenset[Pair | str]:
    """Neighbours, or single words, of which a text must hold one for the phrase to stand in it.

    Where the phrase goes from one word to the next, the text has either the two side by side, each of them perhaps
    written as one with its other neighbour, or both written as one.
    """
    stems, joined = phrase.stems, phrase.joined_stems
    if len(stems) == 1:
        return frozenset(stems)
    rarest = min(range(1, len(stems)), key=lambda at: sum(sorted(map(cost_of_stem, stems[at - 1 : at + 1]))))
    before = [stems[rarest - 1], joined[rarest - 2] if rarest >= 2 else None]
    after = [stems[rarest], joined[rarest] if rarest < len(joined) else None]
    pairs: Iterable[Pair | str] = (
        (left, right) for left in before if left is not None for right in after if right is not None
    )
    whole = joined[rarest - 1]
    return frozenset(pairs) if whole is None else frozenset([*pairs, whole])
