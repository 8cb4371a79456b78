"""Subscriptions at hubs: who asks when, what a hub said, and the source that its push wakes.

`next_try_at` is the date of the next request, the lease of the scraper that makes it, and the mark by which a late
answer is told from a hub's call that came first: whoever moves it has the last word.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Interval, Subquery, case, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.scraper.domain.hub_calls import HeldSubscription
from services.scraper.domain.hubs import AfterAsk, HubAsk
from services.scraper.domain.source import SourceState
from shared.store.definitions import SourceRow
from shared.store.harvest import HubSubscriptionRow, SourceStateRow
from shared.store.unit_of_work import Work

TOKEN_BYTES = 32  # nobody guesses the address that a hub calls (section 5.1: a capability URL)
SECRET_BYTES = 48  # 64 characters; section 5.1 allows fewer than 200
EXPECTED_FOR = timedelta(days=1)  # after we asked: hubs confirm at once, or from a queue
KEPT_AFTER_END = timedelta(minutes=1)  # a hub that did not hear our yes may ask again

_Hub = HubSubscriptionRow


class HubQueries(Work):
    """Keeps subscriptions at hubs."""

    async def tidy_hubs(self, *, most_new: int, most_unsubscribes: int) -> None:
        """Begin a subscription where a source names a hub, and end the one that no live source wants any more.

        A source that changed its hub is subscribed at the new one when the old one is done with. One scraper tidies
        at a time; the others leave it to that one.
        """
        lock = func.pg_try_advisory_xact_lock(func.hashtextextended("scraper.hubs", 0))
        if not await self.session.scalar(select(lock)):
            return
        wanted, now = _wanted(), func.clock_timestamp()
        still = exists().where(
            wanted.c.source_id == _Hub.source_id, wanted.c.hub == _Hub.hub, wanted.c.topic == _Hub.topic
        )
        await self.session.execute(
            update(_Hub)
            .where(_Hub.state != "ended", ~still)
            .values(state="ended", next_try_at=now, failures=0, last_error=None)
            .execution_options(synchronize_session=False)
        )
        over = or_(_Hub.ends_at.is_(None), _Hub.ends_at <= now, _Hub.failures >= most_unsubscribes)
        await self.session.execute(
            delete(_Hub)
            .where(_Hub.state == "ended", _Hub.next_try_at <= now, over)
            .execution_options(synchronize_session=False)
        )
        await self._begin_new(wanted, most_new)

    async def _begin_new(self, wanted: Subquery, most: int) -> None:
        held = exists().where(_Hub.source_id == wanted.c.source_id)
        for source_id, hub, topic in (await self.session.execute(select(wanted).where(~held).limit(most))).all():
            row = {"source_id": source_id, "hub": hub, "topic": topic, "next_try_at": func.clock_timestamp()}
            drawn = {
                "token": secrets.token_urlsafe(TOKEN_BYTES),
                "secret": secrets.token_urlsafe(SECRET_BYTES),
            }
            await self.session.execute(insert(_Hub).values(**row, **drawn).on_conflict_do_nothing())

    async def claim_hub_asks(self, *, limit: int, lease: timedelta) -> Sequence[HubAsk]:
        """Take the requests that are due, each for one scraper at a time, until the lease ends."""
        now = func.clock_timestamp()
        due = (
            select(_Hub.source_id)
            .where(_Hub.next_try_at <= now)
            .order_by(_Hub.next_try_at, _Hub.source_id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        over = (_Hub.state == "refused") | ((_Hub.state == "active") & (_Hub.ends_at <= now))
        claimed = await self.session.execute(
            update(_Hub)
            .where(_Hub.source_id.in_((await self.session.scalars(due)).all()), SourceRow.source_id == _Hub.source_id)
            .values(asked_at=now, next_try_at=now + lease, state=case((over, "asked"), else_=_Hub.state))
            .returning(
                _Hub.source_id,
                SourceRow.name,
                _Hub.hub,
                _Hub.topic,
                _Hub.token,
                _Hub.secret,
                _Hub.state,
                _Hub.failures,
                _Hub.next_try_at,
            )
            .execution_options(synchronize_session=False)
        )
        return [HubAsk(*row) for row in claimed]

    async def settle_hub_ask(self, ask: HubAsk, after: AfterAsk) -> None:
        """Write down what a request came to, unless the hub has called meanwhile."""
        state = {"state": "refused"} if after.refused and ask.state != "ended" else {}
        await self.session.execute(
            update(_Hub)
            .where(_Hub.source_id == ask.source_id, _Hub.next_try_at == ask.ticket)
            .values(
                failures=after.failures,
                last_error=after.error,
                next_try_at=func.clock_timestamp() + after.wait,
                **state,
            )
            .execution_options(synchronize_session=False)
        )

    async def give_back_hub_asks(self, asks: Sequence[HubAsk]) -> None:
        """Make requests due again that were claimed and not made."""
        for ask in asks:
            await self.session.execute(
                update(_Hub)
                .where(_Hub.source_id == ask.source_id, _Hub.next_try_at == ask.ticket)
                .values(next_try_at=func.clock_timestamp())
                .execution_options(synchronize_session=False)
            )

    async def held_hub(self, token: str) -> HeldSubscription | None:
        """Return the subscription of this token, and let nobody else change it before we are done.

        A confirmation may come for a day after we asked, and again while the lease runs: hubs may look whether we are
        still there (section 5).
        """
        now = func.clock_timestamp()
        expected = (_Hub.asked_at > now - EXPECTED_FOR) | ((_Hub.state == "active") & (_Hub.ends_at > now))
        found = await self.session.execute(
            select(
                _Hub.source_id,
                SourceRow.name,
                _Hub.topic,
                _Hub.secret,
                _Hub.state,
                func.coalesce(expected, False),
            )
            .join(SourceRow, SourceRow.source_id == _Hub.source_id)
            .where(_Hub.token == token)
            .with_for_update(of=_Hub)
        )
        row = found.one_or_none()
        return None if row is None else HeldSubscription(*row)

    async def confirm_hub(self, source_id: UUID, *, lease: timedelta, renew_after: timedelta) -> None:
        """Write down that the hub calls us until the lease ends, and when to ask for the next."""
        now = func.clock_timestamp()
        confirmed = {"state": "active", "ends_at": now + lease, "failures": 0, "last_error": None}
        await self._change(source_id, next_try_at=now + renew_after, **confirmed)

    async def let_go_of_hub(self, source_id: UUID) -> None:
        """Write down that the hub calls us no more, as we asked."""
        now = func.clock_timestamp()
        await self._change(source_id, ends_at=now, next_try_at=now + KEPT_AFTER_END)

    async def refuse_hub(self, source_id: UUID, *, reason: str, wait: timedelta) -> None:
        """Write down that the hub does not want us, and when to ask once more."""
        now = func.clock_timestamp()
        state = case((_Hub.state == "ended", "ended"), else_="refused")
        await self._change(source_id, state=state, ends_at=now, last_error=reason, next_try_at=now + wait)

    async def _change(self, source_id: UUID, **values: object) -> None:
        changing = update(_Hub).where(_Hub.source_id == source_id).values(**values)
        await self.session.execute(changing.execution_options(synchronize_session=False))

    async def count_push(self, source_id: UUID) -> tuple[datetime | None, datetime | None]:
        """Count a push; return when the source was last looked at, and until when it is in hand, if it is."""
        now = func.clock_timestamp()
        await self._change(source_id, pushes=_Hub.pushes + 1, last_push_at=now)
        in_hand = case((SourceStateRow.leased_until > now, SourceStateRow.leased_until))
        found = await self.session.execute(
            select(SourceStateRow.last_look_at, in_hand).where(SourceStateRow.source_id == source_id)
        )
        row = found.one_or_none()
        return (None, None) if row is None else (row[0], row[1])

    async def wake_source(self, source_id: UUID, *, rest: timedelta) -> bool:
        """Make the source due, after its rest; False while it is in hand, and the look may be older than the news.

        A server that asked us to come less often is not asked any sooner.
        """
        now = func.clock_timestamp()
        free = or_(SourceStateRow.leased_until.is_(None), SourceStateRow.leased_until <= now)
        rested = SourceStateRow.last_look_at + literal(rest, Interval())  # by itself it would be bound as a moment
        soon = func.least(SourceStateRow.next_look_at, func.greatest(now, rested))
        throttled = SourceStateRow.state == SourceState.THROTTLED
        woken = await self.session.execute(
            update(SourceStateRow)
            .where(SourceStateRow.source_id == source_id, free)
            .values(next_look_at=case((throttled, SourceStateRow.next_look_at), else_=soon))
            .returning(SourceStateRow.source_id)
            .execution_options(synchronize_session=False)
        )
        if woken.scalar_one_or_none() is not None:
            return True
        return not await self.session.scalar(select(exists().where(SourceStateRow.source_id == source_id)))


def _wanted() -> Subquery:
    """Return the live sources that name a hub, each with the topic that it is asked for."""
    topic = func.coalesce(SourceStateRow.self_url, SourceRow.url).label("topic")
    return (
        select(SourceRow.source_id, SourceStateRow.hub, topic)
        .join(SourceStateRow, SourceStateRow.source_id == SourceRow.source_id)
        .where(SourceRow.removed_at.is_(None), SourceRow.paused.is_(False), SourceStateRow.hub.is_not(None))
        .subquery("wanted")
    )
