"""Articles as JSON objects, one on each line: what `pactwatch classify --jsonl` and `pactwatch eval` read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from shared.contracts.verdict import ArticleText
from shared.kit.errors import WrongInput
from shared.kit.text import storable

MEND = 'Write {"id": "…", "title": "…", "text": "…"} and, if known, "language", "published", "url".'
FIRST_YEAR, LAST_YEAR = 1900, 2200  # no article is from beyond; at the ends of the calendar, days cannot be reckoned


def object_of(line: str) -> Mapping[str, Any]:
    """Return the line's JSON object. Raises WrongInput."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise WrongInput("the line", line.strip(), f"is not JSON ({error})", mend=MEND) from error
    if not isinstance(given, dict):
        raise WrongInput("the line", given, "is not a JSON object", mend=MEND)
    return given


def article_of(given: Mapping[str, Any]) -> ArticleText:
    """Return the article of an object; its day or moment may stand in `published` or `date`. Raises WrongInput."""
    try:
        return ArticleText(
            id=storable(str(given.get("id", ""))),
            title=_storable(given.get("title")),
            text=_storable(given.get("text")),
            language=given.get("language"),
            published=_moment(given.get("published") or given.get("date")),
            url=given.get("url"),
        )
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise WrongInput(field, first.get("input"), f"cannot be taken ({first['msg']})", mend=MEND) from error


def _storable(given: Any) -> Any:  # noqa: ANN401  (whatever is no text is refused by its field)
    return storable(given) if isinstance(given, str) else given or ""


def _moment(given: object) -> datetime | None:
    """Return a date or moment in UTC; None for none, for a vague one ("2017-06") and for one that cannot be meant."""
    if not isinstance(given, str):
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
