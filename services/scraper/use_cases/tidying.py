"""Putting away what was kept long enough."""

from __future__ import annotations

import logging
from datetime import timedelta

from services.scraper.domain.copies import STORY_SPAN
from services.scraper.ports import Begin
from shared.kit.clock import Clock

logger = logging.getLogger(__name__)

HELD_TEXTS_KEPT = timedelta(days=30)  # long enough for a better gate, short enough not to be an archive of the world
HOSTS_KEPT = timedelta(days=30)  # a robots.txt may stand in for so long for one that cannot be had


class Tidying:
    """Puts away."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def tidy(self) -> None:
        """Empty the texts of articles held back a month ago; forget how old stories read, and hosts nobody asks."""
        emptied = 1
        while emptied:
            async with self._begin() as work:
                emptied = await work.forget_held_texts(HELD_TEXTS_KEPT)
            if emptied:
                logger.info("the texts of %d articles held back a month ago are gone", emptied)
        async with self._begin() as work:
            await work.forget_hosts(unused_for=HOSTS_KEPT)
        forgotten = 1
        while forgotten:
            async with self._begin() as work:
                forgotten = await work.forget_marks(self._clock.now() - STORY_SPAN)
