"""Our rules in a process of their own: reads rules and articles from standard input, writes what they cost."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.percolation.timing import per_article
from shared.contracts.verdict import Verdict
from shared.kit.ids import id_for
from shared.language.tokens import tokenise
from shared.rules import Document, Rule, RuleSet, percolate
from shared.rules.word_key import word_key

VERDICT = Verdict(language="en", relevant=True, relevance=0.9)
CHANGES = 200


def main() -> None:
    """Answer one question of the benchmark."""
    asked = json.load(sys.stdin)
    json.dump(measured(asked["queries"], asked["articles"]), sys.stdout)


def measured(queries: Sequence[str], articles: Sequence[str]) -> dict[str, Any]:
    """What these rules cost for these articles; times of the processor, memory in megabytes."""
    rules = [Rule(id_for("rule", number), str(number), query, 1) for number, query in enumerate(queries)]
    for text in (*queries, *articles):  # the language's own memory of words is not the rules'
        for token in tokenise(text):
            word_key(token.stem)
    gc.collect()
    before, began = _megabytes(), time.process_time()
    compiled = RuleSet(rules, agreements=(), sectors=())
    seconds = time.process_time() - began
    gc.collect()
    megabytes = _megabytes() - before
    gc.freeze()
    return {
        "build_s": seconds,
        "mb": megabytes,
        "matches": sum(len(compiled.matching(_document(each))) for each in articles) / len(articles),
        "candidates": sum(compiled.candidates(_document(each)) for each in articles) / len(articles),
        "tokenise": per_article(tokenise, articles),
        "read": per_article(lambda article: _document(article).passages, articles),
        "match": per_article(lambda article: compiled.matching(_document(article)), articles),
        "with sentences": per_article(lambda article: percolate(compiled, _document(article)), articles),
        "change_ms": _change(compiled, rules),
    }


def _change(compiled: RuleSet, rules: Sequence[Rule]) -> tuple[float, float]:
    """Median and most milliseconds for a rule to be replaced, and the new set to be ready."""
    milliseconds: list[float] = []
    for number in range(CHANGES):
        old = rules[number * len(rules) // CHANGES % len(rules)]
        new = Rule(old.rule_id, old.name, f'{old.query} OR "change {number}" NEAR/8 visa', 2)
        began = time.process_time()
        compiled = compiled.with_rule(new)
        milliseconds.append(1e3 * (time.process_time() - began))
    milliseconds.sort()
    return milliseconds[len(milliseconds) // 2], milliseconds[-1]


def _document(article: str) -> Document:
    return Document("", article, VERDICT)


def _megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
