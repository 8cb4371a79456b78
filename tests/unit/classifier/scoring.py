"""Scores a judge against labelled articles: relevance, sectors, agreements and stages."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.classifier.domain.judge import Judge
from shared.contracts.verdict import ArticleText, Verdict

DEV = Path(__file__).parents[2] / "data" / "dev_articles.jsonl"


@dataclass
class Tally:
    """Hits, false alarms and misses, over all and by label."""

    hit: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def count(self, wanted: set[str], found: set[str]) -> None:
        self.hit.update(wanted & found)
        self.false.update(found - wanted)
        self.missed.update(wanted - found)

    @staticmethod
    def _f1(hit: int, false: int, missed: int) -> float:
        return 2 * hit / (2 * hit + false + missed) if hit + false + missed else 1.0

    def micro(self) -> tuple[float, float, float]:
        hit, false, missed = self.hit.total(), self.false.total(), self.missed.total()
        return hit / max(1, hit + false), hit / max(1, hit + missed), self._f1(hit, false, missed)

    def macro(self) -> float:
        labels = {*self.hit, *self.missed}
        return sum(self._f1(self.hit[k], self.false[k], self.missed[k]) for k in labels) / max(1, len(labels))


@dataclass
class Scores:
    """The four tallies; stages count over the items that both label and judge name, and over all labelled ones."""

    relevance: Tally
    sectors: Tally
    agreements: Tally
    stages_right: int
    stages_asked: int
    mistakes: list[str]

    @property
    def stage_accuracy(self) -> float:
        return self.stages_right / max(1, self.stages_asked)

    def lines(self) -> list[str]:
        return [
            "relevance P {:.3f} R {:.3f} F1 {:.3f}".format(*self.relevance.micro()),
            "sectors P {:.3f} R {:.3f} micro F1 {:.3f}".format(*self.sectors.micro())
            + f" macro F1 {self.sectors.macro():.3f}",
            "agreements P {:.3f} R {:.3f} F1 {:.3f}".format(*self.agreements.micro()),
            f"stages {self.stages_right}/{self.stages_asked} = {self.stage_accuracy:.3f} of all labelled stages",
        ]


def article_of(row: dict[str, Any]) -> ArticleText:
    day = row.get("date")
    published = datetime.fromisoformat(day).replace(tzinfo=UTC) if day and len(day) == 10 else None
    return ArticleText(
        id=row["id"],
        title=row["title"],
        text=row["text"],
        language=row["language"],
        published=published,
        url=row["url"],
    )


def score(judge: Judge, rows: list[dict[str, Any]]) -> Scores:
    scores = Scores(Tally(), Tally(), Tally(), 0, 0, [])
    for row in rows:
        verdict = judge.judge(article_of(row))
        _count(scores, row, verdict)
    return scores


def _count(scores: Scores, row: dict[str, Any], verdict: Verdict) -> None:
    found = {finding.id: finding for finding in verdict.agreements}
    scores.relevance.count({"yes"} if row["relevant"] else set(), {"yes"} if verdict.relevant else set())
    scores.sectors.count(set(row["sectors"]), {finding.id for finding in verdict.sectors})
    scores.agreements.count(set(row["agreements"]), set(found))
    wrong: list[str] = []
    for agreement, stage in row["stages"].items():
        scores.stages_asked += 1
        given = found[agreement].stage if agreement in found else "-"
        scores.stages_right += given == stage
        if given != stage:
            wrong.append(f"stage {agreement}: wanted {stage}, found {given}")
    if row["relevant"] != verdict.relevant:
        wrong.append(f"relevance {verdict.relevance} wanted {row['relevant']}")
    for name, wanted, got in (
        ("sectors", set(row["sectors"]), {s.id for s in verdict.sectors}),
        ("agreements", set(row["agreements"]), set(found)),
    ):
        if wanted != got:
            wrong.append(f"{name}: missed {sorted(wanted - got)}, too many {sorted(got - wanted)}")
    scores.mistakes.extend(f"{row['id']} {line}" for line in wrong)


def rows_of(path: Path = DEV) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
