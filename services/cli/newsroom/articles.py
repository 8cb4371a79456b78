"""The sample newsroom's articles as values, read from `articles.yaml` and checked.

Every scalar of the file is read as text and turned into what it should be here, so that no mark of YAML's own
(a bare `no`, a bare date) can change what an author wrote.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from services.cli.newsroom.outlets import OUTLET_BY_SLUG, Language, Outlet
from shared.kit.errors import WrongInput

ARTICLES_FILE = Path(__file__).with_name("articles.yaml")
OLDEST_HOURS_AGO = 24 * 30.0  # older than a month would be no news
LATEST_HOURS_AGO = -1.0  # an article that comes more than an hour after the start, nobody waits for

_REQUIRED = ("id", "outlet", "language", "title", "hours_ago", "author", "summary", "body")
_OPTIONAL = ("also_read", "disclaimer")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class SampleArticle:
    """One article: `paragraphs` is the text proper; `also_read` and `disclaimer` are what pages wrap around it."""

    id: str
    outlet: Outlet
    language: Language
    title: str
    hours_ago: float
    author: str
    summary: str
    paragraphs: tuple[str, ...]
    also_read: tuple[str, ...] = ()
    disclaimer: str = ""

    @property
    def path(self) -> str:
        """Return the address of the article's page."""
        return f"/articles/{self.id}"

    def published_at(self, started_at: datetime) -> datetime:
        """Return the moment of publication, to the second, for a newsroom that was started at `started_at`."""
        return started_at.replace(microsecond=0) - timedelta(seconds=round(self.hours_ago * 3600))


def load_articles(path: Path = ARTICLES_FILE) -> tuple[SampleArticle, ...]:
    """Return the articles of a file, in its order. Raises WrongInput, naming the place and the mend."""
    return parse_articles(path.read_text(encoding="utf-8"))


def parse_articles(text: str) -> tuple[SampleArticle, ...]:
    """Return the articles written in `text` (YAML). Raises WrongInput, naming the place and the mend."""
    entries = _entries(text)
    articles = tuple(_article(entry, f"articles[{at}]") for at, entry in enumerate(entries))
    seen: set[str] = set()
    for at, article in enumerate(articles):
        if article.id in seen:
            raise WrongInput(f"articles[{at}].id", article.id, "is used twice", mend="Give each article its own id.")
        seen.add(article.id)
    for at, article in enumerate(articles):
        for named in article.also_read:
            if named not in seen:
                mend = "Name the id of another article of this file."
                raise WrongInput(f"articles[{at}].also_read", named, "is no article's id", mend=mend)
    return articles


def _entries(text: str) -> list[Any]:
    try:
        document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader builds text, lists and maps only
    except (yaml.YAMLError, RecursionError) as wrong:
        raise WrongInput(
            "articles", text[:60], f"is not YAML ({wrong})", mend="Mend the file's indentation."
        ) from wrong
    entries = document.get("articles") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise WrongInput("articles", document, "is not a list", mend="Begin the file with `articles:` and a list.")
    return entries


def _article(entry: object, where: str) -> SampleArticle:
    if not isinstance(entry, dict):
        raise WrongInput(where, entry, "is not a set of fields", mend=f"Give {', '.join(_REQUIRED)}.")
    for name in entry:
        if name not in _REQUIRED + _OPTIONAL:
            mend = f"Use {', '.join(_REQUIRED + _OPTIONAL)}."
            raise WrongInput(f"{where}.{name}", entry[name], "is no field of an article", mend=mend)
    texts = {name: _text(entry.get(name), f"{where}.{name}") for name in _REQUIRED}
    outlet = _outlet(texts["outlet"], f"{where}.outlet")
    return SampleArticle(
        id=_slug(texts["id"], f"{where}.id"),
        outlet=outlet,
        language=_language(texts["language"], outlet, f"{where}.language"),
        title=_one_line(texts["title"]),
        hours_ago=_hours(texts["hours_ago"], f"{where}.hours_ago"),
        author=_one_line(texts["author"]),
        summary=_one_line(texts["summary"]),
        paragraphs=tuple(_one_line(part) for part in _BLANK_LINES.split(texts["body"].strip())),
        also_read=_names(entry.get("also_read", []), f"{where}.also_read"),
        disclaimer=_one_line(_text(entry["disclaimer"], f"{where}.disclaimer")) if "disclaimer" in entry else "",
    )


def _text(value: object, field: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise WrongInput(field, value, "is not a text", mend="Write a text that is not empty.")
    # XML 1.0 cannot carry control characters, surrogates or the two non-characters, escaped or not.
    if any((c < " " and c not in "\t\n\r") or "\ud800" <= c <= "\udfff" or c in "\ufffe\uffff" for c in value):
        raise WrongInput(field, value, "holds a character that no feed can carry", mend="Take it out.")
    return value


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _slug(value: str, field: str) -> str:
    if not _SLUG.fullmatch(value):
        mend = "Use small Latin letters, digits and single dashes, such as health-pact-signed."
        raise WrongInput(field, value, "cannot stand in an address", mend=mend)
    return value


def _outlet(value: str, field: str) -> Outlet:
    outlet = OUTLET_BY_SLUG.get(value)
    if outlet is None:
        raise WrongInput(field, value, "is no outlet of the newsroom", mend=f"Use one of {', '.join(OUTLET_BY_SLUG)}.")
    return outlet


def _language(value: str, outlet: Outlet, field: str) -> Language:
    if value != outlet.language:
        raise WrongInput(field, value, f"is not the language of {outlet.slug}", mend=f"Write {outlet.language}.")
    return outlet.language


def _hours(value: str, field: str) -> float:
    mend = f"Give hours before the start, from {LATEST_HOURS_AGO:g} to {OLDEST_HOURS_AGO:g}."
    try:
        hours = float(value)
    except ValueError:
        raise WrongInput(field, value, "is not a number", mend=mend) from None
    if math.isnan(hours) or not LATEST_HOURS_AGO <= hours <= OLDEST_HOURS_AGO:
        raise WrongInput(field, value, "is out of range", mend=mend)
    return hours


def _names(value: object, field: str) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise WrongInput(field, value, "is not a list", mend="Write [one-id, another-id].")
    return tuple(_text(name, field) for name in value)
