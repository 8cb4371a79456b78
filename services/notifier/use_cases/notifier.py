"""The notifier as its doorways see it."""

from __future__ import annotations

import asyncio
from uuid import UUID

from services.notifier.ports import Begin
from services.notifier.use_cases.correcting import Corrector
from services.notifier.use_cases.dispatching import Dispatched, Dispatcher
from services.notifier.use_cases.gathering import Gatherer, Round
from services.notifier.use_cases.raising import AlertRaiser
from services.notifier.use_cases.sending import replay_given_up
from services.notifier.use_cases.telling import OperatorTeller
from shared.contracts.events import AlertRaised, ArticleClassified, ArticleWithdrawn, TroubleChanged
from shared.contracts.streams import NOTIFIER_DELIVER
from shared.kit.failpoints import Step, passing
from shared.telemetry.metrics import (
    DELIVERIES_HELD,
    DELIVERY_OLDEST_SECONDS,
    OPERATOR_ALERTS_OPEN,
    WAITING_ALERTS,
    WAITING_OVERDUE_SECONDS,
)


class Notifier:
    """Raises alerts, tells operators, and sees to it that both are delivered: once, soon, never lost."""

    def __init__(
        self,
        begin: Begin,
        raiser: AlertRaiser,
        corrector: Corrector,
        teller: OperatorTeller,
        dispatcher: Dispatcher,
        gatherer: Gatherer,
    ) -> None:
        self._begin = begin
        self._gatherer = gatherer
        self._waits = asyncio.Event()
        self._raiser = raiser
        self._corrector = corrector
        self._teller = teller
        self._dispatcher = dispatcher

    async def raise_alerts(self, event: ArticleClassified) -> None:
        """Raise an alert for every rule that the article matches, and correct what an earlier version of it raised.

        Raises Never for an article nobody knows.
        """
        if await self._raiser.raise_alerts(event):
            self._waits.set()
        self._dispatcher.wake.set()  # the bus wakes all notifiers; this one need not wait for it

    async def tell_withdrawn(self, event: ArticleWithdrawn) -> None:
        """Correct the alerts of an article that was taken down. Raises Never for an article nobody knows."""
        if await self._corrector.withdraw(event):
            self._dispatcher.wake.set()

    async def follow_rules(self) -> None:
        """Take up what changed in the rules, so that no article has to wait for it. Raises Later when it takes long."""
        await self._raiser.follow_rules()

    async def tell_operators(self, event: TroubleChanged) -> None:
        """Keep that a trouble began or is over, and tell those who subscribed to hear of it."""
        if await self._teller.tell(event):
            self._dispatcher.wake.set()

    async def deliver_alert(self, event: AlertRaised) -> None:
        """Wake the dispatcher, which finds the deliveries in the ledger; a slow endpoint never holds up the bus."""
        async with self._begin() as work:
            if await work.take(event.event_id, NOTIFIER_DELIVER.name):
                passing(Step.ALERT_TAKEN)
        self._dispatcher.wake.set()

    async def dispatch_due(self) -> Dispatched:
        """Claim the deliveries that are due and fit, and begin to send them."""
        return await self._dispatcher.dispatch_due()

    async def gather_due(self) -> Round:
        """Make messages of what waited to be told later and is due; they are dispatched like any other."""
        self._waits.clear()  # before the look: what begins to wait from here on is looked at again
        made = await self._gatherer.gather_due()
        if made.gathered:
            self._dispatcher.wake.set()
        return made

    async def more_waits(self) -> None:
        """Wait until an alert was raised here that is to be told later."""
        await self._waits.wait()

    async def woken(self) -> None:
        """Wait until there may be something to dispatch: an alert was raised, a send has ended, or a replay begun."""
        await self._dispatcher.wake.wait()

    async def finish(self, limit_seconds: float) -> None:
        """Let the sends under way end, within the limit."""
        await self._dispatcher.finish(limit_seconds)

    async def replay_delivery(self, delivery_id: UUID) -> bool:
        """Put a delivery that was given up back in line, now; False when it was not given up."""
        return await self._replay(delivery_id) == 1

    async def replay_abandoned(self, channel: str | None = None) -> int:
        """Put every delivery that was given up back in line, now, or those of a channel; return how many.

        `channel` is a channel's name, or `channel:address`.
        """
        return await self._replay(None, channel)

    async def measure(self) -> None:
        """Show, in the metrics, the age of the oldest delivery still to be sent, and the troubles that last."""
        async with self._begin() as work:
            DELIVERY_OLDEST_SECONDS.set(await work.oldest_waiting_seconds())
            OPERATOR_ALERTS_OPEN.set(await work.open_operator_alerts())
            DELIVERIES_HELD.set(await work.held_in_all())
        waiting = await self._gatherer.look()
        WAITING_ALERTS.set(waiting.waiting)
        WAITING_OVERDUE_SECONDS.set(waiting.overdue_seconds)

    async def _replay(self, delivery_id: UUID | None, channel: str | None = None) -> int:
        count = await replay_given_up(self._begin, delivery_id, channel)
        self._dispatcher.wake.set()
        return count
