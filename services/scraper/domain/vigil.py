"""Whole languages: one in which every source has fallen silent is a trouble of its own, whatever each source says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from services.scraper.domain.source import usual_gap
from services.scraper.domain.telling import spoken, trouble_changed
from shared.contracts.events import TroubleChanged

KIND = "language"
SILENT = "silent"
FEWEST_SOURCES = 2  # a single source's silence is told as that source's
_SHORTEST_SILENCE = timedelta(hours=6)
_LONGEST_SILENCE = timedelta(days=45)
_USUAL_GAPS = 10
_NIGHT_SHARE = 1.25  # of the second longest gap lately: nights come again and again, one outage does not
_NAMES = {"en": "English", "ru": "Russian", "hi": "Hindi"}


@dataclass(frozen=True, slots=True)
class LanguageStanding:
    """One source in one of its languages: when it last had news, and whether it gives news as far as anybody knows."""

    language: str
    last_new_at: datetime | None
    healthy: bool


@dataclass(frozen=True, slots=True)
class LanguageSilence:
    """A language without news. `since` is its last news: the same silence has the same moment."""

    language: str
    since: datetime
    sentence: str
    mend: str


def silent_languages(
    sources: Iterable[LanguageStanding], now: datetime, *, news_times: Mapping[str, Sequence[datetime]] | None = None
) -> tuple[LanguageSilence, ...]:
    """Return the languages that have fallen silent, by code; paused and removed sources do not count.

    Silent is a language with at least two sources that once had news, and none for six hours, or ten times its usual
    gap, or what its nights take, whichever is longest; or one whose sources are all in trouble. `news_times` are the
    moments of its latest news, over all of its sources; without them nobody knows what is usual.
    """
    found = []
    for language, standings in sorted(_by_language(sources).items()):
        last = _last_news(standings)
        if len(standings) < FEWEST_SOURCES or last is None:
            continue
        if not any(each.healthy for each in standings):
            found.append(_all_in_trouble(language, last, len(standings)))
        elif now - last > _longest_usual_silence((news_times or {}).get(language, ()), now):
            found.append(_no_news(language, last, len(standings), now))
    return tuple(found)


def changed_languages(
    told: Mapping[str, datetime],
    sources: Sequence[LanguageStanding],
    now: datetime,
    *,
    news_times: Mapping[str, Sequence[datetime]] | None = None,
) -> tuple[TroubleChanged, ...]:
    """Return what operators are to be told; `told` has the `since` of each language whose silence they know of.

    A silence is over at the first news, and where nobody can speak of one any more: fewer than two sources are left.
    """
    by_language = _by_language(sources)
    silent = {each.language: each for each in silent_languages(sources, now, news_times=news_times)}
    ended = []
    for language, since in sorted(told.items()):
        last = _last_news(by_language[language])
        if last is not None and last > since:
            ended.append(_over(language, since, f"There is news in {_name(language)} again.", now))
        elif len(by_language[language]) < FEWEST_SOURCES:
            ended.append(_over(language, since, f"{_name(language)} is no longer watched by several sources.", now))
    over = {event.about for event in ended}
    began = [
        trouble_changed(KIND, each.language, each.since, now, state=SILENT, sentence=each.sentence, mend=each.mend)
        for each in silent.values()
        if each.language not in told or each.language in over
    ]
    return (*ended, *began)


def _longest_usual_silence(times: Sequence[datetime], now: datetime) -> timedelta:
    gap = usual_gap(times, now)
    if gap is None:
        return _SHORTEST_SILENCE
    known = sorted(moment for moment in times if moment <= now)
    nights = sorted(later - earlier for earlier, later in pairwise(known))[-2]
    return min(max(_SHORTEST_SILENCE, _USUAL_GAPS * gap, _NIGHT_SHARE * nights), _LONGEST_SILENCE)


def _all_in_trouble(language: str, last: datetime, sources: int) -> LanguageSilence:
    sentence = (
        f"All {sources} sources in {_name(language)} are in trouble; the last news came {last:%Y-%m-%d %H:%M} UTC."
    )
    mend = "See what each of them says: pactwatch source list. If all fail alike, check this machine's network."
    return LanguageSilence(language, last, sentence, mend)


def _no_news(language: str, last: datetime, sources: int, now: datetime) -> LanguageSilence:
    sentence = (
        f"None of the {sources} sources in {_name(language)} has had news for {spoken(now - last)}, "
        f"since {last:%Y-%m-%d %H:%M} UTC; that is long for them."
    )
    mend = "See how each of them stands: pactwatch source list; and try one: pactwatch source test URL"
    return LanguageSilence(language, last, sentence, mend)


def _over(language: str, since: datetime, sentence: str, now: datetime) -> TroubleChanged:
    return trouble_changed(KIND, language, since, now, state="fine", sentence=sentence, over=True)


def _by_language(sources: Iterable[LanguageStanding]) -> defaultdict[str, list[LanguageStanding]]:
    found: defaultdict[str, list[LanguageStanding]] = defaultdict(list)
    for each in sources:
        found[each.language].append(each)
    return found


def _last_news(standings: Iterable[LanguageStanding]) -> datetime | None:
    return max((each.last_new_at for each in standings if each.last_new_at is not None), default=None)


def _name(language: str) -> str:
    return _NAMES.get(language, language)
