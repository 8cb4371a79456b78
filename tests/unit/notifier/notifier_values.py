"""Values of the notifier's domain, with every part of them sensible until a test says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from services.notifier.domain.alert import Alert, Article, Headline, Occasion
from shared.contracts.verdict import AgreementFinding, SectorFinding, Verdict

MORNING = datetime(2026, 2, 3, 6, 30, tzinfo=UTC)
SENTENCE = "The RELOS agreement entered into force on Monday."


def an_id(number: int) -> UUID:
    return UUID(int=number)


def an_article(**changed) -> Article:
    values = {
        "article_id": an_id(1),
        "story_id": an_id(2),
        "title": "RELOS enters into force",
        "text": SENTENCE,
        "url": "https://news.example/relos",
        "source_name": "News Example",
        "language": "en",
        "published_at": MORNING,
        "fetched_at": MORNING,
    }
    return Article(**values | changed)


def a_verdict(**changed) -> Verdict:
    values = {
        "language": "en",
        "relevant": True,
        "relevance": 0.9,
        "sectors": (SectorFinding(id="defence", score=0.8, evidence=SENTENCE),),
        "agreements": (AgreementFinding(id="relos", score=0.9, evidence=SENTENCE, stage="in_force"),),
    }
    return Verdict(**values | changed)


def an_occasion(**changed) -> Occasion:
    values = {
        "article": an_article(),
        "verdict_id": an_id(3),
        "verdict": a_verdict(),
        "matcher_version": "1",
        "raised_at": MORNING,
        "correlation_id": an_id(4),
    }
    return Occasion(**values | changed)


def an_alert(**changed) -> Alert:
    values = {
        "alert_id": an_id(10),
        "rule_id": an_id(11),
        "rule_name": "Logistics pact",
        "rule_query": "agreement:relos",
        "rule_version": 3,
        "matcher_version": "1",
        "story_id": an_id(2),
        "fact": "story",
        "article_id": an_id(1),
        "verdict_id": an_id(3),
        "agreement": "relos",
        "stage": "in_force",
        "sectors": ("defence",),
        "evidence": SENTENCE,
        "article": Headline("RELOS enters into force", "https://news.example/relos", "News Example", None, "en"),
        "raised_at": MORNING,
        "correlation_id": an_id(4),
    }
    return Alert(**values | changed)
