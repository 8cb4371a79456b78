"""The queries of a person's own alerts: what reached them on any channel, and what they did with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, delete, except_, func, or_, select, tuple_, union
from sqlalchemy.dialects.postgresql import insert

from services.desk.adapters.queries import DeskQueries
from services.desk.domain.channels import masked
from services.desk.domain.inbox import Edge, InboxItem, Showing
from services.desk.domain.views import DeliveryView
from shared.store.alerts import AlertCorrectionRow, AlertRow, DeliveryAlertRow, DeliveryRow, WaitingAlertRow
from shared.store.definitions import PersonRow, SubscriptionRow, TeamMemberRow
from shared.store.harvest import ArticleRow
from shared.store.inboxes import InboxMarkRow

_TO_EACH = ("mailto", "inbox")
_UNTOLD = "cancelled"  # a message that will never be sent; what is tried again, or was given up, is shown as such


@dataclass(frozen=True, slots=True)
class _Reach:
    """Where a person is reached: by which subscriptions, now and before, and at which addresses."""

    subscriptions: Sequence[UUID]
    lanes: Sequence[tuple[str, str]]


class InboxQueries(DeskQueries):
    """Reads what reached a person, and keeps what they did with it."""

    async def zone_of_person(self, person_id: UUID) -> str:
        """Return the person's time zone."""
        zone = await self.session.scalar(select(PersonRow.time_zone).where(PersonRow.person_id == person_id))
        return zone or "UTC"

    async def inbox(
        self,
        person_id: UUID,
        showing: Showing,
        words: Sequence[Collection[str]],
        after: Edge | None,
        limit: int,
        now: datetime,
    ) -> list[InboxItem]:
        """Return alerts that reached the person, the last news first, which hold one of each of these words."""
        reach = await self._reach(person_id)
        own = _own(person_id, reach, now)
        asked = select(own).order_by(own.c.news_at.desc(), own.c.alert_id.desc()).limit(limit)
        if showing != "all":
            asked = asked.where(own.c.unread if showing == "unread" else own.c.asleep)
        if after is not None:
            asked = asked.where(tuple_(own.c.news_at, own.c.alert_id) < (after.news_at, after.alert_id))
        if words:
            asked = asked.join(AlertRow, AlertRow.alert_id == own.c.alert_id)
            asked = asked.join(ArticleRow, ArticleRow.article_id == AlertRow.article_id)
            asked = asked.where(*(or_(*_holding(each)) for each in words))
        return await self._items(asked, reach, now)

    async def inbox_items(self, person_id: UUID, alert_ids: Collection[UUID], now: datetime) -> list[InboxItem]:
        """Return those of these alerts that reached the person."""
        reach = await self._reach(person_id)
        own = _own(person_id, reach, now)
        return await self._items(select(own).where(own.c.alert_id.in_(list(alert_ids))), reach, now)

    async def unread(self, person_id: UUID, most: int, now: datetime) -> int:
        """Count what is unread, up to so many."""
        mine = _mine(await self._reach(person_id))
        unread = except_(select(mine.c.alert_id), _done_with(person_id, now)).subquery()
        found = await self.session.scalar(select(func.count()).select_from(unread))
        return min(found or 0, most)

    async def mark(
        self, person_id: UUID, alert_ids: Collection[UUID], *, read_at: datetime | None, snoozed_until: datetime | None
    ) -> None:
        """Keep what the person did with these alerts, in the place of what they did before."""
        of_person = InboxMarkRow.person_id == person_id
        if read_at is None and snoozed_until is None:
            nothing = delete(InboxMarkRow).where(of_person, InboxMarkRow.alert_id.in_(list(alert_ids)))
            await self.session.execute(nothing)
            return
        known = await self.session.scalars(select(AlertRow.alert_id).where(AlertRow.alert_id.in_(list(alert_ids))))
        said = {"read_at": read_at, "snoozed_until": snoozed_until}
        values = [{"person_id": person_id, "alert_id": each, **said} for each in sorted(known)]
        if values:
            kept = insert(InboxMarkRow).values(values)
            await self.session.execute(kept.on_conflict_do_update(index_elements=["person_id", "alert_id"], set_=said))

    async def note_read(self, person_id: UUID, alert_id: UUID, at: datetime) -> None:
        """Keep that the person read the alert; what they put off stays put off. An unknown alert is no error."""
        if await self.session.get(AlertRow, alert_id) is None:
            return
        read = insert(InboxMarkRow).values(person_id=person_id, alert_id=alert_id, read_at=at)
        again = read.on_conflict_do_update(index_elements=["person_id", "alert_id"], set_={"read_at": at})
        await self.session.execute(again)

    async def _reach(self, person_id: UUID) -> _Reach:
        teams = select(TeamMemberRow.team_id).where(TeamMemberRow.person_id == person_id)
        asked = select(
            SubscriptionRow.subscription_id,
            SubscriptionRow.person_id,
            SubscriptionRow.channel,
            SubscriptionRow.address,
            SubscriptionRow.removed_at,
        ).where(or_(SubscriptionRow.person_id == person_id, SubscriptionRow.team_id.in_(teams)))
        rows = (await self.session.execute(asked)).all()
        email = await self.session.scalar(select(PersonRow.email).where(PersonRow.person_id == person_id))
        each = {("inbox", str(person_id)), *([("mailto", email)] if email else [])}
        live = {(row.channel, row.address) for row in rows if row.removed_at is None and row.address}
        shared = {lane for lane in live if lane[0] != "feed"}  # the name of a feed is no address: others may have it
        whole = [row.subscription_id for row in rows if row.person_id is not None or row.address or _alone(row.channel)]
        return _Reach(whole, sorted(each | shared))

    async def _items(self, asked: Select[*tuple[Any, ...]], reach: _Reach, now: datetime) -> list[InboxItem]:
        rows = (await self.session.execute(asked)).all()
        ids = [row.alert_id for row in rows]
        alerts = {each.alert_id: each for each in await self.alert_views_of(ids)}
        ways = await self._ways(ids, reach, now)
        return [
            InboxItem(
                alert=replace(alerts[row.alert_id], deliveries=tuple(ways[row.alert_id])),
                news_at=row.news_at,
                unread=row.unread,
                snoozed_until=row.snoozed_until if row.asleep else None,
            )
            for row in rows
        ]

    async def _ways(self, ids: Sequence[UUID], reach: _Reach, now: datetime) -> Mapping[UUID, list[DeliveryView]]:
        """Return by which messages each of these alerts reached the person, or will."""
        told = _messages(reach)
        beside = select(DeliveryAlertRow.alert_id, DeliveryAlertRow.delivery_id).where(
            DeliveryAlertRow.alert_id.in_(ids)
        )
        alone = select(DeliveryRow.alert_id, DeliveryRow.delivery_id).where(DeliveryRow.alert_id.in_(ids))
        both = union(alone, beside).subquery()
        rows = await self.session.execute(
            select(both.c.alert_id, DeliveryRow)
            .join(DeliveryRow, DeliveryRow.delivery_id == both.c.delivery_id)
            .where(told, DeliveryRow.kind != "correction")
            .order_by(DeliveryRow.channel, DeliveryRow.address, DeliveryRow.delivery_id)
        )
        found: defaultdict[UUID, list[DeliveryView]] = defaultdict(list)
        for alert_id, row in rows:
            found[alert_id].append(_way(row))
        mine = set(reach.subscriptions)
        places = {(channel, masked(channel, address)) for channel, address in reach.lanes}
        for each in await self.waiting_traces(ids, now):
            theirs = each.subscription_id in mine or (each.channel, each.masked_address) in places
            if each.ended_at is None and theirs:
                found[each.alert_id].append(_later(each.alert_id, each.channel, each.due_at or each.waits_since))
        return found


