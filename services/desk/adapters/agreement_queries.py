"""What the archive and the alerts say of agreements: the newest articles on each, and the alerts by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import BigInteger, ColumnElement, Row, Text, bindparam, cast, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONPATH

from services.desk.adapters.archive_conditions import as_tsquery
from services.desk.adapters.backtest_queries import BacktestQueries, has_terms, in_time
from services.desk.adapters.story_lines import LONGEST_TITLE
from services.desk.domain.agreement_board import Report
from services.desk.domain.views import ArticleGlance
from shared.contracts.verdict import AgreementFinding
from shared.rules.archive_query import Having, some
from shared.rules.archive_terms import ARCHIVE_FORM, fact_term
from shared.store.alerts import AlertRow
from shared.store.archive import ArchivedArticleRow
from shared.store.harvest import ArticleRow
from shared.store.verdicts import VerdictRow

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"
_ITS_OWN = "$.agreements[*] ? (@.id == $id)"


class AgreementQueries(BacktestQueries):
    """Reads what is said of agreements."""

    async def reports_on(self, agreements: Collection[str], stages: Collection[str], most: int) -> Sequence[Report]:
        """Return of each agreement the newest article, and so many of those that speak of a stage."""
        asked = list(_questions(agreements, stages, most))
        given = (
            func.unnest(
                bindparam("ids", type_=ARRAY(Text())),
                bindparam("conditions", type_=ARRAY(Text())),
                bindparam("most", type_=ARRAY(BigInteger())),
            )
            .table_valued("id", "condition", "most")
            .render_derived("asked")
        )
        row = ArchivedArticleRow
        met = (
            select(row.article_id, row.moment)
            .where(row.form == ARCHIVE_FORM, has_terms(given.c.condition))
            .order_by(row.moment.desc())
            .limit(given.c.most)
            .lateral("met")
        )
        own = func.jsonb_path_query_first(
            VerdictRow.findings, cast(_ITS_OWN, JSONPATH), func.jsonb_build_object("id", given.c.id)
        )
        newest = (
            select(own.label("finding"), VerdictRow.language.label("judged_language"))
            .where(VerdictRow.article_id == met.c.article_id)
            .order_by(VerdictRow.judged_at.desc(), VerdictRow.verdict_id)
            .limit(1)
            .lateral("newest")
        )
        statement = (
            select(given.c.id, met.c.moment, newest.c.finding, newest.c.judged_language, *_GLANCE)
            .select_from(given)
            .join(met, true())
            .join(ArticleRow, ArticleRow.article_id == met.c.article_id)
            .join(newest, true())
            .where(ArticleRow.withdrawn_at.is_(None), ArticleRow.gate.is_(None))
        )
        values = {"ids": [each[0] for each in asked], "conditions": [each[1] for each in asked]}
        with in_time():
            rows = (await self.session.execute(statement, {**values, "most": [each[2] for each in asked]})).all()
        return list({(row.id, row.article_id): _report(row) for row in rows}.values())

    async def alerts_by_day(self, agreements: Collection[str], since: datetime) -> Mapping[str, Mapping[date, int]]:
        """Return how many alerts told of each agreement, by day, since this moment."""
        day: ColumnElement[date] = func.date(func.timezone("UTC", AlertRow.raised_at))
        asked = select(AlertRow.agreement, day, func.count()).where(
            AlertRow.raised_at >= since, AlertRow.agreement.in_(agreements)
        )
        found: defaultdict[str, dict[date, int]] = defaultdict(dict)
        for agreement, on, count in await self.session.execute(asked.group_by(AlertRow.agreement, day)):
            found[agreement or ""][on] = count
        return found


_GLANCE = (
    ArticleRow.article_id,
    ArticleRow.story_id,
    func.left(ArticleRow.title, LONGEST_TITLE).label("title"),
    ArticleRow.url,
    ArticleRow.source_name,
    ArticleRow.language,
    ArticleRow.published_at,
)


def _questions(agreements: Collection[str], stages: Collection[str], most: int) -> Sequence[tuple[str, str, int]]:
    asked = []
    for each in agreements:
        staged = some(Having(fact_term("stage", stage, each)) for stage in stages)
        asked.append((each, as_tsquery(Having(fact_term("agreement", each))) or "", 1))
        asked.append((each, as_tsquery(staged) or "", most))
    return asked


def _report(row: AnyRow) -> Report:
    article = ArticleGlance(
        article_id=row.article_id,
        title=row.title,
        url=row.url,
        source=row.source_name,
        language=row.language or row.judged_language,
        published_at=row.published_at,
    )
    story_id: UUID = row.story_id
    return Report(row.id, article, story_id, row.moment, _finding(row.finding))


def _finding(kept: object) -> AgreementFinding | None:
    try:
        return AgreementFinding.model_validate(kept)
    except ValidationError:
        return None
