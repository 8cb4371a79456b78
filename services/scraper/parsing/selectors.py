"""The CSS selectors that an operator gave for a page, applied to hostile pages (the desk checks them when given)."""

from __future__ import annotations

import soupsieve
from bs4 import Tag

LONGEST_SELECTOR_CHARACTERS = 500


class WrongSelector(ValueError):
    """A selector that finds nothing on the page, or is none; its text is a sentence that names it."""


def _is_selector(selector: str) -> bool:
    if len(selector) > LONGEST_SELECTOR_CHARACTERS:
        return False
    try:
        soupsieve.compile(selector)
    except (soupsieve.SelectorSyntaxError, ValueError, NotImplementedError):
        return False
    return True


def found_by(selector: str, within: Tag, *, name: str, limit: int) -> list[Tag]:
    """Return the elements a selector finds, at most so many. Raises WrongSelector for what is no selector."""
    if not _is_selector(selector):
        raise WrongSelector(f"The {name} selector “{selector[:120]}” is not a CSS selector.")
    return list(soupsieve.select(selector, within, limit=limit))
