"""Finds many terms in one pass over an article's words, at a cost that hardly depends on how many terms there are.

A term is one or more words of any of our languages. Words match by stem, so every inflected form counts; small words
("of", "and", "के") between the others may be there or not; a trailing star matches the beginnings of words
("invest*"). All terms stand in one trie of stems; most words of an article fail at its root with one look-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from shared.language.fold import CACHED_WORDS, fold, stem_of
from shared.language.tokens import Token, tokenise

SMALL_WORDS = frozenset(
    """
    a an the of and or in on at to for with by from as
    и в во на о об обо по с со для из к ко за от у
    के का की को में पर और एवं व से ने तथा
    """.split()
)
SMALL_REACH_TOKENS = 2  # "in force" and "in full force"
NAME_GAP_CHARS = 1  # a space or a hyphen: what stands further apart, or behind a comma, is no name in one piece
MAX_GAP_TOKENS = 4  # three small words may stand between two words of a term ("cooperation in the field of")


@dataclass(frozen=True, slots=True)
class Term:
    """What to look for: `id` is the asker's name for it, `text` its words; a star after a word matches its beginning.

    `exact_case` wants the name as written, letters, small words and all (RELOS, not "relos"; "RT India", neither "RT on
    India" nor "RT, India"); a plural s is let pass.
    `whole` wants its small words beside the others too ("in force" is not "force"); they may stand one word away.
    `near` wants one of these words within `reach_tokens` tokens on either side, `unless` refuses when one is there.
    """

    id: str
    text: str
    exact_case: bool = False
    whole: bool = False
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    reach_tokens: int = 12


class TermMatch(NamedTuple):
    """A term found: the indices of its first and last token, both inclusive."""

    id: str
    term: Term
    first: int
    last: int


@dataclass(slots=True)
class _Node:
    """A place in the trie: the stems that go on from here, and the terms that end here."""

    next: dict[str, _Node] = field(default_factory=dict)
    ends: list[_Compiled] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A term ready for comparison: its words as written, how far apart they stand at most, what small words frame it.

    The words run from the first that is not small to the last.
    """

    term: Term
    surfaces: tuple[str, ...]
    gap_chars: int
    opens: str | None
    closes: str | None
    near: _WordSet | None
    unless: _WordSet | None


class _WordSet:
    """Single words by stem, or by beginning where starred; asks whether a token is among them."""

    __slots__ = ("prefixes", "stems")

    def __init__(self, words: Iterable[str]) -> None:
        tokens = [(token, text) for text in words for token in tokenise(text)]
        self.stems = frozenset(token.stem for token, text in tokens if text[token.end : token.end + 1] != "*")
        self.prefixes = tuple(token.folded for token, text in tokens if text[token.end : token.end + 1] == "*")

    def has(self, token: Token) -> bool:
        return token.stem in self.stems or bool(self.prefixes and token.folded.startswith(self.prefixes))


class TermIndex:
    """Many terms compiled once; `matches` may be called from several threads, it only fills a cache."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._root = _Node()
        self._prefixes: dict[int, set[str]] = {}
        self._symbols: dict[str, tuple[str, ...]] = {}
        self._roots: dict[str, tuple[_Node, ...]] = {}
        self._stems: set[str] = set()
        self.size = 0
        for term in terms:
            self._add(term)
            self.size += 1

    def matches(self, tokens: Sequence[Token]) -> list[TermMatch]:
        """All terms found, in order of their first token; overlapping and nested ones are all given."""
        places = [index for index, token in enumerate(tokens) if token.folded not in SMALL_WORDS]
        found: list[TermMatch] = []
        roots = self._roots
        for at, place in enumerate(places):
            folded = tokens[place].folded
            nodes = roots.get(folded)
            if nodes is None:
                nodes = self._look_up(folded)
            if nodes:
                for node in nodes:
                    self._walk(node, tokens, places, at, place, found)
            if place + 1 < len(tokens) and tokens[place].end == tokens[place + 1].start:
                found.extend(self._glued(tokens, place))
        return found

    def _add(self, term: Term) -> None:
        tokens = tokenise(term.text)
        words = [token for token in tokens if token.folded not in SMALL_WORDS] or list(tokens)
        if not words:
            return
        opening, closing = tokens.index(words[0]), tokens.index(words[-1])
        core = tokens[opening : closing + 1]
        compiled = _Compiled(
            term,
            tuple(token.surface for token in core),
            max(NAME_GAP_CHARS, *(after.start - before.end for before, after in pairwise(core)), 0),
            _beside(tokens, opening - 1) if term.whole or term.exact_case else None,
            _beside(tokens, closing + 1) if term.whole or term.exact_case else None,
            _WordSet(term.near) if term.near else None,
            _WordSet(term.unless) if term.unless else None,
        )
        self._insert([self._symbol(word, term.text) for word in words], compiled)
        if len(words) > 1 and all(a.end == b.start for a, b in pairwise(words)):
            whole = fold(term.text)  # "GazpromNeft" is two words to us, "Gazpromneft" in the text is one
            self._stems.add(stem_of(whole))
            self._insert([stem_of(whole)], compiled)

    def _insert(self, symbols: Sequence[str], compiled: _Compiled) -> None:
        node = self._root
        for symbol in symbols:
            node = node.next.setdefault(symbol, _Node())
        node.ends.append(compiled)

    def _symbol(self, word: Token, text: str) -> str:
        if text[word.end : word.end + 1] == "*":
            self._prefixes.setdefault(len(word.folded), set()).add(word.folded)
            return f"{word.folded}*"
        self._stems.add(word.stem)
        return word.stem

    def _symbols_of(self, folded: str) -> tuple[str, ...]:
        """The names under which this word stands in the trie: its stem, and every beginning that is a starred word."""
        known = self._symbols.get(folded)
        if known is None:
            stem = stem_of(folded)
            starred = [f"{folded[:n]}*" for n, heads in self._prefixes.items() if folded[:n] in heads]
            known = (*((stem,) if stem in self._stems else ()), *starred)
            if len(self._symbols) >= CACHED_WORDS:
                self._symbols.clear()
            self._symbols[folded] = known
        return known

    def _look_up(self, folded: str) -> tuple[_Node, ...]:
        nodes = tuple(self._root.next[symbol] for symbol in self._symbols_of(folded) if symbol in self._root.next)
        if len(self._roots) >= CACHED_WORDS:
            self._roots.clear()
        self._roots[folded] = nodes
        return nodes

    def _walk(
        self, node: _Node, tokens: Sequence[Token], places: list[int], at: int, first: int, found: list[TermMatch]
    ) -> None:
        last = places[at]
        for compiled in node.ends:
            if _accepts(compiled, tokens, first, last):
                found.append(TermMatch(compiled.term.id, compiled.term, first, last))  # noqa: PERF401 - the hot loop
        if not node.next or at + 1 >= len(places) or places[at + 1] - last > MAX_GAP_TOKENS:
            return
        for symbol in self._symbols_of(tokens[places[at + 1]].folded):
            following = node.next.get(symbol)
            if following is not None:
                self._walk(following, tokens, places, at + 1, first, found)

    def _glued(self, tokens: Sequence[Token], place: int) -> Iterator[TermMatch]:
        """Terms of one word that the tokeniser cut in two at an inner capital."""
        folded = tokens[place].folded + tokens[place + 1].folded
        for node in self._look_up(folded):
            for compiled in node.ends:
                if _accepts(compiled, tokens, place, place + 1):
                    yield TermMatch(compiled.term.id, compiled.term, place, place + 1)


def _beside(tokens: Sequence[Token], place: int) -> str | None:
    return tokens[place].folded if 0 <= place < len(tokens) else None


def _is_whole(compiled: _Compiled, tokens: Sequence[Token], first: int, last: int) -> bool:
    if compiled.opens is None and compiled.closes is None:
        return True
    before = (token.folded for token in tokens[max(0, first - SMALL_REACH_TOKENS) : first])
    after = (token.folded for token in tokens[last + 1 : last + 1 + SMALL_REACH_TOKENS])
    return (compiled.opens is None or compiled.opens in before) and (
        compiled.closes is None or compiled.closes in after
    )


def _accepts(compiled: _Compiled, tokens: Sequence[Token], first: int, last: int) -> bool:
    term = compiled.term
    if term.exact_case and not _same_case(compiled, tokens, first, last):
        return False
    if not _is_whole(compiled, tokens, first, last):
        return False
    if compiled.near is None and compiled.unless is None:
        return True
    around = [*tokens[max(0, first - term.reach_tokens) : first], *tokens[last + 1 : last + 1 + term.reach_tokens]]
    if compiled.unless is not None and any(compiled.unless.has(token) for token in around):
        return False
    return compiled.near is None or any(compiled.near.has(token) for token in around)


def _same_case(compiled: _Compiled, tokens: Sequence[Token], first: int, last: int) -> bool:
    seen, surfaces = tokens[first : last + 1], compiled.surfaces
    return (
        len(seen) == len(surfaces)
        and all(token.surface in (wanted, f"{wanted}s") for token, wanted in zip(seen, surfaces, strict=True))
        and all(after.start - before.end <= compiled.gap_chars for before, after in pairwise(seen))
    )
