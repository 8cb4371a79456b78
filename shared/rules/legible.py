"""What a reader sees of a query: without the invisible characters that come with text copied from chats and pages."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # they shape letters of Hindi; words are compared without them anyway


def legible(text: str) -> str:
    """The text without what nobody sees: marks of direction, spaces without width, soft hyphens.

    With them `OR` would be a word, and one word would be two.
    """
    if text.isprintable():
        return text
    return "".join(each for each in text if each in _JOINERS or unicodedata.category(each) != "Cf")
