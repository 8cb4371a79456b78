"""Read-only screens: the one place where the desk reads what other services own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, cast
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Row, Select, func, select, text, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from services.desk.adapters.alert_corrections import AlertCorrectionQueries
from services.desk.adapters.definition_changes import FRESH
from services.desk.adapters.opt_outs import opt_outs_of
from services.desk.adapters.records import rule_view, subscription_view
from services.desk.adapters.source_queries import SourceQueries
from services.desk.adapters.waiting_queries import WaitingQueries
from services.desk.domain.channels import masked
from services.desk.domain.views import (
    AlertCorrectionView,
    AlertReasons,
    AlertView,
    ArticleGlance,
    ArticleView,
    AttemptView,
    DeliveryView,
    Finding,
    OperatorAlertView,
    QuarantinedView,
    RuleView,
    SubscriptionView,
    VerdictView,
)
from shared.contracts.verdict import Verdict
from shared.store.alerts import (
    AlertRow,
    AttemptRow,
    DeliveryAlertRow,
    DeliveryRow,
    OperatorAlertRow,
    WaitingAlertRow,
)
from shared.store.definitions import PersonRow, RuleRow, SubscriptionRow, TeamRow
from shared.store.harvest import ArticleRow
from shared.store.outbox import QuarantineRow
from shared.store.verdicts import VerdictRow

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"  # a row with named columns; its shape is its query's

STILL_TO_BE_SENT = ("pending", "sending", "retry")
GIVEN_UP = ("failed", "unknown")


class DeskQueries(SourceQueries, AlertCorrectionQueries, WaitingQueries):
    """The reading half of the desk's transaction."""

    async def rule_views(self, rule_id: UUID | None = None) -> list[RuleView]:
        """Return the live rules, by name, or the one of this id."""
        hearing = (
            select(SubscriptionRow.rule_id, func.count().label("subscriptions"))
            .where(SubscriptionRow.removed_at.is_(None))
            .group_by(SubscriptionRow.rule_id)
            .subquery()
        )
        statement = (
            select(RuleRow, func.coalesce(hearing.c.subscriptions, 0))
            .outerjoin(hearing, hearing.c.rule_id == RuleRow.rule_id)
            .where(RuleRow.removed_at.is_(None))
            .order_by(func.lower(RuleRow.name))
        )
        if rule_id is not None:
            statement = statement.where(RuleRow.rule_id == rule_id)
        rows = (await self.session.execute(statement)).all()
        return [rule_view(row, subscriptions) for row, subscriptions in rows]

    async def subscription_views(self) -> list[SubscriptionView]:
        """Return the live subscriptions, oldest first."""
        statement = (
            select(SubscriptionRow, RuleRow, PersonRow, TeamRow)
            .outerjoin(RuleRow, RuleRow.rule_id == SubscriptionRow.rule_id)
            .outerjoin(PersonRow, PersonRow.person_id == SubscriptionRow.person_id)
            .outerjoin(TeamRow, TeamRow.team_id == SubscriptionRow.team_id)
            .where(SubscriptionRow.removed_at.is_(None))
            .order_by(SubscriptionRow.created_at, SubscriptionRow.subscription_id)
        )
        rows = (await self.session.execute(statement, execution_options=FRESH)).all()
        opted_out = await opt_outs_of(self.session, [row[0].subscription_id for row in rows])
        views = [subscription_view(*row) for row in rows]
        return [
            replace(each, opted_out=tuple(one.name for one in opted_out.get(each.subscription_id, ())))
            for each in views
        ]

    async def waiting_deliveries(self, subscription_ids: Sequence[UUID]) -> int:
        """Return how many deliveries to these subscriptions wait for an attempt, and how many alerts for a digest."""
        waiting = DeliveryRow.state.in_(("pending", "retry", "held"))
        mine = DeliveryRow.subscription_id.in_(subscription_ids)
        deliveries = await self.session.scalar(select(func.count()).where(waiting, mine)) or 0
        later = (WaitingAlertRow.ended_at.is_(None), WaitingAlertRow.subscription_id.in_(subscription_ids))
        return deliveries + (await self.session.scalar(select(func.count()).where(*later)) or 0)

    async def alert_views(self, limit: int, before: UUID | None, agreement: str | None = None) -> list[AlertView]:
        """Return alerts, newest first, of one agreement or of all; with `before`, those that stand after that alert."""
        statement = _alerts().order_by(AlertRow.raised_at.desc(), AlertRow.alert_id.desc()).limit(limit)
        if agreement is not None:
            statement = statement.where(AlertRow.agreement == agreement)
        if before is not None:
            edge = select(AlertRow.raised_at, AlertRow.alert_id).where(AlertRow.alert_id == before)
            statement = statement.where(tuple_(AlertRow.raised_at, AlertRow.alert_id) < edge.scalar_subquery())
        return await self._alert_views(statement)

    async def alerts_on_story(self, story_id: UUID, limit: int) -> list[AlertView]:
        """Return the alerts on a story, newest first."""
        newest = (AlertRow.raised_at.desc(), AlertRow.alert_id.desc())
        return await self._alert_views(_alerts().where(AlertRow.story_id == story_id).order_by(*newest).limit(limit))

    async def newest_verdict(self, article_id: UUID) -> VerdictView | None:
        """Return the newest verdict on an article; None while it waits for one."""
        newest = select(VerdictRow).where(VerdictRow.article_id == article_id).order_by(VerdictRow.judged_at.desc())
        row = (await self.session.scalars(newest.limit(1))).one_or_none()
        return None if row is None else _verdict_view(row)

    async def alert_views_of(self, ids: Sequence[UUID]) -> list[AlertView]:
        """Return these alerts without their deliveries, in no order."""
        rows = (await self.session.execute(_alerts().where(AlertRow.alert_id.in_(ids)))).all()
        corrections = await self.corrections_of_alerts(ids)
        return [_alert_view(row, (), corrections[row[0].alert_id]) for row in rows]

    async def operator_alert_views(self, limit: int) -> list[OperatorAlertView]:
        """Return what operators were told, newest first."""
        newest = (OperatorAlertRow.opened_at.desc(), OperatorAlertRow.operator_alert_id)
        rows = list(await self.session.scalars(select(OperatorAlertRow).order_by(*newest).limit(limit)))
        ids = [row.operator_alert_id for row in rows]
        deliveries = await self._deliveries(DeliveryRow.operator_alert_id, ids)
        return [_operator_alert_view(row, deliveries[row.operator_alert_id]) for row in rows]

    async def alert_reasons(self, alert_id: UUID) -> AlertReasons | None:
        """Return one alert with its verdict and every attempt to deliver it."""
        row = (await self.session.execute(_alerts().where(AlertRow.alert_id == alert_id))).one_or_none()
        if row is None:
            return None
        deliveries = await self._alert_deliveries([alert_id], with_tries=True)
        verdict = await self.session.get(VerdictRow, row[0].verdict_id)
        corrections = await self.corrections_of_alerts([alert_id])
        view = _alert_view(row, deliveries[alert_id], corrections[alert_id])
        return AlertReasons(view, None if verdict is None else _verdict_view(verdict))

    async def article_views(self, limit: int) -> list[ArticleView]:
        """Return articles with their newest verdict, last fetched first."""
        newest = (
            select(VerdictRow)
            .where(VerdictRow.article_id == ArticleRow.article_id)
            .order_by(VerdictRow.judged_at.desc(), VerdictRow.verdict_id)
            .limit(1)
            .lateral()
        )
        verdict = aliased(VerdictRow, newest)
        statement = (
            select(verdict, *_GLANCE, ArticleRow.fetched_at, ArticleRow.alertable)
            .select_from(ArticleRow)
            .outerjoin(newest, true())
            .order_by(ArticleRow.fetched_at.desc(), ArticleRow.article_id)
            .limit(limit)
        )
        return [_article_view(row) for row in (await self.session.execute(statement)).all()]

    async def quarantined_views(self, limit: int) -> list[QuarantinedView]:
        """Return the messages set aside and not yet replayed, newest first."""
        statement = (
            select(QuarantineRow)
            .where(QuarantineRow.replayed_at.is_(None))
            .order_by(QuarantineRow.quarantined_at.desc(), QuarantineRow.quarantine_id)
            .limit(limit)
        )
        return [
            QuarantinedView(
                quarantine_id=row.quarantine_id,
                event_id=row.event_id,
                taker=row.taker,
                subject=row.subject,
                reason=row.reason,
                deliveries=row.deliveries,
                quarantined_at=row.quarantined_at,
            )
            for row in await self.session.scalars(statement)
        ]

    async def schema_revision(self) -> str | None:
        """Return the revision that the tables are at; None for a database without tables."""
        if await self.session.scalar(select(func.to_regclass("alembic_version"))) is None:
            return None
        revision: str | None = await self.session.scalar(text("SELECT version_num FROM alembic_version"))
        return revision

    async def _alert_views(self, statement: Select[*tuple[Any, ...]]) -> list[AlertView]:
        rows = (await self.session.execute(statement)).all()
        ids = [row[0].alert_id for row in rows]
        deliveries = await self._alert_deliveries(ids)
        corrections = await self.corrections_of_alerts(ids)
        return [_alert_view(row, deliveries[row[0].alert_id], corrections[row[0].alert_id]) for row in rows]

    async def _alert_deliveries(
        self, ids: Sequence[UUID], *, with_tries: bool = False
    ) -> defaultdict[UUID, list[DeliveryView]]:
        """Return the messages that tell these alerts, alone or beside others, and what is told later."""
        found = await self._deliveries(DeliveryRow.alert_id, ids, with_tries=with_tries)
        beside = await self._deliveries(DeliveryAlertRow.alert_id, ids, with_tries=with_tries)
        for more in (beside, await self.waiting_views(ids)):
            for alert_id, views in more.items():
                found[alert_id] += views
        return found

    async def _deliveries(
        self,
        key: InstrumentedAttribute[UUID | None] | InstrumentedAttribute[UUID],
        ids: Sequence[UUID],
        *,
        with_tries: bool = False,
    ) -> defaultdict[UUID, list[DeliveryView]]:
        """Return the deliveries of these messages, whose ids stand in the column `key`."""
        statement = (
            select(key, DeliveryRow)
            .where(key.in_(ids))
            .order_by(DeliveryRow.channel, DeliveryRow.address, DeliveryRow.over, DeliveryRow.delivery_id)
        )
        if key.class_ is DeliveryAlertRow:
            statement = statement.join(DeliveryRow, DeliveryRow.delivery_id == DeliveryAlertRow.delivery_id)
        rows = (await self.session.execute(statement)).all()
        tries: defaultdict[UUID, list[AttemptView]] = defaultdict(list)
        if with_tries:
            tries = await self._tries([row.delivery_id for _, row in rows])
        by_message: defaultdict[UUID, list[DeliveryView]] = defaultdict(list)
        for message_id, row in rows:
            by_message[cast("UUID", message_id)].append(_delivery_view(row, tries[row.delivery_id]))
        return by_message

    async def _tries(self, delivery_ids: Sequence[UUID]) -> defaultdict[UUID, list[AttemptView]]:
        statement = select(AttemptRow).where(AttemptRow.delivery_id.in_(delivery_ids)).order_by(AttemptRow.attempt)
        by_delivery: defaultdict[UUID, list[AttemptView]] = defaultdict(list)
        for row in await self.session.scalars(statement):
            view = AttemptView(row.attempt, row.started_at, row.ended_at, row.outcome, row.detail)
            by_delivery[row.delivery_id].append(view)
        return by_delivery


