"""The queries of delivering. All times are the database's, so that replicas agree on what is due and what is leased."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Double,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    extract,
    func,
    not_,
    or_,
    select,
    text,
)

from services.notifier.adapters.alert_rows import ALERT_COLUMNS, PREFIX, AnyRow, alert_of, lists_named
from services.notifier.adapters.correction_queries import (
    CorrectionQueries,
    CorrectionsByAlert,
    correction_of_row,
    is_to_wait,
    told_in,
    was_told_before,
)
from services.notifier.adapters.operator_queries import is_held_up, is_outdated
from services.notifier.adapters.reason_queries import tells_several
from services.notifier.adapters.standing_queries import is_kept_back
from services.notifier.adapters.team_members import hears_no_more, member_written_to
from services.notifier.domain.alert import Alert
from services.notifier.domain.correction import Corrected
from services.notifier.domain.delivery import GIVEN_UP, Delivered, Line, Outcome, State, Unknown
from services.notifier.domain.parcel import Attempt, Due, Ended, Parcel
from services.notifier.domain.trouble import OperatorAlert, Tidings
from shared.store.alerts import AlertCorrectionRow, AlertRow, DeliveryRow, OperatorAlertRow, WaitingAlertRow
from shared.store.base import UtcDateTime
from shared.store.definitions import SubscriptionRow

_MOST_DETAIL_CHARACTERS = 1000  # of a sentence, in the record of an attempt
_MOST_ANSWER_CHARACTERS = 500  # of what the receiver said
_NOW = func.clock_timestamp(type_=UtcDateTime())
_OPEN = DeliveryRow.state.in_(("pending", "sending", "retry"))  # spelt as in the index of what is due
_OF_OPERATORS = DeliveryRow.operator_alert_id.is_not(None)

# What a slow receiver delays: the host of a webhook, the one mail server of all mails, Slack or Telegram as a whole.
_TARGET: ColumnElement[str] = case(
    (
        DeliveryRow.channel == "webhook",
        func.lower(func.coalesce(func.substring(DeliveryRow.address, "^[A-Za-z]+://([^/?#]+)"), DeliveryRow.address)),
    ),
    else_=DeliveryRow.channel,
)


class LedgerQueries(CorrectionQueries):
    """The ledger: what is due, who sends it, how it ended."""

    async def clock(self) -> datetime:
        """Return the database's time."""
        return (await self.session.execute(select(_NOW))).scalar_one()

    async def due(self, now: datetime, picked: Collection[UUID]) -> tuple[Due, ...]:
        """Lock and return those of the picked deliveries that still wait, or whose sender died, the oldest first.

        Skips those that another notifier holds. What operators are told waits for older tidings of the same thing that
        are on their way to the same receiver, and is not wanted where newer ones are. A correction waits for its alert.
        """
        if not picked:
            return ()
        found = await self.session.execute(_due_of(), {"ids": sorted(picked), "now": now})
        return await self._dues(found.all())

    async def held(self, delivery_id: UUID) -> Due | None:
        """Lock and return a delivery that is held, None where another notifier has it or it is held no longer."""
        statement = _due_lines().where(DeliveryRow.delivery_id == delivery_id, DeliveryRow.state == "held")
        dues = await self._dues((await self.session.execute(statement)).all())
        return dues[0] if dues else None

    async def _dues(self, rows: Sequence[AnyRow]) -> tuple[Due, ...]:
        corrections = await self.corrections_told_with([row.delivery_id for row in rows]) if rows else {}
        return tuple(_due(row, corrections.get(row.delivery_id, {})) for row in rows)

    async def seconds_until_due(self, now: datetime) -> float | None:
        """Return the seconds from `now` until the next delivery that is not due yet, None if there is none."""
        statement = select(func.min(DeliveryRow.next_try_at)).where(_OPEN, DeliveryRow.next_try_at > now)
        first = await self.session.scalar(statement)
        return None if first is None else (first - now).total_seconds()

    async def oldest_waiting_seconds(self) -> float:
        """Return for how long the oldest delivery is to be sent, 0 if there is none: since its alert was raised.

        Of what was told later on purpose, since it was gathered.
        """
        told_at = case((DeliveryRow.over, OperatorAlertRow.over_at), else_=OperatorAlertRow.opened_at)
        gathered_at = (
            select(func.min(WaitingAlertRow.ended_at))
            .where(WaitingAlertRow.alert_id == DeliveryRow.alert_id)
            .where(WaitingAlertRow.delivery_id == DeliveryRow.delivery_id)
            .scalar_subquery()
        )
        oldest = await self.session.scalar(
            select(extract("epoch", _NOW - func.min(func.coalesce(gathered_at, AlertRow.raised_at, told_at))))
            .select_from(DeliveryRow)
            .outerjoin(AlertRow, AlertRow.alert_id == DeliveryRow.alert_id)
            .outerjoin(OperatorAlertRow, OperatorAlertRow.operator_alert_id == DeliveryRow.operator_alert_id)
            .where(_OPEN)
        )
        return 0.0 if oldest is None else max(0.0, float(oldest))

    async def write(self, lines: Sequence[tuple[UUID, Line]], lease_seconds: float) -> None:
        """Write the lines of deliveries that this transaction has locked; one being sent is leased."""
        if lines:
            await self.session.execute(_WRITE, _line_values(lines, None, lease_seconds))

    async def settle(self, settled: Sequence[tuple[Attempt, Line]]) -> frozenset[UUID]:
        """Write how attempts left their lines; return the deliveries whose lines were still these attempts' own."""
        lines = [(attempt.parcel.delivery_id, line) for attempt, line in settled]
        numbers = [attempt.line.attempts for attempt, _ in settled]
        return frozenset(await self.session.scalars(_WRITE, _line_values(lines, numbers, 0.0)))

    async def open_attempts(self, attempts: Sequence[Attempt]) -> None:
        """Record that attempts begin now."""
        if attempts:
            parameters = {
                "ids": [each.parcel.delivery_id for each in attempts],
                "numbers": [each.line.attempts for each in attempts],
            }
            await self.session.execute(_OPEN_ATTEMPTS, parameters)

    async def close_attempts(self, ended: Sequence[Ended]) -> None:
        """Record how attempts ended; what its own sender tells replaces what others supposed of it."""
        parameters = {
            "ids": [each.delivery_id for each in ended],
            "numbers": [each.number for each in ended],
            "outcomes": [type(each.outcome).__name__.lower() for each in ended],
            "details": [_detail(each.outcome)[:_MOST_DETAIL_CHARACTERS] for each in ended],
            "latencies": [each.latency_milliseconds for each in ended],
            "answers": [_answer(each.outcome) for each in ended],
        }
        await self.session.execute(_CLOSE, parameters)

    async def given_up(self, delivery_id: UUID | None, channel: str | None) -> tuple[tuple[UUID, Line], ...]:
        """Lock and return the lines that were given up: all of them, this one if it was, or those of a channel.

        `channel` is a channel's name, or `channel:address`.
        """
        statement = (
            select(
                DeliveryRow.delivery_id,
                DeliveryRow.state,
                DeliveryRow.attempts,
                DeliveryRow.unknowns,
                DeliveryRow.last_error,
                DeliveryRow.earlier_attempts,
            )
            .where(DeliveryRow.state.in_(sorted(GIVEN_UP)))
            .order_by(DeliveryRow.delivery_id)
            .with_for_update()
        )
        if delivery_id is not None:
            statement = statement.where(DeliveryRow.delivery_id == delivery_id)
        if channel is not None:
            in_full = DeliveryRow.channel + ":" + DeliveryRow.address
            statement = statement.where(or_(DeliveryRow.channel == channel, in_full == channel))
        return tuple((row.delivery_id, _line(row)) for row in await self.session.execute(statement))


