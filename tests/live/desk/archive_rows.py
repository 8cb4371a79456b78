"""Published articles as the classifier leaves them: with a verdict, and filed in the searchable archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from uuid import UUID, uuid4

from services.classifier.adapters.work import ClassifierWork
from services.desk.adapters.backtest_queries import BacktestQueries
from services.desk.adapters.work import desk_transactions
from services.desk.use_cases.backtesting import Backtest
from shared.kit.ids import id_for
from shared.rules import Document, cautions, parse
from shared.store.definitions import SourceRow
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Database, Work
from shared.store.verdicts import VerdictRow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Noon:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW


def backtest_on(database: Database, **vocabulary) -> Backtest:
    lists = vocabulary.pop("lists", {})

    def read(query, kept_lists):
        return parse(query, lists={**lists, **kept_lists}, **vocabulary)

    return Backtest(partial(database.begin, BacktestQueries), desk_transactions(database), Noon(), read, cautions)


async def publish(database: Database, documents: Sequence[Document], *, filed: bool = True) -> list[UUID]:
    """Store these articles as published and judged; returns their ids."""
    countries = {document.origin.country for document in documents}
    sources = {country: uuid4() for country in countries}
    async with database.begin(Work) as work:
        for country, source_id in sources.items():
            name = f"Source {source_id}"
            url = f"https://{source_id}.example/feed"
            work.session.add(SourceRow(source_id=source_id, name=name, url=url, country=country, created_at=NOW))
    ids = [id_for("made", number, str(sources[each.origin.country])) for number, each in enumerate(documents)]
    made = list(zip(ids, documents, strict=True))
    async with database.begin(ClassifierWork) as work:
        work.session.add_all(_article(article_id, sources[each.origin.country], each) for article_id, each in made)
        await work.session.flush()
        work.session.add_all(_verdict(article_id, each) for article_id, each in made)
        await work.session.flush()
        for article_id, each in made if filed else ():
            await work.file(article_id, each.verdict)
    return ids


def _article(article_id: UUID, source_id: UUID, document: Document) -> ArticleRow:
    origin = document.origin
    return ArticleRow(
        article_id=article_id,
        story_id=article_id,
        source_id=source_id,
        source_name=origin.source,
        url=origin.url,
        canonical_url=f"{origin.url}#{article_id}",
        title=document.title,
        text=document.text,
        text_from="page",
        language=origin.language,
        published_at=origin.published,
        fetched_at=max(origin.published or NOW, datetime(2026, 1, 1, tzinfo=UTC)),
        fingerprint="f",
        alertable=True,
        correlation_id=article_id,
    )


def _verdict(article_id: UUID, document: Document) -> VerdictRow:
    return VerdictRow(
        verdict_id=id_for("verdict", article_id),
        article_id=article_id,
        relevant=document.verdict.relevant,
        relevance=document.verdict.relevance,
        language=document.verdict.language,
        findings=document.verdict.model_dump(mode="json"),
        classifier="1",
        judged_at=NOW,
    )
