"""What a subscription wants of the alerts that it hears of: how loud, in which languages, at once or gathered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Literal, TypeAlias, TypedDict, cast, get_args

from services.desk.domain.choices import advice
from services.desk.domain.local_times import WEEKDAYS, checked_clock, checked_weekday, checked_zone
from services.desk.domain.rule_fields import SEVERITIES
from shared.contracts.saved_rules import Severity
from shared.contracts.verdict import Language
from shared.kit.errors import WrongInput

Schedule: TypeAlias = Literal["immediate", "hourly", "daily", "weekly"]
SCHEDULES: tuple[str, ...] = get_args(Schedule)
LANGUAGES: tuple[str, ...] = get_args(Language)
_AT_AN_HOUR = frozenset({"daily", "weekly"})


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a subscription wants. `languages` empty: all.

    Digests come at `at_time`, weekly ones on `weekday` (1 Monday), of the person's or team's time zone, else of
    `time_zone`. With `urgent`, alerts of high severity wait for no digest and no quiet hours.
    """

    min_severity: Severity = "low"
    languages: tuple[str, ...] = ()
    schedule: Schedule = "immediate"
    at_time: time = time(8)
    weekday: int = 1
    time_zone: str = "UTC"
    urgent: bool = False
    muted_until: datetime | None = None


PLAIN = Wishes()


class WishesGiven(TypedDict, total=False):
    """Wishes as people say them; what is left out stays as it is. `digest` may be "immediate": none any more."""

    min_severity: str
    languages: Sequence[str]
    digest: str
    at: str
    on: str
    time_zone: str
    urgent: bool


def with_wishes(old: Wishes, given: WishesGiven) -> Wishes:
    """Return the wishes with what is given. Raises WrongInput, naming the field as the command line spells it."""
    new = old
    if "min_severity" in given:
        word = _one_of(given["min_severity"], SEVERITIES, field="--min-severity")
        new = replace(new, min_severity=cast("Severity", word))
    if "languages" in given:
        new = replace(new, languages=_languages(given["languages"]))
    if "digest" in given:
        new = replace(new, schedule=cast("Schedule", _one_of(given["digest"], SCHEDULES, field="--digest")))
    if "time_zone" in given:
        new = replace(new, time_zone=checked_zone(given["time_zone"]))
    if "urgent" in given:
        new = replace(new, urgent=given["urgent"])
    return _with_hour(new, given)


def refuse_digest(wishes: Wishes, channel: str) -> None:
    """Raise WrongInput for a digest on a channel that sends no messages: its reader comes when they like."""
    if wishes.schedule != "immediate" and channel in ("inbox", "feed"):
        mend = "Leave --digest out, or give a channel that messages are sent to: mailto:, slack:, telegram:, webhook:."
        raise WrongInput("--digest", wishes.schedule, f"is not for {channel}, which is read at any time", mend=mend)


def spelled(wishes: Wishes, zone: str | None = None) -> str:
    """Return the wishes in a line: "high severity; ru; daily at 08:00 (Asia/Kolkata)"; empty for none.

    `zone` is the person's or team's time zone, where there is one.
    """
    told = [f"at least {wishes.min_severity} severity"] if wishes.min_severity != "low" else []
    told += ["/".join(wishes.languages)] if wishes.languages else []
    at = f"at {wishes.at_time:%H:%M} ({zone or wishes.time_zone})"
    match wishes.schedule:
        case "hourly":
            told.append("digest every hour")
        case "daily":
            told.append(f"digest every day {at}")
        case "weekly":
            told.append(f"digest every {WEEKDAYS[wishes.weekday - 1].capitalize()} {at}")
    told += ["high severity at once"] if wishes.urgent else []
    return "; ".join(told)


def _with_hour(wishes: Wishes, given: WishesGiven) -> Wishes:
    if "at" in given:
        if wishes.schedule not in _AT_AN_HOUR:
            mend = "Give --digest daily or --digest weekly with it, or leave it out."
            raise WrongInput("--at", given["at"], f"says nothing for {wishes.schedule} messages", mend=mend)
        wishes = replace(wishes, at_time=checked_clock(given["at"], field="--at"))
    if "on" in given:
        if wishes.schedule != "weekly":
            mend = "Give --digest weekly with it, or leave it out."
            raise WrongInput("--on", given["on"], f"says nothing for {wishes.schedule} messages", mend=mend)
        wishes = replace(wishes, weekday=checked_weekday(given["on"]))
    return wishes


def _languages(given: Sequence[str]) -> tuple[str, ...]:
    words = {each.strip().lower() for each in given} - {""}
    if words == {"all"}:
        return ()
    for each in sorted(words):
        _one_of(each, LANGUAGES, field="--language")
    return tuple(each for each in LANGUAGES if each in words)


def _one_of(value: str, allowed: Sequence[str], *, field: str) -> str:
    word = value.strip().lower()
    if word not in allowed:
        raise WrongInput(
            field, value, "is not known", mend=advice(word, allowed, otherwise=f"Give one of {', '.join(allowed)}.")
        )
    return word
