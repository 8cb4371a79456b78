"""How a preview is told: the pace first, then in how many messages, week by week, and examples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from services.cli.output import say, say_table
from services.desk.domain.previews import Foretold, Preview

_BAR_CHARACTERS = 40
_SCHEDULES = {"immediate": "each at once", "hourly": "every hour", "daily": "every day", "weekly": "every week"}


def in_a_line(preview: Preview) -> str:
    """Return the preview in one sentence."""
    if preview.stopped is not None:
        return f"How much it brings cannot be told: {preview.stopped}."
    pace = preview.alerts_a_week
    if pace is None:
        return "How much it brings cannot be told yet: the archive holds no article of these days."
    days = round((preview.until - preview.since).days)
    if not preview.alerts:
        return f"It would have brought nothing in the last {days} days."
    sent = preview.a_week(preview.messages) or 0
    loud = sum(each.severity == "high" for each in preview.alerts)
    in_messages = "" if preview.messages == len(preview.alerts) else f" in {_pace(sent)} messages"
    told = f"{_pace(pace)} alerts a week{in_messages}, {loud:,} of {len(preview.alerts):,} of high severity"
    return f"In the last {days} days it would have brought {told}."


def tell(preview: Preview, examples: int) -> None:
    """Tell a preview whole."""
    say(f"{preview.rule_name}: {preview.query}")
    say(in_a_line(preview))
    for line in _reservations(preview):
        say(line)
    if not preview.alerts:
        return
    say(f"{preview.articles:,} articles make {len(preview.alerts) + preview.unwanted:,} alerts: copies are told once.")
    if preview.unwanted:
        say(f"{preview.unwanted:,} of them it does not want (--min-severity, --language).")
    say("")
    say_table(("Severity", "Alerts"), preview.by_severity, empty="")
    say("")
    say_table(
        ("Digest", "Messages a week"),
        [(_SCHEDULES[schedule], _pace(preview.a_week(count) or 0)) for schedule, count in preview.by_schedule],
        empty="",
    )
    say("")
    most = max(count for _, count in preview.weeks)
    weeks = [(day, count, "▪" * -(-count * _BAR_CHARACTERS // max(most, 1))) for day, count in preview.weeks]
    say_table(("Week from", "Alerts", ""), weeks, empty="")
    _tell_examples(preview.alerts[:examples])


def as_json(preview: Preview, examples: int) -> dict[str, Any]:
    """Return the preview as programs read it."""
    return {
        "rule": preview.rule_name,
        "query": preview.query,
        "since": preview.since,
        "until": preview.until,
        "articles": preview.articles,
        "alerts": len(preview.alerts),
        "unwanted": preview.unwanted,
        "alerts_a_week": preview.alerts_a_week,
        "messages": preview.messages,
        "messages_a_week": preview.a_week(preview.messages),
        "by_severity": dict(preview.by_severity),
        "messages_by_schedule": dict(preview.by_schedule),
        "per_week": [{"from": day.isoformat(), "alerts": count} for day, count in preview.weeks],
        "examples": preview.alerts[:examples],
        "not_indexed": preview.archive.not_filed,
        "cut": preview.cut,
        "stopped": preview.stopped,
    }


def _reservations(preview: Preview) -> Iterator[str]:
    if preview.cut:
        yield f"They are so many that only the articles since {preview.since:%Y-%m-%d %H:%M} UTC were read."
    if preview.archive.not_filed:
        yield f"{preview.archive.not_filed:,} articles of these days are not in the archive yet: pactwatch reindex"


def _tell_examples(alerts: tuple[Foretold, ...]) -> None:
    for each in alerts:
        about = f" [{each.agreement}{f': {each.stage}' if each.stage else ''}]" if each.agreement else ""
        say(f"\n{each.title}\n  {each.moment:%Y-%m-%d %H:%M} UTC, {each.source}, {each.severity}{about}\n  {each.url}")
        if each.evidence and each.evidence != each.title.strip():
            say(f"  “{' '.join(each.evidence.split())}”")


def _pace(a_week: float) -> str:
    if a_week >= 10:
        return f"{a_week:,.0f}"
    return f"{a_week:.1f}" if a_week >= 0.1 else "fewer than 0.1"
