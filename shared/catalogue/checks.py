"""What no entry of a catalogue may hold: names that are in every text or in none, dates of no calendar.

Such a line is valid YAML and would do harm in silence: an item named "the" is in each article, and what is dated
2025-02-30 never happened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from unicodedata import category

from shared.catalogue.entries import Agreement, Naming, Parties, Pattern, Stage
from shared.catalogue.shelf import Shelf
from shared.kit.errors import WrongInput
from shared.language.fold import fold
from shared.language.terms import SMALL_WORDS
from shared.language.tokens import Token, tokenise

FIRST_YEAR, LAST_YEAR = 1900, 2100  # beyond stand misprints, and dates that no article will report
LEADERS = 0.9  # the weight of people in parties.yaml; bodies and places below it may share their name with a project
MIN_NAME_LETTERS = 2  # AI, ИТ and बम are words; a single letter is in every text
MIN_STARRED_LETTERS = 3  # "in*" would be in every text, "inv*" begins few words
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_STARRED = re.compile(r"(\S*?)\*(\S*)")
# With the small words that names may leave out, the commonest words of the three languages: alone they name nothing.
_SAY_NOTHING = SMALL_WORDS | frozenset(
    """
    is are was were be been it its this that these those he she they we you not no but if than so who what which
    не он она оно они это что как но же бы был была были или так для при
    है हैं था थे थी यह वह ये वे नहीं हो कि जो तो भी ही
    """.split()
)


def check_words(shelf: Shelf, field: str, words: Iterable[str]) -> None:
    """Refuse words to look for that any text holds, or none can. Raises WrongInput."""
    for word in words:
        why = None if word.startswith("$") else _trouble(word)
        if why is not None:
            shelf.wrong(
                field, word, why, "Write the whole name or word as articles do; a star ends a word's beginning."
            )


def check_naming(shelf: Shelf, naming: Naming) -> None:
    """Refuse such words among the names of an agreement. Raises WrongInput."""
    for field, texts in (("aliases", naming.aliases), ("weak", naming.weak), ("generic", naming.generic)):
        for key, words in texts.items():
            check_words(shelf, f"{field}.{key}", words)
    check_words(shelf, "unless", naming.unless)
    check_words(shelf, "patterns", _members(naming.patterns))


def check_cues(shelf: Shelf, stage: Stage) -> None:
    """Refuse such words among those that report a stage. Raises WrongInput."""
    check_words(shelf, "cues", stage.cues)
    check_words(shelf, "expected", stage.expected)
    check_words(shelf, "patterns", _members(stage.patterns))


def check_sure_names(file: str, agreements: Iterable[Agreement], parties: Parties) -> None:
    """Refuse a country or a leader as the name of an item: it would be found in each article about them."""
    sides = (word for side in (parties.india, parties.russia) for word, weight in side.items() if weight >= LEADERS)
    taken = {fold(word) for words in (sides, *parties.third.values()) for word in words}
    for agreement in agreements:
        for language, names in agreement.naming.aliases.items():
            for name in names:
                if fold(name) in taken:
                    raise WrongInput(
                        f"{file} {agreement.id} aliases.{language}",
                        name,
                        "names a country or one of its leaders",
                        mend="Give a name that only this item bears.",
                    )


def check_date(shelf: Shelf, value: str) -> None:
    """Refuse what is no day, month or year of the calendar. Raises WrongInput."""
    mend = "Write the day, month or year as 2025-12-05, 2025-12 or 2025, in quotes, or leave the date out."
    parts = _DATE.fullmatch(value)
    if parts is None:
        shelf.wrong("date", value, "is not written as a date", mend)
    year, month, day = int(parts[1]), int(parts[2] or 1), int(parts[3] or 1)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        shelf.wrong("date", value, f"is not between {FIRST_YEAR} and {LAST_YEAR}", mend)
    try:
        date(year, month, day)
    except ValueError:
        shelf.wrong("date", value, "is not in the calendar", mend)


def _members(patterns: Iterable[Pattern]) -> list[str]:
    return [word for pattern in patterns for group in pattern for word in group]


def _trouble(word: str) -> str | None:
    tokens = tokenise(word)
    # The vowel signs of Hindi are marks to Unicode, and letters to its readers.
    letters = sum(category(character)[0] in "LMN" for token in tokens for character in token.surface)
    if not letters:
        return "has no letters to look for"
    if letters < MIN_NAME_LETTERS:
        return "is a single letter, which is in every text"
    if all(_says_nothing(token) for token in tokens):
        return "is in every text"
    for before, after in _STARRED.findall(word):
        if after:
            return "has a star inside a word"
        if len(before) < MIN_STARRED_LETTERS:
            return f"has a star after fewer than {MIN_STARRED_LETTERS} letters"
    return None


def _says_nothing(token: Token) -> bool:
    """Whether it is one of the commonest words; in capitals it may be a name looked for as written (IT, WHO)."""
    return token.folded in SMALL_WORDS or (token.folded in _SAY_NOTHING and not token.surface.isupper())
