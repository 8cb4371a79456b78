"""The queries of what people are told: matching, correcting, telling operators."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.notifier.domain.alert import Alert, Article
from services.notifier.domain.correction import Correction, Raised
from services.notifier.domain.delivery import Line
from services.notifier.domain.heard import Heard
from services.notifier.domain.owners import Owner
from services.notifier.domain.parcel import (
    NewDelivery,
    NewExtra,
    NewWaiting,
    Subscription,
    ToldTo,
)
from services.notifier.domain.standing import Lane
from services.notifier.domain.trouble import OperatorAlert, Tidings
from services.notifier.ports.inbox import Inbox
from shared.contracts.saved_rules import SavedRules
from shared.contracts.verdict import Verdict
from shared.rules import Told


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
