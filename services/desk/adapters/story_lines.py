"""What a line about a story shows: the article that speaks for it, its newest verdict, its outlets and its alerts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Row, case, func, literal, select, true

from services.desk.adapters.alert_corrections import AlertCorrectionQueries
from services.desk.adapters.queries import GIVEN_UP, STILL_TO_BE_SENT
from services.desk.adapters.source_queries import SourceQueries
from services.desk.domain.stories import Place, Standing, StoryAlert, StoryLine
from services.desk.domain.views import ArticleGlance, Finding
from shared.contracts.verdict import Verdict
from shared.store.alerts import AlertRow, DeliveryAlertRow, DeliveryRow, WaitingAlertRow
from shared.store.base import UtcDateTime
from shared.store.definitions import SourceRow, SubscriptionRow
from shared.store.harvest import ArticleRow
from shared.store.outbox import QuarantineRow
from shared.store.verdicts import VerdictRow

MOST_COPIES_ASKED = 8  # of a story: the first that is relevant speaks for it
LONGEST_TITLE = 1_000  # characters: of a longer one the beginning is shown
MOST_TROUBLES_SHOWN = 5  # a broken network troubles all sources
_DAY = timedelta(days=1)

# When an article came to whoever reads the news, as the index `ix_articles_arrival` has it.
_PUBLISHED = func.coalesce(ArticleRow.published_at, ArticleRow.fetched_at)
ARRIVED = case(
    (ArticleRow.alertable, ArticleRow.fetched_at),
    else_=func.least(_PUBLISHED, ArticleRow.fetched_at, type_=UtcDateTime()),
)

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"


class StoryLineQueries(SourceQueries, AlertCorrectionQueries):
    """Reads lines of stories, and how the house stands."""

    async def lines(self, places: Sequence[Place]) -> Sequence[StoryLine]:
        """Return the lines of the stories at these places, in their order."""
        ids = [place.story_id for place in places]
        if not ids:
            return ()
        speakers = await self._speakers(ids)
        alerts = await self._alerts(ids)
        findings = await self._findings([row.verdict_id for row in speakers.values() if row.verdict_id is not None])
        return [
            _line(place, speakers[place.story_id], alerts[place.story_id], findings)
            for place in places
            if place.story_id in speakers
        ]

    async def house(self, now: datetime) -> Standing:
        """Return how the house stands."""
        row = (
            await self.session.execute(
                select(
                    _count(SourceRow.removed_at.is_(None)),
                    _count(SubscriptionRow.removed_at.is_(None), SubscriptionRow.topic == "rule"),
                    _count(ArticleRow.fetched_at > now - _DAY),
                    _count(AlertRow.raised_at > now - _DAY),
                    _count(DeliveryRow.state.in_(STILL_TO_BE_SENT)),
                    _count(DeliveryRow.state.in_(GIVEN_UP)),
                    _count(QuarantineRow.replayed_at.is_(None)),
                )
            )
        ).one()
        return Standing(*row, troubled=tuple(await self.troubled_sources(MOST_TROUBLES_SHOWN)))

    async def _speakers(self, story_ids: Sequence[UUID]) -> Mapping[UUID, AnyRow]:
        """Return for each story the article that speaks for it: the first copy that is relevant, else the first."""
        of_story = ArticleRow.story_id
        oldest_first = (ARRIVED, ArticleRow.article_id)
        copies = (
            select(
                ArticleRow.article_id,
                ArticleRow.story_id,
                func.left(ArticleRow.title, LONGEST_TITLE).label("title"),
                ArticleRow.url,
                ArticleRow.source_name,
                ArticleRow.language,
                ArticleRow.published_at,
                ArticleRow.withdrawn_at,
                func.row_number().over(partition_by=of_story, order_by=oldest_first).label("number"),
                func.min(ARRIVED).over(partition_by=of_story).label("first_at"),
            )
            .where(of_story.in_(story_ids), ArticleRow.gate.is_(None))
            .subquery()
        )
        outlets = (
            select(of_story, func.count(ArticleRow.source_name.distinct()).label("outlets"))
            .where(of_story.in_(story_ids), ArticleRow.gate.is_(None))
            .group_by(of_story)
            .subquery()
        )
        newest = (
            select(VerdictRow.verdict_id, VerdictRow.relevant, VerdictRow.language.label("judged_language"))
            .where(VerdictRow.article_id == copies.c.article_id)
            .order_by(VerdictRow.judged_at.desc(), VerdictRow.verdict_id)
            .limit(1)
            .lateral()
        )
        rows = await self.session.execute(
            select(copies, outlets.c.outlets, newest)
            .select_from(copies)
            .join(outlets, outlets.c.story_id == copies.c.story_id)
            .outerjoin(newest, true())
            .where(copies.c.number <= MOST_COPIES_ASKED)
            .order_by(copies.c.number)
        )
        speakers: dict[UUID, AnyRow] = {}
        for row in rows:
            known = speakers.get(row.story_id)
            if known is None or (row.relevant and not known.relevant):
                speakers[row.story_id] = row
        return speakers

    async def _findings(self, verdict_ids: Sequence[UUID]) -> Mapping[UUID, Verdict]:
        """Return the findings of these verdicts; those that this version cannot read are left out."""
        asked = select(VerdictRow.verdict_id, VerdictRow.findings).where(VerdictRow.verdict_id.in_(verdict_ids))
        found: dict[UUID, Verdict] = {}
        for verdict_id, findings in await self.session.execute(asked):
            try:
                found[verdict_id] = Verdict.model_validate(findings)
            except ValidationError:
                continue
        return found

    async def _alerts(self, story_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[StoryAlert]]:
        row = AlertRow.__table__.c
        asked = select(
            row.story_id,
            row.alert_id,
            row.rule_name,
            row.raised_at,
            row.agreement,
            row.stage,
            row.sectors,
            row.evidence,
        ).where(row.story_id.in_(story_ids))
        rows = (await self.session.execute(asked.order_by(row.raised_at.desc(), row.alert_id))).all()
        deliveries = await self._states([each.alert_id for each in rows])
        corrections = await self.corrections_of_alerts([each.alert_id for each in rows])
        alerts: defaultdict[UUID, list[StoryAlert]] = defaultdict(list)
        for each in rows:
            alerts[each.story_id].append(
                StoryAlert(
                    alert_id=each.alert_id,
                    rule_name=each.rule_name,
                    raised_at=each.raised_at,
                    agreement=each.agreement,
                    stage=each.stage,
                    sectors=tuple(each.sectors),
                    evidence=each.evidence,
                    deliveries=tuple(sorted(deliveries[each.alert_id].items())),
                    corrections=tuple(corrections.get(each.alert_id, ())),
                )
            )
        return alerts

    async def _states(self, alert_ids: Sequence[UUID]) -> Mapping[UUID, dict[str, int]]:
        """Return how many messages of each alert are in each state."""
        states: defaultdict[UUID, dict[str, int]] = defaultdict(dict)
        if not alert_ids:
            return states
        alone = select(DeliveryRow.alert_id, DeliveryRow.state).where(
            DeliveryRow.alert_id.in_(alert_ids), DeliveryRow.correction_id.is_(None)
        )
        beside = (
            select(DeliveryAlertRow.alert_id, DeliveryRow.state)
            .join(DeliveryRow, DeliveryRow.delivery_id == DeliveryAlertRow.delivery_id)
            .where(DeliveryAlertRow.alert_id.in_(alert_ids), DeliveryRow.alert_id != DeliveryAlertRow.alert_id)
        )
        later = select(WaitingAlertRow.alert_id, literal("waiting")).where(
            WaitingAlertRow.alert_id.in_(alert_ids), WaitingAlertRow.ended_at.is_(None)
        )
        told = alone.union_all(beside, later).subquery()
        counted = select(told.c.alert_id, told.c.state, func.count()).group_by(told.c.alert_id, told.c.state)
        for alert_id, state, number in await self.session.execute(counted):
            states[alert_id][state] = number
        return states


def _count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).where(*conditions).scalar_subquery()


def _line(place: Place, row: AnyRow, alerts: Sequence[StoryAlert], findings: Mapping[UUID, Verdict]) -> StoryLine:
    found = findings.get(row.verdict_id)
    return StoryLine(
        place=place,
        article=ArticleGlance(
            article_id=row.article_id,
            title=row.title,
            url=row.url,
            source=row.source_name,
            language=row.language or row.judged_language,
            published_at=row.published_at,
        ),
        relevant=row.relevant,
        agreements=tuple(Finding(each.id, each.score, each.evidence, each.stage) for each in found.agreements)
        if found
        else (),
        sectors=tuple(Finding(each.id, each.score, each.evidence) for each in found.sectors) if found else (),
        outlets=row.outlets,
        first_at=row.first_at,
        alerts=tuple(alerts),
        withdrawn=row.withdrawn_at is not None,
    )
