"""What the use cases need of the outside: a transaction with these queries, and a way to send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.notifier.domain.alert import Alert, Article
from services.notifier.domain.delivery import Line, Outcome
from services.notifier.domain.parcel import Attempt, Due, NewDelivery, Parcel, Subscription
from services.notifier.domain.trouble import OperatorAlert, Tidings
from shared.contracts.events import Event
from shared.contracts.saved_rules import SavedRules
from shared.contracts.verdict import Verdict
from shared.rules import Told

Send = Callable[[Parcel], Awaitable[Outcome]]


class Inbox(Protocol):
    """What every transaction can do: take up an event once, and announce others."""

    async def take(self, event_id: UUID, taker: str) -> bool:
        """Record that this taker handles the event in this transaction; False when it already did."""
        ...

    async def announce(self, event: Event) -> None:
        """Write the event to the outbox."""
        ...


class WatchWork(Inbox, Protocol):
    """The queries of matching: what is watched, what was judged, and the alerts that follow."""

    async def definitions_revision(self) -> int | None:
        """Return the number of the newest change to rules and subscriptions, None where changes are not counted."""
        ...

    async def saved_rules(self, since: int | None = None, implied: Collection[UUID] = ()) -> SavedRules:
        """Return what was saved after a revision, and these implied rules as they stand; with None all that counts."""
        ...

    async def article(self, article_id: UUID) -> Article | None:
        """Return the article."""
        ...

    async def verdict(self, verdict_id: UUID) -> Verdict | None:
        """Return the verdict. Raises ValueError when what is stored is none."""
        ...

    async def told(self, rule_ids: Collection[UUID], article: Article) -> Sequence[Told]:
        """Return the alerts that these rules have raised on the article or its story."""
        ...

    async def heard(self, alert_ids: Collection[UUID]) -> frozenset[tuple[UUID, str, str]]:
        """Return which of these alerts were, or are to be, delivered where: alert, channel and address."""
        ...

    async def add_alerts(self, alerts: Sequence[Alert]) -> frozenset[UUID]:
        """Store alerts and return the ids of those that were not there yet."""
        ...

    async def live_subscriptions(self, rule_ids: Collection[UUID]) -> tuple[Subscription, ...]:
        """Return the live subscriptions of these rules."""
        ...

    async def add_deliveries(self, deliveries: Sequence[NewDelivery]) -> None:
        """Write deliveries into the ledger, due at once; one that is there already stays as it is."""
        ...


class OperatorWork(Inbox, Protocol):
    """The queries of telling operators."""

    async def troubles_of(self, kind: str, about: str, since: datetime) -> tuple[OperatorAlert, ...]:
        """Return the troubles of this thing that last, and those since then; nobody else notes more until the end."""
        ...

    async def save_operator_alert(self, alert: OperatorAlert) -> None:
        """Store the operator alert as it is now."""
        ...

    async def operator_subscriptions(self) -> tuple[Subscription, ...]:
        """Return the live subscriptions of operators."""
        ...

    async def told_subscriptions(self, operator_alert_id: UUID) -> tuple[Subscription, ...]:
        """Return the live subscriptions to which there is a delivery of this trouble's beginning."""
        ...

    async def add_deliveries(self, deliveries: Sequence[NewDelivery]) -> None:
        """Write deliveries into the ledger, due at once; one that is there already stays as it is."""
        ...

    async def waiting_and_outdated(self, tidings: Tidings) -> tuple[tuple[UUID, Line], ...]:
        """Lock and return the lines of deliveries that wait, of older tidings of the same thing than these."""
        ...

    async def write(self, lines: Sequence[tuple[UUID, Line]], lease_seconds: float) -> None:
        """Write the lines of deliveries that this transaction has locked."""
        ...

    async def open_operator_alerts(self) -> int:
        """Return how many troubles last."""
        ...


class LedgerWork(Inbox, Protocol):
    """The queries of delivering. Times are the database's, so that all notifiers agree on them."""

    async def clock(self) -> datetime:
        """Return the database's time."""
        ...

    async def due(
        self, now: datetime, limit: int, without: Collection[str], under_way: Collection[UUID]
    ) -> tuple[Due, ...]:
        """Lock and return deliveries that wait for an attempt, and those whose sender died, the oldest first.

        Skips those that another notifier holds, those for the targets `without`, and those `under_way` with the
        caller, whose lease may have ended while it waits for the database.
        """
        ...

    async def seconds_until_due(self, now: datetime) -> float | None:
        """Return the seconds from `now` until the next delivery that is not due yet, None if there is none."""
        ...

    async def oldest_waiting_seconds(self) -> float:
        """Return how long ago the oldest alert was raised that is still to be sent to somebody, 0 if there is none."""
        ...

    async def write(self, lines: Sequence[tuple[UUID, Line]], lease_seconds: float) -> None:
        """Write the lines of deliveries that this transaction has locked; one being sent is leased."""
        ...

    async def settle(self, attempt: Attempt, line: Line) -> bool:
        """Write how an attempt left the line; False, and nothing written, when it is no longer this attempt's."""
        ...

    async def open_attempts(self, attempts: Sequence[Attempt]) -> None:
        """Record that attempts begin now."""
        ...

    async def close_attempt(self, delivery_id: UUID, attempt: int, outcome: Outcome) -> None:
        """Record how an attempt ended."""
        ...

    async def given_up(self, delivery_id: UUID | None) -> tuple[tuple[UUID, Line], ...]:
        """Lock and return the lines that were given up: all of them, or this one if it was."""
        ...


class NotifierWork(WatchWork, OperatorWork, LedgerWork, Protocol):
    """A transaction of the notifier."""


Begin = Callable[[], AbstractAsyncContextManager[NotifierWork]]
