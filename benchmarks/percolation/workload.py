"""Makes rules as officers write them, and articles that they are asked of, from public news texts and a fixed seed.

A rule watches something with five names: three in Latin letters, two of them mostly of several words, one in Cyrillic
and one in Devanagari. 30 % of the rules ask for nothing else, 40 % for one of four other words besides, 15 % for that
and against another word, 15 % for one of the names near another word. Some names are runs of words of the articles, so
that rules match; the others are words of the same texts in pairs that never met. Officers watch
the same things: a name is taken from a pool that grows with the rules, to about 130,000 names for 100,000 rules.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.near_duplicates.corpora import Text

_CYRILLIC = str.maketrans("abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопкрстувшхыз")
_DEVANAGARI = str.maketrans("abcdefghijklmnopqrstuvwxyz", "अबचदएफगहइजकलमनओपकरसतउववयइज")
KNOWN_NAMES = 0.006  # of the names, the part that occurs in an article: it decides how many rules match
_LETTERS: dict[str, dict[int, int]] = {"": {}, "cyrillic": _CYRILLIC, "devanagari": _DEVANAGARI}
NEW_NAMES = 0.26
NEAR_WORDS = 10


@dataclass(frozen=True)
class Asked:
    """One rule: `names` of which one must stand there, `beside` of which one, `without` of which none.

    With `is_near`, a name and one of `beside` stand near each other.
    """

    names: tuple[str, ...]
    beside: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    is_near: bool = False

    def query(self) -> str:
        """The rule in our language."""
        names = _any_of(self.names)
        if self.is_near:
            return f"{names} NEAR/{NEAR_WORDS} {_any_of(self.beside)}"
        besides = f" AND {_any_of(self.beside)}" if self.beside else ""
        return names + besides + "".join(f" NOT {_term(word)}" for word in self.without)


def articles_of(texts: Sequence[Text], count: int, words: int, seed: int) -> list[Text]:
    """Articles of about this many words, cut from the texts; one in ten in other letters."""
    chance = random.Random(seed)
    pool = [word for text in texts for word in text.body.split()]
    articles: list[Text] = []
    for number in range(count):
        start = chance.randrange(len(pool) - words)
        body = " ".join(pool[start : start + words])
        if number % 20 == 7:
            body = body.lower().translate(_CYRILLIC)
        elif number % 20 == 17:
            body = body.lower().translate(_DEVANAGARI)
        articles.append(Text(" ".join(body.split()[:10]), body))
    return articles


class Officers:
    """Write rules."""

    def __init__(self, articles: Sequence[Text], seed: int) -> None:
        self._chance = random.Random(seed)
        plain = [_plain(article.body) for article in articles]
        self._texts = [text for text in plain if len(text) > 100]
        self._vocabulary = sorted({word for text in self._texts for word in text if len(word) > 3})
        self._context = self._usual_words()
        self._pools: dict[str, list[str]] = {letters: [] for letters in _LETTERS}

    def rules(self, count: int) -> list[Asked]:
        """This many rules; more rules begin with the same ones."""
        return [self._rule() for _ in range(count)]

    def _rule(self) -> Asked:
        names = (
            *(self._pooled("") for _ in range(3)),
            self._pooled("cyrillic"),
            self._pooled("devanagari"),
        )
        names = tuple(dict.fromkeys(names))
        kind = self._chance.random()
        if kind < 0.30:
            return Asked(names)
        beside = tuple(dict.fromkeys(self._chance.choice(self._context) for _ in range(4)))
        if kind < 0.70:
            return Asked(names, beside)
        if kind < 0.85:
            return Asked(names, beside, (self._chance.choice(self._context),))
        return Asked(names, beside, is_near=True)

    def _pooled(self, letters: str) -> str:
        """A new name with the chance of one in four, else one that another rule has."""
        pool = self._pools[letters]
        if not pool or self._chance.random() < NEW_NAMES:
            pool.append(self._name().translate(_LETTERS[letters]))
        return pool[-1] if len(pool) == 1 else self._chance.choice(pool)

    def _name(self) -> str:
        length = self._chance.choice((1, 2, 2, 3))
        if self._chance.random() < KNOWN_NAMES:
            text = self._chance.choice(self._texts)
            start = self._chance.randrange(len(text) - length)
            return " ".join(text[start : start + length])
        if length == 1:
            return self._chance.choice(self._vocabulary) + self._chance.choice("aeiou") + self._chance.choice("kmnrt")
        return " ".join(self._chance.choice(self._vocabulary) for _ in range(length))

    def _usual_words(self) -> list[str]:
        """Words that many articles hold, and few hold all of: from 2 to 30 in a hundred."""
        holding: dict[str, int] = {}
        for text in self._texts:
            for word in set(text):
                holding[word] = holding.get(word, 0) + 1
        least, most = 0.02 * len(self._texts), 0.3 * len(self._texts)
        return sorted(word for word, count in holding.items() if least <= count <= most and len(word) > 3)


def _plain(body: str) -> list[str]:
    """The words of an article in Latin letters; nothing of one in others."""
    words = ("".join(letter for letter in word.lower() if letter.isalpha()) for word in body.split())
    return [word for word in words if word and word.isascii()]


def _term(words: str) -> str:
    return f'"{words}"' if " " in words else words


def _any_of(names: Sequence[str]) -> str:
    return _term(names[0]) if len(names) == 1 else f"({' OR '.join(map(_term, names))})"
