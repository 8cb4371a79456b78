"""Articles that their source edits or takes down, as the scraper and the classifier leave them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import func, select, update

from shared.contracts.events import ArticleClassified, ArticleWithdrawn
from shared.contracts.verdict import AgreementFinding, Verdict
from shared.store.alerts import AlertCorrectionRow
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Database, Work
from shared.store.verdicts import VerdictRow
from tests.live.notifier.notifier_rows import SENTENCE, save

TO_BE = "The RELOS agreement will enter into force once both sides have ratified it."


def a_verdict_of(sentence: str, *, stage: str | None = "in_force", about: str | None = "relos") -> Verdict:
    agreements = (AgreementFinding(id=about, score=0.9, evidence=sentence, stage=stage),) if about else ()
    return Verdict(language="en", relevant=True, relevance=0.9, agreements=agreements, classifier="1")


async def an_edit_of(
    database: Database,
    first: ArticleClassified,
    text: str = SENTENCE,
    verdict: Verdict | None = None,
    *,
    rejudged: bool = False,
    **changed: object,
) -> ArticleClassified:
    """Store the article's next version and its verdict; returns the event that tells of them."""
    verdict = verdict or a_verdict_of(text)
    async with database.begin(Work) as work:
        of_article = update(ArticleRow).where(ArticleRow.article_id == first.article_id)
        counted = ArticleRow.revision + (0 if rejudged else 1)
        revision = await work.session.scalar(
            of_article.values(text=text, revision=counted, revised_at=func.now(), **changed).returning(
                ArticleRow.revision
            )
        )
    judged = VerdictRow(
        verdict_id=uuid4(),
        article_id=first.article_id,
        relevant=verdict.relevant,
        relevance=verdict.relevance,
        language="en",
        findings=verdict.model_dump(mode="json"),
        classifier=verdict.classifier,
        judged_at=datetime.now(UTC),
    )
    await save(database, judged)
    return first.model_copy(
        update={"event_id": uuid4(), "verdict_id": judged.verdict_id, "revision": revision, "rejudged": rejudged}
    )


def a_withdrawal_of(first: ArticleClassified) -> ArticleWithdrawn:
    return ArticleWithdrawn(
        event_id=uuid4(),
        occurred_at=datetime.now(UTC),
        correlation_id=first.correlation_id,
        article_id=first.article_id,
        url="https://news.example/a",
    )


async def corrections(database: Database) -> list[AlertCorrectionRow]:
    async with database.begin(Work) as work:
        return list(await work.session.scalars(select(AlertCorrectionRow).order_by(AlertCorrectionRow.corrected_at)))
