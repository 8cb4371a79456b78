"""What a password must be: long, and not what everybody tries first. Nothing is asked of the kinds of its characters.

At least 15 characters are what NIST SP 800-63B-4 asks of a password that stands alone, and what OWASP ASVS 5 (6.2.1)
recommends. A list of common passwords hardly reaches that length; what does is pieces of it, repeated and put together,
so those are what is looked for: common words, keyboard rows, runs, and the names of the person and of this house.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared.kit.errors import WrongInput

LEAST_CHARACTERS = 15
MOST_CHARACTERS = 256  # more is no safer, and costs us work
_LEAST_OWN_CHARACTERS = 6  # what must be left, and differ, once everything that is easily guessed is taken out
_HIDDEN = "(not shown)"

HOUSE_WORDS = ("pactwatch", "agreement", "russia", "india", "moscow", "delhi", "desk")
# Our own words for what lists of leaked passwords begin with, in whatever language, and the rows of keyboards.
COMMON_PIECES = (
    *(
        "password",
        "passwort",
        "passw0rd",
        "p@ssw0rd",
        "p@ssword",
        "parol",
        "пароль",
        "secret",
        "letmein",
        "welcome",
        "changeme",
    ),
    *(
        "admin",
        "administrator",
        "root",
        "user",
        "login",
        "guest",
        "default",
        "master",
        "iloveyou",
        "sunshine",
        "princess",
    ),
    *("monkey", "dragon", "football", "baseball", "superman", "batman", "shadow", "trustno1", "whatever", "freedom"),
    *(
        "qwertyuiop",
        "qwerty",
        "qwertz",
        "azerty",
        "asdfghjkl",
        "asdfgh",
        "asdf",
        "zxcvbnm",
        "zxcvbn",
        "qazwsxedc",
        "qazwsx",
    ),
    *(
        "йцукенгшщзхъ",
        "йцукен",
        "фывапролджэ",
        "фыва",
        "ячсмить",
        "1q2w3e4r5t6y7u8i9o0p",
        "1q2w3e4r5t",
        "1q2w3e4r",
        "1q2w3e",
    ),
    *("1qaz2wsx3edc", "1qaz2wsx", "zaq12wsx", "summer", "winter", "spring", "autumn", "january", "monday", "company"),
)


def checked_password(password: str, *, about: Sequence[str] = ()) -> str:
    """Return the password exactly as given. Raises WrongInput, which does not show it.

    `about` are names that somebody would try first: of the person, of the mail address.
    """
    if len(password) < LEAST_CHARACTERS:
        raise _wrong(
            f"has {len(password)} characters",
            f"Give at least {LEAST_CHARACTERS}; a few words that you remember will do.",
        )
    if len(password) > MOST_CHARACTERS:
        raise _wrong(f"has {len(password)} characters", f"Give at most {MOST_CHARACTERS}.")
    if len(set(_own_part(password, about))) < _LEAST_OWN_CHARACTERS:
        mend = "Names, common words, rows of keys and repetitions count for nothing; add words of your own."
        raise _wrong("is made of what others would try first", mend)
    return password


def checked_twice(password: str, again: str) -> str:
    """Return the password. Raises WrongInput when it was not repeated as it is."""
    if password != again:
        raise _wrong("was not repeated as it is", "Type the same password in both fields.")
    return password


def _own_part(password: str, about: Sequence[str]) -> str:
    """Return what is left of a password without pieces that are easily guessed; of a repetition only the first."""
    rest = _once(password.casefold())
    known = {piece.casefold() for piece in (*COMMON_PIECES, *HOUSE_WORDS)}
    known |= {part for name in about for part in re.split(r"[\W_]+", name.casefold()) if len(part) > 2}
    for piece in sorted(known, key=len, reverse=True):
        rest = rest.replace(piece, " ")
    return "".join(_without_runs(rest).split())


def _once(text: str) -> str:
    """Return the shortest beginning that, repeated, makes the whole text; the text itself where there is none."""
    at = (text + text).find(text, 1)
    return text[:at] if at < len(text) else text


def _without_runs(text: str) -> str:
    """Return the text without runs of three and more: aaa, 3456, zyx."""
    kept, at = [], 0
    while at < len(text):
        end = _end_of_run(text, at)
        if end - at < 3:
            end = at + 1
            kept.append(text[at])
        at = end
    return "".join(kept)


def _end_of_run(text: str, start: int) -> int:
    end = start + 1
    while end < len(text):
        step = ord(text[end]) - ord(text[end - 1])
        if step not in (-1, 0, 1) or (end > start + 1 and step != ord(text[start + 1]) - ord(text[start])):
            return end
        end += 1
    return end


def _wrong(why: str, mend: str) -> WrongInput:
    return WrongInput("Password", _HIDDEN, why, mend=mend)
