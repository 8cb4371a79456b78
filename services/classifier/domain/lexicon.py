"""Everything the catalogue looks for, compiled into one index, so that an article is read once for all of it.

A word or phrase may mean several things at once ("Kudankulam" names a project, speaks for the nuclear sector and for
India); each found phrase is handed on to all its meanings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from shared.catalogue.entries import Catalogue, Pattern, Side
from shared.language.terms import SMALL_WORDS, Term, TermIndex
from shared.language.tokens import tokenise

WordKind = Literal["modal", "awaited", "future_hi", "denied", "past", "backdrop", "say", "agency", "made"]
DEALS = "$deal"  # the words for papers of every kind
BLOC_WEIGHT = 0.6  # the Eurasian Economic Union speaks for Russia, but less surely than Russia's own name
IMPLIED_WEIGHT = 0.9
HINDI_SHORT_CHARS = 4  # the Hindi stemmer leaves one letter of such verbs, which then match each other


@dataclass(frozen=True, slots=True)
class SideWord:
    """A name of one of the two sides; weight 0..1. `bloc` counts only where India stands beside it."""

    side: Side
    weight: float
    bloc: bool = False


@dataclass(frozen=True, slots=True)
class ThirdWord:
    """A name of a third country or union."""

    country: str


@dataclass(frozen=True, slots=True)
class MaskWord:
    """A name that contains a side's name without meaning it."""


@dataclass(frozen=True, slots=True)
class SportWord:
    """A word of reports in which the two sides compete."""


@dataclass(frozen=True, slots=True)
class SectorWord:
    """A word that speaks for a sector; `general` words of the field say little in an article on India and Russia."""

    sector: str
    weight: float
    general: bool = False


@dataclass(frozen=True, slots=True)
class NameOf:
    """A name of an agreement; a weak one needs both sides beside it."""

    agreement: str
    weak: bool


@dataclass(frozen=True, slots=True)
class GroupWord:
    """A member of a word group that patterns are made of."""

    group: int


@dataclass(frozen=True, slots=True)
class CueWord:
    """A word that reports a stage, by its form in the past or (expected) in the future."""

    stage: str
    expected: bool


@dataclass(frozen=True, slots=True)
class FrameWord:
    """A word that tells tense, denial, scenery or the speaker."""

    kind: WordKind


@dataclass(frozen=True, slots=True)
class RefusalWord:
    """A word beside which an agreement's weak names do not count."""

    agreement: str


@dataclass(frozen=True, slots=True)
class GenericWord:
    """A word that means an agreement in the sentences after another one."""

    agreement: str
    after: str


Meaning = (
    GenericWord
    | SideWord
    | ThirdWord
    | MaskWord
    | SportWord
    | SectorWord
    | NameOf
    | GroupWord
    | CueWord
    | FrameWord
    | RefusalWord
)


@dataclass(frozen=True, slots=True)
class CompiledPattern:
    """A pattern by the numbers of its word groups; the first is the key that is looked for."""

    owner: str
    groups: tuple[int, ...]


class _Shelves:
    """Collects phrases with their meanings; the same phrase under the same conditions is looked for once."""

    def __init__(self, wordgroups: dict[str, tuple[str, ...]]) -> None:
        self.meanings: dict[tuple[str, bool, bool, tuple[str, ...], tuple[str, ...]], list[Meaning]] = {}
        self._wordgroups = wordgroups
        self._groups: dict[tuple[str, ...], int] = {}

    def put(
        self,
        text: str,
        meaning: Meaning,
        *,
        exact_case: bool = False,
        whole: bool = False,
        near: tuple[str, ...] = (),
        unless: tuple[str, ...] = (),
    ) -> None:
        """File a phrase under its conditions."""
        held = self.meanings.setdefault((text, exact_case, whole, near, unless), [])
        if meaning not in held:
            held.append(meaning)

    def pattern(self, owner: str, pattern: Pattern) -> CompiledPattern:
        """File a pattern's words and give it by the numbers of its groups."""
        return CompiledPattern(owner, tuple(self._group(words) for words in pattern))

    def _group(self, words: tuple[str, ...]) -> int:
        number = self._groups.get(words)
        if number is None:
            number = self._groups[words] = len(self._groups)
            for text in self._members(words):
                acronym = text.isupper() and len(text) <= 5 and text.isalpha()
                self.put(text, GroupWord(number), exact_case=acronym)
        return number

    def groups_with(self, word: str) -> frozenset[int]:
        """The numbers of the groups that hold a word or a word group."""
        return frozenset(number for words, number in self._groups.items() if word in words)

    def _members(self, words: Iterable[str]) -> Iterable[str]:
        for word in words:
            if word.startswith("$"):
                yield from self._wordgroups[word[1:]]
            else:
                yield word


@lru_cache(maxsize=2)
def lexicon_of(catalogue: Catalogue) -> Lexicon:
    """The catalogue compiled, once however many judges look things up in it."""
    return Lexicon(catalogue)


