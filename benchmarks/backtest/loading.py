"""Puts the made archive into a migrated database: sources, articles and what the classifier would have filed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

import asyncpg

from benchmarks.backtest.made_archive import MadeArticle, MadeSource, Press
from shared.contracts.verdict import Verdict
from shared.kit.ids import id_for
from shared.rules import Document, Origin
from shared.rules.archive_terms import ARCHIVE_FORM
from shared.rules.archived import archived

AT_ONCE = 1_000
SEED = 20261122
_SOURCES = ("source_id", "name", "url", "country", "created_at")
_ARTICLES = (
    *("article_id", "story_id", "source_id", "source_name", "url", "canonical_url", "title", "text", "text_from"),
    *("language", "published_at", "fetched_at", "fingerprint", "alertable", "correlation_id"),
)
_VERDICTS = (*("verdict_id", "article_id", "relevant", "relevance", "language", "findings", "classifier", "judged_at"),)
_ARCHIVED = (*("article_id", "revision", "form", "moment", "source", "title", "facts", "terms", "words", "joins"),)


async def load(connection: asyncpg.Connection[Any], count: int, seed: int = SEED) -> None:
    """Fill the database with so many articles."""
    press = Press(seed)
    await connection.copy_records_to_table("sources", records=map(_source, press.sources), columns=_SOURCES)
    index = await connection.fetchval("SELECT pg_get_indexdef('ix_archived_articles_terms'::regclass)")
    await connection.execute("DROP INDEX ix_archived_articles_terms")
    made = press.articles(count)
    while some := list(islice(made, AT_ONCE)):
        await _copy(connection, some)
    await connection.execute("SET maintenance_work_mem = '512MB'")
    await connection.execute(index)
    for table in ("archived_articles", "articles", "verdicts"):
        await connection.execute(f"VACUUM ANALYZE {table}")


async def _copy(connection: asyncpg.Connection[Any], some: Sequence[MadeArticle]) -> None:
    for table, columns, records in (
        ("articles", _ARTICLES, map(_article, some)),
        ("verdicts", _VERDICTS, map(_verdict, some)),
        ("archived_articles", _ARCHIVED, map(_filed, some)),
    ):
        given: Iterable[tuple[Any, ...]] = records
        await connection.copy_records_to_table(table, records=given, columns=columns)


def _source(source: MadeSource) -> tuple[Any, ...]:
    made_at = Press.beginning()
    return source.source_id, source.name, f"https://{source.host}/feed", source.country, made_at


def _article(article: MadeArticle) -> tuple[Any, ...]:
    article_id, at = id_for("article", article.number), article.published
    named = (article_id, article_id, article.source.source_id, article.source.name, article.url, article.url)
    words = (article.title, article.text, "page", article.source.language)
    return (*named, *words, at, at, "", True, article_id)


def _verdict(article: MadeArticle) -> tuple[Any, ...]:
    verdict = article.verdict
    judged = (verdict.relevant, verdict.relevance, verdict.language)
    findings = json.dumps(verdict.model_dump(mode="json"))
    ids = (id_for("verdict", article.number), id_for("article", article.number))
    return (*ids, *judged, findings, "made", article.published)


def document_of(article: MadeArticle) -> Document:
    """The article as rules see it."""
    source = article.source
    origin = Origin(source.name, source.country, article.url, article.published, source.language)
    return Document(article.title, article.text, article.verdict, origin)


def _filed(article: MadeArticle) -> tuple[Any, ...]:
    kept = archived(document_of(article), article.source.source_id)
    at = (id_for("article", article.number), 1, ARCHIVE_FORM, article.published)
    return (*at, article.source.name, article.title, kept.facts, kept.terms, kept.words, kept.joins)


async def sample(connection: asyncpg.Connection[Any], count: int) -> list[tuple[UUID, Verdict]]:
    """Some articles of the database with their verdicts."""
    rows = await connection.fetch("SELECT article_id, findings FROM verdicts ORDER BY verdict_id LIMIT $1", count)
    return [(row["article_id"], Verdict.model_validate_json(row["findings"])) for row in rows]
