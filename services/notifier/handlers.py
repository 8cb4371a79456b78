"""Doorways from the bus."""

from __future__ import annotations

from services.notifier.use_cases import Notifier
from shared.contracts.events import AlertRaised, ArticleClassified, ArticleWithdrawn, TroubleChanged
from shared.contracts.streams import NOTIFIER_DELIVER, NOTIFIER_MATCH, NOTIFIER_OPERATORS, NOTIFIER_WITHDRAWN, Durable
from shared.messaging.broker import Handler


def handlers(notifier: Notifier) -> tuple[tuple[Durable, Handler], ...]:
    """Return each durable consumer with the doorway that its events come through."""

    async def on_article_classified(event: ArticleClassified) -> None:
        """Match the article against what is watched."""
        await notifier.raise_alerts(event)

    async def on_alert_raised(event: AlertRaised) -> None:
        """See to the alert's deliveries."""
        await notifier.deliver_alert(event)

    async def on_trouble_changed(event: TroubleChanged) -> None:
        """Tell operators."""
        await notifier.tell_operators(event)

    async def on_article_withdrawn(event: ArticleWithdrawn) -> None:
        """Correct what the article raised."""
        await notifier.tell_withdrawn(event)

    return (
        (NOTIFIER_MATCH, on_article_classified),
        (NOTIFIER_DELIVER, on_alert_raised),
        (NOTIFIER_OPERATORS, on_trouble_changed),
        (NOTIFIER_WITHDRAWN, on_article_withdrawn),
    )
