"""Small text values: one-line headlines, clipped excerpts, folded comparison keys. No language knowledge here."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"), None)  # soft hyphen, zero-width space, joiner, BOM
_HALVES = re.compile("[\ud800-\udfff]")


def one_line(text: str) -> str:
    """Return the text on one line: runs of white space become one space, control and invisible characters go."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text.translate(_INVISIBLE))
    return " ".join(kept.split())


def storable(text: str) -> str:
    """Return the text without what no database takes: NUL goes, half a character (a lone surrogate) becomes �."""
    return _HALVES.sub("�", text.replace("\x00", ""))


def clip(text: str, limit_characters: int) -> str:
    """Return the text cut to the limit at a word's edge, with an ellipsis where something was cut."""
    if len(text) <= limit_characters:
        return text
    head = text[: limit_characters - 1]
    edge = head.rfind(" ")
    return (head[:edge] if edge > limit_characters // 2 else head).rstrip() + "…"


def comparison_key(text: str) -> str:
    """Return a key equal for two spellings of the same words: NFKC, case-folded, letters and digits only."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded)
    return " ".join(kept.split())
