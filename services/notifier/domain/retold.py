"""Whether a sentence that was told says something else in a newer version of its article; words in, an answer out.

What counts are the words that carry the news: figures, months and days, names, and the words that turn a report into a
denial or an intention. A sentence that only moved, was mended in its spelling or was put in other words says the same;
so does one that leaves out what somebody is ("Minister Lavrov", "Lavrov") and puts nothing in its place. One whose
words all stand within a denial does not.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from shared.kit.text import comparison_key
from shared.language.sentences import sentences

_ALIKE_SHARE = 0.5  # of the words of the longer one: fewer, and it is another sentence
_SAME_WORD_RATIO = 0.75  # "Lavrov" and "Lavrova", "Kudankulam" and "Kudankulum"
_TITLE_CASE_SHARE = 0.6  # of capitals among the words: a headline, in which they mark no names
_SHORTEST_NAME_CHARACTERS = 3
_MOST_SENTENCES = 2000  # of one article: beyond, a page is no article

# What turns "signed" into "not signed" or "to be signed".
_TURNS = frozenset(
    """
    not no never without denied denies deny refuted false nor cannot yet if
    will would may might could should expected expects plan plans planned propose proposed likely soon
    не нет ни никогда без отрицает опроверг опровергла опровергли отказался если бы
    будет будут может могут планирует планируют планируется намерен намерены ожидается предложил вероятно скоро
    नहीं न मत बिना इनकार खंडन यदि अगर होगा होगी होंगे सकता सकती सकते संभावना प्रस्तावित
    """.split()
)
# What somebody is, beside their name. Not what a name means without it (Deputy, Acting, Former).
_TITLES = frozenset(
    """
    mr mrs ms dr sir shri smt prof president prime minister foreign external affairs defence defense finance ambassador
    secretary general director chairman chairwoman chief envoy spokesperson spokesman spokeswoman
    министр премьер президент посол глава господин г
    मंत्री प्रधानमंत्री राष्ट्रपति विदेश रक्षा श्री श्रीमती डॉ
    """.split()
)
_CUT = "…"
_CALENDAR = frozenset(
    """
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    понедельник вторник среду четверг пятницу субботу воскресенье
    जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
    सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार
    """.split()
)


@dataclass(frozen=True)
class Retold:
    """How a sentence reads now (None: no sentence is like it any more), and whether it says something else."""

    sentence: str | None
    otherwise: bool


@lru_cache(maxsize=64)
def retold(told: str, title: str, text: str) -> Retold:
    """Return what became of a sentence in the article as it is now; one cut short at its end is found as well.

    Remembered for a while: the alerts of one article often show the same sentence.
    """
    key = comparison_key(told)
    whole = f"{comparison_key(title)} \n {comparison_key(text)}"
    candidates = [title, *(text[start:end] for start, end in sentences(text)[:_MOST_SENTENCES])]
    if key in whole:
        within = _turned_within(told, key, candidates)
        return Retold(within or told, otherwise=within is not None)
    now = _closest(key.split(), candidates)
    turned = now is not None and _turns(now) != _turns(told)
    return Retold(now, otherwise=turned or _lost(told, now or "", whole.split()))


def _turned_within(told: str, key: str, candidates: Iterable[str]) -> str | None:
    """Return the sentence that has the told words and denies them, None where any sentence says them as before."""
    if (
        not key or told.strip(' "“»«')[:1] == _CUT or told.rstrip()[-1:] == _CUT
    ):  # how the whole of it went nobody knows
        return None
    having = [each for each in candidates if key in comparison_key(each)]
    if not having or any(_turns(each) <= _turns(told) for each in having):
        return None
    return having[0].strip()


def _closest(words: Sequence[str], candidates: Iterable[str]) -> str | None:
    best, found = _ALIKE_SHARE, None
    mine = Counter(words)
    for candidate in candidates:
        theirs = Counter(comparison_key(candidate).split())
        longer = max(mine.total(), theirs.total())
        share = (mine & theirs).total() / longer if longer else 0.0
        if share > best or (share == best and found is None):
            best, found = share, candidate.strip()
    return found


def _turns(sentence: str) -> frozenset[str]:
    return _TURNS.intersection(comparison_key(sentence).split())


def _lost(told: str, now: str, words_now: Sequence[str]) -> bool:
    """Tell whether the sentence had a figure, a day or a name that the whole article no longer has.

    `now` is how it reads now: a title that is left out beside its name is no loss, one that has become another is.
    """
    known = set(words_now)
    exact, spelled = _telling(told)
    if not {_digits(word) for word in exact} <= {_digits(word) for word in known}:
        return True
    gone = {word for word in spelled if word not in known and not any(_same_word(word, other) for other in known)}
    if gone <= _TITLES and not _titles(now) - _titles(told):
        gone -= _beside_names(told, known)
    return bool(gone)


def _titles(sentence: str) -> frozenset[str]:
    return _TITLES.intersection(comparison_key(sentence).split())


def _beside_names(told: str, known: Collection[str]) -> set[str]:
    """Return the titles of a sentence that stand beside a name which is still known."""
    found: set[str] = set()
    run: list[str] = []
    for piece in (*told.split(), ""):
        words = comparison_key(piece).split()
        if piece[:1].isupper() or _TITLES.intersection(words):
            run += words
        if not (piece[:1].isupper() or _TITLES.intersection(words)) or not piece[-1:].isalnum():
            if any(word not in _TITLES and word in known for word in run):
                found |= _TITLES.intersection(run)
            run = []
    return found


def _telling(told: str) -> tuple[set[str], set[str]]:
    """Return the figures, and the names and days, of a sentence; its first word may be capital for being the first."""
    pieces = told.split()
    capitals = [piece for piece in pieces if piece.lstrip("\"'“«(‘").istitle() or piece.isupper()]
    has_names = len(capitals) <= _TITLE_CASE_SHARE * len(pieces)
    exact: set[str] = set()
    spelled: set[str] = set()
    for place, piece in enumerate(pieces):
        for word in comparison_key(piece).split():
            if any(letter.isdecimal() for letter in word):
                exact.add(word)
            elif word in _CALENDAR or (
                place > 0 and has_names and piece in capitals and len(word) >= _SHORTEST_NAME_CHARACTERS
            ):
                spelled.add(word)
    return exact, spelled


def _digits(word: str) -> str:
    """Return the word with its digits as ASCII, whatever script they are of."""
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in word)


def _same_word(word: str, other: str) -> bool:
    if word[:1] != other[:1] or abs(len(word) - len(other)) > len(word) // 2:
        return False
    return SequenceMatcher(None, word, other, autojunk=False).ratio() >= _SAME_WORD_RATIO
