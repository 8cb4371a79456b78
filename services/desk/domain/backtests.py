"""What a query would have matched: the figures, and how far they go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.desk.domain.corrections import GivenLabels
from shared.kit.errors import WrongInput
from shared.rules.archive_reading import Kept, Reader, clauses_of
from shared.rules.document import Document
from shared.rules.query import Field, Query, Stage

MOST_DAYS = 3_660
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one backtest may read and how long it may take.

    `reads` are articles whose words are read, `texts` those whose whole text is; `seconds` are for all of the reading,
    `statement_seconds` for one statement of the database.
    """

    reads: int = 1_000_000
    texts: int = 2_000
    seconds: float = 1.5
    statement_seconds: float = 5.0


WHOLE = Limits(reads=100_000_000, texts=100_000_000, seconds=3_600, statement_seconds=60)
AT_A_GLANCE = Limits(reads=100_000, texts=300, seconds=0.5, statement_seconds=1.0)


class TookTooLong(Exception):
    """The database was told to stop: the question would have kept it busy for too long."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must be read of a candidate: its title, facts, words, their terms, its own text. What is not costs time."""

    title: bool
    facts: bool
    words: bool
    terms: bool
    text: bool


def wanted_by(reader: Reader) -> Wanted:
    """What a reader must be given of each article."""
    return Wanted(reader.needs_title, reader.needs_facts, reader.needs_words, reader.needs_terms, reader.needs_text)


class Candidate(NamedTuple):
    """An article that may match, with what must be read of it."""

    article_id: UUID
    moment: datetime
    source: str
    kept: Kept


@dataclass(frozen=True, slots=True)
class WholeArticle:
    """An article with all that an alert on it would need. Copies of one piece of news are of one story."""

    article_id: UUID
    story_id: UUID
    moment: datetime
    url: str
    document: Document


@dataclass(frozen=True, slots=True)
class Archive:
    """What there is to try a query on: articles since the asked day, the moment of the first, and those not filed."""

    articles: int
    first: datetime | None
    not_filed: int


@dataclass(frozen=True, slots=True)
class Example:
    """An article that would have matched, with the sentence that an alert would show.

    `in_title` and `in_evidence` are the places of the words that matched, in characters.
    """

    article_id: UUID
    title: str
    source: str
    url: str
    moment: datetime
    evidence: str
    agreement: str | None = None
    stage: str | None = None
    in_title: tuple[tuple[int, int], ...] = ()
    in_evidence: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the matches that somebody marked, how many were wanted."""

    useful: int
    noise: int

    @property
    def share(self) -> float | None:
        """The useful part of the marked ones; None where none was marked."""
        marked = self.useful + self.noise
        return self.useful / marked if marked else None


@dataclass(frozen=True, slots=True)
class Tested:
    """What a query would have matched since `since`.

    Where `unread` is not 0, the figures are of all articles since `exact_since`, and of those before only what the
    terms alone decide; so many more before it may match. `stopped` says why there are no figures at all.
    """

    query: str
    since: datetime
    until: datetime
    archive: Archive
    hits: int = 0
    per_day: tuple[tuple[date, int], ...] = ()
    per_source: tuple[tuple[str, int], ...] = ()
    examples: tuple[Example, ...] = ()
    read: int = 0
    unread: int = 0
    exact_since: datetime | None = None
    never_seen: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    stopped: str | None = None
    seconds: float = 0.0

    @property
    def days(self) -> float:
        """How many days the figures are of: from the first article there is, at least one."""
        first = max(self.since, self.archive.first or self.until)
        return max((self.until - first) / _DAY, 1.0)

    @property
    def hits_per_day(self) -> float | None:
        """How many articles a day would have matched; None where nothing can be said.

        Where articles were left unread, it is that of the days which were read.
        """
        if self.stopped is not None or not self.archive.articles:
            return None
        if self.exact_since is None:
            return self.hits / self.days
        newest = [count for day, count in self.per_day if day > self.exact_since.date()]
        whole_days = (self.until.date() - self.exact_since.date()).days
        return sum(newest) / whole_days if whole_days else None

    @property
    def worst_day(self) -> tuple[date, int] | None:
        """The day with most matches, the latest of equals; None for no match."""
        return max(self.per_day, key=lambda each: (each[1], each[0]), default=None)


@dataclass(frozen=True, slots=True)
class Compared:
    """What a change of a rule would win and lose; precision as far as people marked what matched."""

    rule: str
    version: int
    before: str
    after: str
    gained: Tested
    lost: Tested
    kept: Tested
    precision_before: Precision
    precision_after: Precision


@dataclass
class Tally:
    """Counts matches by day and by source."""

    by_day: Counter[date] = field(default_factory=Counter)
    by_source: Counter[str] = field(default_factory=Counter)

    def add(self, day: date, source: str, count: int = 1) -> None:
        """Count so many of this day and source."""
        self.by_day[day] += count
        self.by_source[source] += count

    @property
    def hits(self) -> int:
        """All that was counted."""
        return self.by_day.total()

    def days(self) -> tuple[tuple[date, int], ...]:
        """The days with matches, in order."""
        return tuple(sorted(self.by_day.items()))

    def sources(self) -> tuple[tuple[str, int], ...]:
        """The sources with matches, the one with most first."""
        return tuple(sorted(self.by_source.items(), key=lambda each: (-each[1], each[0])))


def checked_days(days: int) -> timedelta:
    """Return how far back to look. Raises WrongInput."""
    if not 1 <= days <= MOST_DAYS:
        raise WrongInput("--days", str(days), "is no number of days", mend=f"Take a number from 1 to {MOST_DAYS}.")
    return timedelta(days=days)


def is_useful(query: Query, labels: GivenLabels) -> bool | None:
    """Whether an article with these labels is what the query is after; None where they do not tell.

    An article that is not relevant is noise. Where the query names agreements, the article must be about one of them.
    """
    if labels.relevant is False:
        return False
    asked = agreements_asked(query)
    if asked:
        return None if labels.agreements is None else not asked.isdisjoint(labels.agreements)
    return True if labels.relevant else None


def agreements_asked(query: Query) -> frozenset[str]:
    """The agreements that the query names."""
    named: set[str] = set()
    for clause in clauses_of(query):
        match clause:
            case Field("agreement", value):
                named.add(value)
            case Stage(_, of):
                named.update(of)
    return frozenset(named)


def precision_of(query: Query, matched: Iterable[GivenLabels]) -> Precision:
    """Count which of the matched articles that somebody labelled are useful."""
    marks = [is_useful(query, labels) for labels in matched]
    return Precision(marks.count(True), marks.count(False))


def newest_first(examples: Collection[Example], limit: int) -> Sequence[Example]:
    """The newest so many."""
    return sorted(examples, key=lambda each: (each.moment, each.article_id), reverse=True)[:limit]
