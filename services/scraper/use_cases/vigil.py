"""Keeping watch over the sources together: a language that falls silent, and troubles that nobody will see end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from services.scraper.domain.source import SourceState
from services.scraper.domain.telling import Trouble, gives_news, told_of_source_set_aside
from services.scraper.domain.vigil import FEWEST_SOURCES, LanguageStanding, changed_languages
from services.scraper.ports import Begin, SourceOfLanguage, Work
from shared.kit.clock import Clock
from shared.telemetry import metrics

_TASK = "scraper.vigil"


class Vigil:
    """Tells operators what no single look can see."""

    def __init__(self, begin: Begin, clock: Clock) -> None:
        self._begin = begin
        self._clock = clock

    async def look_around(self) -> None:
        """Tell of languages that fell silent or have news again, and end the troubles of sources that were set aside.

        Of several scrapers one does it at a time.
        """
        async with self._begin() as work:
            _measure(await work.count_sources())
            if await work.alone_at(_TASK):
                await self._languages(work)
                await self._set_aside(work)

    async def _languages(self, work: Work) -> None:
        sources = [_standing(source) for source in await work.sources_by_language()]
        told = await work.silences_told()
        spoken = Counter(source.language for source in sources)
        times = await work.news_times({language for language, count in spoken.items() if count >= FEWEST_SOURCES})
        for event in changed_languages(told, sources, self._clock.now(), news_times=times):
            await work.note_silence(event.about, None if event.over else event.since)
            await work.announce(event)

    async def _set_aside(self, work: Work) -> None:
        now = self._clock.now()
        for source in await work.set_aside_in_trouble():
            if source.told_state in set(SourceState):
                trouble = Trouble(SourceState(source.told_state), source.told_since)
                await work.announce(told_of_source_set_aside(source.name, trouble, now))


def _measure(counts: Mapping[str, int]) -> None:
    for state in SourceState:
        metrics.SOURCES.labels(state.value).set(counts.get(state.value, 0))


def _standing(source: SourceOfLanguage) -> LanguageStanding:
    """Return the source's part in its language; one whose trouble was not worth telling counts as healthy."""
    told = source.told_state if source.told_state in set(SourceState) else None
    healthy = told is None or gives_news(SourceState(told))
    return LanguageStanding(source.language, source.last_new_at, healthy=healthy)
