"""What a person is shown of an exception that nobody expected."""

from __future__ import annotations

from shared.kit.text import clip, one_line, storable

_MOST_CHARACTERS = 300  # a database's errors carry the whole statement


def mistake_sentence(trouble: Exception) -> str:
    """Return the exception's kind and the first line of its words, fit to be stored."""
    words = clip(storable(one_line(str(trouble).strip().partition("\n")[0])), _MOST_CHARACTERS)
    return f"could not be handled ({type(trouble).__name__}{': ' if words else ''}{words})"
