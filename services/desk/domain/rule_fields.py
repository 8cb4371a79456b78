"""What may be said of a rule beside its query, checked field by field."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypedDict, get_args

from services.desk.domain.choices import advice, listed
from services.desk.domain.names import checked_name, checked_rule_name
from services.desk.domain.rules import Origin
from shared.contracts.saved_rules import Policy, Severity
from shared.kit.errors import WrongInput
from shared.kit.text import one_line, storable

LONGEST_OWNER_CHARACTERS = 120
LONGEST_NOTE_CHARACTERS = 2000  # a paragraph; more belongs into a page of its own
POLICIES: tuple[str, ...] = get_args(Policy)
SEVERITIES: tuple[str, ...] = get_args(Severity)


class RuleNotes(TypedDict, total=False):
    """What may be said of a rule beside its name and query. `allow_broad`: it may match very much."""

    watches: str | None
    policy: str
    severity: str
    owner: str
    note: str
    paused: bool
    allow_broad: bool


class RuleChanges(RuleNotes, total=False):
    """What may be changed of a rule; a field that is left out stays as it is, an empty text empties its field."""

    new_name: str
    query: str


def checked_rule_fields(given: Mapping[str, Any], *, origin: Origin, agreements: Collection[str]) -> dict[str, Any]:
    """Return the given fields as a rule holds them: `new_name` comes back as `name`, `allow_broad` as `broad_allowed`.

    The query is not looked at. Raises WrongInput, which names the field as the command line spells it.
    """
    clean: dict[str, Any] = {}
    for field, value in given.items():
        match field:
            case "new_name" | "name":
                checked = checked_rule_name if origin == "custom" else checked_name
                clean["name"] = checked(value, field="name")
            case "watches":
                clean[field] = _watched(value, origin, agreements)
            case "allow_broad":
                clean["broad_allowed"] = bool(value)
            case _:
                clean[field] = _CHECKS[field](value)
    return clean


def checked_note(note: str) -> str:
    """Return the note, each of its lines on one line. Raises WrongInput."""
    clean = "\n".join(one_line(line) for line in storable(note).splitlines()).strip()
    if len(clean) > LONGEST_NOTE_CHARACTERS:
        why = f"has {len(clean)} characters"
        raise WrongInput("--note", clean[:60], why, mend=f"Give at most {LONGEST_NOTE_CHARACTERS}.")
    return clean


def _watched(value: str | None, origin: Origin, agreements: Collection[str]) -> str | None:
    wanted = (value or "").strip().casefold()
    if origin != "custom":
        mend = "Leave --watches out; add a rule of your own to watch another agreement."
        raise WrongInput("--watches", value, "cannot be changed on a rule of the catalogue", mend=mend)
    if not wanted:
        return None
    known = {each.casefold(): each for each in agreements}
    if wanted not in known:
        mend = advice(wanted, agreements, otherwise=f"There is {listed(agreements)}.")
        raise WrongInput("--watches", value, "is no agreement of the catalogue", mend=mend)
    return known[wanted]


def _one_of(field: str, allowed: tuple[str, ...], default: str) -> Callable[[str], str]:
    def checked(value: str) -> str:
        word = value.strip().lower().replace("-", "_") or default
        if word not in allowed:
            raise WrongInput(field, value, "is not known", mend=f"Give one of {', '.join(allowed)}.")
        return word

    return checked


def _owner(value: str) -> str:
    clean = one_line(storable(value))
    if len(clean) > LONGEST_OWNER_CHARACTERS:
        why = f"has {len(clean)} characters"
        raise WrongInput("--owner", value, why, mend=f"Give at most {LONGEST_OWNER_CHARACTERS}.")
    return clean


def _query(value: str) -> str:
    return value  # the language itself looks at it


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "query": _query,
    "policy": _one_of("--policy", POLICIES, "each_story"),
    "severity": _one_of("--severity", SEVERITIES, "normal"),
    "owner": _owner,
    "note": checked_note,
    "paused": bool,
}