_CORRECTION_COLUMNS = tuple(column.label(f"corrected_{column.name}") for column in AlertCorrectionRow.__table__.columns)
_OPERATOR_ALERT_COLUMNS = tuple(column.label(f"told_{column.name}") for column in OperatorAlertRow.__table__.columns)


def _message(row: AnyRow) -> Alert | Corrected | Tidings:
    if row.corrected_correction_id is not None:
        return Corrected(alert_of(row, "alert_"), correction_of_row(row, "corrected_"))
    if row.told_operator_alert_id is None:
        return alert_of(row, PREFIX)
    values = {column.name: getattr(row, f"told_{column.name}") for column in OperatorAlertRow.__table__.columns}
    return Tidings(OperatorAlert(**values), over=row.over, to_owner=row.topic != "operators")


def _line(row: AnyRow) -> Line:
    return Line(State(row.state), row.attempts, row.unknowns, reason=row.last_error, earlier=row.earlier_attempts)


@cache  # putting it together takes longer than asking
def _due_of() -> Select[*tuple[Any, ...]]:
    """Return the query of those of the deliveries `ids` that are due `now`."""
    ids = bindparam("ids", type_=ARRAY(Uuid()))
    now = bindparam("now", type_=UtcDateTime())
    return (
        _due_lines()
        .where(DeliveryRow.delivery_id == func.any(ids), _OPEN, DeliveryRow.next_try_at <= now)
        .where(or_(DeliveryRow.state != "sending", DeliveryRow.leased_until < now))
        .where(not_(and_(_OF_OPERATORS, is_held_up())), not_(and_(is_to_wait(), not_(is_kept_back()))))
        .order_by(DeliveryRow.next_try_at)
    )


