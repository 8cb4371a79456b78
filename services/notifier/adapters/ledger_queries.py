"""The queries of delivering. All times are the database's, so that replicas agree on what is due and what is leased."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Double,
    Row,
    Update,
    and_,
    bindparam,
    case,
    extract,
    func,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from services.notifier.adapters.operator_queries import is_held_up, is_outdated
from services.notifier.domain.alert import Alert, Headline
from services.notifier.domain.delivery import GIVEN_UP, Delivered, Line, Outcome, State
from services.notifier.domain.parcel import Attempt, Due, Parcel
from services.notifier.domain.trouble import OperatorAlert, Tidings
from shared.store.alerts import AlertRow, AttemptRow, DeliveryRow, OperatorAlertRow
from shared.store.base import UtcDateTime
from shared.store.definitions import SubscriptionRow
from shared.store.unit_of_work import Work

AnyRow = Row[*tuple[Any, ...]]
_MOST_DETAIL_CHARACTERS = 1000  # of an answer, in the record of an attempt
_NOW = func.clock_timestamp(type_=UtcDateTime())
_OPEN = DeliveryRow.state.in_(("pending", "sending", "retry"))  # spelt as in the index of what is due
_OF_OPERATORS = DeliveryRow.operator_alert_id.is_not(None)

# What a slow receiver delays: the host of a webhook, the one mail server of all mails, and of a chat only itself,
# because chats take one message a second.
_TARGET: ColumnElement[str] = case(
    (
        DeliveryRow.channel == "webhook",
        func.lower(func.coalesce(func.substring(DeliveryRow.address, "^[A-Za-z]+://([^/?#]+)"), DeliveryRow.address)),
    ),
    (DeliveryRow.channel.in_(("slack", "telegram")), DeliveryRow.channel + ":" + DeliveryRow.address),
    else_=DeliveryRow.channel,
)


class LedgerQueries(Work):
    """The ledger: what is due, who sends it, how it ended."""

    async def clock(self) -> datetime:
        """Return the database's time."""
        return (await self.session.execute(select(_NOW))).scalar_one()

    async def due(
        self, now: datetime, limit: int, without: Collection[str], under_way: Collection[UUID]
    ) -> tuple[Due, ...]:
        """Lock and return deliveries that wait for an attempt, and those whose sender died, the oldest first.

        Skips those that another notifier holds, those for the targets `without`, and those `under_way` with the
        caller, whose lease may have ended while it waits for the database. What operators are told waits for older
        tidings of the same thing that are on their way to the same receiver, and is not wanted where newer ones are.
        """
        statement = (
            select(
                DeliveryRow.delivery_id,
                DeliveryRow.correlation_id,
                DeliveryRow.channel,
                DeliveryRow.address,
                DeliveryRow.state,
                DeliveryRow.attempts,
                DeliveryRow.unknowns,
                DeliveryRow.last_error,
                SubscriptionRow.subscription_id,
                SubscriptionRow.secret,
                SubscriptionRow.removed_at,
                DeliveryRow.over,
                _TARGET.label("target"),
                and_(_OF_OPERATORS, is_outdated()).label("outdated"),
                *_ALERT_COLUMNS,
                *_OPERATOR_ALERT_COLUMNS,
            )
            .outerjoin(AlertRow, AlertRow.alert_id == DeliveryRow.alert_id)
            .outerjoin(OperatorAlertRow, OperatorAlertRow.operator_alert_id == DeliveryRow.operator_alert_id)
            .join(SubscriptionRow, SubscriptionRow.subscription_id == DeliveryRow.subscription_id)
            .where(_OPEN, DeliveryRow.next_try_at <= now)
            .where(or_(DeliveryRow.state != "sending", DeliveryRow.leased_until < now))
            .where(not_(and_(_OF_OPERATORS, is_held_up())))
            .order_by(DeliveryRow.next_try_at)
            .limit(limit)
            .with_for_update(of=DeliveryRow, skip_locked=True)
        )
        if without:
            statement = statement.where(_TARGET.not_in(sorted(without)))
        if under_way:
            statement = statement.where(DeliveryRow.delivery_id.not_in(sorted(under_way)))
        return tuple(_due(row) for row in await self.session.execute(statement))

    async def seconds_until_due(self, now: datetime) -> float | None:
        """Return the seconds from `now` until the next delivery that is not due yet, None if there is none."""
        statement = select(func.min(DeliveryRow.next_try_at)).where(_OPEN, DeliveryRow.next_try_at > now)
        first = await self.session.scalar(statement)
        return None if first is None else (first - now).total_seconds()

    async def oldest_waiting_seconds(self) -> float:
        """Return how long ago the oldest alert was raised that is still to be sent to somebody, 0 if there is none."""
        told_at = case((DeliveryRow.over, OperatorAlertRow.over_at), else_=OperatorAlertRow.opened_at)
        oldest = await self.session.scalar(
            select(extract("epoch", _NOW - func.min(func.coalesce(AlertRow.raised_at, told_at))))
            .select_from(DeliveryRow)
            .outerjoin(AlertRow, AlertRow.alert_id == DeliveryRow.alert_id)
            .outerjoin(OperatorAlertRow, OperatorAlertRow.operator_alert_id == DeliveryRow.operator_alert_id)
            .where(_OPEN)
        )
        return 0.0 if oldest is None else max(0.0, float(oldest))

    async def write(self, lines: Sequence[tuple[UUID, Line]], lease_seconds: float) -> None:
        """Write the lines of deliveries that this transaction has locked; one being sent is leased."""
        if lines:
            connection = await self.session.connection()
            parameters = [
                _line_values(line, lease_seconds) | {"the_delivery": delivery_id} for delivery_id, line in lines
            ]
            await connection.execute(_WRITE, parameters)

    async def settle(self, attempt: Attempt, line: Line) -> bool:
        """Write how an attempt left the line; False, and nothing written, when it is no longer this attempt's."""
        parameters = _line_values(line, None) | {"the_delivery": attempt.parcel.delivery_id}
        still_ours = and_(DeliveryRow.state == "sending", DeliveryRow.attempts == attempt.line.attempts)
        connection = await self.session.connection()
        written = await connection.execute(_WRITE.where(still_ours), parameters)
        return written.rowcount == 1

    async def open_attempts(self, attempts: Sequence[Attempt]) -> None:
        """Record that attempts begin now."""
        if attempts:
            values = [
                {"delivery_id": each.parcel.delivery_id, "attempt": each.line.attempts, "started_at": _NOW}
                for each in attempts
            ]
            await self.session.execute(insert(AttemptRow).values(values))

    async def close_attempt(self, delivery_id: UUID, attempt: int, outcome: Outcome) -> None:
        """Record how an attempt ended; what its own sender tells replaces what others supposed of it."""
        detail = outcome.detail if isinstance(outcome, Delivered) else outcome.sentence
        await self.session.execute(
            update(AttemptRow)
            .where(AttemptRow.delivery_id == delivery_id, AttemptRow.attempt == attempt)
            .values(ended_at=_NOW, outcome=type(outcome).__name__.lower(), detail=detail[:_MOST_DETAIL_CHARACTERS])
        )

    async def given_up(self, delivery_id: UUID | None) -> tuple[tuple[UUID, Line], ...]:
        """Lock and return the lines that were given up: all of them, or this one if it was."""
        statement = (
            select(
                DeliveryRow.delivery_id,
                DeliveryRow.state,
                DeliveryRow.attempts,
                DeliveryRow.unknowns,
                DeliveryRow.last_error,
            )
            .where(DeliveryRow.state.in_(sorted(GIVEN_UP)))
            .order_by(DeliveryRow.delivery_id)
            .with_for_update()
        )
        if delivery_id is not None:
            statement = statement.where(DeliveryRow.delivery_id == delivery_id)
        return tuple((row.delivery_id, _line(row)) for row in await self.session.execute(statement))


