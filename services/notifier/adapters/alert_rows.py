"""Alerts as they are read from the table, by whichever version they were written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.notifier.domain.alert import Alert, Headline
from shared.store.alerts import AlertRow

_COLUMNS = tuple(column.name for column in AlertRow.__table__.columns)


def alert_of(row: object, prefix: str = "") -> Alert:
    """Return the alert that stands in a row's columns, whose names begin with the prefix."""
    values: dict[str, Any] = {name: getattr(row, prefix + name) for name in _COLUMNS}
    return Alert(**values | {"sectors": tuple(values["sectors"]), "article": _headline(values["article"])})


def _headline(article: Mapping[str, Any]) -> Headline:
    """Read what was stored: one odd row must not keep all others from being sent."""
    return Headline(
        title=article.get("title", ""),
        url=article.get("url", ""),
        source=article.get("source", ""),
        published=article.get("published"),
        language=article.get("language"),
    )
