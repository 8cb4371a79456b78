"""What the use cases need of the outside: a transaction with these queries, and a way to send."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.notifier.domain.alert import Alert, Article
from services.notifier.domain.correction import Correction, Raised
from services.notifier.domain.delivery import Line, Outcome, State
from services.notifier.domain.gathering import Waiting, WaitingAlert
from services.notifier.domain.heard import Heard
from services.notifier.domain.holding import Hold
from services.notifier.domain.overview import ChannelGlance, DeliveryGlance, DeliveryRecord
from services.notifier.domain.owners import Owner
from services.notifier.domain.parcel import (
    Attempt,
    Due,
    Ended,
    NewDelivery,
    NewExtra,
    NewWaiting,
    Parcel,
    Reason,
    Subscription,
    ToldTo,
)
from services.notifier.domain.sorting import ToldReason
from services.notifier.domain.standing import Lane, Standing
from services.notifier.domain.trouble import OperatorAlert, Tidings
from shared.contracts.events import Event
from shared.contracts.saved_rules import SavedRules
from shared.contracts.verdict import Verdict
from shared.rules import Told

Send = Callable[[Parcel], Awaitable[Outcome]]


class Inbox(Protocol):
    """What every transaction can do: tell the time, take up an event once, and announce others."""

    async def clock(self) -> datetime:
        """Return the database's time."""
        ...

    async def take(self, event_id: UUID, taker: str) -> bool:
        """Record that this taker handles the event in this transaction; False when it already did."""
        ...

    async def announce(self, event: Event) -> None:
        """Write the event to the outbox."""
        ...

    async def announce_all(self, events: Sequence[Event]) -> None:
        """Write events to the outbox in one statement."""
        ...


class CorrectionWork(Inbox, Protocol):
    """The queries of correcting what was told."""

    async def article(self, article_id: UUID) -> Article | None:
        """Return the article."""
        ...

    async def raised_by(self, article_id: UUID) -> tuple[Raised, ...]:
        """Return what this article raised, each with its newest correction.

        Nobody claims or writes a delivery of these alerts until this transaction ends.
        """
        ...

    async def verdict(self, verdict_id: UUID) -> Verdict | None:
        """Return the verdict. Raises ValueError when what is stored is none."""
        ...

    async def newest_verdict(self, article_id: UUID) -> UUID | None:
        """Return the id of the newest verdict on an article."""
        ...

    async def live_subscriptions(self, rule_ids: Collection[UUID]) -> tuple[Subscription, ...]:
        """Return the live subscriptions of these rules; a team's that names no address once for each member."""
        ...

    async def lists_named(self) -> dict[str, tuple[str, ...]]:
        """Return the members of all live word lists, by name."""
        ...

    async def add_corrections(self, corrections: Sequence[Correction]) -> frozenset[UUID]:
        """Store corrections and return the ids of those that were not there yet."""
        ...

    async def told_to(self, alert_ids: Collection[UUID]) -> tuple[ToldTo, ...]:
        """Return where these alerts were told or may have been; who has not been tried yet is told what stands then."""
        ...

    async def add_deliveries(self, deliveries: Sequence[NewDelivery]) -> None:
        """Write deliveries into the ledger, due at once; one that is there already stays as it is."""
        ...


class WatchWork(CorrectionWork, Protocol):
    """The queries of matching: what is watched, what was judged, and the alerts that follow."""

    async def definitions_revision(self) -> int | None:
        """Return the number of the newest change to rules and subscriptions, None where changes are not counted."""
        ...

    async def saved_rules(self, since: int | None = None, implied: Collection[UUID] = ()) -> SavedRules:
        """Return what was saved after a revision, and these implied rules as they stand; with None all that counts."""
        ...

    async def told(self, rule_ids: Collection[UUID], article: Article) -> Sequence[Told]:
        """Return the alerts that these rules have raised on the article or its story."""
        ...

    async def claims_told(self, claims: Collection[tuple[UUID, str]], since: datetime) -> Sequence[Told]:
        """Return what these rules have told since then as claims about an agreement: pairs of a rule's id and its id.

        Nobody else raises alerts on these claims until the end of the transaction.
        """
        ...

    async def heard(self, alert_ids: Collection[UUID]) -> Heard:
        """Return who was told of these alerts, is to be, or waits for them, alone or beside others."""
        ...

    async def lock_readers(self, lanes: Collection[Lane]) -> None:
        """Let nobody else write down for these readers what they hear late, nor gather it, until the end."""
        ...

    async def bursting(self, lanes: Collection[Lane], since: datetime, most: int) -> frozenset[Lane]:
        """Return which of these readers were sent so many messages since then, or have a bundle waiting."""
        ...

    async def add_alerts(self, alerts: Sequence[Alert]) -> frozenset[UUID]:
        """Store alerts and return the ids of those that were not there yet."""
        ...

    async def add_extras(self, extras: Sequence[NewExtra]) -> None:
        """Write what deliveries tell beside their first alert."""
        ...

    async def add_waiting(self, waiting: Sequence[NewWaiting]) -> None:
        """Write alerts that are told later; one that waits or waited there already stays as it is."""
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
        """Return the live subscriptions to which there is a delivery of this trouble's beginning, and where it went."""
        ...

    async def owners_of(self, lane_id: UUID) -> tuple[Owner, ...]:
        """Return the people whose alerts go to the address of this id, and those who own a rule that is heard there."""
        ...

    async def disabled_lanes(self) -> frozenset[Lane]:
        """Return the addresses and channels to which nothing is sent."""
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
        """Return how long ago the oldest alert was raised that is still to be sent to somebody, 0 if there is none."""
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