_ALERT_COLUMNS = tuple(column.label(f"alert_{column.name}") for column in AlertRow.__table__.columns)
_OPERATOR_ALERT_COLUMNS = tuple(column.label(f"told_{column.name}") for column in OperatorAlertRow.__table__.columns)


def _message(row: AnyRow) -> Alert | Tidings:
    if row.told_operator_alert_id is None:
        return _alert(row)
    values = {column.name: getattr(row, f"told_{column.name}") for column in OperatorAlertRow.__table__.columns}
    return Tidings(OperatorAlert(**values), over=row.over)


def _alert(row: AnyRow) -> Alert:
    values = {column.name: getattr(row, f"alert_{column.name}") for column in AlertRow.__table__.columns}
    return Alert(**values | {"sectors": tuple(values["sectors"]), "article": _headline(values["article"])})


def _headline(article: Mapping[str, Any]) -> Headline:
    """Read what was stored, by whichever version: one odd row must not keep all others from being sent."""
    return Headline(
        title=article.get("title", ""),
        url=article.get("url", ""),
        source=article.get("source", ""),
        published=article.get("published"),
        language=article.get("language"),
    )


def _line(row: AnyRow) -> Line:
    return Line(State(row.state), row.attempts, row.unknowns, reason=row.last_error)


def _due(row: AnyRow) -> Due:
    parcel = Parcel(
        row.delivery_id,
        row.correlation_id,
        row.channel,
        row.address,
        row.secret,
        _message(row),
        row.subscription_id,
    )
    return Due(parcel, _line(row), row.target, wanted=row.removed_at is None and not row.outdated)


def _after(parameter: str) -> ColumnElement[datetime]:
    """Return the moment so many seconds from now; NULL for a parameter that is NULL."""
    none = 0  # years, months, weeks, days, hours, minutes
    seconds = bindparam(parameter, type_=Double)
    moment: ColumnElement[datetime] = _NOW + func.make_interval(none, none, none, none, none, none, seconds)
    return moment


_WRITE: Update = (
    update(DeliveryRow.__table__)  # type: ignore[arg-type]  # a Table, though declared as a FromClause
    .where(DeliveryRow.delivery_id == bindparam("the_delivery"))
    .values(
        state=bindparam("new_state"),
        attempts=bindparam("new_attempts"),
        unknowns=bindparam("new_unknowns"),
        last_error=bindparam("new_reason"),
        next_try_at=_after("wait_seconds"),
        leased_until=_after("lease_seconds"),
        sent_at=_after("sent_seconds_ago"),
    )
)


def _line_values(line: Line, lease_seconds: float | None) -> dict[str, object]:
    return {
        "new_state": str(line.state),
        "new_attempts": line.attempts,
        "new_unknowns": line.unknowns,
        "new_reason": line.reason,
        "wait_seconds": line.wait_seconds,
        "lease_seconds": lease_seconds if line.state is State.SENDING else None,
        "sent_seconds_ago": 0.0 if line.state is State.SENT else None,
    }
