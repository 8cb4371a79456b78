"""What a search of the archive found: articles with their words marked, counts by kind and month, and how far back."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from services.desk.domain.backtests import Example
from services.desk.domain.figures import Drawing, Figure, drawn
from services.desk.domain.narrowing import Facet, beside
from shared.kit.errors import WrongInput
from shared.rules import Published

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
MOST_MONTHS = 120
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Spot(NamedTuple):
    """Where an article stands in the archive, the newest first. The last of a page begins the next."""

    moment: datetime
    article_id: UUID

    def spelt(self) -> str:
        """Return the spot as it stands in an address."""
        return f"{(self.moment - _EPOCH) // _MICROSECOND}-{self.article_id.hex}"

    @classmethod
    def read(cls, spelt: str) -> Self:
        """Return the spot that stands in an address. Raises WrongInput."""
        moment, _, article = spelt.partition("-")
        try:
            return cls(_EPOCH + int(moment) * _MICROSECOND, UUID(article))
        except (ValueError, OverflowError):
            mend = "Begin with the newest articles, and go on from there."
            raise WrongInput("before", spelt, "is no place in the archive", mend=mend) from None


class Found(NamedTuple):
    """An article that may be what is asked for."""

    spot: Spot
    is_overlong: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, with its story and its language."""

    example: Example
    story_id: UUID
    language: str
    sectors: tuple[str, ...]
    agreements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """How many were found of a month, and the query with that month beside it."""

    label: str
    articles: int
    query: str


@dataclass(frozen=True, slots=True)
class Volume:
    """How many there are in all, by kind and month.

    `counted_since` is how far back the figures are whole where the clock cut them off; `sampled` is of how many of the
    newest articles the facets are counted where there are more.
    """

    articles: int
    facets: tuple[Facet, ...] = ()
    months: tuple[Month, ...] = ()
    counted_since: datetime | None = None
    sampled: int | None = None
    stopped: bool = False

    @property
    def drawing(self) -> Drawing:
        """The months as bars, the oldest first."""
        return drawn([Figure(each.label, each.articles) for each in self.months])


@dataclass(frozen=True, slots=True)
class FoundPage:
    """Some of the articles, the newest first; `older` begins the next page; `searched_to` as of the stream."""

    hits: tuple[Hit, ...]
    older: Spot | None = None
    searched_to: datetime | None = None


def months_of(query: str, days: Iterable[tuple[date, int]]) -> tuple[Month, ...]:
    """Return the months between the first and the last day with a match, those without any too."""
    counted: Counter[tuple[int, int]] = Counter()
    for day, count in days:
        counted[day.year, day.month] += count
    if not counted:
        return ()
    (year, month), last = min(counted), max(counted)
    months = []
    while (year, month) <= last:
        first, until = date(year, month, 1), date(year, month, monthrange(year, month)[1])
        narrowed = beside(query, Published(first, until))
        months.append(Month(f"{year}-{month:02}", counted[year, month], narrowed))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return tuple(months[-MOST_MONTHS:])


def row_of(hit: Hit) -> Mapping[str, str]:
    """Return what an export says of an article."""
    one = hit.example
    return {
        "moment": one.moment.isoformat(),
        "source": one.source,
        "title": one.title,
        "url": one.url,
        "language": hit.language,
        "agreements": " ".join(hit.agreements),
        "sectors": " ".join(hit.sectors),
        "agreement": one.agreement or "",
        "stage": one.stage or "",
        "sentence": one.evidence,
        "article_id": str(one.article_id),
        "story_id": str(hit.story_id),
    }


COLUMNS = (
    "moment",
    "source",
    "title",
    "url",
    "language",
    "agreements",
    "sectors",
    "agreement",
    "stage",
    "sentence",
    "article_id",
    "story_id",
)


def safe_cell(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula: an apostrophe says that it is text."""
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS_A_FORMULA) else text
