"""What `pactwatch subscribe …` is told: what to hear of, for whom, and how."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import Annotated

import typer

from services.cli.signing import signature
from services.desk.domain.rules import FollowTarget, OperatorsTarget, RuleTarget, Target
from services.desk.domain.signatures import BY_A_SUBSCRIPTION, Signature
from services.desk.domain.wishes import WishesGiven
from shared.kit.errors import WrongInput

CHANNEL_HELP = (
    "mailto:ADDRESS, webhook:URL, slack:URL, telegram:BOT_TOKEN/CHAT, apprise:ADDRESS, feed (or feed:NAME) or inbox; "
    "with --person or --team also mailto alone. KIND:- reads what follows the colon from standard input, so that no "
    "list of commands keeps it."
)
_ANY = "Can be repeated: any of them."

Channel = Annotated[str, typer.Option("--channel", help=CHANNEL_HELP)]
Rule = Annotated[str | None, typer.Option("--rule", help="A rule's name.")]
Agreements = Annotated[
    list[str] | None, typer.Option("--agreement", help=f"An agreement's id, for example relos. {_ANY}")
]
Sectors = Annotated[list[str] | None, typer.Option("--sector", help=f"A sector's id, for example health. {_ANY}")]
Stages = Annotated[list[str] | None, typer.Option("--stage", help=f"A stage's id, for example signed. {_ANY}")]
Sources = Annotated[list[str] | None, typer.Option("--source", help=f"A source's name. {_ANY}")]
Countries = Annotated[list[str] | None, typer.Option("--country", help=f"The source's country, two letters. {_ANY}")]
Operators = Annotated[
    bool, typer.Option("--operators", help="What operators should know: which source is in trouble, and why.")
]
Person = Annotated[str | None, typer.Option("--person", help="For this person (pactwatch person list).")]
Team = Annotated[str | None, typer.Option("--team", help="For this team (pactwatch team list).")]
MinSeverity = Annotated[str | None, typer.Option("--min-severity", help="At least so loud: low, normal or high.")]
Languages = Annotated[
    list[str] | None, typer.Option("--language", help="Of articles in this language: en, ru, hi. Can be repeated.")
]
Digest = Annotated[
    str | None, typer.Option("--digest", help="Together: hourly, daily or weekly; immediate: each at once.")
]
At = Annotated[str | None, typer.Option("--at", help="The hour of a daily or weekly digest: 08:00.")]
On = Annotated[str | None, typer.Option("--on", help="The day of a weekly digest: monday.")]
TimeZone = Annotated[
    str | None, typer.Option("--time-zone", help="That of the digest's hour, where it is of nobody: Asia/Kolkata.")
]
Urgent = Annotated[
    bool | None,
    typer.Option("--urgent/--not-urgent", help="Alerts of high severity at once, in spite of digest and quiet hours."),
]


def target_of(rule: str | None, follow: FollowTarget, *, operators: bool) -> Target:
    """Return what is to be heard of. Raises WrongInput unless it is one of the three ways to say so."""
    followed = follow != FollowTarget()
    if (rule is not None) + followed + operators != 1:
        kinds = [f"--{kind}" for kind in ("agreement", "sector", "stage", "source", "country")]
        given = [name for name, is_given in (("--rule", rule is not None), ("--operators", operators)) if is_given]
        raise WrongInput(
            "subscribe",
            " ".join([*given, *(["--agreement, …"] if followed else [])]),
            "is not exactly one thing to hear of",
            mend=f"Give --rule NAME, or --operators, or any of {', '.join(kinds)} together.",
        )
    if operators:
        return OperatorsTarget()
    return follow if rule is None else RuleTarget(rule)


def follow_of(
    agreements: list[str] | None,
    sectors: list[str] | None,
    stages: list[str] | None,
    sources: list[str] | None,
    countries: list[str] | None,
) -> FollowTarget:
    """Return what the options name together."""
    return FollowTarget(*(tuple(each or ()) for each in (agreements, sectors, stages, sources, countries)))


def wishes_given(
    *,
    min_severity: str | None = None,
    languages: list[str] | None = None,
    digest: str | None = None,
    at: str | None = None,
    on: str | None = None,
    time_zone: str | None = None,
    urgent: bool | None = None,
) -> WishesGiven:
    """Return the wishes that were given."""
    given = WishesGiven()
    if min_severity is not None:
        given["min_severity"] = min_severity
    if languages:
        given["languages"] = languages
    if digest is not None:
        given["digest"] = digest
    if at is not None:
        given["at"] = at
    if on is not None:
        given["on"] = on
    if time_zone is not None:
        given["time_zone"] = time_zone
    if urgent is not None:
        given["urgent"] = urgent
    return given


def subscriber(person: str | None, team: str | None) -> Signature:
    """Return who signs the rule that a subscription implies: the user of this machine, where they have a name."""
    whom = f" for {person or team}" if person or team else ""
    try:
        return Signature(signature(None).author, f"Subscribed to{whom}.")
    except WrongInput:
        return BY_A_SUBSCRIPTION


def read_channel(given: str) -> str:
    """Return the channel as given, or with its address from standard input."""
    kind, colon, address = given.partition(":")
    if not colon or address != "-":
        return given
    typed = getpass(f"{kind}:") if sys.stdin.isatty() else sys.stdin.readline()
    return f"{kind}:{typed.strip()}"
