"""What a source or a rule may be called."""

from __future__ import annotations

from shared.kit.errors import WrongInput
from shared.kit.text import one_line

LONGEST_NAME_CHARACTERS = 80
IMPLICIT_PREFIXES = ("agreement:", "sector:", "follows:")  # of the rules of the catalogue and of subscriptions


def in_shell(name: str) -> str:
    """Return a name in single quotes, as a command that is shown can be copied into a shell."""
    return "'" + name.replace("'", "'\\''") + "'"


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
    """Return the name of a custom rule on one line. Raises WrongInput when it could pass for another kind's."""
    clean = checked_name(name, field=field)
    if clean.casefold().startswith(IMPLICIT_PREFIXES):
        raise WrongInput(
            field,
            name,
            'begins with "Agreement:", "Sector:" or "Follows:", which is kept for the rules of the house itself',
            mend="Choose another name, or change the catalogue's own rule: pactwatch rule list --origin agreement",
        )
    return clean
