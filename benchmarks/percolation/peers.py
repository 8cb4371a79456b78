"""Peers in their own interpreter: the same rules as regular expressions, one by one and as a compiled set.

Reads rules and articles from standard input and writes what each engine costs. They compare letters, without
inflections, so that they do less. What an interpreter does not have (`hyperscan`, `re2`) is left out.
"""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from timing import per_article

NAIVE_SECONDS = 20.0  # of an engine that asks every rule; it is timed on as many articles as fit
Asked = dict[str, Any]
Engine = Callable[[list[Asked], int], Callable[[str], list[int]]]


class RegexLoop:
    """Each rule is a few expressions of Python's `re`, asked one rule after the other."""

    def __init__(self, rules: list[Asked], near_words: int) -> None:
        gap = rf"(?:\W+\w+){{0,{near_words}}}?\W+"
        self._rules = [
            (
                re.compile(_near(rule, gap) if rule["is_near"] else _any_of(rule["names"])),
                re.compile(_any_of(rule["beside"])) if rule["beside"] and not rule["is_near"] else None,
                re.compile(_any_of(rule["without"])) if rule["without"] else None,
            )
            for rule in rules
        ]

    def __call__(self, article: str) -> list[int]:
        """The numbers of the rules that match."""
        text = article.casefold()
        return [
            number
            for number, (names, beside, without) in enumerate(self._rules)
            if names.search(text)
            and (beside is None or beside.search(text))
            and (without is None or not without.search(text))
        ]


class TermSet:
    """A compiled set finds all terms in one pass; then the rules that have one of the names found are asked."""

    def __init__(self, rules: list[Asked], near_words: int) -> None:
        self._rules, self._near_words = rules, near_words
        self.terms = sorted({term for rule in rules for part in ("names", "beside", "without") for term in rule[part]})
        number_of = {term: number for number, term in enumerate(self.terms)}
        self._parts = [
            tuple(tuple(number_of[term] for term in rule[part]) for part in ("names", "beside", "without"))
            for rule in rules
        ]
        self._by_name: dict[int, list[int]] = {}
        for rule, (names, _, _) in enumerate(self._parts):
            for name in names:
                self._by_name.setdefault(name, []).append(rule)

    def rules_for(self, found: dict[int, list[tuple[int, int]]], text: str) -> list[int]:
        """The numbers of the rules that match, by the places of the terms found, in characters."""
        asked = {rule for name in found for rule in self._by_name.get(name, ())}
        return [rule for rule in sorted(asked) if self._holds(rule, found, text)]

    def _holds(self, rule: int, found: dict[int, list[tuple[int, int]]], text: str) -> bool:
        names, beside, without = self._parts[rule]
        if beside and found.keys().isdisjoint(beside):
            return False
        if without and not found.keys().isdisjoint(without):
            return False
        return not self._rules[rule]["is_near"] or self._is_near(names, beside, found, text)

    def _is_near(
        self, names: Sequence[int], beside: Sequence[int], found: dict[int, list[tuple[int, int]]], text: str
    ) -> bool:
        for start, end in (place for name in names for place in found.get(name, ())):
            for other, other_end in (place for term in beside for place in found.get(term, ())):
                between = text[end:other] if other >= end else text[other_end:start]
                if len(between.split()) <= self._near_words and (other >= end or other_end <= start):
                    return True
        return False


class Hyperscan(TermSet):
    """Hyperscan finds the terms as literals; whole words are checked afterwards."""

    def __init__(self, rules: list[Asked], near_words: int) -> None:
        super().__init__(rules, near_words)
        hyperscan = import_module("hyperscan")
        self._scanner = hyperscan.Database()
        expressions = [term.encode() for term in self.terms]
        flags = [hyperscan.HS_FLAG_SOM_LEFTMOST] * len(expressions)
        self._scanner.compile(expressions=expressions, ids=list(range(len(expressions))), flags=flags, literal=True)

    def __call__(self, article: str) -> list[int]:
        """The numbers of the rules that match."""
        text = article.casefold()
        raw = text.encode()
        found: dict[int, list[tuple[int, int]]] = {}

        def met(number: int, start: int, end: int, _flags: int, _context: object) -> None:
            if _is_edge(raw, start) and _is_edge(raw, end):
                found.setdefault(number, []).append((start, end))

        self._scanner.scan(raw, match_event_handler=met)
        return self.rules_for(found, raw.decode("latin-1"))


def _is_edge(raw: bytes, at: int) -> bool:
    """Whether a word begins or ends there; of letters outside ASCII all bytes count as letters."""
    inside = [each for each in (raw[at - 1 : at], raw[at : at + 1]) if each and (each.isalnum() or each[0] > 127)]
    return len(inside) < 2


def _any_of(terms: list[str]) -> str:
    return rf"\b(?:{'|'.join(map(_pattern, terms))})\b"


def _pattern(term: str) -> str:
    return r"\W+".join(map(re.escape, term.split()))


def _near(rule: Asked, gap: str) -> str:
    names, beside = _any_of(rule["names"]), _any_of(rule["beside"])
    return f"(?:{names}{gap}{beside})|(?:{beside}{gap}{names})"


def main() -> None:
    """Answer one question of the benchmark."""
    asked = json.load(sys.stdin)
    rules, articles, near_words = asked["rules"], asked["articles"], asked["near_words"]
    engines: dict[str, Engine] = {"regex loop": RegexLoop}
    try:
        import_module("hyperscan")
        engines["hyperscan literals"] = Hyperscan
    except ImportError:
        pass
    answer = {}
    for name in asked["engines"]:
        if name in engines:
            answer[name] = measured(engines[name], rules, articles, near_words)
    json.dump(answer, sys.stdout)


def measured(make: Engine, rules: list[Asked], articles: list[str], near_words: int) -> dict[str, Any]:
    """What an engine costs."""
    gc.collect()
    before, began = _megabytes(), time.process_time()
    engine = make(rules, near_words)
    seconds = time.process_time() - began
    megabytes = _megabytes() - before
    began = time.process_time()
    matches = [len(engine(articles[0]))]
    one = time.process_time() - began
    some = articles[: max(1, min(len(articles), int(NAIVE_SECONDS / max(one, 1e-6) / 4)))]
    matches = [len(engine(article)) for article in some] if len(some) > 1 else matches
    match = per_article(engine, some) if one < NAIVE_SECONDS / 4 else (one * 1e6, one * 1e6)
    return {
        "build_s": seconds,
        "mb": megabytes,
        "match": match,
        "matches": sum(matches) / len(matches),
        "on": len(some),
    }


def _megabytes() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4096 / 1e6


if __name__ == "__main__":
    main()
