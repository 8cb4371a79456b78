"""Rows as the other services leave them, so that the desk has something to show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.verdict import AgreementFinding, SectorFinding, Verdict
from shared.store.alerts import AlertRow, AttemptRow, DeliveryRow
from shared.store.harvest import ArticleRow, SourceStateRow
from shared.store.outbox import QuarantineRow
from shared.store.unit_of_work import Database, Work
from shared.store.verdicts import VerdictRow

MORNING = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

AGREEMENTS = {
    "relos": "RELOS",
    "health-agreement-2025": "Health agreement",
    "inr-rub": "Rupee–rouble settlement",
    "twin-a": "Twin",
    "twin-b": "Twin",
}
SECTORS = {"defence": "Defence", "health": "Health", "finance": "Finance"}


@dataclass(frozen=True)
class Story:
    """One article and what the classifier said of it; the defaults are an English report."""

    title: str = "India and Russia sign RELOS logistics pact"
    evidence: str = "The two sides signed the Reciprocal Exchange of Logistics Agreement on Friday."
    language: str | None = "en"
    url: str = "https://example.org/relos"
    agreement: str = "relos"
    stage: str = "signed"
    sector: str = "defence"
    minutes_ago: int = 5
    relevant: bool = True
    article_id: UUID = field(default_factory=uuid4)


async def save(database: Database, *rows: Any) -> None:
    """Write the rows, in the order in which they lean on each other."""
    async with database.begin(Work) as work:
        for row in rows:
            work.session.add(row)
            await work.session.flush()


async def a_looked_at_source(database: Database, source_id: UUID, *, error: str | None = None) -> None:
    state = SourceStateRow(
        source_id=source_id,
        state="failing" if error else "fine",
        state_since=MORNING,
        last_look_at=MORNING,
        next_look_at=MORNING + timedelta(minutes=5),
        last_error=error,
    )
    await save(database, state)


async def an_article(database: Database, source_id: UUID, source_name: str, story: Story) -> UUID:
    """Store the story's article and its verdict; returns the verdict's id."""
    at = MORNING - timedelta(minutes=story.minutes_ago)
    article = ArticleRow(
        article_id=story.article_id,
        story_id=story.article_id,
        source_id=source_id,
        source_name=source_name,
        url=story.url,
        canonical_url=f"{story.url}#{story.article_id}",
        title=story.title,
        text=story.evidence,
        text_from="page",
        language=story.language,
        published_at=at,
        fetched_at=at,
        fingerprint="f",
        alertable=True,
        correlation_id=uuid4(),
    )
    await save(database, article)
    return await a_verdict(database, story, at)


async def a_verdict(database: Database, story: Story, at: datetime, classifier: str = "1") -> UUID:
    found = Verdict(
        language=story.language or "en",
        relevant=story.relevant,
        relevance=0.9 if story.relevant else 0.1,
        relevance_evidence=story.evidence,
        sectors=(SectorFinding(id=story.sector, score=0.8, evidence=story.evidence),) if story.relevant else (),
        agreements=(
            (AgreementFinding(id=story.agreement, score=0.9, evidence=story.evidence, stage=story.stage),)
            if story.relevant
            else ()
        ),
        classifier=classifier,
    )
    row = VerdictRow(
        verdict_id=uuid4(),
        article_id=story.article_id,
        relevant=story.relevant,
        relevance=found.relevance,
        language=found.language,
        findings=found.model_dump(mode="json"),
        classifier=classifier,
        judged_at=at,
    )
    await save(database, row)
    return row.verdict_id


async def an_alert(
    database: Database, *, verdict_id: UUID, story: Story, rule_id: UUID, rule_name: str = "RELOS", query: str = "RELOS"
) -> UUID:
    """Store an alert on the story; returns its id."""
    alert = AlertRow(
        alert_id=uuid4(),
        rule_id=rule_id,
        rule_name=rule_name,
        rule_query=query,
        rule_version=1,
        matcher_version="1",
        story_id=story.article_id,
        fact=f"{story.agreement}:{story.stage}",
        article_id=story.article_id,
        verdict_id=verdict_id,
        agreement=story.agreement,
        stage=story.stage,
        sectors=[story.sector],
        evidence=story.evidence,
        article={},
        raised_at=MORNING - timedelta(minutes=story.minutes_ago),
        correlation_id=uuid4(),
    )
    await save(database, alert)
    return alert.alert_id


async def a_delivery(
    database: Database,
    *,
    alert_id: UUID,
    subscription_id: UUID,
    channel: str = "webhook",
    address: str = "https://hooks.example.org/T0/secret",
    state: str = "sent",
    error: str | None = None,
) -> UUID:
    """Store a delivery and its one attempt; returns its id."""
    delivery = DeliveryRow(
        delivery_id=uuid4(),
        alert_id=alert_id,
        subscription_id=subscription_id,
        channel=channel,
        address=address,
        state=state,
        attempts=1,
        next_try_at=MORNING + timedelta(minutes=1),
        sent_at=MORNING if state == "sent" else None,
        last_error=error,
        correlation_id=uuid4(),
    )
    attempt = AttemptRow(
        delivery_id=delivery.delivery_id,
        attempt=1,
        started_at=MORNING,
        ended_at=MORNING + timedelta(seconds=1),
        outcome="delivered" if state == "sent" else "refused",
        detail=error,
    )
    await save(database, delivery, attempt)
    return delivery.delivery_id


async def a_quarantined_message(database: Database, reason: str = "findings: not an object") -> None:
    row = QuarantineRow(
        quarantine_id=uuid4(),
        taker="notifier-match",
        subject="events.article.classified.v1",
        event_id=uuid4(),
        headers={},
        payload=b"{}",
        reason=reason,
        deliveries=6,
    )
    await save(database, row)
