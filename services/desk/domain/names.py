"""What a source or a rule may be called."""

from __future__ import annotations

from shared.kit.errors import WrongInput
from shared.kit.text import one_line

LONGEST_NAME_CHARACTERS = 80
IMPLICIT_PREFIXES = ("agreement:", "sector:")  # the names of rules that subscriptions imply


def checked_name(name: str, *, field: str) -> str:
    """Return the name on one line. Raises WrongInput, naming `field`, when it is empty or over 80 characters."""
    clean = one_line(name)
    if not clean:
        raise WrongInput(field, name, "is empty", mend="Give a short name that says what it is.")
    if len(clean) > LONGEST_NAME_CHARACTERS:
        raise WrongInput(
            field,
            name,
            f"has {len(clean)} characters",
            mend=f"Give at most {LONGEST_NAME_CHARACTERS}.",
        )
    return clean


def checked_rule_name(name: str, *, field: str) -> str:
    """Return the name of a custom rule on one line. Raises WrongInput when it could pass for an implied rule's."""
    clean = checked_name(name, field=field)
    if clean.casefold().startswith(IMPLICIT_PREFIXES):
        raise WrongInput(
            field,
            name,
            'begins with "Agreement:" or "Sector:", which is kept for subscriptions to agreements and sectors',
            mend="Choose another name, or subscribe to the agreement or sector itself.",
        )
    return clean
