"""Tells English, Russian and Hindi apart by the share of their scripts; no model, no network."""

from __future__ import annotations

import regex

from shared.contracts.verdict import Language

_DEVANAGARI = regex.compile(r"\p{Devanagari}+")
_CYRILLIC = regex.compile(r"\p{Cyrillic}+")
_LATIN = regex.compile(r"\p{Latin}+")
_LOOKED_AT_CHARS = 4000  # the lead says it; the whole of a long page would only cost time
_MIN_SHARE = 0.3  # Russian and Hindi articles quote Latin names; English ones hardly quote the other scripts


def detect_language(text: str) -> Language:
    """'hi' or 'ru' where their script makes up a good part of the letters, else 'en' (also for an empty text)."""
    sample = text[:_LOOKED_AT_CHARS]
    hindi = sum(map(len, _DEVANAGARI.findall(sample)))
    russian = sum(map(len, _CYRILLIC.findall(sample)))
    letters = hindi + russian + sum(map(len, _LATIN.findall(sample)))
    if letters == 0 or max(hindi, russian) < _MIN_SHARE * letters:
        return "en"
    return "hi" if hindi >= russian else "ru"
