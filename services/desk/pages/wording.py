"""Keeps the catalogues of translations: takes every marked string of the desk's pages into each, and loses none."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from services.desk.pages.languages import ENGLISH, LANGUAGES, LOCALES

DESK = LOCALES.parent
_METHODS = (("templates/**.html", "jinja2.ext.babel_extract"), ("pages/**.py", "python"))
_LIKE_THE_PAGES = {
    "templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true", "silent": "false"}
}
_LINE = 120


def words_of_pages() -> Catalog:
    """Return every string that is marked in the templates and the modules of the pages, with the files it stands in."""
    found = Catalog(project="Pactwatch")
    for file, _, message, _, context in extract_from_dir(DESK, _METHODS, _LIKE_THE_PAGES, keywords=_KEYWORDS):
        found.add(message, None, [(file, 0)], context=context)
    return found


_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def catalogue_of(language: str) -> Catalog:
    """Return the translations into a language."""
    with path_of(language).open("rb") as words:
        return read_po(words, locale=language)


def path_of(language: str) -> Path:
    """Return where the translations into a language stand."""
    return LOCALES / f"{language}.po"


def updated(language: str, words: Catalog) -> bytes:
    """Return the catalogue of a language with every word of the pages; what stood there before stays, at the end."""
    catalogue = catalogue_of(language)
    catalogue.update(words, no_fuzzy_matching=True, update_creation_date=False)
    written = BytesIO()
    write_po(written, catalogue, width=_LINE, include_lineno=False)
    return written.getvalue()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the catalogues; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.desk.pages.wording", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 when a catalogue is old")
    asked = parser.parse_args(arguments)
    words, old = words_of_pages(), []
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        fresh = updated(language, words)
        if asked.check and fresh != path_of(language).read_bytes():
            old.append(language)
        elif not asked.check:
            path_of(language).write_bytes(fresh)
    if old:
        sys.stderr.write(f"These translations lack words of the pages: {', '.join(old)}. Run `make words`.\n")
    return 1 if old else 0


if __name__ == "__main__":
    raise SystemExit(main())
