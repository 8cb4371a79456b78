"""The languages that the desk speaks: which one a reader wants, and the words of our pages in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from starlette.requests import Request

LOCALES = Path(__file__).parent.parent / "locales"
ENGLISH = "en"  # the language that the templates are written in
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", "ru": "Русский", "hi": "हिन्दी"}
COOKIE = "pactwatch_language"
_NUMBER = re.compile(r"\d+")
_MOST_WISHES = 20  # languages in one header; a browser sends a handful


@cache
def translations_into(language: str) -> NullTranslations:
    """Return the words of our pages in this language. What is not translated stays English."""
    if language == ENGLISH:
        return NullTranslations()
    with (LOCALES / f"{language}.po").open("rb") as words:
        catalogue = read_po(words, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def language_of(request: Request) -> str:
    """Return the language that the reader chose, else the first of ours that their browser asks for, else English."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    return next(_wished(request.headers.get("accept-language", "")), ENGLISH)


def _wished(header: str) -> Iterator[str]:
    """Yield our languages in the order of an Accept-Language header (RFC 9110, section 12.5.4)."""
    wishes = []
    for place, part in enumerate(header.split(",")[:_MOST_WISHES]):
        code, _, weight = part.strip().partition(";")
        wishes.append((-_weight(weight), place, code.strip().casefold().partition("-")[0]))
    yield from (code for weight, _, code in sorted(wishes) if weight < 0 and code in LANGUAGES)


def _weight(parameter: str) -> float:
    name, _, number = parameter.strip().partition("=")
    try:
        return min(1.0, max(0.0, float(number))) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def marked(words: str) -> str:
    """Return the words as they are: what stands in this call is found, and translated when shown."""
    return words


def worded(words: str, translations: NullTranslations) -> str:
    """Return a sentence that was made in Python in the language of the page; one that is not known stays English.

    A number in it is no part of what is translated: "has 9 characters" is looked up as "has %(n)s characters".
    """
    if not words:
        return ""
    found = translations.gettext(words)
    numbers = _NUMBER.findall(words)
    if found != words or len(numbers) != 1:
        return found
    pattern = _NUMBER.sub("%(n)s", words.replace("%", "%%"))
    found = translations.gettext(pattern)
    return found % {"n": numbers[0]} if found != pattern else words
