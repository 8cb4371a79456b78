"""The queries of corrections: what an article raised, who was told, and what is told with an alert or after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, Row, ScalarSelect, Uuid, and_, exists, func, literal, or_, select, union, union_all
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from services.notifier.adapters.alert_rows import alert_of
from services.notifier.domain.correction import Correction, Kind, Raised
from services.notifier.domain.parcel import FETCHED, ToldTo
from shared.store.alerts import AlertCorrectionRow, AlertRow, AttemptRow, DeliveryAlertRow, DeliveryRow
from shared.store.definitions import WordListRow
from shared.store.unit_of_work import Work
from shared.store.verdicts import VerdictRow

CorrectionsByAlert = Mapping[UUID, Correction]

_Telling = aliased(DeliveryRow, name="telling")
_Earlier = aliased(AlertCorrectionRow, name="earlier")
_Mine = aliased(AlertCorrectionRow, name="mine")
_ROWS_PER_STATEMENT = 500  # a statement of Postgres takes at most 32,767 parameters
_COLUMNS = tuple(column for column in AlertCorrectionRow.__table__.columns)


class CorrectionQueries(Work):
    """What was told of an article, and what has become of it."""

    async def raised_by(self, article_id: UUID) -> tuple[Raised, ...]:
        """Return what this article raised, each with its newest correction.

        Nobody claims or writes a delivery of these alerts until this transaction ends.
        """
        rows = (
            await self.session.execute(
                select(AlertRow, VerdictRow.classifier)
                .join(VerdictRow, VerdictRow.verdict_id == AlertRow.verdict_id)
                .where(AlertRow.article_id == article_id)
                .order_by(AlertRow.alert_id)
                .with_for_update(of=AlertRow)
            )
        ).all()
        if not rows:
            return ()
        ids = [row.alert_id for row, _ in rows]
        await self.session.execute(
            select(DeliveryRow.delivery_id)
            .where(_tells_one_of(ids))
            .order_by(DeliveryRow.delivery_id)
            .with_for_update()
        )
        newest = {each.alert_id: each for each in await self._corrections(AlertCorrectionRow.alert_id == among(ids))}
        return tuple(Raised(alert_of(row), classifier, newest.get(row.alert_id)) for row, classifier in rows)

    async def add_corrections(self, corrections: Sequence[Correction]) -> frozenset[UUID]:
        """Store corrections and return the ids of those that were not there yet."""
        new: set[UUID] = set()
        for start in range(0, len(corrections), _ROWS_PER_STATEMENT):
            values = [asdict(each) for each in corrections[start : start + _ROWS_PER_STATEMENT]]
            statement = insert(AlertCorrectionRow).values(values).on_conflict_do_nothing()
            new.update(await self.session.scalars(statement.returning(AlertCorrectionRow.correction_id)))
        return frozenset(new)

    async def told_to(self, alert_ids: Collection[UUID]) -> tuple[ToldTo, ...]:
        """Return where these alerts were told or may have been; who has not been tried yet is told what stands then."""
        if not alert_ids:
            return ()
        ids = sorted(alert_ids)
        begun = or_(DeliveryRow.attempts > 0, DeliveryRow.channel.in_(sorted(FETCHED)))
        told = (begun, DeliveryRow.kind != "correction", DeliveryRow.state.not_in(("cancelled", "failed")))
        lane = (DeliveryRow.channel, DeliveryRow.address, DeliveryRow.member_id)
        first = (DeliveryRow.delivery_id, literal(0).label("place"))
        alone = select(DeliveryRow.alert_id, DeliveryRow.subscription_id, *lane, *first)
        beside = select(
            DeliveryAlertRow.alert_id, DeliveryAlertRow.subscription_id, *lane, *first[:1], DeliveryAlertRow.place
        ).join(DeliveryRow, DeliveryRow.delivery_id == DeliveryAlertRow.delivery_id)
        found = union_all(
            alone.where(DeliveryRow.alert_id == among(ids), *told),
            beside.where(DeliveryAlertRow.alert_id == among(ids), *told),
        ).subquery("found")
        columns = (found.c.alert_id, found.c.subscription_id, found.c.channel, found.c.address, found.c.member_id)
        rows = await self.session.execute(select(*columns).order_by(found.c.delivery_id, found.c.place))
        return tuple(ToldTo(*row) for row in rows)

    async def lists_named(self) -> dict[str, tuple[str, ...]]:
        """Return the members of all live word lists, by name."""
        rows = await self.session.execute(
            select(WordListRow.name, WordListRow.members).where(WordListRow.removed_at.is_(None))
        )
        return {name: tuple(members) for name, members in rows}

    async def corrections_told_with(self, delivery_ids: Collection[UUID]) -> dict[UUID, CorrectionsByAlert]:
        """Return, by delivery, the newest corrections of its alerts that are told with them.

        Those that were there when the first attempt of this round began, so that all attempts say the same. Ask once
        the deliveries are locked: a correction that is not seen then will find this attempt, and follow it.
        """
        begun = and_(
            AttemptRow.delivery_id == DeliveryRow.delivery_id, AttemptRow.attempt == DeliveryRow.earlier_attempts + 1
        )
        ids = sorted(delivery_ids)
        told = union(
            select(DeliveryRow.delivery_id, DeliveryRow.alert_id).where(DeliveryRow.delivery_id == among(ids)),
            select(DeliveryAlertRow.delivery_id, DeliveryAlertRow.alert_id).where(
                DeliveryAlertRow.delivery_id == among(ids)
            ),
        ).subquery("told")
        rows = await self.session.execute(
            select(DeliveryRow.delivery_id, *_COLUMNS)
            .select_from(told)
            .join(DeliveryRow, DeliveryRow.delivery_id == told.c.delivery_id)
            .join(AlertCorrectionRow, AlertCorrectionRow.alert_id == told.c.alert_id)
            .outerjoin(AttemptRow, begun)
            .where(DeliveryRow.kind != "correction")
            .where(or_(AttemptRow.started_at.is_(None), AlertCorrectionRow.corrected_at < AttemptRow.started_at))
            .order_by(AlertCorrectionRow.corrected_at)
        )
        found: defaultdict[UUID, dict[UUID, Correction]] = defaultdict(dict)
        for row in rows:
            found[row.delivery_id][row.alert_id] = correction_of_row(row)
        return dict(found)

    async def _corrections(self, condition: ColumnElement[bool]) -> list[Correction]:
        """Return corrections, the newest last."""
        rows = await self.session.execute(
            select(*_COLUMNS).where(condition).order_by(AlertCorrectionRow.corrected_at, AlertCorrectionRow.revision)
        )
        return [correction_of_row(row) for row in rows]


def among(ids: Collection[UUID]) -> ColumnElement[Any]:
    """Return the right side of "equals one of these ids", however many: they are one parameter."""
    return func.any(literal(list(ids), ARRAY(Uuid())))


def correction_of_row(row: Row[*tuple[Any, ...]], prefix: str = "") -> Correction:
    """Return the correction that stands in a row's columns, whose names begin with the prefix."""
    values = {column.name: getattr(row, prefix + column.name) for column in AlertCorrectionRow.__table__.columns}
    return Correction(**values | {"kind": cast("Kind", values["kind"])})