def _alone(channel: str) -> bool:
    """Tell whether a team's channel without an address is still one place, and not each member's own."""
    return channel not in _TO_EACH


def _messages(reach: _Reach) -> ColumnElement[bool]:
    return and_(
        or_(
            DeliveryRow.subscription_id.in_(reach.subscriptions),
            tuple_(DeliveryRow.channel, DeliveryRow.address).in_(reach.lanes),
        ),
        DeliveryRow.alert_id.is_not(None),
        DeliveryRow.state != _UNTOLD,
    )


def _mine(reach: _Reach) -> Subquery:
    """Return the ids of the alerts that reached a person."""
    told = select(DeliveryRow.delivery_id, DeliveryRow.alert_id).where(_messages(reach)).cte("told")
    beside = select(DeliveryAlertRow.alert_id).join(told, told.c.delivery_id == DeliveryAlertRow.delivery_id)
    waiting = select(WaitingAlertRow.alert_id).where(
        WaitingAlertRow.ended_at.is_(None), tuple_(WaitingAlertRow.channel, WaitingAlertRow.address).in_(reach.lanes)
    )
    return union(select(told.c.alert_id), beside, waiting).subquery("mine")


def _done_with(person_id: UUID, now: datetime) -> Select[UUID]:
    """Return the alerts that are not unread to a person: put off, or read since they were last news."""
    mark = InboxMarkRow
    corrected = select(AlertCorrectionRow.alert_id).where(
        AlertCorrectionRow.alert_id == mark.alert_id, AlertCorrectionRow.corrected_at > mark.read_at
    )
    read = and_(mark.read_at.is_not(None), mark.read_at >= _or_ever(mark.snoozed_until), ~corrected.exists())
    return select(mark.alert_id).where(mark.person_id == person_id, or_(mark.snoozed_until > now, read))


