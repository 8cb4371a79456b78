"""Finding the definition that a person means, and refusing one that would be a second of its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from services.desk.domain.choices import advice, listed
from services.desk.domain.rules import Rule
from services.desk.domain.sources import Source
from services.desk.domain.views import SubscriptionView
from shared.kit.errors import WrongInput

SHORTEST_PREFIX_CHARACTERS = 4  # of a subscription's id: short enough to type, long enough to be meant


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
            raise WrongInput("name", source.name, "is already the name of a source", mend=mend)
        if other.url == source.url:
            why = f'is already the address of the source "{other.name}"'
            raise WrongInput("url", source.url, why, mend="Edit or resume that source instead.")


def refuse_known_rule(name: str, others: Iterable[Rule]) -> None:
    """Raise WrongInput when another rule has this name."""
    for other in others:
        if other.name.casefold() == name.casefold():
            mend = f"Choose another name, or edit that rule ({other.query})."
            raise WrongInput("name", name, "is already the name of a rule", mend=mend)


def custom(rule: Rule) -> Rule:
    """Return the rule when people may change it. Raises WrongInput for one that a subscription implies."""
    if rule.origin == "custom":
        return rule
    raise WrongInput(
        "rule",
        rule.name,
        f"comes with the subscriptions to that {rule.origin} and cannot be changed",
        mend="Unsubscribe from it, or add a rule of your own.",
    )


def one_by_prefix(prefix: str, live: Sequence[SubscriptionView]) -> SubscriptionView:
    """Return the subscription whose id begins so, dashes left out or not. Raises WrongInput unless it is just one."""
    wanted = prefix.strip().lower().replace("-", "")
    if len(wanted) < SHORTEST_PREFIX_CHARACTERS:
        mend = f"Give at least {SHORTEST_PREFIX_CHARACTERS} characters of the subscription's id."
        raise WrongInput("subscription", prefix, "is too short", mend=mend)
    found = [each for each in live if each.subscription_id.hex.startswith(wanted)]
    match found:
        case [one]:
            return one
        case []:
            mend = "List the subscriptions to see their ids."
            raise WrongInput("subscription", prefix, "begins no subscription's id", mend=mend)
    ids = listed(str(each.subscription_id) for each in found)
    raise WrongInput("subscription", prefix, f"begins {len(found)} ids", mend=f"Give more of one of: {ids}.")
