"""People and teams on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from services.cli.output import say
from services.cli.subscription_page import in_short, place_of
from services.desk.domain.people import Person
from services.desk.domain.views import SubscriptionView
from services.desk.use_cases.handing_over import Gone
from services.desk.use_cases.people import PersonDetails
from services.desk.use_cases.teams import TeamDetails

_LABEL = 14


def quiet_hours(person: Person) -> str:
    """Return the person's quiet hours in words."""
    if person.quiet_from is None or person.quiet_until is None:
        return "no quiet hours"
    return f"quiet {person.quiet_from:%H:%M}-{person.quiet_until:%H:%M}"


def availability(person: Person, now: datetime) -> str:
    """Return in words until when the person is muted or away, in their own time; empty for neither."""
    told = []
    if person.muted_until is not None and person.muted_until > now:
        told.append(f"muted until {_local(person.muted_until, person)}")
    if person.away_until is not None and person.away_until > now:
        begins = f" from {_local(person.away_from, person)}" if person.away_from and person.away_from > now else ""
        told.append(f"away{begins} until {_local(person.away_until, person)}")
    return ", ".join(told)


def person_page(details: PersonDetails, now: datetime) -> Iterator[str]:
    """Yield the lines that tell everything about one person."""
    person = details.person
    yield person.name
    yield _line("e-mail", person.email or "none")
    yield _line("time zone", f"{person.time_zone}, now {now.astimezone(ZoneInfo(person.time_zone)):%H:%M}")
    yield _line("quiet", quiet_hours(person))
    if away := availability(person, now):
        yield _line("now", away)
    yield from _heard("hears of", details.own)
    for team, views in details.by_team:
        yield from _heard(f"by {team}", views)


def team_page(details: TeamDetails) -> Iterator[str]:
    """Yield the lines that tell everything about one team."""
    yield details.team.name
    yield _line("time zone", details.team.time_zone)
    names = ", ".join(f"{each.person.name} ({each.person.email or 'no e-mail'})" for each in details.members)
    yield _line("members", names or "nobody")
    yield from _heard("hears of", details.subscriptions)
    for name, rules in details.opted_out.items():
        yield _line("but not", f"{name}, who ended the mails of {', '.join(rules)}")


def tell_gone(gone: Gone) -> None:
    """Print what became of the subscriptions of somebody who was removed."""
    say(f"Removed {gone.name}.")
    tell_let_go(gone)


def tell_let_go(gone: Gone) -> None:
    """Print what became of the subscriptions of somebody who hears of nothing more."""
    for view in gone.handed:
        say(f"{gone.heir} has: {view.rule_name} to {view.channel}")
    for view in gone.ended:
        why = f" ({gone.heir} has the same)" if gone.heir else ""
        say(f"Ended: {view.rule_name} to {view.channel}{why}")
    if gone.unsent:
        say(f"{gone.unsent} messages that waited for those are not sent.")
    if gone.left:
        say(f"{gone.name} has left {', '.join(gone.left)}.")
    for team in gone.emptied:
        say(f"Nobody is in the team {team} any more: what goes to its members reaches nobody.")


def _heard(label: str, views: Sequence[SubscriptionView]) -> Iterator[str]:
    if not views:
        yield _line(label, "nothing")
    for view in views:
        when = in_short(view.wishes)
        yield _line(label, f"{view.rule_name} to {place_of(view)}{f', {when}' if when else ''} ({_id(view)})")
        label = ""


def _id(view: SubscriptionView) -> str:
    return view.subscription_id.hex[:8]


def _local(moment: datetime, person: Person) -> str:
    return f"{moment.astimezone(ZoneInfo(person.time_zone)):%Y-%m-%d %H:%M} ({person.time_zone})"


def _line(label: str, text: str) -> str:
    return f"  {label:<{_LABEL}}{text}"
