"""Doorways from the bus."""

from __future__ import annotations

from services.scraper.use_cases.pushes import Wakes
from shared.contracts.events import FeedPushed
from shared.contracts.streams import SCRAPER_WAKE, Durable
from shared.messaging.broker import Handler


def handlers(wakes: Wakes) -> tuple[tuple[Durable, Handler], ...]:
    """Return the scraper's durable consumer with the doorway that its events come through."""

    async def on_feed_pushed(event: FeedPushed) -> None:
        """Look at the source now."""
        await wakes.wake_source(event)

    return ((SCRAPER_WAKE, on_feed_pushed),)
