"""An announced article is judged once: verdict, inbox row and announcement come together or not at all."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update

from services.classifier.adapters.work import ClassifierWork
from services.classifier.domain.judge import Judge
from services.classifier.use_cases.classifying import Classifier
from services.classifier.use_cases.filing import Filer
from services.classifier.use_cases.judges import OneJudge
from shared.catalogue.loader import load_catalogue
from shared.contracts.events import ArticlePublished
from shared.contracts.verdict import ArticleText, Verdict
from shared.kit.clock import SystemClock
from shared.kit.errors import Never
from shared.kit.ids import id_for
from shared.rules.archive_terms import ARCHIVE_FORM
from shared.store.archive import ArchivedArticleRow
from shared.store.definitions import SourceRow
from shared.store.harvest import ArticleRow
from shared.store.outbox import InboxRow, OutboxRow
from shared.store.unit_of_work import Database, Work
from shared.store.verdicts import VerdictRow
from shared.telemetry import metrics

pytestmark = pytest.mark.live

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TEXT = "India and Russia signed the Reciprocal Exchange of Logistics Agreement (RELOS) in Moscow on Friday."


@pytest.fixture
def classifier(database: Database) -> Classifier:
    return Classifier(partial(database.begin, ClassifierWork), OneJudge(Judge(load_catalogue())), SystemClock())


@pytest.fixture
async def event(database: Database) -> ArticlePublished:
    """A stored article's announcement."""
    event = ArticlePublished(
        event_id=uuid4(),
        occurred_at=NOW,
        correlation_id=uuid4(),
        article_id=uuid4(),
        story_id=uuid4(),
        source_name="Courier",
        url="http://courier.example/a",
        title="India and Russia sign RELOS",
        published_at=NOW,
        alertable=False,
    )
    source = SourceRow(source_id=uuid4(), name="Courier", url="http://courier.example/feed", created_at=NOW)
    article = ArticleRow(
        article_id=event.article_id,
        story_id=event.story_id,
        source_id=source.source_id,
        source_name="Courier",
        url=event.url,
        canonical_url=event.url,
        title=event.title,
        text=TEXT,
        text_from="page",
        language="en",
        published_at=NOW,
        fetched_at=NOW,
        fingerprint="f",
        alertable=False,
        correlation_id=event.correlation_id,
    )
    async with database.begin(Work) as work:
        work.session.add(source)
        await work.session.flush()
        work.session.add(article)
    return event


async def rows(database: Database, kind: type) -> list:
    async with database.begin(Work) as work:
        return list((await work.session.scalars(select(kind))).all())


async def test_a_verdict_is_kept_and_announced(database: Database, classifier: Classifier, event: ArticlePublished):
    await classifier.classify_article(event)
    (verdict,) = await rows(database, VerdictRow)
    (announced,) = await rows(database, OutboxRow)
    kept = Verdict.model_validate(verdict.findings)
    assert (verdict.article_id, verdict.relevant, verdict.language) == (event.article_id, True, "en")
    assert "relos" in [each.id for each in kept.agreements]
    assert verdict.verdict_id == id_for("verdict", event.article_id, kept.classifier)
    told = announced.payload
    assert announced.event_id == id_for("article.classified", verdict.verdict_id, "quiet")
    assert (told["article_id"], told["story_id"], told["verdict_id"]) == (
        str(event.article_id),
        str(event.story_id),
        str(verdict.verdict_id),
    )
    assert (told["relevant"], told["alertable"], told["correlation_id"]) == (True, False, str(event.correlation_id))
    assert told["agreements"] == [each.id for each in kept.agreements]
    assert told["sectors"] == [each.id for each in kept.sectors]


async def test_a_judged_article_is_in_the_searchable_archive(
    database: Database, classifier: Classifier, event: ArticlePublished
):
    await classifier.classify_article(event)
    (filed,) = await rows(database, ArchivedArticleRow)
    assert (filed.article_id, filed.revision, filed.form, filed.moment) == (event.article_id, 1, ARCHIVE_FORM, NOW)
    assert " agreement=relos" in filed.facts
    assert " moscow " in filed.words


