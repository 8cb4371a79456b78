"""Articles whose pages are gone: asked once more, then announced as withdrawn."""

from __future__ import annotations

import logging

from services.scraper.domain.withdrawal import ASK_AGAIN_AFTER, is_gone
from services.scraper.ports import Begin, WaitingEntry
from shared.contracts.events import ArticleWithdrawn
from shared.kit.clock import Clock
from shared.kit.ids import id_for
from shared.web.looks import Look

logger = logging.getLogger(__name__)


class Withdrawals:
    """Notices that a page which was read before is gone."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def note(self, entry: WaitingEntry, look: Look) -> bool:
        """Note a page that is gone, and announce its article as withdrawn once that is sure.

        False where there is nothing to note: the page answers, or its words were never read there.
        """
        if entry.state != "again" or not is_gone(look):
            return False
        article_id = id_for("article", entry.canonical_url)
        async with self._begin() as work:
            gone = await work.note_gone(entry.entry_id, article_id)
            if gone is None:
                return False
            if gone.withdrawn:
                logger.warning("page %s: is gone for good", entry.url)
                await work.announce(
                    ArticleWithdrawn(
                        event_id=id_for("article.withdrawn", article_id, gone.revision),
                        occurred_at=self._clock.now(),
                        correlation_id=gone.correlation_id,
                        article_id=article_id,
                        url=entry.url,
                        revision=gone.revision,
                    )
                )
            wait = None if gone.withdrawn else ASK_AGAIN_AFTER
            await work.close_entry(entry.entry_id, mark=entry.mark, again_after=wait, gone=True)
        return True
