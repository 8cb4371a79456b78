"""What is wrong with the house becomes an operator alert, and what those who asked for it are told: one transaction.

Of a channel that was disabled, the people whose channel it is hear as well.
"""

from __future__ import annotations

from services.notifier.domain.delivery import cancel
from services.notifier.domain.owners import told_apart, way_around
from services.notifier.domain.parcel import Subscription, delivery_of_tidings
from services.notifier.domain.trouble import Tidings, note
from services.notifier.ports import Begin, OperatorWork
from services.notifier.use_cases.channel_news import KIND as CHANNEL
from shared.contracts.events import TroubleChanged
from shared.contracts.streams import NOTIFIER_OPERATORS


class OperatorTeller:
    """Keeps what operators should know, and writes the deliveries of it."""

    def __init__(self, begin: Begin) -> None:
        self._begin = begin

    async def tell(self, event: TroubleChanged) -> bool:
        """Note that a trouble began or is over; True where somebody is to be told of it. A repeat is nothing."""
        async with self._begin() as work:
            if not await work.take(event.event_id, NOTIFIER_OPERATORS.name):
                return False
            noted = note(event, await work.troubles_of(event.kind, event.about, event.since))
            for alert in noted.alerts:
                await work.save_operator_alert(alert)
            return noted.tidings is not None and await _write_deliveries(work, noted.tidings)


async def _write_deliveries(work: OperatorWork, tidings: Tidings) -> bool:
    """Write the deliveries, in the place of older ones of the same thing that still wait.

    That a trouble is over is for those alone who were to be told that it began.
    """
    hearing = await _hearing(work, tidings)
    deliveries = [delivery_of_tidings(tidings, subscription) for subscription in hearing]
    await work.write([(each, cancel(line)) for each, line in await work.waiting_and_outdated(tidings)], 0.0)
    await work.add_deliveries(deliveries)
    return bool(deliveries)


async def _hearing(work: OperatorWork, tidings: Tidings) -> tuple[Subscription, ...]:
    """Return who is told: operators, and of a channel those whose it is, on another of theirs."""
    alert = tidings.alert
    if tidings.over:
        return await work.told_subscriptions(alert.operator_alert_id)
    operators = await work.operator_subscriptions()
    if alert.kind != CHANNEL:
        return operators
    disabled = await work.disabled_lanes()
    ways = [way_around(owner, disabled) for owner in await work.owners_of(alert.correlation_id)]
    return (*operators, *told_apart([way for way in ways if way is not None], operators))