async def test_a_verdict_does_not_wait_for_an_archive_that_is_held(
    database: Database, classifier: Classifier, event: ArticlePublished
):
    before = metrics.ARTICLES_NOT_FILED._value.get()
    async with database.begin(Work) as holder:
        await holder.session.execute(text("LOCK TABLE archived_articles IN ACCESS EXCLUSIVE MODE"))
        await asyncio.wait_for(classifier.classify_article(event), 5)
        assert [len(await rows(database, kind)) for kind in (VerdictRow, OutboxRow, InboxRow)] == [1, 1, 1]
    assert metrics.ARTICLES_NOT_FILED._value.get() == before + 1
    assert await rows(database, ArchivedArticleRow) == []
    assert (await Filer(partial(database.begin, ClassifierWork)).file_all()).filed == 1
    assert len(await rows(database, ArchivedArticleRow)) == 1


async def test_a_new_version_that_could_not_be_filed_is_filed_later(
    database: Database, classifier: Classifier, event: ArticlePublished
):
    await classifier.classify_article(event)
    async with database.begin(Work) as holder:
        await holder.session.execute(text("LOCK TABLE archived_articles IN ACCESS EXCLUSIVE MODE"))
        async with database.begin(Work) as work:
            await work.session.execute(update(ArticleRow).values(revision=2, text=TEXT + " Zanzibar."))
        await classifier.classify_article(event.model_copy(update={"event_id": uuid4()}))
    filer = Filer(partial(database.begin, ClassifierWork))
    assert await filer.unfiled() == 1
    await filer.file_all()
    (filed,) = await rows(database, ArchivedArticleRow)
    assert (filed.revision, "zanzibar" in filed.words, await filer.unfiled()) == (2, True, 0)


async def test_an_article_that_does_not_go_into_the_archive_is_announced_and_hinders_no_other(
    database: Database, classifier: Classifier, event: ArticlePublished
):
    async with database.begin(Work) as work:
        await work.session.execute(
            text("ALTER TABLE archived_articles ADD CONSTRAINT room CHECK (length(words) < 40) NOT VALID")
        )
    await classifier.classify_article(event)
    assert [len(await rows(database, kind)) for kind in (VerdictRow, OutboxRow, ArchivedArticleRow)] == [1, 1, 0]
    done = await Filer(partial(database.begin, ClassifierWork)).file_all()
    assert (done.filed, done.unreadable) == (0, 1)


async def test_an_event_that_comes_again_changes_nothing(
    database: Database, classifier: Classifier, event: ArticlePublished
):
    for _ in range(3):
        await classifier.classify_article(event)
    assert [len(await rows(database, kind)) for kind in (VerdictRow, OutboxRow, InboxRow)] == [1, 1, 1]


async def test_an_event_that_comes_twice_at_once_is_judged_once(
    database: Database, classifier: Classifier, event: ArticlePublished
):
    await asyncio.gather(*(classifier.classify_article(event) for _ in range(4)))
    assert [len(await rows(database, kind)) for kind in (VerdictRow, OutboxRow, InboxRow)] == [1, 1, 1]


async def test_the_same_article_announced_anew_keeps_its_one_verdict(
    database: Database, classifier: Classifier, event: ArticlePublished
):
    await classifier.classify_article(event)
    await classifier.classify_article(event.model_copy(update={"event_id": uuid4()}))
    assert [len(await rows(database, kind)) for kind in (VerdictRow, OutboxRow, InboxRow)] == [1, 1, 2]


async def test_an_article_that_is_not_there_is_never_judged_and_stays_open(
    database: Database, classifier: Classifier, event: ArticlePublished
):
    missing: UUID = uuid4()
    with pytest.raises(Never, match=f"{missing} .*is not in the database"):
        await classifier.classify_article(event.model_copy(update={"article_id": missing}))
    assert await rows(database, InboxRow) == []  # once it is mended, a replay finds the event not taken


class BrokenJudge:
    """A judge with a bug."""

    def judge(self, article: ArticleText) -> Verdict:
        raise ZeroDivisionError(article.id)


async def test_a_judge_that_fails_leaves_nothing_half_done(database: Database, event: ArticlePublished):
    broken = Classifier(partial(database.begin, ClassifierWork), OneJudge(BrokenJudge()), SystemClock())
    with pytest.raises(ZeroDivisionError):
        await broken.classify_article(event)
    kinds = (VerdictRow, OutboxRow, InboxRow, ArchivedArticleRow)
    assert [len(await rows(database, kind)) for kind in kinds] == [0, 0, 0, 0]
