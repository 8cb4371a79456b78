"""Pages and feeds of the sample newsroom as text: templates filled with values, every value escaped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.cli.newsroom.articles import SampleArticle
from services.cli.newsroom.outlets import OUTLETS, PAGE_WORDS, SAMPLE_NOTICE, Language, Outlet

TEMPLATES_FOLDER = Path(__file__).with_name("templates")
MOST_READ_COUNT = 5  # what fits beside an article without scrolling
FRONT_PAGE_COUNT = 3  # enough to tell the outlets apart
ALSO_READ_EVERY_PARAGRAPHS = 2  # real pages break in about this often


@dataclass(frozen=True)
class Printed:
    """An article with its moment of publication."""

    article: SampleArticle
    published_at: datetime


def shown_time(moment: datetime, language: Language) -> str:
    """Return a moment as a reader of the language expects it, in UTC."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {PAGE_WORDS[language].months[utc.month - 1]} {utc.year}, {utc:%H:%M} UTC"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown_time"] = shown_time
    environment.filters["iso_time"] = lambda moment: moment.astimezone(UTC).isoformat()
    environment.filters["mail_time"] = lambda moment: format_datetime(moment.astimezone(UTC), usegmt=True)
    environment.globals["sample_notice"] = SAMPLE_NOTICE
    return environment


_TEMPLATES = _environment()


def front_page(printed: tuple[Printed, ...]) -> str:
    """Return the page that lists the outlets, each with its newest headlines."""
    newest = {outlet.slug: _of(outlet, printed)[:FRONT_PAGE_COUNT] for outlet in OUTLETS}
    return _filled("home.html", language="en", outlets=OUTLETS, newest=newest)


def listing_page(outlet: Outlet, printed: tuple[Printed, ...]) -> str:
    """Return the page that lists an outlet's articles, newest first, each with its `<time datetime>`."""
    return _filled("outlet.html", language=outlet.language, outlet=outlet, printed=_of(outlet, printed))


def article_page(shown: Printed, printed: tuple[Printed, ...], base_url: str) -> str:
    """Return an article's page as a real outlet would print it: with a sidebar, notices and stray headlines."""
    article = shown.article
    beside = [other for other in _of(article.outlet, printed) if other != shown]
    return _filled(
        "article.html",
        language=article.language,
        outlet=article.outlet,
        shown=shown,
        article=article,
        stray=_stray_headlines(article, printed),
        most_read=beside[-MOST_READ_COUNT:],
        base_url=base_url,
    )


def missing_page(language: Language = "en") -> str:
    """Return the page for an address that leads nowhere."""
    return _filled("missing.html", language=language)


def feed(outlet: Outlet, printed: tuple[Printed, ...], *, base_url: str, opened_at: datetime) -> str:
    """Return the outlet's feed, RSS 2.0 or Atom (RFC 4287) by its kind; only what is printed decides its text.

    `opened_at` is the date of a feed that has no article yet.
    """
    template = "atom.xml" if outlet.kind == "atom" else "rss.xml"
    entries = _of(outlet, printed)
    updated_at = entries[0].published_at if entries else opened_at
    return _filled(
        template,
        language=outlet.language,
        outlet=outlet,
        printed=entries,
        base_url=base_url,
        updated_at=updated_at,
    )


def _of(outlet: Outlet, printed: tuple[Printed, ...]) -> list[Printed]:
    return [each for each in printed if each.article.outlet == outlet]


def _stray_headlines(article: SampleArticle, printed: tuple[Printed, ...]) -> dict[int, SampleArticle]:
    by_id = {each.article.id: each.article for each in printed}
    strays = [by_id[name] for name in article.also_read if name in by_id]
    return {1 + at * ALSO_READ_EVERY_PARAGRAPHS: stray for at, stray in enumerate(strays)}


def _filled(template: str, *, language: Language, **values: object) -> str:
    return _TEMPLATES.get_template(template).render(language=language, words=PAGE_WORDS[language], **values)
