"""Signs that a reader does not see and a search stumbles over: taken out; and one normal form for the rest."""

from __future__ import annotations

import re
import unicodedata

# Soft hyphen, zero-width space, word joiner, BOM, direction marks. Joiners are another matter, see below.
_UNSEEN = dict.fromkeys(
    map(ord, "\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), None
)
_ANY_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
# Between letters of Indic and Arabic scripts, and within emoji, ZWNJ and ZWJ are spelling; elsewhere they are dirt.
_STRAY_JOINER = re.compile("(?:(?<=[\\s!-~\u00a0-\u052f\u2010-\u2027\u2030-\u205e])|^)[\u200c\u200d]+")


def without_invisible(text: str) -> str:
    """Return the text in NFC without invisible signs; joiners stay where the script needs them."""
    if _ANY_UNSEEN.search(text):
        text = _STRAY_JOINER.sub("", text.translate(_UNSEEN))
    return unicodedata.normalize("NFC", text)
