"""The archive is judged again when the rules have changed: first shown, then applied, alerting where asked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update

from services.classifier.adapters.work import ClassifierWork
from services.classifier.domain.differences import Change
from services.classifier.domain.judge import Judge
from services.classifier.use_cases.classifying import Classifier
from services.classifier.use_cases.filing import Filer
from services.classifier.use_cases.judges import OneJudge
from services.classifier.use_cases.reclassifying import BATCH, Reclassifier
from shared.catalogue.entries import Catalogue
from shared.catalogue.loader import load_catalogue
from shared.contracts.events import ArticlePublished
from shared.contracts.verdict import ArticleText, Verdict
from shared.kit.clock import SystemClock
from shared.store.archive import ArchivedArticleRow
from shared.store.definitions import SourceRow
from shared.store.harvest import ArticleRow
from shared.store.outbox import OutboxRow
from shared.store.unit_of_work import Database, Work
from shared.store.verdicts import VerdictRow

pytestmark = pytest.mark.live

NOW = datetime.now(UTC).replace(microsecond=0)
RELOS = "India and Russia signed the Reciprocal Exchange of Logistics Agreement (RELOS) in Moscow on Friday."
HEALTH = "The health ministers of India and Russia met in Delhi on Friday and spoke of hospitals and doctors."


def poorer() -> Catalogue:
    """The catalogue as it was before somebody added RELOS."""
    whole = load_catalogue()
    agreements = {name: each for name, each in whole.agreements.items() if name != "relos"}
    return replace(whole, agreements=agreements, version="poorer")


@pytest.fixture
async def source(database: Database) -> UUID:
    row = SourceRow(source_id=uuid4(), name="Courier", url="http://courier.example/feed", created_at=NOW)
    async with database.begin(Work) as work:
        work.session.add(row)
    return row.source_id


async def publish(
    database: Database, source: UUID, text: str, *, days_old: int = 0, gate: str | None = None, alertable: bool = True
) -> ArticleRow:
    article_id, published = uuid4(), NOW - timedelta(days=days_old)
    row = ArticleRow(
        article_id=article_id,
        story_id=article_id,
        source_id=source,
        source_name="Courier",
        url=f"http://courier.example/{article_id}",
        canonical_url=f"http://courier.example/{article_id}",
        title=text[:60],
        text=text,
        text_from="page",
        language="en",
        published_at=published,
        fetched_at=published,
        fingerprint="f",
        alertable=alertable,
        gate=gate,
        correlation_id=uuid4(),
    )
    async with database.begin(Work) as work:
        work.session.add(row)
    return row


async def judge_before(database: Database, *articles: ArticleRow) -> None:
    """Judge them as the classifier did before the catalogue changed."""
    classifier = Classifier(partial(database.begin, ClassifierWork), OneJudge(Judge(poorer())), SystemClock())
    for article in articles:
        event = ArticlePublished(
            event_id=uuid4(),
            occurred_at=NOW,
            correlation_id=article.correlation_id,
            article_id=article.article_id,
            story_id=article.story_id,
            source_name="Courier",
            url=article.url,
            title=article.title,
            published_at=article.published_at,
            alertable=False,
        )
        await classifier.classify_article(event)
    async with database.begin(Work) as work:
        for row in await work.session.scalars(select(OutboxRow)):
            await work.session.delete(row)


def again(database: Database, judge: Judge | None = None) -> Reclassifier:
    judging = judge or Judge(load_catalogue())
    return Reclassifier(partial(database.begin, ClassifierWork), judging, SystemClock())


async def applied(
    database: Database, judge: Judge | None = None, *, alert_since: datetime | None = None
) -> tuple[int, int]:
    """Judge again and keep it; return how many were judged, and how many were announced."""
    done = await again(database, judge).apply(None, alert_since=alert_since)
    return done.differences.judged, done.announced


async def rows(database: Database, kind: type) -> list:
    async with database.begin(Work) as work:
        return list((await work.session.scalars(select(kind))).all())


async def test_what_would_change_is_shown_and_nothing_is_changed(database: Database, source: UUID):
    relos, health = await publish(database, source, RELOS), await publish(database, source, HEALTH)
    await judge_before(database, relos, health)
    found = await again(database).compare(None, examples=5)
    assert (found.judged, found.changed, found.unjudged) == (2, 1, 0)
    assert found.changes[Change("agreement", "", "relos")] == 1
    (example,) = found.examples
    assert (example.article_id, example.url) == (relos.article_id, relos.url)
    assert len(await rows(database, VerdictRow)) == 2
    assert await rows(database, OutboxRow) == []


async def test_applied_the_new_verdicts_stand_beside_the_old_and_nothing_alerts_unasked(
    database: Database, source: UUID
):
    relos = await publish(database, source, RELOS)
    await judge_before(database, relos)
    assert await applied(database) == (1, 0)
    versions = {row.classifier for row in await rows(database, VerdictRow)}
    assert versions == {Judge(poorer()).version, Judge(load_catalogue()).version}
    assert await rows(database, OutboxRow) == []
    assert (await again(database).compare(None, examples=1)).judged == 0


async def test_changed_articles_may_alert_from_the_day_that_is_given(database: Database, source: UUID):
    today, old = await publish(database, source, RELOS), await publish(database, source, RELOS, days_old=9)
    quiet = await publish(database, source, RELOS, alertable=False)
    same = await publish(database, source, HEALTH)
    await judge_before(database, today, old, quiet, same)
    assert await applied(database, alert_since=NOW - timedelta(days=1)) == (4, 1)
    (announced,) = await rows(database, OutboxRow)
    assert announced.payload["article_id"] == str(today.article_id)
    assert "relos" in announced.payload["agreements"]


async def test_what_nobody_judged_counts_as_said_to_be_about_nothing(database: Database, source: UUID):
    await publish(database, source, RELOS)
    await publish(database, source, RELOS, gate="It names neither side.")
    found = await again(database).compare(None, examples=5)
    assert (found.judged, found.unjudged, found.changed) == (1, 1, 1)
    assert Change("relevance", "not relevant", "relevant") in found.changes


async def test_only_what_was_published_since_then_is_judged_again(database: Database, source: UUID):
    await publish(database, source, RELOS, days_old=9)
    await publish(database, source, RELOS)
    assert (await again(database).compare(NOW - timedelta(days=1), examples=5)).judged == 1


async def test_an_archive_of_several_batches_is_gone_through_once(database: Database, source: UUID):
    for _ in range(BATCH + 3):
        await publish(database, source, "Weather in Goa.")
    told: list[int] = []
    found = await again(database).compare(None, examples=0, told=told.append)
    assert (found.judged, told) == (BATCH + 3, [BATCH, BATCH + 3])
    assert await applied(database) == (BATCH + 3, 0)


async def test_going_back_to_an_earlier_catalogue_is_one_more_run(database: Database, source: UUID):
    relos = await publish(database, source, RELOS)
    await judge_before(database, relos)
    assert await applied(database, alert_since=NOW - timedelta(days=1)) == (1, 1)
    assert await applied(database, Judge(poorer())) == (1, 0)
    assert await applied(database, Judge(poorer())) == (0, 0)
    assert await applied(database, alert_since=NOW - timedelta(days=1)) == (1, 1)
    assert len(await rows(database, VerdictRow)) == 2
    assert len(await rows(database, OutboxRow)) == 2


async def test_a_verdict_in_a_form_that_is_no_more_counts_as_none(database: Database, source: UUID):
    relos = await publish(database, source, RELOS)
    await judge_before(database, relos)
    async with database.begin(Work) as work:
        (row,) = await work.session.scalars(select(VerdictRow))
        row.findings = {**row.findings, "language": "kk"}
    found = await again(database).compare(None, examples=1)
    assert (found.judged, found.unjudged, found.changed) == (1, 1, 1)


async def test_what_its_source_rewrites_meanwhile_is_left_to_the_classifier(database: Database, source: UUID):
    relos = await publish(database, source, RELOS)
    await judge_before(database, relos)
    begin = partial(database.begin, ClassifierWork)

    class RewrittenMeanwhile(Judge):
        """Judges while the scraper stores another version."""

        def judge(self, article: ArticleText) -> Verdict:
            asyncio.run_coroutine_threadsafe(rewrite(), loop).result()
            return super().judge(article)

    async def rewrite() -> None:
        async with database.begin(Work) as work:
            await work.session.execute(update(ArticleRow).values(revision=2))

    loop = asyncio.get_running_loop()
    done = await Reclassifier(begin, RewrittenMeanwhile(load_catalogue()), SystemClock()).apply(None, alert_since=NOW)
    assert (done.differences.judged, done.announced) == (0, 0)
    assert len(await rows(database, VerdictRow)) == 1


async def test_the_searchable_archive_has_what_was_judged_last(database: Database, source: UUID):
    relos = await publish(database, source, RELOS)
    await judge_before(database, relos)
    (before,) = await rows(database, ArchivedArticleRow)
    await applied(database)
    (after,) = await rows(database, ArchivedArticleRow)
    assert ("agreement=relos" in before.facts, "agreement=relos" in after.facts) == (False, True)
    assert after.words == before.words


async def test_what_was_judged_again_and_could_not_be_filed_is_filed_later(database: Database, source: UUID):
    articles = [await publish(database, source, RELOS) for _ in range(2)]
    await judge_before(database, *articles)
    filer = Filer(partial(database.begin, ClassifierWork))
    async with database.begin(Work) as holder:
        await holder.session.execute(text("LOCK TABLE archived_articles IN ACCESS EXCLUSIVE MODE"))
        assert await applied(database) == (2, 0)
    assert await filer.unfiled() == 2
    assert (await filer.file_all()).filed == 2
    async with database.begin(Work) as work:
        facts = await work.session.scalars(select(ArchivedArticleRow.facts))
        assert all("relos" in each for each in facts)
    assert await filer.unfiled() == 0
