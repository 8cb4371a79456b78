"""CSS selectors for a page whose make is not found by itself, checked before a scraper meets them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping

from shared.kit.errors import WrongInput
from shared.kit.text import one_line

SELECTOR_NAMES = ("item", "link", "title", "date", "text")
LONGEST_SELECTOR_CHARACTERS = 500  # browsers' "copy selector" makes some 200 on a deep page
FIELD = "--selector"
_MEND = (
    "Give name=CSS, for example item=article or link='h2 a'; item holds one article, link, title and date are looked "
    "for within it, text is the article's words on its own page."
)


def read_selectors(given: Iterable[str]) -> dict[str, str]:
    """Read `name=CSS` arguments as a command line gives them; the last of a name counts. Raises WrongInput."""
    found: dict[str, str] = {}
    for each in given:
        name, sign, css = each.partition("=")
        if not sign:
            raise WrongInput(FIELD, each, "is not name=CSS", mend=_MEND)
        found[_name(name)] = css.strip()
    return found


def checked_selectors(given: Mapping[str, str] | None) -> dict[str, str] | None:
    """Return the selectors, without empty ones; None for none at all. Raises WrongInput for what is no CSS."""
    clean = {_name(name): line for name, css in (given or {}).items() if (line := one_line(css))}
    for name, css in clean.items():
        _check_css(name, css)
    return clean or None


def merged_selectors(old: Mapping[str, str] | None, changes: Mapping[str, str] | None) -> dict[str, str]:
    """Return the old selectors with the changed ones in their place."""
    return {**(old or {}), **(changes or {})}


def _name(name: str) -> str:
    clean = name.strip().lower()
    if clean in SELECTOR_NAMES:
        return clean
    raise WrongInput(FIELD, name, "is no selector's name", mend=f"Use one of {', '.join(SELECTOR_NAMES)}. {_MEND}")


def _check_css(name: str, css: str) -> None:
    from soupsieve import SelectorSyntaxError  # late: it brings a parser that few commands need
    from soupsieve import compile as compile_css

    if len(css) > LONGEST_SELECTOR_CHARACTERS:
        mend = f"Give at most {LONGEST_SELECTOR_CHARACTERS}: a class or an element's name often does."
        raise WrongInput(f"{FIELD} {name}", css, f"has {len(css)} characters", mend=mend)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # an old spelling (:contains) is still understood
            compile_css(css)
    except SelectorSyntaxError as wrong:
        why = f"is no CSS selector ({str(wrong).splitlines()[0].rstrip('.')})"
        raise WrongInput(f"{FIELD} {name}", css, why, mend=_MEND) from wrong
    except (RecursionError, ValueError, NotImplementedError) as wrong:
        raise WrongInput(f"{FIELD} {name}", css, "cannot be understood", mend="Give a simpler one.") from wrong