@cache
def _due_lines() -> Select[*tuple[Any, ...]]:
    """Return the query of deliveries with all that sending them takes; what another notifier holds is skipped."""
    return (
        select(
            DeliveryRow.delivery_id,
            DeliveryRow.correlation_id,
            DeliveryRow.channel,
            DeliveryRow.address,
            DeliveryRow.state,
            DeliveryRow.attempts,
            DeliveryRow.earlier_attempts,
            DeliveryRow.unknowns,
            DeliveryRow.last_error,
            SubscriptionRow.subscription_id,
            SubscriptionRow.secret,
            SubscriptionRow.removed_at,
            SubscriptionRow.team_id,
            member_written_to().label("member"),
            hears_no_more().label("hears_no_more"),
            SubscriptionRow.topic,
            DeliveryRow.over,
            DeliveryRow.kind,
            DeliveryRow.part,
            DeliveryRow.parts,
            tells_several().label("several"),
            _TARGET.label("target"),
            and_(_OF_OPERATORS, is_outdated()).label("outdated"),
            is_kept_back().label("kept_back"),
            lists_named().label("lists"),
            and_(DeliveryRow.correction_id.is_not(None), not_(was_told_before())).label("needless"),
            told_in().label("answers"),
            *ALERT_COLUMNS,
            *_OPERATOR_ALERT_COLUMNS,
            *_CORRECTION_COLUMNS,
        )
        .outerjoin(AlertRow, AlertRow.alert_id == DeliveryRow.alert_id)
        .outerjoin(OperatorAlertRow, OperatorAlertRow.operator_alert_id == DeliveryRow.operator_alert_id)
        .outerjoin(AlertCorrectionRow, AlertCorrectionRow.correction_id == DeliveryRow.correction_id)
        .join(SubscriptionRow, SubscriptionRow.subscription_id == DeliveryRow.subscription_id)
        .with_for_update(of=DeliveryRow, skip_locked=True)
    )


def _due(row: AnyRow, corrections: CorrectionsByAlert) -> Due:
    parcel = Parcel(
        row.delivery_id,
        row.correlation_id,
        row.channel,
        row.address,
        row.secret,
        _message(row),
        row.subscription_id,
        row.lists or {},
        corrections,
        row.answers,
        shared=row.team_id is not None,
        member=row.member,
    )
    wanted = row.removed_at is None and not row.hears_no_more and not row.outdated and not row.needless
    return Due(
        parcel,
        _line(row),
        row.target,
        wanted=wanted,
        held=row.kept_back,
        kind=row.kind,
        several=row.several,
        part=row.part,
        parts=row.parts,
    )