_GLANCE = (  # an article's own columns but its text, which no list shows
    ArticleRow.article_id,
    ArticleRow.title,
    ArticleRow.url,
    ArticleRow.source_name,
    ArticleRow.language,
    ArticleRow.published_at,
)


def _alerts() -> Select[*tuple[Any, ...]]:
    return (
        select(AlertRow, VerdictRow.language.label("judged_language"), *_GLANCE)
        .join(ArticleRow, ArticleRow.article_id == AlertRow.article_id)
        .join(VerdictRow, VerdictRow.verdict_id == AlertRow.verdict_id)
    )


def _glance(row: AnyRow, judged_language: str | None) -> ArticleGlance:
    return ArticleGlance(
        article_id=row.article_id,
        title=row.title,
        url=row.url,
        source=row.source_name,
        language=row.language or judged_language,
        published_at=row.published_at,
    )


def _alert_view(
    row: AnyRow, deliveries: Iterable[DeliveryView], corrections: Iterable[AlertCorrectionView]
) -> AlertView:
    alert: AlertRow = row[0]
    return AlertView(
        alert_id=alert.alert_id,
        rule_id=alert.rule_id,
        rule_name=alert.rule_name,
        rule_query=alert.rule_query,
        rule_version=alert.rule_version,
        matcher_version=alert.matcher_version,
        agreement=alert.agreement,
        stage=alert.stage,
        sectors=tuple(alert.sectors),
        evidence=alert.evidence,
        article=_glance(row, row.judged_language),
        raised_at=alert.raised_at,
        deliveries=tuple(deliveries),
        corrections=tuple(corrections),
    )


