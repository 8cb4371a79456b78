"""The archive article by article: those that meet a condition below a spot, and what is filed of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Text, bindparam, func, literal, select, tuple_

from services.desk.adapters.archive_conditions import as_tsquery
from services.desk.adapters.backtest_queries import BacktestQueries, has_terms, in_time
from services.desk.domain.archive_finds import Found, Spot
from shared.rules.archive_query import Condition
from shared.rules.archive_terms import ARCHIVE_FORM
from shared.store.archive import ArchivedArticleRow

_IS_OVERLONG = ArchivedArticleRow.words == ""
_KINDS = ("agreement", "sector", "lang")


class FindQueries(BacktestQueries):
    """Reads the searchable archive for who searches it."""

    async def found(self, condition: Condition, before: Spot | None, limit: int) -> Sequence[Found]:
        """Return the articles that meet the condition, the newest first, below a spot."""
        row = ArchivedArticleRow
        asked = select(row.moment, row.article_id, _IS_OVERLONG).where(row.form == ARCHIVE_FORM)
        said = as_tsquery(condition)
        if said is not None:
            asked = asked.where(has_terms(bindparam("condition", type_=Text())))
        if before is not None:
            edge = tuple_(literal(before.moment, row.moment.type), literal(before.article_id, row.article_id.type))
            asked = asked.where(tuple_(row.moment, row.article_id) < edge)
        asked = asked.order_by(row.moment.desc(), row.article_id.desc()).limit(limit)
        with in_time():
            rows = await self.session.execute(asked, {} if said is None else {"condition": said})
            return [Found(Spot(moment, article_id), overlong) for moment, article_id, overlong in rows]

    async def filed_of(self, article_ids: Collection[UUID]) -> Counter[tuple[str, str]]:
        """Return of how many of these articles each agreement, sector and language is filed."""
        row = ArchivedArticleRow
        fact = func.unnest(func.string_to_array(row.facts, " ")).label("fact")
        facts = select(fact).where(row.article_id.in_(article_ids)).subquery()
        kind = func.split_part(facts.c.fact, "=", 1)
        asked = select(facts.c.fact, func.count()).where(kind.in_(_KINDS)).group_by(facts.c.fact)
        with in_time():
            rows = (await self.session.execute(asked)).all()
        counted: Counter[tuple[str, str]] = Counter()
        for spelt, count in rows:
            name, _, value = spelt.partition("=")
            counted[name, value] = count
        return counted
