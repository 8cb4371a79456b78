"""Alerts as they are read from the table, by whichever version they were written, and the lists of their rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, ScalarSelect, func, select

from services.notifier.domain.alert import Alert, Headline
from shared.store.alerts import AlertRow
from shared.store.definitions import WordListRow

AnyRow = Row[*tuple[Any, ...]]
PREFIX = "alert_"  # of an alert's columns beside others
_COLUMNS = tuple(column.name for column in AlertRow.__table__.columns)
ALERT_COLUMNS = tuple(column.label(PREFIX + column.name) for column in AlertRow.__table__.columns)


def alert_of(row: object, prefix: str = "") -> Alert:
    """Return the alert that stands in a row's columns, whose names begin with the prefix."""
    values: dict[str, Any] = {name: getattr(row, prefix + name) for name in _COLUMNS}
    return Alert(**values | {"sectors": tuple(values["sectors"]), "article": _headline(values["article"])})


def lists_named() -> ScalarSelect[Any]:
    """Return the query of the lists that the alert's rule names, as they are now: their members by name."""
    named = func.strpos(func.lower(AlertRow.rule_query), "@" + func.lower(WordListRow.name)) > 0
    lists = select(func.jsonb_object_agg(WordListRow.name, WordListRow.members))
    return lists.where(WordListRow.removed_at.is_(None), named).correlate(AlertRow).scalar_subquery()


def _headline(article: Mapping[str, Any]) -> Headline:
    """Read what was stored: one odd row must not keep all others from being sent."""
    return Headline(
        title=article.get("title", ""),
        url=article.get("url", ""),
        source=article.get("source", ""),
        published=article.get("published"),
        language=article.get("language"),
    )