def is_to_wait() -> ColumnElement[bool]:
    """Return the condition that a correction is to wait: its alert, or an earlier correction of it, is on its way."""
    ahead = or_(
        and_(_Telling.kind != "correction", _Telling.attempts > 0, _Telling.state.in_(("sending", "retry", "held"))),
        and_(
            _Telling.kind == "correction",
            _Telling.state.in_(("pending", "sending", "retry", "held")),
            exists().where(
                _Earlier.correction_id == _Telling.correction_id,
                _Mine.correction_id == DeliveryRow.correction_id,
                _Earlier.corrected_at < _Mine.corrected_at,
            ),
        ),
    )
    return and_(DeliveryRow.correction_id.is_not(None), _to_the_same_receiver(ahead))


def was_told_before() -> ColumnElement[bool]:
    """Return the condition that the receiver of a correction has, or may have, the alert as it was before."""
    first = exists().where(
        AttemptRow.delivery_id == _Telling.delivery_id,
        AttemptRow.attempt == _Telling.earlier_attempts + 1,
        _Mine.correction_id == DeliveryRow.correction_id,
        AttemptRow.started_at < _Mine.corrected_at,
    )
    arrived = and_(_Telling.state.in_(("sent", "unknown")), first)
    return _to_the_same_receiver(and_(_Telling.kind != "correction", or_(arrived, _Telling.unknowns > 0)))


def told_in() -> ScalarSelect[Any]:
    """Return the query of the delivery that told a correction's alert to its receiver."""
    among = select(DeliveryAlertRow.delivery_id).where(DeliveryAlertRow.alert_id == DeliveryRow.alert_id)
    return (
        select(_Telling.delivery_id)
        .where(
            DeliveryRow.correction_id.is_not(None),
            _Telling.kind != "correction",
            _Telling.channel == DeliveryRow.channel,
            _Telling.address == DeliveryRow.address,
            or_(_Telling.alert_id == DeliveryRow.alert_id, _Telling.delivery_id.in_(among.correlate(DeliveryRow))),
            _Telling.state.in_(("sent", "unknown")),
        )
        .order_by(_Telling.sent_at)
        .limit(1)
        .correlate(DeliveryRow)
        .scalar_subquery()
    )


def _to_the_same_receiver(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that another delivery of a correction's alert, to its receiver, is so."""
    theirs = (
        _Telling.channel == DeliveryRow.channel,
        _Telling.address == DeliveryRow.address,
        _Telling.delivery_id != DeliveryRow.delivery_id,
        *conditions,
    )
    alone = select(literal(1)).where(_Telling.alert_id == DeliveryRow.alert_id, *theirs)
    among = (
        select(literal(1))
        .select_from(DeliveryAlertRow)
        .join(_Telling, _Telling.delivery_id == DeliveryAlertRow.delivery_id)
        .where(DeliveryAlertRow.alert_id == DeliveryRow.alert_id, *theirs)
    )
    return or_(alone.correlate(DeliveryRow).exists(), among.correlate(DeliveryRow).exists())


def _tells_one_of(alert_ids: Sequence[UUID]) -> ColumnElement[bool]:
    """Return the condition that a delivery tells one of these alerts, alone or among others."""
    telling = union_all(
        select(_Telling.delivery_id).where(_Telling.alert_id == among(alert_ids), _Telling.kind != "correction"),
        select(DeliveryAlertRow.delivery_id).where(DeliveryAlertRow.alert_id == among(alert_ids)),
    )
    return DeliveryRow.delivery_id.in_(telling)
