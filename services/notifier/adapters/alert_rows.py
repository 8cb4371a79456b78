"""Alerts as rows of queries, and the lists that their rules name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, ScalarSelect, func, select

from services.notifier.domain.alert import Alert, Headline
from shared.store.alerts import AlertRow
from shared.store.definitions import WordListRow

AnyRow = Row[*tuple[Any, ...]]
ALERT_COLUMNS = tuple(column.label(f"alert_{column.name}") for column in AlertRow.__table__.columns)


def alert_of_row(row: AnyRow) -> Alert:
    """Return the alert of a row that has `ALERT_COLUMNS`."""
    values = {column.name: getattr(row, f"alert_{column.name}") for column in AlertRow.__table__.columns}
    return Alert(**values | {"sectors": tuple(values["sectors"]), "article": _headline(values["article"])})


def lists_named() -> ScalarSelect[Any]:
    """Return the query of the lists that the alert's rule names, as they are now: their members by name."""
    named = func.strpos(func.lower(AlertRow.rule_query), "@" + func.lower(WordListRow.name)) > 0
    lists = select(func.jsonb_object_agg(WordListRow.name, WordListRow.members))
    return lists.where(WordListRow.removed_at.is_(None), named).correlate(AlertRow).scalar_subquery()


def _headline(article: Mapping[str, Any]) -> Headline:
    """Read what was stored, by whichever version: one odd row must not keep all others from being sent."""
    return Headline(
        title=article.get("title", ""),
        url=article.get("url", ""),
        source=article.get("source", ""),
        published=article.get("published"),
        language=article.get("language"),
    )
