"""From bytes to text: which encoding a page or feed is in, decided by evidence before claims."""

from __future__ import annotations

import codecs
import re

_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_INNER_CHARSET = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})|<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})",
    re.IGNORECASE,
)
_INNER_CHARSET_WITHIN_BYTES = 4096
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Encodings of the web (WHATWG), by Python's own names; UTF-7 and the like would hide markup from our checks.
_TAKEN = frozenset(
    """utf-8 utf-16 utf-16-le utf-16-be cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 koi8-r koi8-u
    cp866 mac-cyrillic iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10
    iso8859-13 iso8859-14 iso8859-15 iso8859-16 big5 euc_jp euc_kr gb18030 gbk gb2312 shift_jis cp874""".split()
)
_MEANS_WINDOWS_LATIN = frozenset({"iso8859-1", "ascii", "cp1252"})  # what servers claim when nobody configured them
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def decode_body(body: bytes, *, content_type: str = "") -> str:
    """Return the text of a body; never fails, what cannot be decoded becomes U+FFFD, control characters go.

    Byte order mark, then valid UTF-8 (no other encoding of real text is valid UTF-8 by chance), then what the header
    and the document claim, a bare latin-1 claim last, then a guess between windows-1251 and windows-1252.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return _clean(body[len(mark) :].decode(encoding, "replace"))
    wide = _wide_encoding(body)
    if wide:
        return _clean(body.decode(wide, "replace"))
    try:
        return _clean(body.decode("utf-8"))
    except UnicodeDecodeError:
        encoding = _claimed(body, content_type) or _guessed(body)
        return _clean(body.decode(encoding, "replace"))


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text.removeprefix("\ufeff"))


def _wide_encoding(body: bytes) -> str | None:
    """Tell UTF-16 without a mark by the zeros beside the first two characters."""
    if body[1:2] == b"\0" and body[3:4] == b"\0" and body[0:1] != b"\0":
        return "utf-16-le"
    if body[0:1] == b"\0" and body[2:3] == b"\0" and body[1:2] != b"\0":
        return "utf-16-be"
    return None


def _claimed(body: bytes, content_type: str) -> str | None:
    header = _HEADER_CHARSET.search(content_type)
    inner = _INNER_CHARSET.search(body[:_INNER_CHARSET_WITHIN_BYTES])
    claims = [header.group(1)] if header else []
    if inner:
        claims.append((inner.group(1) or inner.group(2)).decode("ascii", "replace"))
    known = [name for name in map(_python_name, claims) if name]
    mostly_utf8 = any(name == "utf-8" for name in known) and _is_nearly_utf8(body)
    if mostly_utf8:
        return "utf-8"
    return next((name for name in known if name not in _MEANS_WINDOWS_LATIN and name != "utf-8"), None)


def _is_nearly_utf8(body: bytes) -> bool:
    """Tell whether only a few bytes are wrong: a text cut within a letter, or a stray byte from elsewhere."""
    wrong = body.decode("utf-8", "replace").count("\ufffd")
    return wrong * 20 <= sum(byte >= 0x80 for byte in body[:200_000])


def _python_name(claim: str) -> str | None:
    try:
        name = codecs.lookup(claim).name
    except LookupError:
        return None
    return name if name in _TAKEN or name in _MEANS_WINDOWS_LATIN else None


def _guessed(body: bytes) -> str:
    """Choose windows-1251 where most bytes above ASCII are its letters: running text, not an accent here and there."""
    high = [byte for byte in body[:100_000] if byte >= 0x80]
    letters = sum(byte >= 0xC0 or byte in (0xA8, 0xB8) for byte in high)
    if _is_nearly_utf8(body):
        return "utf-8"
    return "cp1251" if letters * 5 > len(high) * 4 and len(high) * 5 > len(body[:100_000]) else "cp1252"
