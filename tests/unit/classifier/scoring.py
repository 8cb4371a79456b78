"""Labelled digests, scored as `pactwatch eval` scores them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from services.classifier.domain.judge import Judge
from services.classifier.domain.labels import Labelled, said_in
from services.classifier.domain.scoring import Report
from services.classifier.parsing.labelled import KnownIds, labelled_of
from shared.catalogue.loader import load_catalogue

DEV = Path(__file__).parents[2] / "data" / "dev_articles.jsonl"


def labelled_in(path: Path = DEV) -> list[Labelled]:
    """Read a file of labelled articles."""
    catalogue = load_catalogue()
    known = KnownIds(catalogue.sectors, catalogue.agreements, catalogue.stages)
    return [labelled_of(line, known) for line in path.read_text("utf-8").splitlines() if line.strip()]


def score(judge: Judge, articles: Iterable[Labelled]) -> Report:
    """Score the judge on labelled articles."""
    report = Report()
    for each in articles:
        said = said_in(judge.judge(each.article))
        report.add(each.article.id, each.article.title, each.article.language or said.language, each.labels, said)
    return report


def told(report: Report) -> str:
    """Return what went wrong, an article a line."""
    return "\n".join(f"{missed.article_id}: {missed.mistakes}" for missed in report.worst(len(report.missed)))