class StandingWork(Inbox, Protocol):
    """The queries of how addresses stand, of what holds sending back, and of letting it go again."""

    async def standings(self, lanes: Collection[Lane]) -> dict[Lane, Standing]:
        """Lock and return how these addresses stand; those that are well are not among them."""
        ...

    async def save_standings(self, standings: Mapping[Lane, Standing]) -> None:
        """Write how addresses stand; of one that is well nothing is kept."""
        ...

    async def probes_due(self, now: datetime, most: int) -> dict[Lane, Standing]:
        """Lock and return disabled addresses whose next probe is due, and that hold something to probe them with."""
        ...

    async def oldest_held(self, lane: Lane) -> UUID | None:
        """Return the oldest delivery that is held for this address alone, and that no stop switch holds as well."""
        ...

    async def hold_lane(self, lane: Lane) -> int:
        """Hold what waits for this address; return how many that are."""
        ...

    async def hold_scope(self, hold: Hold) -> int:
        """Hold what waits and is of this stop switch; return how many that are."""
        ...

    async def release_lane(self, lane: Lane) -> int:
        """Let go on at once what is held for this address, in a new round, unless something else holds it."""
        ...

    async def release_all(self) -> int:
        """Let go on what nothing holds any longer; what waited for a retry waits for it still."""
        ...

    async def drop_scope(self, hold: Hold, why: str) -> int:
        """Cancel what this stop switch held back; return how many that were."""
        ...

    async def hurry_lane(self, lane: Lane) -> int:
        """Make due at once what waits for another attempt at this address: it takes messages again."""
        ...

    async def listeners(self, lane: Lane) -> tuple[str, ...]:
        """Return the names of the rules whose alerts go there, with their owners where they have one."""
        ...

    async def open_holds(self) -> tuple[Hold, ...]:
        """Return the stop switches that are thrown, the oldest first."""
        ...

    async def add_hold(self, hold: Hold) -> bool:
        """Throw a stop switch; False where the same one is thrown already."""
        ...

    async def end_hold(self, hold: Hold, by: str, ending: str, now: datetime) -> None:
        """Put a stop switch back."""
        ...

    async def rule_id_of(self, name: str) -> tuple[UUID, str] | None:
        """Return the id and name of the live rule of this name, in any case of letters."""
        ...

    async def held_by_scope(self, holds: Sequence[Hold]) -> dict[UUID, int]:
        """Return how many deliveries are kept back under each stop switch; one may be under several."""
        ...

    async def held_in_all(self) -> int:
        """Return how many deliveries are held."""
        ...


class OverviewWork(Protocol):
    """The queries of showing people how deliveries and channels fare."""

    async def glances(self, states: Collection[State], channel: str | None, limit: int) -> tuple[DeliveryGlance, ...]:
        """Return deliveries, newest attempt first: of these states (any where there are none), and of a channel."""
        ...

    async def record(self, delivery_id: UUID) -> DeliveryRecord | None:
        """Return everything of one delivery."""
        ...

    async def channel_glances(self) -> tuple[ChannelGlance, ...]:
        """Return every address that somebody subscribes with or that does not stand well."""
        ...


class NotifierWork(WatchWork, OperatorWork, LedgerWork, ReasonWork, WaitingWork, StandingWork, OverviewWork, Protocol):
    """A transaction of the notifier."""


Begin = Callable[[], AbstractAsyncContextManager[NotifierWork]]
