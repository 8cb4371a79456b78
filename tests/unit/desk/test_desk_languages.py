"""The languages of the pages: which one a reader gets, and that what is vendored is what it says."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from services.desk.pages.languages import LANGUAGES, language_of, translations_into
from services.desk.pages.templates import STATIC

VENDOR = STATIC / "vendor"


def asked(accept: str = "", cookie: str = "") -> str:
    headers = [(b"accept-language", accept.encode("latin-1")), (b"cookie", cookie.encode())]
    return language_of(Request({"type": "http", "headers": headers}))


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("ru", "ru"),
        ("de-DE, hi-IN;q=0.8, en;q=0.5", "hi"),
        ("en;q=0.4, ru;q=0.9", "ru"),
        ("ru;q=0, hi;q=0.1", "hi"),
        ("fr, *;q=0.5", "en"),
        ("ru;q=nonsense", "en"),
    ],
)
def test_a_reader_gets_the_first_of_our_languages_that_their_browser_asks_for(accept, language):
    assert asked(accept) == language


def test_what_a_reader_chose_counts_more_than_what_their_browser_asks_for():
    assert asked("ru", "pactwatch_language=hi") == "hi"
    assert asked("ru", "pactwatch_language=xx") == "ru"


@given(st.text(st.characters(max_codepoint=255), max_size=200))
def test_any_header_gives_one_of_our_languages(header):
    assert asked(header) in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_no_translation_stays_english(language):
    assert translations_into(language).gettext("no such words on any page") == "no such words on any page"


def test_vendored_scripts_are_the_files_whose_hashes_were_written_down():
    written = dict(reversed(line.split()) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    found = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in VENDOR.glob("*.js")}
    assert found == written
