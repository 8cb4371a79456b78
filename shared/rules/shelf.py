"""Where compiled rules stand: one shelf for all sets of rules that came of each other by changes.

A change never takes anything away. Each rule that was ever set has a slot, in use from one generation to another; a
set of rules is the shelf seen at its generation. So an older set keeps answering while a newer one is being made, in
other threads too: those that ask only look single things up, and what is added meanwhile is of a later generation.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from threading import Lock
from uuid import UUID

from shared.rules.clause_index import ClauseIndex
from shared.rules.cover import cover_of
from shared.rules.document import Document
from shared.rules.program import Asking, Program, program_of, query_of
from shared.rules.query import Query
from shared.rules.residue import Residue, residue_of
from shared.rules.rule import Rule

_FOREVER = 2**31 - 1


class Shelf:
    """The slots of rules, and under which clauses each is found."""

    def __init__(self, index: ClauseIndex | None = None) -> None:
        self.generation = 0
        self._index = index or ClauseIndex()
        self._rules: list[Rule] = []
        self._programs: list[Program] = []
        self._one_of: list[tuple[int, ...] | None] = []
        self._rests: list[Program | None] = []
        self._ranks = array("i")
        self._since = array("i")
        self._until = array("i")
        self._slots: dict[UUID, int] = {}
        self._filed: list[int | list[int] | None] = []  # by number of clause
        self._unfiled: list[int] = []

    @property
    def changing(self) -> Lock:
        """What to hold while the shelf changes; shelves that share their clauses share it."""
        return self._index.changing

    @property
    def lapsed(self) -> int:
        """How many slots hold rules that the newest set no longer has."""
        return len(self._rules) - len(self._slots)

    def add(self, rule: Rule, query: Query) -> None:
        """Set a rule in the generation that is being made, in the rank of the one it takes the place of."""
        slot = len(self._rules)
        before = self._slots.get(rule.rule_id)
        program = program_of(query, self._index)
        under = self._numbers_of_cover(query)
        residue = Residue(None, program) if under is None else residue_of(program, under)
        self._programs.append(program)
        self._one_of.append(residue.one_of)
        self._rests.append(residue.rest)
        self._ranks.append(slot if before is None else self._ranks[before])
        self._since.append(self.generation)
        self._until.append(_FOREVER)
        self._rules.append(rule)
        self.drop(rule.rule_id)
        self._slots[rule.rule_id] = slot
        self._file(slot, under)

    def drop(self, rule_id: UUID) -> None:
        """Leave a rule out of the generation that is being made, and of all later ones."""
        slot = self._slots.pop(rule_id, None)
        if slot is not None:
            self._until[slot] = self.generation

    def __len__(self) -> int:
        return len(self._slots)

    def rules_at(self, generation: int) -> list[Rule]:
        """The rules of a generation, by rank."""
        return [self._rules[slot] for slot in self._slots_at(generation)]

    def matching(self, document: Document, generation: int) -> list[int]:
        """The slots of the rules of a generation that the article matches, by rank."""
        held = self._index.held_by(document)
        one_of, rests, since, until = self._one_of, self._rests, self._since, self._until
        is_none_held, is_true = held.isdisjoint, Asking(document, held).is_true
        # Most of the rules that an article makes candidates fail here, each by one look-up of a few numbers.
        likely = [slot for slot in self._under(held) if (numbers := one_of[slot]) is None or not is_none_held(numbers)]
        found = [slot for slot in likely if (rest := rests[slot]) is None or is_true(rest)]
        return self._in_order([slot for slot in found if since[slot] <= generation < until[slot]])

    def rules(self, slots: Iterable[int]) -> list[Rule]:
        """The rules of these slots."""
        return list(map(self._rules.__getitem__, slots))

    def query(self, slot: int) -> Query:
        """What the rule of a slot asks, its lists written out."""
        return query_of(self._programs[slot], self._index)

    def candidates(self, document: Document, generation: int) -> int:
        """How many rules of a generation have to be asked of the article."""
        slots = self._under(self._index.held_by(document))
        return sum(self._is_in(slot, generation) for slot in slots)

    def tidied(self, generation: int) -> Shelf:
        """A new shelf with the rules of this generation alone; the clauses are shared."""
        tidy = Shelf(self._index)
        slots = self._slots_at(generation)
        moved = {slot: at for at, slot in enumerate(slots)}
        tidy._rules = [self._rules[slot] for slot in slots]
        tidy._programs = [self._programs[slot] for slot in slots]
        tidy._one_of = [self._one_of[slot] for slot in slots]
        tidy._rests = [self._rests[slot] for slot in slots]
        tidy._ranks = array("i", range(len(slots)))
        tidy._since = array("i", bytes(tidy._ranks.itemsize * len(slots)))
        tidy._until = array("i", [_FOREVER]) * len(slots)
        tidy._slots = {rule.rule_id: at for at, rule in enumerate(tidy._rules)}
        tidy._unfiled = [moved[slot] for slot in self._unfiled if slot in moved]
        for filed in self._filed:
            kept = [moved[slot] for slot in ([filed] if isinstance(filed, int) else filed or ()) if slot in moved]
            tidy._filed.append((kept[0] if len(kept) == 1 else kept) if kept else None)
        return tidy

    def _under(self, held: set[int]) -> set[int]:
        filed = self._filed
        count = len(filed)
        here = [slots for number in held if number < count and (slots := filed[number]) is not None]
        found = {slots for slots in here if type(slots) is int}
        return found.union(self._unfiled, *[slots for slots in here if type(slots) is list])

    def _numbers_of_cover(self, query: Query) -> set[int] | None:
        cover = cover_of(query)
        return None if cover is None else {self._index.number_of(clause) for clause in cover}

    def _file(self, slot: int, under: set[int] | None) -> None:
        if under is None:
            self._unfiled.append(slot)
            return
        for number in under:
            self._filed.extend([None] * (number + 1 - len(self._filed)))
            here = self._filed[number]
            if here is None:
                self._filed[number] = slot
            elif isinstance(here, int):
                self._filed[number] = [here, slot]
            else:
                here.append(slot)

    def _slots_at(self, generation: int) -> list[int]:
        return self._in_order([slot for slot in range(len(self._rules)) if self._is_in(slot, generation)])

    def _is_in(self, slot: int, generation: int) -> bool:
        return self._since[slot] <= generation < self._until[slot]

    def _in_order(self, slots: list[int]) -> list[int]:
        return sorted(slots, key=self._ranks.__getitem__)
