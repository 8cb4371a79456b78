"""One person's alerts: what is unread, what was put off and until when, and where a page of them ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal, Self, TypeAlias
from uuid import UUID

from services.desk.domain.views import AlertView
from shared.contracts.timing import at_local, zone_of
from shared.kit.errors import WrongInput

Showing: TypeAlias = Literal["unread", "all", "snoozed"]
SHOWINGS: tuple[Showing, ...] = ("unread", "all", "snoozed")
SNOOZES = ("today", "tomorrow", "week")
MOST_COUNTED = 99  # in the navigation: more than one looks through in an hour
_EVENING, _MORNING = time(18), time(8)
_LATER = timedelta(hours=3)
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class InboxItem:
    """An alert that reached a person, with the messages that brought it to them alone.

    `news_at` is when it was last news: as it was raised, or its newest correction came. `snoozed_until` is ahead.
    """

    alert: AlertView
    news_at: datetime
    unread: bool
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """Where a page ends: the last item's moment and alert."""

    news_at: datetime
    alert_id: UUID

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return the edge that `str` wrote; None for nothing. Raises WrongInput for anything else."""
        if not text:
            return None
        moment, _, alert = text.partition("~")
        try:
            edge = cls(datetime.fromisoformat(moment), UUID(alert))
        except ValueError:
            edge = None
        if edge is None or edge.news_at.tzinfo is None:
            raise WrongInput("after", text, "is no place in the list", mend="Begin again with the newest.")
        return edge

    def __str__(self) -> str:
        return f"{self.news_at.isoformat()}~{self.alert_id}"


@dataclass(frozen=True, slots=True)
class InboxPage:
    """A page of a person's alerts, newest first; `next` is where the page after it begins, None for the last one."""

    items: tuple[InboxItem, ...]
    unread: int
    next: Edge | None = None


def showing_of(text: str) -> Showing:
    """Return which alerts to show; unread ones unless all or the snoozed are asked for."""
    return next((each for each in SHOWINGS if each == text), "unread")


def words_of(search: str) -> tuple[str, ...]:
    """Return the words that an alert must hold, all of them."""
    return tuple(dict.fromkeys(search.casefold().split()))[:8]  # more tell no alert from another


def snoozes_at(now: datetime, zone: str) -> tuple[tuple[str, datetime], ...]:
    """Return what can be chosen now and when that is on the person's clocks; late in the evening there is no today."""
    return tuple((each, moment) for each in SNOOZES if (moment := _moment(each, now, zone)) is not None)


def snoozed_until(choice: str, now: datetime, zone: str) -> datetime:
    """Return when an alert that is put off comes back. Raises WrongInput."""
    moment = _moment(choice, now, zone) if choice in SNOOZES else None
    if moment is None:
        raise WrongInput("until", choice, "cannot be chosen now", mend="Choose tomorrow morning, or next week.")
    return moment


def _moment(choice: str, now: datetime, zone: str) -> datetime | None:
    local = now.astimezone(zone_of(zone))
    today = local.date()
    match choice:
        case "tomorrow":
            return at_local(today + _DAY, _MORNING, zone)
        case "week":
            return at_local(today - _DAY * today.weekday() + _WEEK, _MORNING, zone)
    evening = at_local(today, _EVENING, zone)
    if evening - now >= timedelta(hours=1):
        return evening
    later = now + _LATER
    return later if later.astimezone(zone_of(zone)).date() == today else None
