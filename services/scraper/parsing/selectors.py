"""The CSS selectors that an operator gives for a page: checked before they are kept, applied to hostile pages."""

from __future__ import annotations

from dataclasses import fields

import soupsieve
from bs4 import Tag

from services.scraper.parsing.results import Selectors
from shared.kit.errors import WrongInput

LONGEST_SELECTOR_CHARACTERS = 500
_MEND = "Give a CSS selector such as `div.news-item`, `h3 > a[href]` or `time`."


class WrongSelector(ValueError):
    """A selector that finds nothing on the page, or is none; its text is a sentence that names it."""


def checked_selectors(selectors: Selectors) -> None:
    """Check that each selector can be read. Raises WrongInput, naming the field (`selectors.item`) and the value."""
    for field in fields(selectors):
        value = getattr(selectors, field.name)
        name = f"selectors.{field.name}"
        if not isinstance(value, str):
            raise WrongInput(name, value, "is no text", mend=_MEND)
        if len(value) > LONGEST_SELECTOR_CHARACTERS:
            raise WrongInput(name, value, f"is longer than {LONGEST_SELECTOR_CHARACTERS} characters", mend=_MEND)
        if value and not value.strip():
            raise WrongInput(name, value, "is blank", mend="Leave it out, or give a CSS selector.")
        why = _complaint(value) if value else None
        if why:
            raise WrongInput(name, value, f"is not a CSS selector ({why})", mend=_MEND)


def _complaint(selector: str) -> str | None:
    try:
        soupsieve.compile(selector)
    except (soupsieve.SelectorSyntaxError, ValueError, NotImplementedError) as wrong:
        return str(wrong).partition("\n")[0].rstrip(".")
    return None


def found_by(selector: str, within: Tag, *, name: str, limit: int) -> list[Tag]:
    """Return the elements a selector finds, at most so many. Raises WrongSelector for what is no selector."""
    if len(selector) > LONGEST_SELECTOR_CHARACTERS or _complaint(selector):
        raise WrongSelector(f"The {name} selector “{selector[:120]}” is not a CSS selector.")
    return list(soupsieve.select(selector, within, limit=limit))
