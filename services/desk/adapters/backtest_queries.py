"""The searchable archive, asked: what matches by its terms, and the words of what must be read. Nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.exc import DBAPIError

from services.desk.adapters.archive_conditions import as_tsquery
from services.desk.adapters.correction_queries import correction_of
from services.desk.domain.backtests import Archive, Candidate, TookTooLong, Wanted, WholeArticle
from services.desk.domain.corrections import Correction, GivenLabels, merged
from shared.contracts.verdict import Verdict
from shared.rules.archive_query import Condition
from shared.rules.archive_reading import Kept
from shared.rules.archive_terms import ARCHIVE_FORM
from shared.rules.document import Document, Origin
from shared.store.archive import ARCHIVE_TERMS, ArchivedArticleRow
from shared.store.definitions import SourceRow, WordListRow
from shared.store.feedback import CorrectionRow
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Work
from shared.store.verdicts import VerdictRow

FETCHED_AT_ONCE = 500
_PLANNING = {"enable_seqscan": "off", "jit": "off", "work_mem": "32MB"}  # the bitmap of a million articles fits
_STOPPED = "57014"  # query_canceled: by statement_timeout
_IS_OVERLONG = ArchivedArticleRow.words == ""  # of two sizes: nothing is unpacked
_DAY = func.date(func.timezone("UTC", ArchivedArticleRow.moment))


class BacktestQueries(Work):
    """Reads the searchable archive."""

    async def bound(self, statement_seconds: float) -> None:
        """Let no statement of this transaction take longer, and find articles by their terms, whatever it costs.

        The planner takes the computing of an article's terms for free, and would do it for all of them.
        """
        milliseconds = str(max(1, int(statement_seconds * 1000)))
        for name, value in {"statement_timeout": milliseconds, **_PLANNING}.items():
            await self.session.execute(select(func.set_config(name, value, True)))  # noqa: FBT003 - SQL

    async def standing(self, since: datetime) -> Archive:
        """Return what there is to search since this moment."""
        row = ArchivedArticleRow
        asked = select(func.count(), func.min(row.moment)).where(row.form == ARCHIVE_FORM, row.moment >= since)
        with in_time():
            count, first = (await self.session.execute(asked)).one()
            moment = func.least(func.coalesce(ArticleRow.published_at, ArticleRow.fetched_at), ArticleRow.fetched_at)
            published = select(func.count()).select_from(ArticleRow).where(ArticleRow.gate.is_(None), moment >= since)
            known = await self.session.scalar(published) or 0
        return Archive(count, first, max(known - count, 0))

    async def feeds_of(self) -> Mapping[str, Sequence[str]]:
        """Return the ids of the sources of each country, also of those that were removed."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        rows = await self.session.execute(
            select(SourceRow.country, SourceRow.source_id).where(SourceRow.country.is_not(None))
        )
        for country, source_id in rows:
            found[(country or "").upper()].append(str(source_id))
        return found

    async def word_lists(self) -> Mapping[str, Sequence[str]]:
        """Return the members of the named lists, by name."""
        rows = await self.session.execute(
            select(WordListRow.name, WordListRow.members).where(WordListRow.removed_at.is_(None))
        )
        return {name: list(members) for name, members in rows}

    async def counted(
        self, condition: Condition, since: datetime, until: datetime | None = None
    ) -> Sequence[tuple[date, str, int]]:
        """Return how many articles meet the condition, by day and source."""
        asked = select(_DAY, ArchivedArticleRow.source, func.count()).where(*_meets(condition, since))
        if until is not None:
            asked = asked.where(ArchivedArticleRow.moment <= until)
        with in_time():
            rows = await self.session.execute(asked.group_by(_DAY, ArchivedArticleRow.source), _said(condition))
            return [(day, source, count) for day, source, count in rows]

    async def newest(self, condition: Condition, since: datetime, limit: int) -> Sequence[tuple[datetime, UUID]]:
        """Return the newest articles that meet the condition."""
        row = ArchivedArticleRow
        asked = select(row.moment, row.article_id).where(*_meets(condition, since))
        with in_time():
            rows = await self.session.execute(asked.order_by(row.moment.desc()).limit(limit), _said(condition))
            return [(moment, article_id) for moment, article_id in rows]

    async def candidates(
        self, condition: Condition, since: datetime, wanted: Wanted
    ) -> AsyncIterator[Sequence[Candidate]]:
        """Yield the articles that meet the condition, the newest first, with what is wanted of each."""
        asked = _kept(wanted).where(*_meets(condition, since)).order_by(ArchivedArticleRow.moment.desc())
        with in_time():
            result = await self.session.stream(
                asked, _said(condition), execution_options={"yield_per": FETCHED_AT_ONCE}
            )
            try:
                async for rows in result.partitions(FETCHED_AT_ONCE):
                    yield [_candidate(row) for row in rows]
            finally:
                await result.close()

    async def candidates_among(self, article_ids: Collection[UUID], wanted: Wanted) -> Sequence[Candidate]:
        """Return these articles, as far as they are in the archive."""
        row = ArchivedArticleRow
        asked = _kept(wanted).where(row.article_id.in_(article_ids), row.form == ARCHIVE_FORM)
        with in_time():
            return [_candidate(each) for each in await self.session.execute(asked)]

    async def never_met(self, conditions: Sequence[Condition]) -> Sequence[int]:
        """Return the numbers of the conditions that no article of the archive meets."""
        given = func.unnest(bindparam("asked", type_=ARRAY(Text()))).table_valued("asked", with_ordinality="number")
        asked = given.render_derived().c
        row = ArchivedArticleRow
        met = select(row.article_id).where(row.form == ARCHIVE_FORM, has_terms(asked.asked)).exists()
        statement = select(asked.number).where(asked.asked != "", ~met).order_by(asked.number)
        spelt = [as_tsquery(condition) or "" for condition in conditions]
        with in_time():
            numbers = await self.session.scalars(statement, {"asked": spelt})
            return [number - 1 for number in numbers]

    async def whole(self, article_ids: Collection[UUID]) -> Sequence[WholeArticle]:
        """Return these articles with their newest verdict; one whose verdict cannot be read is left out."""
        newest = (
            select(VerdictRow.findings)
            .where(VerdictRow.article_id == ArticleRow.article_id)
            .order_by(VerdictRow.judged_at.desc())
            .limit(1)
            .lateral()
        )
        rows = await self.session.execute(
            select(ArticleRow, newest.c.findings, SourceRow.country)
            .select_from(ArticleRow)
            .join(newest, true())
            .join(SourceRow, SourceRow.source_id == ArticleRow.source_id)
            .where(ArticleRow.article_id.in_(article_ids))
        )
        return [each for row in rows if (each := _whole(*row)) is not None]

    async def marked(self, limit: int) -> Mapping[UUID, GivenLabels]:
        """Return what people said of articles: the labels that hold, of the articles that were corrected last."""
        last = select(CorrectionRow.article_id).group_by(CorrectionRow.article_id)
        last = last.order_by(func.max(CorrectionRow.created_at).desc()).limit(limit)
        rows = await self.session.scalars(
            select(CorrectionRow)
            .where(CorrectionRow.article_id.in_(last))
            .order_by(CorrectionRow.created_at, CorrectionRow.correction_id)
        )
        said: defaultdict[UUID, list[Correction]] = defaultdict(list)
        for row in rows:
            said[row.article_id].append(correction_of(row))
        return {article_id: merged(corrections) for article_id, corrections in said.items()}


