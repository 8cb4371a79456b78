"""What comes of a save: a new version, a proposal that waits for a second person, or nothing where nothing changed."""

from __future__ import annotations

from dataclasses import dataclass

from services.desk.domain.names import in_shell
from services.desk.domain.proposals import Proposal
from services.desk.domain.rules import Rule
from services.desk.domain.signatures import AnotherVersion
from shared.kit.errors import WrongInput


@dataclass(frozen=True, slots=True)
class Saved:
    """A rule at its new version. `cautions` are what its query says that its writer may not have meant.

    `cancelled` deliveries waited for subscriptions that ended with the rule.
    """

    rule: Rule
    cautions: tuple[str, ...] = ()
    cancelled: int = 0


@dataclass(frozen=True, slots=True)
class Proposed:
    """A save that waits for a second person."""

    proposal: Proposal
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A save that says what the rule says: no version is made."""

    rule: Rule
    cautions: tuple[str, ...] = ()


Kept = Saved | Proposed | Unchanged


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What the settings ask of every save.

    `four_eyes`: a second person approves it. `most_hits_per_day`: a query that matched more articles a day of the
    archive is refused unless it is allowed to.
    """

    four_eyes: bool = False
    most_hits_per_day: int = 100  # one in five minutes of an eight-hour day: nobody reads more of one rule


@dataclass(frozen=True, slots=True)
class Pace:
    """How many articles a day a query would have matched, as far as a glance tells.

    `per_day` None: it is not known; then `at_least` is what is sure, and `unchecked` says why no more is, where that is
    worth a word (in a house without articles it is not).
    """

    per_day: float | None
    at_least: float = 0.0
    unchecked: str = ""


class TooBroad(WrongInput):
    """A query that matches more than anybody reads."""


def refuse_too_broad(query: str, pace: Pace, house: HouseRules) -> tuple[str, ...]:
    """Raise WrongInput for a query that surely matches more than anybody reads.

    Returns the caution of one that could not be checked.
    """
    sure = pace.at_least if pace.per_day is None else pace.per_day
    if sure <= house.most_hits_per_day:
        if pace.per_day is None and pace.unchecked:
            return (f"How much it matches could not be checked: {pace.unchecked}.",)
        return ()
    why = (
        f"matches {'at least' if pace.per_day is None else 'about'} {sure:,.0f} articles a day of the archive, "
        f"more than the {house.most_hits_per_day} that are taken"
    )
    mend = (
        "Add with AND what it should be about (`pactwatch rule test QUERY` shows what it matches), "
        "or take it as it is with --allow-broad."
    )
    raise TooBroad("query", query, why, mend=mend)


def refuse_another_version(rule: Rule, expected: int | None) -> None:
    """Raise WrongInput when the rule is no longer at the version that somebody changes."""
    if expected is not None and rule.version != expected:
        mend = f"See what it says now (pactwatch rule show {in_shell(rule.name)}), and save again over {rule.version}."
        raise AnotherVersion("--at-version", expected, f"is not the rule's version: that is {rule.version}", mend=mend)
