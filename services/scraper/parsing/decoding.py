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
_CONTROL_BYTES = bytes(byte for byte in range(0x20) if byte not in b"\t\n\r")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ASCII = bytes(range(0x80))
_GUESSED_WITHIN_BYTES = 200_000
_WORD_OF_HIGH_BYTES = re.compile(rb"[\x80-\xff]{3,}")
_CYRILLIC_SHARE = 0.6  # of the bytes above ASCII stand in such words; Western accents stand alone
_CYRILLIC = frozenset({"cp1251", "koi8-r", "koi8-u", "cp866", "mac-cyrillic", "iso8859-5"})
# Where each encoding has its small letters, of which running text is made (а-п and р-я, where they are apart).
_SMALL_LETTERS = {
    "cp1251": bytes(range(0xE0, 0x100)),
    "koi8-r": bytes(range(0xC0, 0xE0)),
    "cp866": bytes([*range(0xA0, 0xB0), *range(0xE0, 0xF0)]),
    "iso8859-5": bytes(range(0xD0, 0xF0)),
}
_SMALL_SHARE = 0.85  # of the letters: then the encoding is plain


_TEXT_LOOKED_AT_BYTES = 8192
_MOST_CONTROL_SHARE = 0.05  # of a text's first bytes; a compressed or compiled file has three times as many
_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|meta|div|p|pre|title|rss|feed)\b", re.IGNORECASE)


def is_binary(body: bytes) -> bool:
    """Tell whether a body is no text in any encoding, whatever it was served as: by its control characters."""
    start = body[:_TEXT_LOOKED_AT_BYTES]
    if any(start.startswith(mark) for mark, _ in _BYTE_ORDER_MARKS) or _wide_encoding(start) or _MARKUP.search(start):
        return False
    return len(start) - len(start.translate(None, _CONTROL_BYTES)) > _MOST_CONTROL_SHARE * len(start)


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
    narrow = body.translate(None, _CONTROL_BYTES)  # all other encodings keep ASCII where it is: ten times faster here
    try:
        text = narrow.decode("utf-8")
    except UnicodeDecodeError:
        text = narrow.decode(_encoding_of(narrow, content_type), "replace")
    return _clean(text) if "\ufffe" in text or "\uffff" in text else text.removeprefix("\ufeff")


def _encoding_of(body: bytes, content_type: str) -> str:
    """Choose the encoding of a body that is not valid UTF-8: its claims, unless its letters plainly speak against."""
    claimed = _claimed(body, content_type)
    if claimed is None or claimed in _CYRILLIC:
        return _cyrillic_by_letters(body) or claimed or _guessed(body)
    return claimed


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
    return wrong * 20 <= len(_high_bytes(body))


def _high_bytes(body: bytes) -> bytes:
    return body[:_GUESSED_WITHIN_BYTES].translate(None, _ASCII)


def _python_name(claim: str) -> str | None:
    try:
        name = codecs.lookup(claim).name
    except LookupError:
        return None
    return name if name in _TAKEN or name in _MEANS_WINDOWS_LATIN else None


def _cyrillic_by_letters(body: bytes) -> str | None:
    """Tell a Russian encoding by where the letters of its words are; None where they are not plainly one's."""
    words = b"".join(_WORD_OF_HIGH_BYTES.findall(body[:_GUESSED_WITHIN_BYTES]))
    if len(words) < 12 or len(words) < _CYRILLIC_SHARE * len(_high_bytes(body)) or _is_nearly_utf8(body):
        return None
    small = {name: len(words) - len(words.translate(None, letters)) for name, letters in _SMALL_LETTERS.items()}
    best = max(small, key=lambda name: small[name])
    return best if small[best] >= _SMALL_SHARE * len(words) else None


def _guessed(body: bytes) -> str:
    """Choose windows-1251 where most bytes above ASCII stand in words: running text, not an accent here and there."""
    high = _high_bytes(body)
    if _is_nearly_utf8(body):
        return "utf-8"
    words = sum(map(len, _WORD_OF_HIGH_BYTES.findall(body[:_GUESSED_WITHIN_BYTES])))
    return "cp1251" if high and words >= _CYRILLIC_SHARE * len(high) else "cp1252"