@contextmanager
def in_time() -> Iterator[None]:
    """Turn the database's "stopped" into ours, and our own "waited for too long"."""
    try:
        yield
    except TimeoutError as error:
        raise TookTooLong from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == _STOPPED:
            raise TookTooLong from error
        raise


def _meets(condition: Condition, since: datetime) -> Iterator[ColumnElement[bool]]:
    row = ArchivedArticleRow
    yield row.form == ARCHIVE_FORM
    yield row.moment >= since
    if as_tsquery(condition) is not None:
        yield has_terms(bindparam("condition", type_=Text()))


def has_terms(asked: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that an article has these terms, which are the text of a tsquery."""
    return literal_column(ARCHIVE_TERMS).bool_op("@@")(cast(asked, TSQUERY))


def _said(condition: Condition) -> dict[str, str]:
    spelt = as_tsquery(condition)
    return {} if spelt is None else {"condition": spelt}


def _kept(wanted: Wanted) -> Select[Any]:
    row = ArchivedArticleRow.__table__.c  # of the table, not of the class: half the time for tens of thousands
    own_text = select(ArticleRow.text).where(ArticleRow.article_id == row.article_id).scalar_subquery()
    nothing = literal("")
    return select(
        row.article_id,
        row.moment,
        row.source,
        row.words if wanted.words else nothing,
        row.joins if wanted.words else nothing,
        row.terms if wanted.terms else nothing,
        row.facts if wanted.facts else case((_IS_OVERLONG, row.facts), else_=nothing),
        row.title if wanted.title else case((_IS_OVERLONG, row.title), else_=nothing),
        own_text if wanted.text else case((_IS_OVERLONG, own_text)),
        _IS_OVERLONG,
    )


def _candidate(row: Sequence[Any]) -> Candidate:
    return Candidate(row[0], row[1], row[2], Kept(*row[3:]))


def _whole(row: ArticleRow, findings: dict[str, Any], country: str | None) -> WholeArticle | None:
    try:
        verdict = Verdict.model_validate(findings)
    except ValidationError:
        return None
    origin = Origin(row.source_name, country, row.url, row.published_at, row.language)
    document = Document(row.title, row.text, verdict, origin)
    moment = min(row.published_at or row.fetched_at, row.fetched_at)
    return WholeArticle(row.article_id, row.story_id, moment, row.url, document)
