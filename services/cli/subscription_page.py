"""Subscriptions on the terminal: in a line, in a table, and one of them whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from services.cli.moments import day_and_time
from services.cli.output import say_table
from services.desk.domain.local_times import WEEKDAYS
from services.desk.domain.views import SubscriptionView
from services.desk.domain.wishes import Wishes, spelled

_LABEL = 14
_EMPTY = "No subscriptions yet. Add one: pactwatch subscribe add --agreement relos --channel inbox"


def place_of(view: SubscriptionView) -> str:
    """Return the channel with its address as it may be shown: "mailto:a…@example.org for Asha"."""
    address = f":{view.masked_address}" if view.masked_address else ""
    whom = view.person or (f"the team {view.team}" if view.team else "")
    return f"{view.channel}{address}" + (f" for {whom}" if whom else "")


def tell_table(views: Sequence[SubscriptionView], *, empty: str = _EMPTY) -> None:
    """Print subscriptions as a table."""
    say_table(
        ["Id", "Rule", "Channel", "Address", "Since", "For", "When"],
        [
            (v.subscription_id, v.rule_name, v.channel, v.masked_address, v.created_at, _whom(v), in_short(v.wishes))
            for v in views
        ],
        empty=empty,
    )


def in_short(wishes: Wishes) -> str:
    """Return when its messages come, for a column: "", "hourly", "daily 08:00", "Mon 08:00"; muted ones say so."""
    muted = f" muted until {wishes.muted_until:%Y-%m-%d %H:%M} UTC" if wishes.muted_until else ""
    match wishes.schedule:
        case "hourly":
            when = "hourly"
        case "daily":
            when = f"daily {wishes.at_time:%H:%M}"
        case "weekly":
            when = f"{WEEKDAYS[wishes.weekday - 1][:3].capitalize()} {wishes.at_time:%H:%M}"
        case _:
            when = ""
    return f"{when}{muted}".strip()


def page_of(view: SubscriptionView, zone: str | None, now: datetime) -> Iterator[str]:
    """Yield the lines that tell everything about one subscription; `zone` is that of its person or team."""
    yield f"{view.rule_name} to {place_of(view)}"
    yield _line("id", str(view.subscription_id))
    yield from _asked(view)
    wishes = spelled(view.wishes, zone)
    yield _line("wishes", wishes or "every alert, at once")
    if view.team and not view.address and view.channel in ("mailto", "inbox"):
        yield _line("goes to", "each member of the team at their own")
    if view.opted_out:
        yield _line("but not to", f"{', '.join(view.opted_out)}, who ended these mails for themselves")
    if view.wishes.muted_until is not None and view.wishes.muted_until > now:
        yield _line("muted until", day_and_time(view.wishes.muted_until))
    yield _line("since", day_and_time(view.created_at))


def _asked(view: SubscriptionView) -> Iterator[str]:
    if view.follows is not None:
        for kind, values in view.follows.as_stored().items():
            yield _line(kind, " or ".join(values))


def _whom(view: SubscriptionView) -> str:
    return view.person or (f"team {view.team}" if view.team else "")


def _line(label: str, text: str) -> str:
    return f"  {label:<{_LABEL}}{text}"
