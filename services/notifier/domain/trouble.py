"""What operators are told: that a trouble began, and that it is over, in whatever order the news of both comes in.

A trouble is over when the news says so, or when a later trouble of the same thing has taken its place (a source that
failed and now refuses us): of that nobody is told apart from the later one. Whoever was never told that it began is
not told that it is over, and whoever could not be told of it in time hears of both at once, in the message that it is
over: nothing is lost, and nothing old comes after something new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from shared.contracts.events import TroubleChanged
from shared.kit.ids import id_for

REPLACED = "Another trouble has taken its place."


@dataclass(frozen=True)
class OperatorAlert:
    """A trouble: of which kind, about whom, since when; how it began, and (both None while it lasts) how it ended."""

    operator_alert_id: UUID
    kind: str
    about: str
    state: str
    sentence: str
    mend: str
    since: datetime
    opened_at: datetime
    over_at: datetime | None
    over_sentence: str | None
    correlation_id: UUID


@dataclass(frozen=True)
class Tidings:
    """What is told of a trouble: that it began, or that it is over; `to_owner`: to somebody whom it concerns."""

    alert: OperatorAlert
    over: bool
    to_owner: bool = False


@dataclass(frozen=True)
class Noted:
    """What is written down of a change: the rows that are new or changed, and what operators are told, if anything."""

    alerts: tuple[OperatorAlert, ...]
    tidings: Tidings | None = None


def note(event: TroubleChanged, known: Sequence[OperatorAlert]) -> Noted:
    """Return what becomes of a change; `known` are the troubles of the same kind and thing, in any order."""
    same = next((each for each in known if each.since == event.since), None)
    return _note_end(event, same, known) if event.over else _note_beginning(event, same, known)


def _note_beginning(event: TroubleChanged, same: OperatorAlert | None, known: Sequence[OperatorAlert]) -> Noted:
    if same is not None:  # told already, or over before it was heard of
        return Noted(())
    alert = _alert(event)
    later = [each.since for each in known if each.since > event.since]
    if later:
        return Noted((replace(alert, over_at=min(later), over_sentence=REPLACED),))
    replaced = [replace(each, over_at=event.since, over_sentence=REPLACED) for each in known if each.over_at is None]
    return Noted((*replaced, alert), Tidings(alert, over=False))


def _note_end(event: TroubleChanged, same: OperatorAlert | None, known: Sequence[OperatorAlert]) -> Noted:
    if same is not None and same.over_at is not None:
        return Noted(())
    if same is not None:
        ended = _ended(same, event)
        return Noted((ended,), Tidings(ended, over=True))
    # Its beginning comes later, and will find that it is over; so is what operators may have been told of before it.
    unheard = _ended(_alert(event), event)
    before = [_ended(each, event) for each in known if each.over_at is None and each.since < event.since]
    newest = max(before, key=lambda each: each.since, default=None)
    return Noted((unheard, *before), None if newest is None else Tidings(newest, over=True))


def _ended(alert: OperatorAlert, event: TroubleChanged) -> OperatorAlert:
    return replace(alert, over_at=event.occurred_at, over_sentence=event.sentence)


def _alert(event: TroubleChanged) -> OperatorAlert:
    return OperatorAlert(
        operator_alert_id=id_for("operator-alert", event.kind, event.about, event.since.isoformat()),
        kind=event.kind,
        about=event.about,
        state=event.state,
        sentence=event.sentence,
        mend=event.mend,
        since=event.since,
        opened_at=event.occurred_at,
        over_at=None,
        over_sentence=None,
        correlation_id=event.correlation_id,
    )
