"""Which encoding a body is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.parsing.decoding import decode_body

NEWS = "Россия и Индия подписали соглашение о мобильности рабочей силы"
XML = f'<?xml version="1.0" encoding="{{}}"?><rss>{NEWS}</rss>'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (XML.format("windows-1251").encode("cp1251"), ""),
        (XML.format("koi8-r").encode("koi8-r"), "text/xml"),
        (NEWS.encode("cp1251"), "text/html; charset=windows-1251"),
        (NEWS.encode("cp1251"), ""),
        (XML.format("windows-1251").encode("cp1251"), "text/xml; charset=iso-8859-1"),  # a server's unset default
        (XML.format("windows-1251").encode("utf-8"), "text/xml; charset=windows-1251"),  # re-encoded, claim forgotten
        (f'<html><meta charset="windows-1251">{NEWS}'.encode("cp1251"), "text/html"),
        (NEWS.encode("utf-16"), ""),
        (NEWS.encode("utf-8-sig"), ""),
        (("<rss>" + NEWS).encode("utf-16-le"), ""),
        (NEWS.encode("utf-8") * 30 + b"\xd0", ""),
        (NEWS.encode("utf-8") * 30 + b"\xff", "text/html; charset=utf-8"),
    ],
)
def test_the_words_survive_whatever_the_claims(body, content_type):
    assert NEWS in decode_body(body, content_type=content_type)


def test_western_accents_without_any_claim_are_windows_latin():
    assert decode_body("The café’s visit".encode("cp1252")) == "The café’s visit"


@pytest.mark.parametrize("charset", ["utf-7", "unicode_escape", "punycode", "rot13", "zlib", "nonsense"])
def test_an_encoding_that_hides_markup_is_not_used(charset):
    assert decode_body(b"+ADw-script+AD4-\xff", content_type=f"text/html; charset={charset}").startswith("+ADw-")


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_give_text_that_xml_can_hold(body: bytes, content_type: str):
    text = decode_body(body, content_type=content_type)
    assert "\0" not in text
    text.encode("utf-8")