def _own(person_id: UUID, reach: _Reach, now: datetime) -> CTE:
    """Return the alerts that reached a person, with when they were news and what the person did with them."""
    mine = _mine(reach)
    corrected = (
        select(AlertCorrectionRow.alert_id, func.max(AlertCorrectionRow.corrected_at).label("at"))
        .group_by(AlertCorrectionRow.alert_id)
        .subquery("corrected")
    )
    mark = InboxMarkRow
    news_at = func.greatest(AlertRow.raised_at, corrected.c.at)
    asleep = func.coalesce(mark.snoozed_until > now, False)
    read = and_(mark.read_at.is_not(None), mark.read_at >= news_at, mark.read_at >= _or_ever(mark.snoozed_until))
    return (
        select(
            AlertRow.alert_id,
            news_at.label("news_at"),
            mark.snoozed_until,
            asleep.label("asleep"),
            and_(~asleep, ~func.coalesce(read, False)).label("unread"),
        )
        .join(mine, mine.c.alert_id == AlertRow.alert_id)
        .outerjoin(corrected, corrected.c.alert_id == AlertRow.alert_id)
        .outerjoin(mark, and_(mark.alert_id == AlertRow.alert_id, mark.person_id == person_id))
        .cte("own")
    )


def _or_ever(moment: Any) -> ColumnElement[datetime]:  # noqa: ANN401  (a column)
    return func.coalesce(moment, InboxMarkRow.read_at)


def _holding(words: Iterable[str]) -> list[ColumnElement[bool]]:
    """Return the ways in which an alert holds one of these words."""
    found: list[ColumnElement[bool]] = []
    for place, word in enumerate(words):
        if place:  # what the word also stands for is an agreement's id
            found.append(AlertRow.agreement == word)
            continue
        texts = (ArticleRow.title, AlertRow.evidence, AlertRow.rule_name, ArticleRow.source_name)
        found += [each.icontains(word, autoescape=True) for each in texts]
    return found


def _way(row: DeliveryRow) -> DeliveryView:
    return DeliveryView(
        delivery_id=row.delivery_id,
        channel=row.channel,
        masked_address="",  # theirs: they know it
        state=row.state,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        sent_at=row.sent_at,
        last_error=row.last_error,
    )


def _later(alert_id: UUID, channel: str, due_at: datetime) -> DeliveryView:
    return DeliveryView(alert_id, channel, "", "waiting", 0, due_at, None, None)
