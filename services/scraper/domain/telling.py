"""When operators are told of a source's trouble, and when that it is over: a state machine without a clock.

    well ──a state worth telling holds──▶ told ──fine again──▶ well ("over" is told)
                                          │  ▲
                                          └──┘ another trouble holds for an hour: it is told in the first one's place

A trouble is named by its kind, whom it is about and since when: the same one has the same name, so that telling it
twice, by whichever process, is telling it once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.scraper.domain.judgement import Judgement
from services.scraper.domain.source import TROUBLED, SourceState
from shared.contracts.events import TroubleChanged
from shared.kit.ids import id_for

SOURCE = "source"
FEWEST_FAILURES = 3  # a restart of a site's server takes two looks at most
_HICCUP = timedelta(minutes=15)
_HOLD = timedelta(hours=1)  # an editor may empty a feed, and a site its redirects, for a moment
_NO_ANSWER = frozenset({SourceState.FAILING, SourceState.THROTTLED})  # one server under one load says either
_PROMPT = frozenset(
    {
        SourceState.NOT_A_FEED,
        SourceState.BLOCKED,
        SourceState.GONE,
        SourceState.ROBOTS,
        SourceState.OTHER_LANGUAGE,
        SourceState.REFUSED,
    }
)
_SLOW = frozenset({SourceState.EMPTY, SourceState.SILENT, SourceState.MOVED})
_GIVES_NEWS = frozenset({SourceState.NEW, SourceState.FINE, SourceState.MOVED})


def gives_news(state: SourceState) -> bool:
    """Tell whether a source in this state gives news all the same."""
    return state in _GIVES_NEWS


@dataclass(frozen=True, slots=True)
class Trouble:
    """A trouble by its name: how the source stands, and since when."""

    state: SourceState
    since: datetime

    @property
    def gives_news(self) -> bool:
        """Whether a source in it gives news all the same."""
        return gives_news(self.state)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a source stands, since when, after how many failures in a row; `told` is the trouble operators know of."""

    state: SourceState
    since: datetime
    failures: int = 0
    told: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Began:
    """Tell operators of this trouble; one that they knew of before has turned into it."""

    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Over:
    """Tell operators that this trouble, which they know of, is over."""

    trouble: Trouble


Tidings = Began | Over


def follow(before: Standing, state: SourceState, now: datetime) -> tuple[Standing, Tidings | None]:
    """Return how the source stands after a look that found this state, and what operators are to be told of it."""
    kept = _same(before.state, state)
    standing = Standing(
        state=state,
        since=before.since if kept else now,
        failures=before.failures + 1 if state in TROUBLED else 0,
        told=before.told,
    )
    told = standing.told
    if told is not None and state is SourceState.FINE:
        return replace(standing, told=None), Over(told)
    if _to_tell(standing, now):
        trouble = Trouble(state, standing.since)
        return replace(standing, told=trouble), Began(trouble)
    return standing, None


def worth_telling(state: SourceState, since: datetime, failures: int, now: datetime) -> bool:
    """Tell whether operators should hear of a source that has been in this state since then.

    No answer: after three failures and a quarter of an hour. Answers that somebody must do something about: at the
    second look in a row. An empty, silent or moved source: once that has held for an hour.
    """
    if state in _NO_ANSWER:
        return failures >= FEWEST_FAILURES and now - since >= _HICCUP
    if state in _PROMPT:
        return now > since
    return state in _SLOW and now - since >= _HOLD


def told_of_source(name: str, tidings: Tidings, judged: Judgement, now: datetime) -> TroubleChanged:
    """Return the event that tells operators of a source, as it was judged just now."""
    trouble = tidings.trouble
    if isinstance(tidings, Began):
        return trouble_changed(
            SOURCE, name, trouble.since, now, state=judged.state, sentence=judged.sentence, mend=judged.mend
        )
    lasted = spoken(now - trouble.since)
    sentence = f"It gives news again; it was {str(trouble.state).replace('_', ' ')} for {lasted}."
    return trouble_changed(SOURCE, name, trouble.since, now, state=judged.state, sentence=sentence, over=True)


def told_of_source_set_aside(name: str, told: Trouble, now: datetime) -> TroubleChanged:
    """Return the event that ends a trouble that operators know of, of a source that was set aside or renamed in it."""
    sentence = "Nobody looks at it under this name any more: somebody has paused, removed, replaced or renamed it."
    return trouble_changed(SOURCE, name, told.since, now, state="paused", sentence=sentence, over=True)


def trouble_changed(
    kind: str,
    about: str,
    since: datetime,
    now: datetime,
    *,
    state: str,
    sentence: str,
    mend: str = "",
    over: bool = False,
) -> TroubleChanged:
    """Return the event that tells operators of a trouble, or of its end; the same tidings are the same event."""
    return TroubleChanged(
        event_id=id_for("trouble.changed", kind, about, since.isoformat(), int(over)),
        occurred_at=now,
        correlation_id=id_for("trouble", kind, about, since.isoformat()),
        kind=kind,
        about=about,
        state=str(state),
        sentence=sentence,
        mend=mend,
        since=since,
        over=over,
    )


def spoken(duration: timedelta) -> str:
    """Return a duration as people say it: "40 minutes", "7 hours", "3 days"; never more exact than it matters."""
    minutes = max(1, round(duration / timedelta(minutes=1)))
    for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes >= 2 * size or unit == "minute":
            count = minutes // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError("a minute is always said")  # pragma: no cover


def _to_tell(standing: Standing, now: datetime) -> bool:
    told = standing.told
    if not worth_telling(standing.state, standing.since, standing.failures, now):
        return False
    if told is None:
        return True
    # They know that it is in trouble; that the trouble has changed is told once it has settled.
    return not (_same(told.state, standing.state) and told.since == standing.since) and now - standing.since >= _HOLD


def _same(one: SourceState, other: SourceState) -> bool:
    return one is other or (one in _NO_ANSWER and other in _NO_ANSWER)
