"""Finding the definition that a person means, and refusing one that would be a second of its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from services.desk.domain.choices import advice, listed
from services.desk.domain.names import in_shell
from services.desk.domain.rules import Rule
from services.desk.domain.sources import Source
from services.desk.domain.views import SubscriptionView
from shared.kit.errors import WrongInput

SHORTEST_PREFIX_CHARACTERS = 4  # of an id: short enough to type, long enough to be meant


class Named(Protocol):
    """Anything that people call by a name."""

    @property
    def name(self) -> str:
        """The name, unique among its kind."""
        ...


N = TypeVar("N", bound=Named)


def named(name: str, live: Sequence[N], noun: str) -> N:
    """Return the definition of this name, compared without case. Raises WrongInput naming the nearest ones."""
    wanted = name.strip().casefold()
    for each in live:
        if each.name.casefold() == wanted:
            return each
    names = [each.name for each in live]
    otherwise = f"There is {listed(names)}." if names else f"There is no {noun} yet."
    raise WrongInput(noun, name, "is not known", mend=advice(name, names, otherwise=otherwise))


def refuse_known_source(source: Source, others: Iterable[Source]) -> None:
    """Raise WrongInput, saying which source it is, when another one has this name or address."""
    for other in others:
        if other.name.casefold() == source.name.casefold():
            mend = f"Choose another name, or edit that source ({other.url})."
            if other.url == source.url:
                mend = f"It has this very address: pactwatch source show {in_shell(other.name)}"
            raise WrongInput("name", source.name, "is already the name of a source", mend=mend)
        if other.url == source.url:
            why = f'is already the address of the source "{other.name}"'
            raise WrongInput("url", source.url, why, mend="Edit or resume that source instead.")


def refuse_known_rule(name: str, others: Iterable[Named]) -> None:
    """Raise WrongInput when another rule has this name."""
    for other in others:
        if other.name.casefold() == name.casefold():
            mend = f"Choose another name, or edit that rule: pactwatch rule show {in_shell(other.name)}"
            raise WrongInput("name", name, "is already the name of a rule", mend=mend)


def live_or_told_how(name: str, live: Sequence[N], removed: Sequence[N]) -> N:
    """Return the live rule of this name. Raises WrongInput: of one that was removed, how it is had back."""
    wanted = name.strip().casefold()
    gone = [each for each in removed if each.name.casefold() == wanted]
    if gone and not any(each.name.casefold() == wanted for each in live):
        mend = f"Have it back: pactwatch rule restore {in_shell(gone[0].name)}"
        raise WrongInput("rule", name, "was removed", mend=mend)
    return named(name, live, "rule")


def changeable(rule: Rule) -> Rule:
    """Return the rule when people may change it. Raises WrongInput for one that a subscription implies."""
    if rule.origin != "sector":
        return rule
    raise WrongInput(
        "rule",
        rule.name,
        "comes with the subscriptions to it and cannot be changed",
        mend="Unsubscribe from it, or add a rule of your own.",
    )


def one_by_prefix(prefix: str, live: Sequence[SubscriptionView]) -> SubscriptionView:
    """Return the subscription whose id begins so. Raises WrongInput unless it is just one."""
    return one_of_prefix(prefix, live, id_of=lambda each: each.subscription_id, noun="subscription")


T = TypeVar("T")


def one_of_prefix(prefix: str, live: Sequence[T], *, id_of: Callable[[T], UUID], noun: str) -> T:
    """Return the one whose id begins so, dashes left out or not. Raises WrongInput unless it is just one."""
    wanted = prefix.strip().lower().replace("-", "")
    if len(wanted) < SHORTEST_PREFIX_CHARACTERS:
        mend = f"Give at least {SHORTEST_PREFIX_CHARACTERS} characters of the {noun}'s id."
        raise WrongInput(noun, prefix, "is too short", mend=mend)
    found = [each for each in live if id_of(each).hex.startswith(wanted)]
    match found:
        case [one]:
            return one
        case []:
            mend = f"List the {noun}s to see their ids."
            raise WrongInput(noun, prefix, f"begins no {noun}'s id", mend=mend)
    ids = listed(str(id_of(each)) for each in found)
    raise WrongInput(noun, prefix, f"begins {len(found)} ids", mend=f"Give more of one of: {ids}.")
