"""What a person asks of a backfill, and whether it begins, goes on, or is done already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from services.scraper.domain.backfill import Walk
from shared.kit.errors import WrongInput

Beginning = Literal["begins", "goes on", "is done"]

# News that is younger may be met by the walk before the scraper's next look meets it: it alerts as it would have.
NEWS_AGE = timedelta(hours=1)
_DATES = "Give a date such as 2026-01-31"


@dataclass(frozen=True, slots=True)
class Order:
    """How far back to go, and what alerts: moments as they were given, None for what was left out.

    `alerts` is "none" (nothing but the news of the last hour), "all" (as far back as the walk goes), or a date.
    `again` begins anew, whatever was walked before.
    """

    since: str | None = None
    alerts: str | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """An order with its dates read."""

    since: datetime
    alert_since: datetime


def beginning_of(order: Order, known: Walk | None, now: datetime) -> tuple[Beginning, Bounds]:
    """Return what an order comes to beside the walk that is known, and the bounds of the walk.

    Raises WrongInput for dates that cannot be, for a walk without `since`, and for one that differs from an unfinished
    one: its entries would be of two minds about alerts.
    """
    since = None if order.since is None else _past_moment("--since", order.since, now)
    if known is None or order.again or (known.done and since not in (None, known.since)):
        if since is None:
            mend = f"{_DATES}: the walk goes back so far."
            raise WrongInput("--since", None, "does not say how far to go back", mend=mend)
        return "begins", Bounds(since, _alert_since(order.alerts, since, now))
    if not known.done:
        _refuse_another(order, since, known)
    return "is done" if known.done else "goes on", Bounds(known.since, known.alert_since)


def _refuse_another(order: Order, since: datetime | None, known: Walk) -> None:
    mend = "Give the same to go on with it, or --again to begin anew."
    if since not in (None, known.since):
        why = f"differs from the unfinished walk's, which goes back to {known.since:%Y-%m-%d}"
        raise WrongInput("--since", order.since, why, mend=mend)
    if order.alerts is not None and _alert_since(order.alerts, known.since, known.started_at) != known.alert_since:
        why = f"differs from the unfinished walk's, which alerts on news since {known.alert_since:%Y-%m-%d %H:%M}"
        raise WrongInput("--alerts", order.alerts, why, mend=mend)


def _alert_since(given: str | None, since: datetime, now: datetime) -> datetime:
    match (given or "none").strip().lower():
        case "none":
            return now - NEWS_AGE
        case "all":
            return since
        case _:
            return _moment("--alerts", given or "", f"{_DATES}, all or none.")


def _past_moment(field: str, given: str, now: datetime) -> datetime:
    moment = _moment(field, given, f"{_DATES}.")
    if moment >= now:
        raise WrongInput(field, given, "is not in the past", mend=f"{_DATES}.")
    return moment


def _moment(field: str, given: str, mend: str) -> datetime:
    """Return a date's midnight in UTC, or a moment (in UTC where it names no zone)."""
    try:
        moment = datetime.fromisoformat(given.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise WrongInput(field, given, "is not a date", mend=mend) from wrong
