"""Ten thousand random rules over articles in three languages: all at once answers as each by itself."""

from __future__ import annotations

import json
import random
from datetime import datetime
from functools import cache
from pathlib import Path

from shared.contracts.verdict import AgreementFinding, SectorFinding, Verdict
from shared.kit.ids import id_for
from shared.rules import Document, Origin, Query, Rule, RuleSet, WrongQuery, parse
from shared.rules.matching import holds

ARTICLES = Path(__file__).parents[2] / "data" / "dev_articles.jsonl"
RULES = 10_000
SECTORS = ("defence", "energy", "health", "trade", "technology", "tourism")
STAGES = ("signed", "announced", "in_force", "meeting_held")


def documents() -> list[Document]:
    rows = [json.loads(line) for line in ARTICLES.read_text("utf-8").splitlines()]
    return [_document(number, row) for number, row in enumerate(rows)]


def _document(number: int, row: dict) -> Document:
    found = Verdict(
        language=row["language"],
        relevant=row["relevant"],
        relevance=(number % 10) / 10,
        sectors=[SectorFinding(id=each, score=0.5, evidence="") for each in row["sectors"]],
        agreements=[
            AgreementFinding(id=each, score=0.5, evidence="", stage=row["stages"].get(each))
            for each in row["agreements"]
        ],
    )
    published = datetime.fromisoformat(f"{row['date']}T12:00:00+00:00") if len(row["date"] or "") == 10 else None
    country = ("IN", "RU", None)[number % 3]
    return Document(row["title"], row["text"], found, Origin(row["outlet"], country, row["url"], published))


class Scribe:
    """Writes rules in the words of the articles."""

    def __init__(self, articles: list[Document], seed: int) -> None:
        self._chance = random.Random(seed)
        self._texts = [[token.surface for token in part.tokens] for each in articles for part in each.passages]
        self._texts = [words for words in self._texts if len(words) > 4]
        self.agreements = sorted({found.id for each in articles for found in each.verdict.agreements})
        self._outlets = sorted({each.host for each in articles if each.host})
        self.lists = {f"list{number}": [self._words(1 + number % 3) for _ in range(6)] for number in range(8)}

    def rule(self) -> str:
        """One rule, that may be refused where chance made it match by absence."""
        parts = [self._clause() for _ in range(self._chance.randint(1, 3))]
        rule = parts[0]
        for part in parts[1:]:
            joint = self._chance.choice((" ", " AND ", " OR ", " OR ", " -", " AND NOT "))
            rule = f"({rule}){joint}{part}" if self._chance.random() < 0.4 else f"{rule}{joint}{part}"
        return rule

    def _clause(self) -> str:
        kinds = (
            [self._place] * 6
            + [self._fact] * 2
            + [
                lambda: f"({self._place()} OR {self._place()} OR {self._place()})",
                lambda: f"{self._place()} NEAR/{self._chance.randint(1, 12)} {self._place()}",
                lambda: f"({self._place()} OR {self._place()}) NEAR/5 ({self._place()} OR {self._place()})",
                lambda: f"title:{self._place()}",
                lambda: f"title:({self._place()} {self._place()})",
                lambda: f"({self._place()} AND {self._place()})",
                lambda: f"agreement:{self._chance.choice(self.agreements)} stage:{self._chance.choice(STAGES)}",
            ]
        )
        return self._chance.choice(kinds)()

    def _place(self) -> str:
        match self._chance.randrange(9):
            case 0 | 1 | 2 | 3:
                return f'"{self._words(1)}"'
            case 4 | 5:
                return f'"{self._words(self._chance.randint(2, 4))}"'
            case 6:
                beginning = self._words(1)[: self._chance.randint(3, 7)]
                return f"{beginning}*" if beginning.isalpha() and len(beginning) > 3 else f'"{beginning}x"'
            case 7:
                return f'="{self._words(self._chance.randint(1, 2))}"'
            case _:
                return f"@{self._chance.choice(sorted(self.lists))}"

    def _fact(self) -> str:
        return self._chance.choice(
            (
                f"agreement:{self._chance.choice(self.agreements)}",
                f"sector:{self._chance.choice(SECTORS)}",
                f"stage:{self._chance.choice(STAGES)}",
                f"country:{self._chance.choice(('IN', 'RU'))}",
                f"lang:{self._chance.choice(('en', 'ru', 'hi'))}",
                f"outlet:{self._chance.choice(self._outlets)}",
                f"relevance:{self._chance.choice(('>', '<='))}0.{self._chance.randrange(10)}",
                f"date:>2025-{self._chance.randint(1, 12):02}-15",
            )
        )

    def _words(self, count: int) -> str:
        """Words of an article as they follow each other, or, one time in four, words that never met."""
        if self._chance.random() < 0.25:
            return " ".join(self._chance.choice(self._chance.choice(self._texts)) for _ in range(count))
        words = self._chance.choice(self._texts)
        start = self._chance.randrange(len(words) - count)
        return " ".join(words[start : start + count])


def written(scribe: Scribe, count: int, **vocabulary) -> dict[str, Query]:
    taken: dict[str, Query] = {}
    while len(taken) < count:
        text = scribe.rule()
        try:
            taken[text] = parse(text, **vocabulary)
        except WrongQuery as complaint:
            if "because of the exclusion" not in complaint.why:
                raise
    return taken


@cache
def rule_id(text: str):
    return id_for("rule", text)


def test_percolation_answers_as_asking_each_of_ten_thousand_rules_of_each_article():
    articles = documents()
    scribe = Scribe(articles, seed=20261122)
    vocabulary = {"agreements": scribe.agreements, "sectors": SECTORS, "stages": STAGES, "lists": scribe.lists}
    queries = written(scribe, RULES, **vocabulary)
    rules = RuleSet([Rule(rule_id(text), text, text, 1) for text in queries], **vocabulary)
    assert rules.broken == ()
    matched = 0
    for document in articles:
        naive = [text for text, query in queries.items() if holds(query, document)]
        found = [rule.query for rule in rules.matching(document)]
        assert found == naive
        assert rules.candidates(document) < RULES / 2
        matched += len(found)
    assert matched > RULES  # the rules meet the articles
    assert {document.language for document in articles} == {"en", "ru", "hi"}
