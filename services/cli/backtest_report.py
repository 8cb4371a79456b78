"""How a backtest is told: the figures first, then how far they go, then examples."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from services.cli.output import say, say_table
from services.desk.domain.backtests import Compared, Precision, Tested

MOST_DAYS_SHOWN = 31
MOST_SOURCES_SHOWN = 12
_BAR_CHARACTERS = 40


def tell_progress(read: int) -> None:
    """Say how many articles have been read, where somebody watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{read:,} articles read …")
        sys.stderr.flush()


def end_progress() -> None:
    """Clear the line."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")


def tell(tested: Tested) -> None:
    """Tell what a query would have matched."""
    say(headline(tested))
    for line in (*_reservations(tested), *_advice(tested)):
        say(line)
    if not tested.hits:
        return
    say("")
    say_table(("Day", "Articles", ""), list(_days(tested)), empty="")
    say("")
    sources = tested.per_source[:MOST_SOURCES_SHOWN]
    say_table(("Source", "Articles"), sources, empty="")
    if len(tested.per_source) > len(sources):
        say(f"… and {len(tested.per_source) - len(sources)} more sources (--json shows all).")
    _tell_examples("For example", tested)


def headline(tested: Tested) -> str:
    """Return the figures in a sentence."""
    archive, span = tested.archive, f"{round(tested.days):,} days"
    if tested.stopped is not None:
        return f"No figures: {tested.stopped}."
    if not archive.articles:
        return f"The archive holds no article since {tested.since:%Y-%m-%d}, so that nothing can be said."
    if not tested.hits:
        return f"It would have matched none of the {archive.articles:,} articles of {span}."
    figures = f"{tested.hits:,} of the {archive.articles:,} articles of {span}"
    pace = "" if tested.hits_per_day is None else f", {_pace(tested.hits_per_day)} a day"
    worst = tested.worst_day
    most = "" if worst is None else f", at most {worst[1]:,} (on {worst[0]:%Y-%m-%d})"
    return f"It would have matched {figures}{pace}{most}."


def tell_compared(compared: Compared) -> None:
    """Tell what a change of a rule would win and lose."""
    gained, lost, kept = compared.gained, compared.lost, compared.kept
    say(f"{compared.rule}, version {compared.version}: {compared.before}")
    say(f"{'with the change':>{len(compared.rule) + 11}}: {compared.after}")
    for tested in (gained, lost, kept):
        if tested.stopped is not None:
            say(f"No figures: {tested.stopped}. {_ASK_LESS}")
            return
    if not kept.archive.articles:
        say(headline(kept))
    else:
        before, after = kept.hits + lost.hits, kept.hits + gained.hits
        change = f"gained {gained.hits:,}, lost {lost.hits:,}, kept {kept.hits:,}"
        say(f"{before:,} articles in {round(kept.days):,} days become {after:,}: {change}.")
    for line in dict.fromkeys(line for tested in (gained, lost, kept) for line in _reservations(tested)):
        say(line)
    say(_marks(compared.precision_before, compared.precision_after))
    _tell_examples("Gained", gained)
    _tell_examples("Lost", lost)


def as_json(tested: Tested) -> dict[str, Any]:
    """Return the backtest as programs read it."""
    worst = tested.worst_day
    return {
        "query": tested.query,
        "since": tested.since,
        "until": tested.until,
        "articles": tested.archive.articles,
        "not_indexed": tested.archive.not_filed,
        "hits": tested.hits,
        "hits_per_day": tested.hits_per_day,
        "worst_day": None if worst is None else {"day": worst[0].isoformat(), "hits": worst[1]},
        "per_day": [{"day": day.isoformat(), "hits": hits} for day, hits in tested.per_day],
        "per_source": [{"source": source, "hits": hits} for source, hits in tested.per_source],
        "examples": tested.examples,
        "never_seen": tested.never_seen,
        "cautions": tested.cautions,
        "read": tested.read,
        "unread": tested.unread,
        "exact_since": tested.exact_since,
        "stopped": tested.stopped,
        "seconds": round(tested.seconds, 3),
    }


def compared_as_json(compared: Compared) -> dict[str, Any]:
    """Return the comparison as programs read it."""
    return {
        "rule": compared.rule,
        "version": compared.version,
        "before": compared.before,
        "after": compared.after,
        "gained": as_json(compared.gained),
        "lost": as_json(compared.lost),
        "kept": compared.kept.hits,
        "precision_before": _precision_as_json(compared.precision_before),
        "precision_after": _precision_as_json(compared.precision_after),
    }


_A_YEAR = timedelta(days=365)
_ASK_LESS = "Ask with fewer days (--days 30), or of rarer words."


def _reservations(tested: Tested) -> Iterator[str]:
    """How far the figures go."""
    if tested.exact_since is not None:
        yield (
            f"Articles since {tested.exact_since:%Y-%m-%d %H:%M} UTC were read; of those before, {tested.unread:,} "
            "more may match. --whole reads them all; fewer days (--days) are quicker."
        )
    if tested.archive.not_filed:
        yield f"{tested.archive.not_filed:,} articles of these days are not in the archive yet: pactwatch reindex"


def _advice(tested: Tested) -> Iterator[str]:
    further = "Look further back (--days 365), or" if tested.until - tested.since < _A_YEAR else "Look further back, or"
    if tested.stopped is not None:
        yield _ASK_LESS
    elif not tested.archive.articles:
        yield f"{further} collect articles: `pactwatch source list`, `pactwatch backfill`."
    elif not tested.hits:
        yield f"{further} ask for less: each AND and NOT takes articles away."
    for clause in tested.never_seen:
        yield f"No article of the archive has {clause}: is it spelt as the papers spell it?"
    for caution in tested.cautions:
        yield f"Caution: {caution}"


def _days(tested: Tested) -> Iterator[tuple[date, int, str]]:
    """The last days, those without a match between them too."""
    hits = dict(tested.per_day)
    last = tested.until.date()
    first = max(tested.per_day[0][0], last - timedelta(days=MOST_DAYS_SHOWN - 1))
    most = max(hits.values())
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        count = hits.get(day, 0)
        yield day, count, "▪" * -(-count * _BAR_CHARACTERS // most)


def _tell_examples(title: str, tested: Tested) -> None:
    if tested.examples:
        say(f"\n{title}:")
    for example in tested.examples:
        about = f" [{example.agreement}{f': {example.stage}' if example.stage else ''}]" if example.agreement else ""
        say(f"\n{example.title}\n  {example.moment:%Y-%m-%d %H:%M} UTC, {example.source}{about}\n  {example.url}")
        if example.evidence and example.evidence != example.title.strip():
            say(f"  “{' '.join(example.evidence.split())}”")


def _pace(hits_per_day: float) -> str:
    if hits_per_day >= 10:
        return f"{hits_per_day:,.0f}"
    return f"{hits_per_day:.1f}" if hits_per_day >= 0.1 else "fewer than 0.1"


def _marks(before: Precision, after: Precision) -> str:
    if before.share is None and after.share is None:
        return "Nobody has marked an article that either matches (`pactwatch correction add`): no word on precision."
    told = [
        "nothing marked" if each.share is None else f"{each.share:.0%} of {each.useful + each.noise} marked were useful"
        for each in (before, after)
    ]
    return f"Precision before: {told[0]}; after: {told[1]}."


def _precision_as_json(precision: Precision) -> dict[str, Any]:
    return {"useful": precision.useful, "noise": precision.noise, "share": precision.share}