def _delivery_view(row: DeliveryRow, tries: Iterable[AttemptView]) -> DeliveryView:
    return DeliveryView(
        delivery_id=row.delivery_id,
        channel=row.channel,
        masked_address=masked(row.channel, row.address),
        state=row.state,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        sent_at=row.sent_at,
        last_error=row.last_error,
        tries=tuple(tries),
        over=row.over,
    )


def _operator_alert_view(row: OperatorAlertRow, deliveries: Iterable[DeliveryView]) -> OperatorAlertView:
    return OperatorAlertView(
        operator_alert_id=row.operator_alert_id,
        kind=row.kind,
        about=row.about,
        state=row.state,
        sentence=row.sentence,
        mend=row.mend,
        since=row.since,
        opened_at=row.opened_at,
        over_at=row.over_at,
        over_sentence=row.over_sentence,
        deliveries=tuple(deliveries),
    )


def _article_view(row: AnyRow) -> ArticleView:
    verdict: VerdictRow | None = row[0]
    return ArticleView(
        article=_glance(row, verdict.language if verdict else None),
        fetched_at=row.fetched_at,
        alertable=row.alertable,
        verdict=None if verdict is None else _verdict_view(verdict),
    )


def _verdict_view(row: VerdictRow) -> VerdictView:
    """Return the verdict; findings that this version cannot read (a newer version's) are left out, never a crash."""
    try:
        found = Verdict.model_validate(row.findings)
    except ValidationError:
        found = None
    return VerdictView(
        relevant=row.relevant,
        relevance=row.relevance,
        relevance_evidence=found.relevance_evidence if found else "",
        sectors=tuple(Finding(each.id, each.score, each.evidence) for each in found.sectors) if found else (),
        agreements=(
            tuple(Finding(each.id, each.score, each.evidence, each.stage) for each in found.agreements) if found else ()
        ),
        classifier=row.classifier,
        judged_at=row.judged_at,
    )
