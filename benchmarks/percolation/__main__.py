"""Prints what matching an article against 10 to 100,000 rules costs, beside peers in the same run.

python -m benchmarks.percolation --articles DIR [--articles DIR ...] [--peers PYTHON] [--lucene PATH] [--sizes N ...]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.near_duplicates.corpora import texts_in
from benchmarks.percolation.workload import NEAR_WORDS, Asked, Officers, articles_of

SIZES = (10, 100, 1_000, 10_000, 100_000)
PEERS = Path(__file__).with_name("peers.py")
MOST_NAIVE_RULES = 10_000  # with more, the loop takes half an hour; it grows in a straight line
SEED = 20261122


def main() -> None:
    """Read what is asked, and print the table."""
    asked = _asked()
    texts = [text for folder in asked.articles for text in texts_in(folder)]
    articles = articles_of(texts, asked.count, asked.words, SEED)
    bodies = [article.body for article in articles]
    print(f"\n{len(bodies)} articles of {asked.words} words; microseconds an article takes, mean / 99th percentile\n")
    print("| rules | engine | an article | to tokenising | matches | candidates | build s | MB | change ms |")
    print("| --- " * 9 + "|")
    for size in asked.sizes:
        rules = Officers(articles, SEED + 1).rules(size)
        _print_ours(rules, bodies)
        _print_peers(asked.peers, rules, bodies)
        if asked.lucene:
            _print_lucene(asked.lucene, rules, bodies)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.percolation", description=__doc__)
    parser.add_argument("--articles", type=Path, action="append", required=True, help="a folder of news texts")
    parser.add_argument("--peers", default=sys.executable, help="a Python that has hyperscan")
    parser.add_argument("--lucene", help="a class path with Lucene, its Monitor, and Percolator.java compiled")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many rules")
    parser.add_argument("--count", type=int, default=200, help="how many articles")
    parser.add_argument("--words", type=int, default=670, help="how long they are")
    return parser.parse_args()


def _print_ours(rules: Sequence[Asked], articles: Sequence[str]) -> None:
    given = {"queries": [rule.query() for rule in rules], "articles": articles}
    told = _answer([sys.executable, "-m", "benchmarks.percolation.ours"], json.dumps(given))
    floor = told["tokenise"][0]
    for name in ("tokenise", "read", "match", "with sentences"):
        mean, most = told[name]
        row = f"| {len(rules)} | ours: {name} | {mean:.0f} / {most:.0f} | {mean / floor:.2f} |"
        rest = f" {told['matches']:.1f} | {told['candidates']:.0f} | {told['build_s']:.2f} | {told['mb']:.1f} |"
        change = f" {told['change_ms'][0]:.2f}, at most {told['change_ms'][1]:.2f} |"
        print(row + (rest + change if name == "match" else " | | | | |"), flush=True)


def _print_peers(python: str, rules: Sequence[Asked], articles: Sequence[str]) -> None:
    engines = ["hyperscan literals", *(["regex loop"] if len(rules) <= MOST_NAIVE_RULES else [])]
    given = {
        "rules": [asdict(rule) for rule in rules],
        "articles": articles,
        "near_words": NEAR_WORDS,
        "engines": engines,
    }
    _print_told(rules, _answer([python, str(PEERS)], json.dumps(given)))


def _print_lucene(class_path: str, rules: Sequence[Asked], articles: Sequence[str]) -> None:
    lines = [
        "\t".join(("|".join(rule.names), "|".join(rule.beside), "|".join(rule.without), _near(rule))) for rule in rules
    ]
    command = ["java", "-Xmx3g", "-XX:+UseSerialGC", "-cp", class_path, "Percolator"]
    _print_told(rules, _answer(command, "\n".join([*lines, "", *articles]) + "\n"))


def _near(rule: Asked) -> str:
    return "near" if rule.is_near else ""


def _print_told(rules: Sequence[Asked], answer: dict[str, Any]) -> None:
    for name, told in answer.items():
        mean, most = told["match"]
        row = f"| {len(rules)} | {name}, on {told['on']} articles | {mean:.0f} / {most:.0f} | |"
        print(f"{row} {told['matches']:.1f} | | {told['build_s']:.2f} | {told['mb']:.1f} | |", flush=True)


def _answer(command: Sequence[str], given: str) -> dict[str, Any]:
    run = subprocess.run(command, input=given, capture_output=True, text=True, check=True, encoding="utf-8")
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


if __name__ == "__main__":
    main()
