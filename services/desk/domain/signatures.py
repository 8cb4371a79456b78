"""Who saved something, and why: every save carries it."""

from __future__ import annotations

from dataclasses import dataclass

from services.desk.domain.names import LONGEST_NAME_CHARACTERS
from shared.kit.errors import WrongInput
from shared.kit.text import one_line, storable

LONGEST_REASON_CHARACTERS = 500  # a sentence or two; more belongs into the note
CATALOGUE = "catalogue"
SUBSCRIPTION = "subscription"
_OURS = frozenset({CATALOGUE, SUBSCRIPTION})


@dataclass(frozen=True, slots=True)
class Signature:
    """The author of a save, and the reason given; people may leave the reason out."""

    author: str
    reason: str = ""

    def or_because(self, reason: str) -> Signature:
        """Return the signature with this reason, unless one was given."""
        return self if self.reason else Signature(self.author, reason)


class AnotherVersion(WrongInput):
    """A save over a version that somebody else has saved over meanwhile."""


BY_A_SUBSCRIPTION = Signature(SUBSCRIPTION, "Somebody subscribed to it.")


def signed(author: str, reason: str = "") -> Signature:
    """Return a person's signature. Raises WrongInput for an empty or long author, one of ours, and a long reason."""
    clean, why = one_line(storable(author)), one_line(storable(reason))
    if not clean or len(clean) > LONGEST_NAME_CHARACTERS:
        mend = f"Give the name of who saves it, at most {LONGEST_NAME_CHARACTERS} characters."
        raise WrongInput("--author", author, "is empty or too long", mend=mend)
    if clean.casefold() in _OURS:
        mend = "Give the name of a person; this one stands for the house itself."
        raise WrongInput("--author", author, "is kept for the house", mend=mend)
    if len(why) > LONGEST_REASON_CHARACTERS:
        mend = f"Give at most {LONGEST_REASON_CHARACTERS}; the note of the rule has room for more."
        raise WrongInput("--reason", reason, f"has {len(why)} characters", mend=mend)
    return Signature(clean, why)


def same_person(one: str, other: str) -> bool:
    """Tell whether two authors are the same, however their names are capitalised."""
    return one.casefold() == other.casefold()
