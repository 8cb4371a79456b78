"""One spelling for many: folds a word of English, Russian or Hindi, and finds its stem.

What folding equates: letter case, ё and е, stress marks, Devanagari nukta, chandrabindu and anusvara with the nasal
consonants they stand for (हिन्दी, हिंदी), ॉ and ा (मॉस्को, मास्को), Devanagari and ASCII digits, invisible joiners.
Stems are Snowball's (https://snowballstem.org/), chosen by the script of the word, not by the language of the text:
a Latin name in a Hindi article is stemmed as Latin.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache

import regex
import Stemmer

from shared.language.kept import LONGEST_KEPT_LETTERS

# A month of this news has about 20,000 different word forms. What is kept of so many, in all the caches that this
# sizes, takes some 30 MB.
CACHED_WORDS = 32_768
_FOLDED_WORDS = 8_192  # most words come through the tokeniser, which keeps what it made of them

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_CYRILLIC_FOLD = str.maketrans({"ё": "е", "\u0301": None, "\u0300": None})
_DEVANAGARI_FOLD = str.maketrans(
    {
        "\u093c": None,  # nukta: ज़ and ज are written for each other
        "\u0901": "\u0902",  # chandrabindu → anusvara
        "\u0949": "\u093e",  # ॉ → ा
        "\u0911": "\u0906",  # ऑ → आ
        **{chr(0x0966 + digit): str(digit) for digit in range(10)},
    }
)
# A nasal consonant with virama before a stop of its own place of articulation is the same sound as anusvara.
_HOMORGANIC_NASAL = regex.compile(r"ङ्(?=[कखगघ])|ञ्(?=[चछजझ])|ण्(?=[टठडढ])|न्(?=[तथदध])|म्(?=[पफबभ])")
_LATIN_MARKS = regex.compile(r"(?<=\p{Latin}\p{Mn}*)\p{Mn}")
_CYRILLIC = regex.compile(r"\p{Cyrillic}")
_DEVANAGARI = regex.compile(r"\p{Devanagari}")
_AMPERSAND_MIN_LETTERS = 4  # M&MTC and MMTC are one name; R&D and "rd" are not

# A Snowball stemmer keeps the word it works on in itself; two threads would mix their words.
_one_at_a_time = threading.Lock()
_english, _russian, _hindi = (
    Stemmer.Stemmer(language, 0)  # it need not keep stems: whoever asks does
    for language in ("english", "russian", "hindi")
)

_LATIN_OF = {
    **dict(zip("абвгдезийклмнопрстуфхцыэ", "abvgdeziyklmnoprstufhcye", strict=True)),
    "ж": "zh",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
    "ё": "e",
}


def latin_of(word: str) -> str:
    """A folded Cyrillic word in Latin letters; other letters stay (used for model names: су → su, мки → mki)."""
    return "".join(_LATIN_OF.get(letter, letter) for letter in word)


def fold(word: str) -> str:
    """The one spelling under which variants of a word meet; never longer than a few letters more than the word."""
    return _fold(word) if len(word) <= LONGEST_KEPT_LETTERS else str(_fold.__wrapped__(word))


def stem_of(folded: str) -> str:
    """The Snowball stem of a folded word, by its script; numbers and one-letter words stand for themselves."""
    return _stem_of(folded) if len(folded) <= LONGEST_KEPT_LETTERS else str(_stem_of.__wrapped__(folded))


@lru_cache(maxsize=_FOLDED_WORDS)
def _fold(word: str) -> str:
    folded = unicodedata.normalize("NFKC", word.translate(_INVISIBLE)).casefold()
    if folded.isascii():
        if "&" in folded and len(folded) > _AMPERSAND_MIN_LETTERS:
            folded = folded.replace("&", "")
        return folded
    if _DEVANAGARI.search(folded):
        return str(_HOMORGANIC_NASAL.sub("\u0902", folded)).translate(_DEVANAGARI_FOLD)
    if _CYRILLIC.search(folded):
        return folded.translate(_CYRILLIC_FOLD)
    return unicodedata.normalize("NFC", str(_LATIN_MARKS.sub("", unicodedata.normalize("NFKD", folded))))


@lru_cache(maxsize=_FOLDED_WORDS)
def _stem_of(folded: str) -> str:
    if len(folded) < 2 or not (folded[-1].isalpha() or _DEVANAGARI.search(folded)):
        return folded
    with _one_at_a_time:
        if _CYRILLIC.search(folded):
            return str(_russian.stemWord(folded))
        if _DEVANAGARI.search(folded):
            return str(_hindi.stemWord(folded))
        return str(_english.stemWord(folded))
