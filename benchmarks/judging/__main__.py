"""Prints how many full articles one core judges in a second, and what a larger catalogue costs.

python -m benchmarks.judging [--words 600] [--articles 60] [--rounds 5]
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from services.classifier.domain.judge import Judge
from shared.catalogue.entries import Agreement, Catalogue
from shared.catalogue.head_file import load_head
from shared.catalogue.loader import load_catalogue
from shared.contracts.verdict import ArticleText
from shared.language.tokens import tokenise

DIGESTS = Path(__file__).parents[2] / "tests" / "data" / "dev_articles.jsonl"
LANGUAGES = ("en", "ru", "hi")
SIZES = (68, 1_000, 10_000)
SEED = 20_251_205
_SYLLABLES = {
    "en": "bran dor vel tus kem rad lin sor".split(),
    "ru": "бран дор вел тус кем рад лин сор".split(),
    "hi": "ब्रन दोर वेल तुस केम रद लिन सोर".split(),
}


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judging", description=__doc__)
    parser.add_argument("--words", type=int, default=600, help="of each article")
    parser.add_argument("--articles", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5, help="the best one counts: others share the machine")
    asked = parser.parse_args()
    articles = articles_of(asked.words, asked.articles)
    characters = sum(len(article.text) for article in articles) // len(articles)
    size_of_each = f"{asked.words} words ({characters} characters)"
    print(f"Python {platform.python_version()}; {len(articles)} articles of {size_of_each}\n")
    tokenising = seconds_each(lambda article: tokenise(article.text), articles, asked.rounds)
    print("| catalogue items | compile s | ms an article | articles/s on one core | x tokenising alone | x 68 items |")
    print("| --- | --- | --- | --- | --- | --- |")
    first = 0.0
    for size in SIZES:
        started = time.process_time()
        judge = Judge(grown(load_catalogue(), size), load_head())
        compiling = time.process_time() - started
        each = seconds_each(judge.judge, articles, asked.rounds)
        first = first or each
        ratios = f"{each / tokenising:.1f} | {each / first:.2f}"
        print(f"| {size:,} | {compiling:.2f} | {1000 * each:.2f} | {1 / each:.0f} | {ratios} |")
    judge = Judge(load_catalogue(), load_head())
    rates = [
        f"{language} {1 / seconds_each(judge.judge, [a for a in articles if a.language == language], asked.rounds):.0f}"
        for language in LANGUAGES
    ]
    print(f"\nBy language, articles/s on one core: {', '.join(rates)}")


def articles_of(words: int, count: int) -> list[ArticleText]:
    """Return articles of so many words: digests of one language in a row, so that every sentence tells something."""
    rows = [json.loads(line) for line in DIGESTS.read_text("utf-8").splitlines()]
    found = []
    for number in range(count):
        language = LANGUAGES[number % len(LANGUAGES)]
        told = [row for row in rows if row["language"] == language]
        text: list[str] = []
        at = number
        while len(text) < words:
            text += told[at % len(told)]["text"].split(" ")
            at += 1
        published = datetime(2025, 12, 5, tzinfo=UTC)
        title = told[number % len(told)]["title"]
        body = " ".join(text[:words])
        found.append(ArticleText(id=str(number), title=title, text=body, language=language, published=published))
    return found


def seconds_each(work: Callable[[ArticleText], object], articles: Sequence[ArticleText], rounds: int) -> float:
    """Return the CPU seconds that one article takes, in the best of so many rounds."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for article in articles:
            work(article)
        best = min(best, time.process_time() - started)
    return best / len(articles)


def grown(catalogue: Catalogue, size: int) -> Catalogue:
    """Return the catalogue with invented agreements beside its own, in names and patterns like theirs."""
    dice, models = random.Random(SEED), list(catalogue.agreements.values())
    agreements = dict(catalogue.agreements)
    while len(agreements) < size:
        model = models[len(agreements) % len(models)]
        name = f"{model.id}-{len(agreements)}"
        agreements[name] = _invented(model, name, dice)
    return replace(catalogue, agreements=agreements, version=f"grown-{size}")


def _invented(model: Agreement, name: str, dice: random.Random) -> Agreement:
    def renamed(language: str, text: str) -> str:
        word = "".join(dice.choices(_SYLLABLES[language], k=3))
        first, _, rest = text.partition(" ")
        return f"{first} {word} {rest}".strip()  # most begin as a real name does: the worst case for a trie

    aliases = {lang: tuple(renamed(lang, text) for text in texts) for lang, texts in model.naming.aliases.items()}
    weak = {lang: tuple(renamed(lang, text) for text in texts) for lang, texts in model.naming.weak.items()}
    naming = replace(model.naming, aliases=aliases, weak=weak, exact_case=frozenset(), near={}, patterns=(), generic={})
    return replace(model, id=name, naming=naming, aliases=aliases)


if __name__ == "__main__":
    main()
