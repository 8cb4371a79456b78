"""The queries of readers' links."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from services.desk.adapters.alert_corrections import correction_view
from services.desk.adapters.records import subscription_view
from services.desk.domain.feed import Feed, FeedEntry
from services.desk.domain.views import OPERATORS, Followed
from shared.kit.errors import WrongInput
from shared.kit.text import one_line
from shared.kit.urls import checked_url
from shared.store.alerts import AlertCorrectionRow, AlertRow, DeliveryAlertRow, DeliveryRow
from shared.store.definitions import PersonRow, RuleRow, SubscriptionRow, TeamOptOutRow, TeamRow
from shared.store.unit_of_work import Work

_LANGUAGES = frozenset({"en", "ru", "hi"})


class ReaderQueries(Work):
    """Reads what one reader follows."""

    async def followed(self, subscription_id: UUID, member: UUID | None = None) -> Followed | None:
        """Return the subscription, also one that was ended, for all or for this member of its team."""
        found = await self._subscription(subscription_id)
        if found is None:
            return None
        opted_out = member is not None and await self.session.get(TeamOptOutRow, (subscription_id, member)) is not None
        team = found[3].name if found[3] is not None and member is not None else None
        ended = found[0].removed_at is not None or opted_out
        return Followed(subscription_view(*found), ended=ended, team=team, member=member)

    async def followed_in(self, delivery_id: UUID) -> tuple[Followed, ...]:
        """Return the subscriptions by which a message told its reader, but for a team's that no member ends for all."""
        first = select(DeliveryRow.subscription_id).where(DeliveryRow.delivery_id == delivery_id)
        beside = select(DeliveryAlertRow.subscription_id).where(DeliveryAlertRow.delivery_id == delivery_id)
        named = first.union(beside).subquery()
        rows = await self.session.execute(
            select(SubscriptionRow.subscription_id, DeliveryRow.member_id, SubscriptionRow.team_id)
            .join(DeliveryRow, DeliveryRow.delivery_id == delivery_id)
            .where(SubscriptionRow.subscription_id.in_(select(named.c.subscription_id)))
            .where(or_(SubscriptionRow.team_id.is_(None), SubscriptionRow.address == ""))
            .order_by(SubscriptionRow.created_at, SubscriptionRow.subscription_id)
        )
        theirs = [(one, member if team else None) for one, member, team in rows if member or not team]
        found = [await self.followed(one, member) for one, member in theirs]
        return tuple(each for each in found if each is not None)

    async def feed(self, subscription_id: UUID, limit: int) -> Feed | None:
        """Return the newest alerts and corrections of a live feed subscription; None for any other."""
        found = await self._subscription(subscription_id)
        if found is None or found[0].removed_at is not None or found[0].channel != "feed":
            return None
        row, rule, *_ = found
        said_at = func.coalesce(AlertCorrectionRow.corrected_at, AlertRow.raised_at)
        newest = (
            select(AlertRow, AlertCorrectionRow)
            .join(DeliveryRow, DeliveryRow.alert_id == AlertRow.alert_id)
            .outerjoin(AlertCorrectionRow, AlertCorrectionRow.correction_id == DeliveryRow.correction_id)
            .where(DeliveryRow.subscription_id == subscription_id, DeliveryRow.state == "sent")
            .order_by(said_at.desc(), AlertRow.alert_id.desc())
            .limit(limit)
        )
        rows = await self.session.execute(newest)
        entries = tuple(_entry(alert, correction) for alert, correction in rows)
        return Feed(row.subscription_id, rule.name if rule else OPERATORS, row.created_at, entries)

    async def _subscription(
        self, subscription_id: UUID
    ) -> tuple[SubscriptionRow, RuleRow | None, PersonRow | None, TeamRow | None] | None:
        asked = (
            select(SubscriptionRow, RuleRow, PersonRow, TeamRow)
            .outerjoin(RuleRow, RuleRow.rule_id == SubscriptionRow.rule_id)
            .outerjoin(PersonRow, PersonRow.person_id == SubscriptionRow.person_id)
            .outerjoin(TeamRow, TeamRow.team_id == SubscriptionRow.team_id)
            .where(SubscriptionRow.subscription_id == subscription_id)
        )
        found = (await self.session.execute(asked)).one_or_none()
        return None if found is None else (found[0], found[1], found[2], found[3])


def _entry(alert: AlertRow, correction: AlertCorrectionRow | None) -> FeedEntry:
    article: Mapping[str, Any] = alert.article
    language = article.get("language")
    return FeedEntry(
        alert_id=alert.alert_id,
        rule_name=alert.rule_name,
        title=one_line(str(article.get("title") or "")),
        evidence=one_line(alert.evidence),
        url=_followable(str(article.get("url") or "")),
        source=one_line(str(article.get("source") or "")),
        language=language if language in _LANGUAGES else None,
        published=_moment(article.get("published")),
        raised_at=alert.raised_at,
        agreement=alert.agreement,
        stage=alert.stage,
        sectors=tuple(alert.sectors),
        correction=None if correction is None else correction_view(correction),
    )


def _followable(url: str) -> str | None:
    try:
        return checked_url(url)
    except WrongInput:
        return None


def _moment(spelled: object) -> datetime | None:
    try:
        told = datetime.fromisoformat(str(spelled))
    except ValueError:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
