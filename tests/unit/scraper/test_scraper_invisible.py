"""Signs that nobody sees are taken out of a text, and spelling stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.parsing.invisible import without_invisible
from services.scraper.parsing.page import ReadablePage, readable_article

URL = "https://www.outlet.example/world/ministers-agree"
HINDI = "भारत और रूस ने शुक्रवार को स्वास्थ्य क्षेत्र में सहयोग के समझौते पर हस्ताक्षर किए, मंत्रालय ने बताया। बड़ा क़दम।"
RUSSIAN = "Министры двух стран подписали соглашение о сотрудничестве в области здравоохранения, сообщила пресс-служба."


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("co\u00adop\u00adera\u00adtion", "cooperation"),
        ("Rus\u200bsia and\u2060 India\ufeff", "Russia and India"),
        ("Rus\u200csia\u200d and", "Russia and"),
        ("согла\u00adше\u200cние", "соглашение"),
        ("\u202bIndia\u202c", "India"),
        ("क्\u200dष और र\u200cम", "क्\u200dष और र\u200cम"),
        ("cafe\u0301", "café"),
    ],
)
def test_dirt_goes_and_the_joiners_of_devanagari_stay(dirty: str, clean: str) -> None:
    assert without_invisible(dirty) == unicodedata.normalize("NFC", clean)


@given(st.text(max_size=200))
def test_the_result_is_composed_and_taking_out_twice_is_taking_out_once(text: str) -> None:
    clean = without_invisible(text)
    assert unicodedata.is_normalized("NFC", clean)
    assert without_invisible(clean) == clean


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_hindi_page_in_any_normal_form_gives_one_text(form) -> None:
    body = f"<html><body><p>{unicodedata.normalize(form, HINDI)}</p></body></html>".encode()
    page = readable_article(body, content_type="text/html", url=URL)
    assert isinstance(page, ReadablePage)
    assert page.text == unicodedata.normalize("NFC", HINDI)


@given(
    written=st.sampled_from(["utf-8", "windows-1251", "koi8-r", "cp866", "iso8859-5", "utf-16"]),
    header=st.sampled_from(["", "utf-8", "windows-1251", "koi8-r", "iso-8859-1"]),
    inner=st.sampled_from(["", "utf-8", "windows-1251", "koi8-r"]),
    markup=st.integers(0, 40),
)
def test_a_russian_page_is_read_whatever_it_claims_to_be_written_in(
    written: str, header: str, inner: str, markup: int
) -> None:
    head = f'<meta charset="{inner}">' if inner else ""
    frame = '<div class="box">' * markup
    body = f"<html><head>{head}</head><body>{frame}<p>{RUSSIAN}</p><p>{RUSSIAN}</p></body></html>".encode(written)
    stated = f"text/html; charset={header}" if header else "text/html"
    page = readable_article(body, content_type=stated, url=URL)
    assert isinstance(page, ReadablePage)
    assert RUSSIAN in page.text


def test_a_byte_order_mark_and_nul_bytes_in_the_middle_are_not_text() -> None:
    body = f"<html><body><p>\ufeff{RUSSIAN[:40]}\ufeff{RUSSIAN[40:]}</p></body></html>".encode()
    page = readable_article(body.replace(b"</p>", b"\0\0</p>"), content_type="text/html", url=URL)
    assert isinstance(page, ReadablePage)
    assert page.text == RUSSIAN
