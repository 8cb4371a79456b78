"""The queries of the ledger: delivering, messages of several alerts, and what waits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.notifier.domain.delivery import Line
from services.notifier.domain.gathering import Waiting, WaitingAlert
from services.notifier.domain.holding import Hold
from services.notifier.domain.parcel import (
    Attempt,
    Due,
    Ended,
    NewDelivery,
    NewExtra,
    Reason,
    Subscription,
)
from services.notifier.domain.sorting import ToldReason
from services.notifier.domain.standing import Lane
from services.notifier.ports.inbox import Inbox
from shared.contracts.timing import Why


class LedgerWork(Inbox, Protocol):
    """The queries of delivering. Times are the database's, so that all notifiers agree on them."""

    async def pick(
        self,
        now: datetime,
        most: int,
        rooms: Mapping[Lane, int],
        full_targets: Collection[str],
        without: Collection[UUID],
    ) -> tuple[UUID, ...]:
        """Return deliveries that are due, of each address the oldest and at most as many as there is room for.

        Locks nothing: who takes them asks again. Leaves out those `without`, and addresses that asked for silence.
        """
        ...

    async def due(self, now: datetime, picked: Collection[UUID]) -> tuple[Due, ...]:
        """Lock and return those of the picked deliveries that still wait, or whose sender died, the oldest first.

        Skips those that another notifier holds.
        """
        ...

    async def held(self, delivery_id: UUID) -> Due | None:
        """Lock and return a delivery that is held, None where another notifier has it or it is held no longer."""
        ...

    async def seconds_until_due(self, now: datetime) -> float | None:
        """Return the seconds from `now` until the next delivery that is not due yet, None if there is none."""
        ...

    async def oldest_waiting_seconds(self) -> float:
        """Return for how long the oldest delivery is to be sent, 0 if there is none: raised then, or gathered."""
        ...

    async def write(self, lines: Sequence[tuple[UUID, Line]], lease_seconds: float) -> None:
        """Write the lines of deliveries that this transaction has locked; one being sent is leased."""
        ...

    async def settle(self, settled: Sequence[tuple[Attempt, Line]]) -> frozenset[UUID]:
        """Write how attempts left their lines; return the deliveries whose lines were still these attempts' own."""
        ...

    async def open_attempts(self, attempts: Sequence[Attempt]) -> None:
        """Record that attempts begin now."""
        ...

    async def close_attempts(self, ended: Sequence[Ended]) -> None:
        """Record how attempts ended."""
        ...

    async def given_up(self, delivery_id: UUID | None, channel: str | None) -> tuple[tuple[UUID, Line], ...]:
        """Lock and return the lines that were given up: all of them, this one if it was, or those of a channel."""
        ...


class ReasonWork(Protocol):
    """The queries of messages that tell several alerts."""

    async def told_by(self, delivery_ids: Collection[UUID]) -> dict[UUID, list[ToldReason]]:
        """Return what each of these deliveries tells, in its order."""
        ...

    async def stopped_rules(self) -> frozenset[UUID]:
        """Return the rules that stop switches are about."""
        ...

    async def retell(self, delivery_id: UUID, reasons: Sequence[Reason]) -> None:
        """Let a delivery, which this transaction has locked, tell these alerts and no others."""
        ...

    async def mixed_with(self, rule_id: UUID) -> dict[UUID, Lane]:
        """Lock and return the deliveries that wait, or are held, and tell of this rule and of others too."""
        ...


class WaitingWork(Protocol):
    """The queries of alerts that wait to be told later."""

    async def follow_readers(self) -> int:
        """Let what waits go to where its subscription goes now; return how much that is."""
        ...

    async def waiting_kinds(self) -> tuple[Waiting, ...]:
        """Return what waits, by reader, rule and what else decides when it is due."""
        ...

    async def take_reader(self, lane: Lane) -> bool:
        """Let nobody else gather for this reader until the end of the transaction; False where somebody does."""
        ...

    async def waiting_for(self, lane: Lane) -> tuple[WaitingAlert, ...]:
        """Lock and return what waits for one reader, the oldest first."""
        ...

    async def delivered_to(self, lane: Lane, alert_ids: Collection[UUID]) -> frozenset[UUID]:
        """Return which of these alerts this reader was told of, or is to be, by a message that was not cancelled."""
        ...

    async def add_gathered(self, delivery: NewDelivery, extras: Sequence[NewExtra]) -> None:
        """Write the message of what was gathered, due at once; one that is there already is an error, not a repeat."""
        ...

    async def end_waiting(
        self, lane: Lane, waited: Sequence[WaitingAlert], delivery_id: UUID | None, now: datetime
    ) -> None:
        """Write that these alerts wait no more: they were gathered into a delivery, or (None) nobody wants them."""
        ...


class LettingGoWork(Protocol):
    """The queries of letting go what was held."""

    async def who_wants_quiet(self, subscription_ids: Collection[UUID], now: datetime) -> tuple[Subscription, ...]:
        """Return those of these live subscriptions whose readers have quiet hours, a mute or a vacation."""
        ...

    async def wait_again(self, deliveries: Mapping[UUID, Why]) -> None:
        """Let messages that were never tried, and that this transaction has locked, be told later, each for a reason.

        They are gathered like what was to be told later from the first.
        """
        ...

    async def held_and_never_tried(self, hold: Hold) -> tuple[UUID, ...]:
        """Lock and return what this stop switch alone has held of alerts that nobody can have got, but for programs."""
        ...
