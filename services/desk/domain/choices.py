"""How a wrong value is answered: with the nearest right ones."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MOST_SUGGESTIONS = 3
MOST_LISTED = 12  # a longer list helps nobody in an error message


def nearest(value: str, known: Iterable[str]) -> list[str]:
    """Return up to three known values that look most like the given one, best first; compares without case."""
    spelled = {each.casefold(): each for each in known}
    found = get_close_matches(value.casefold(), spelled, n=MOST_SUGGESTIONS, cutoff=0.5)
    parts = [each for each in sorted(spelled) if len(value) >= 3 and value.casefold() in each and each not in found]
    return [spelled[each] for each in (*found, *parts)][:MOST_SUGGESTIONS]


def advice(value: str, known: Iterable[str], *, otherwise: str) -> str:
    """Return what to do about an unknown value: "Did you mean …?" or, where nothing is near, `otherwise`."""
    near = nearest(value, known)
    return f"Did you mean {' or '.join(near)}?" if near else otherwise


def listed(known: Iterable[str]) -> str:
    """Return the values as one readable list, cut with an ellipsis where it is long."""
    values = sorted(known)
    shown = ", ".join(values[:MOST_LISTED])
    return shown + (", …" if len(values) > MOST_LISTED else "")