class Lexicon:
    """The compiled catalogue: one index, the meanings of its phrases, and the patterns by their key group.

    `deals` are the groups that any word for a paper fills.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        shelves = _Shelves(dict(catalogue.wordgroups))
        self.naming_patterns: dict[int, list[CompiledPattern]] = {}
        self.deals: frozenset[int] = frozenset()
        self.stage_patterns: dict[int, list[CompiledPattern]] = {}
        self._put_parties(shelves)
        self._put_sectors(shelves)
        self._put_agreements(shelves)
        self._put_stages(shelves)
        terms: list[Term] = []
        self.meanings: dict[str, tuple[Meaning, ...]] = {}
        for number, ((text, exact_case, whole, near, unless), meanings) in enumerate(shelves.meanings.items()):
            terms.append(Term(str(number), text, exact_case=exact_case, whole=whole, near=near, unless=unless))
            self.meanings[str(number)] = tuple(meanings)
        self.deals = shelves.groups_with(DEALS)
        self.index = TermIndex(terms)

    def _put_parties(self, shelves: _Shelves) -> None:
        parties = self.catalogue.parties
        sides: tuple[tuple[Side, dict[str, float]], ...] = (
            ("india", dict(parties.india)),
            ("russia", dict(parties.russia)),
        )
        for side, words in sides:
            for text, weight in words.items():
                shelves.put(text, SideWord(side, weight), exact_case=text in parties.exact_case)
        for text in parties.bloc:
            shelves.put(text, SideWord("russia", BLOC_WEIGHT, bloc=True), exact_case=text in parties.exact_case)
        for country, names in parties.third.items():
            for text in names:
                shelves.put(text, ThirdWord(country), exact_case=text in parties.exact_case)
        for text in parties.mask:
            shelves.put(text, MaskWord())
        for text in parties.sport:
            shelves.put(text, SportWord())

    def _put_sectors(self, shelves: _Shelves) -> None:
        for sector in self.catalogue.sectors.values():
            for term in sector.terms:
                shelves.put(
                    term.text,
                    SectorWord(sector.id, term.weight, term.general),
                    exact_case=term.exact_case,
                    near=term.near,
                    unless=term.unless,
                )

    def _put_agreements(self, shelves: _Shelves) -> None:
        for agreement in self.catalogue.agreements.values():
            naming = agreement.naming
            for weak, names in ((False, naming.aliases), (True, naming.weak)):
                for text in (text for texts in names.values() for text in texts):
                    exact, near = text in naming.exact_case, naming.near.get(text, ())
                    shelves.put(text, NameOf(agreement.id, weak), exact_case=exact, near=near)
                    for side in sorted(naming.implies) if not weak else ():
                        shelves.put(text, SideWord(side, IMPLIED_WEIGHT), exact_case=exact, near=near)
            for other, texts in naming.generic.items():
                for text in texts:
                    shelves.put(text, GenericWord(agreement.id, other))
            for text in naming.unless:
                shelves.put(text, RefusalWord(agreement.id))
            for pattern in naming.patterns:
                compiled = shelves.pattern(agreement.id, pattern)
                self.naming_patterns.setdefault(compiled.groups[0], []).append(compiled)

    def _put_stages(self, shelves: _Shelves) -> None:
        for stage in self.catalogue.stages.values():
            for text in stage.cues:
                shelves.put(
                    text,
                    CueWord(stage.id, expected=False),
                    exact_case=_as_written(text, HINDI_SHORT_CHARS),
                    whole=_leans_on_small_words(text),
                )
            for text in stage.expected:
                shelves.put(text, CueWord(stage.id, expected=True), exact_case=_as_written(text, len(text)))
            for pattern in stage.patterns:
                compiled = shelves.pattern(stage.id, pattern)
                self.stage_patterns.setdefault(compiled.groups[0], []).append(compiled)
        words = self.catalogue.claim_words
        kinds: tuple[tuple[WordKind, tuple[str, ...]], ...] = (
            ("modal", words.modal),
            ("awaited", words.awaited),
            ("future_hi", words.future_hi),
            ("denied", words.denied),
            ("past", words.past),
            ("backdrop", words.backdrop),
            ("say", words.say),
            ("agency", words.agencies),
            ("made", words.made),
        )
        for kind, texts in kinds:
            for text in texts:
                shelves.put(
                    text,
                    FrameWord(kind),
                    exact_case=_as_written(text, len(text)),
                    whole=_leans_on_small_words(text),
                )


def _leans_on_small_words(text: str) -> bool:
    """Whether a phrase has but one word that is not small, which alone says something else: "in force", "в ходе"."""
    words = [token.folded for token in tokenise(text)]
    return len(words) > 1 == sum(word not in SMALL_WORDS for word in words)


def _as_written(text: str, short_chars: int) -> bool:
    """Whether a Hindi word must match by its form: tense is in the ending that stemming takes away."""
    return text[:1] >= "\u0900" and len(text) <= short_chars