def _detail(outcome: Outcome) -> str:
    return outcome.detail if isinstance(outcome, Delivered) else outcome.sentence


def _answer(outcome: Outcome) -> str | None:
    return None if isinstance(outcome, Unknown) else outcome.answer[:_MOST_ANSWER_CHARACTERS] or None


# Many lines in one statement; where the attempt's number is given, only a line that is still that attempt's.
_WRITE = text("""
UPDATE deliveries
   SET state = new.state, attempts = new.attempts, earlier_attempts = new.earlier, unknowns = new.unknowns,
       last_error = new.reason,
       next_try_at = CASE WHEN new.state = 'held' THEN deliveries.next_try_at
                          ELSE clock_timestamp() + make_interval(secs => new.wait_seconds) END,
       leased_until = CASE WHEN new.state = 'sending'
                           THEN clock_timestamp() + make_interval(secs => :lease_seconds) END,
       sent_at = CASE WHEN new.state = 'sent' THEN clock_timestamp() END
  FROM unnest(:ids, :states, :attempts, :earlier, :unknowns, :reasons, :waits_seconds, :numbers)
    AS new (delivery_id, state, attempts, earlier, unknowns, reason, wait_seconds, number)
 WHERE deliveries.delivery_id = new.delivery_id
   AND (new.number IS NULL OR (deliveries.state = 'sending' AND deliveries.attempts = new.number))
RETURNING deliveries.delivery_id
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("states", type_=ARRAY(Text())),
    bindparam("attempts", type_=ARRAY(BigInteger())),
    bindparam("earlier", type_=ARRAY(BigInteger())),
    bindparam("unknowns", type_=ARRAY(BigInteger())),
    bindparam("reasons", type_=ARRAY(Text())),
    bindparam("waits_seconds", type_=ARRAY(Double())),
    bindparam("numbers", type_=ARRAY(BigInteger())),
    bindparam("lease_seconds", type_=Double()),
)

_OPEN_ATTEMPTS = text("""
INSERT INTO attempts (delivery_id, attempt, started_at)
SELECT new.delivery_id, new.number, clock_timestamp() FROM unnest(:ids, :numbers) AS new (delivery_id, number)
""").bindparams(bindparam("ids", type_=ARRAY(Uuid())), bindparam("numbers", type_=ARRAY(BigInteger())))

_CLOSE = text("""
UPDATE attempts
   SET ended_at = clock_timestamp(), outcome = new.outcome, detail = new.detail,
       latency_milliseconds = new.latency, answer = new.answer
  FROM unnest(:ids, :numbers, :outcomes, :details, :latencies, :answers)
    AS new (delivery_id, number, outcome, detail, latency, answer)
 WHERE attempts.delivery_id = new.delivery_id AND attempts.attempt = new.number
""").bindparams(
    bindparam("ids", type_=ARRAY(Uuid())),
    bindparam("numbers", type_=ARRAY(BigInteger())),
    bindparam("outcomes", type_=ARRAY(Text())),
    bindparam("details", type_=ARRAY(Text())),
    bindparam("latencies", type_=ARRAY(BigInteger())),
    bindparam("answers", type_=ARRAY(Text())),
)


def _line_values(
    lines: Sequence[tuple[UUID, Line]], numbers: Sequence[int] | None, lease_seconds: float
) -> dict[str, object]:
    return {
        "ids": [delivery_id for delivery_id, _ in lines],
        "states": [str(line.state) for _, line in lines],
        "attempts": [line.attempts for _, line in lines],
        "earlier": [line.earlier for _, line in lines],
        "unknowns": [line.unknowns for _, line in lines],
        "reasons": [line.reason for _, line in lines],
        "waits_seconds": [line.wait_seconds for _, line in lines],
        "numbers": numbers if numbers is not None else [None] * len(lines),
        "lease_seconds": lease_seconds,
    }
