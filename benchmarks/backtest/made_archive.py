"""Makes articles of about 400 words in three languages: sentences of our own digests among words by Zipf's law.

The words of a language are those of the digests, the commonest first, and behind them words made of their parts, until
there are as many as a year of news has. A sentence of the digests is the likelier the earlier it stands there; from it
come the phrases, the names and the words that stand near each other.
"""

from __future__ import annotations

import json
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from shared.contracts.verdict import AgreementFinding, Language, SectorFinding, Verdict
from shared.kit.ids import id_for

DIGESTS = Path(__file__).parents[2] / "tests" / "data"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAYS = 365
WORDS = {"en": 60_000, "ru": 90_000, "hi": 30_000}  # Russian has more forms of a word
LANGUAGES: tuple[tuple[Language, float], ...] = (("en", 0.55), ("ru", 0.33), ("hi", 0.12))
SOURCES = 60
BODY_WORDS = 400
OF_SENTENCES = 0.35  # of the words of a body
_OWN_LETTERS = {
    "en": frozenset("abcdefghijklmnopqrstuvwxyz"),
    "ru": frozenset("абвгдежзийклмнопрстуфхцчшщъыьэюя"),
    "hi": frozenset(map(chr, range(0x0904, 0x094E))),
}
_ENDS = {
    "en": ("", "s", "ed", "ing", "er", "al", "ly"),
    "ru": ("", "а", "ы", "ов", "ам", "ый", "ого", "ая", "ские"),
    "hi": ("", "ों", "ी", "ा", "ें"),
}


@dataclass(frozen=True)
class MadeSource:
    """One outlet."""

    number: int
    name: str
    country: str
    language: Language

    @property
    def host(self) -> str:
        return f"paper{self.number}.example"

    @property
    def source_id(self) -> str:
        return str(id_for("source", self.number))


@dataclass(frozen=True)
class MadeArticle:
    """One article of the archive."""

    number: int
    source: MadeSource
    title: str
    text: str
    published: datetime
    verdict: Verdict

    @property
    def url(self) -> str:
        return f"https://www.{self.source.host}/{self.number}"


class Press:
    """Writes articles."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        digests = [digest for digest in _digests() if digest.get("text")]
        self._agreements = Counter(each for digest in digests for each in digest.get("agreements") or ())
        self._sectors = Counter(each for digest in digests for each in digest.get("sectors") or ())
        self._stages = Counter(each for digest in digests for each in (digest.get("stages") or {}).values())
        self._words: dict[str, _Zipf] = {}
        self._sentences: dict[str, _Zipf] = {}
        for language, _ in LANGUAGES:
            texts = [f"{digest['title']}. {digest['text']}" for digest in digests if digest["language"] == language]
            sentences = [each.strip() for text in texts for each in text.split(". ") if len(each.split()) > 4]
            self._chance.shuffle(sentences)
            self._sentences[language] = _Zipf(sentences, 0.7)
            self._words[language] = _Zipf(self._vocabulary(language, texts), 1.15)
        self.sources = [self._source(number) for number in range(SOURCES)]

    @staticmethod
    def beginning() -> datetime:
        """When the archive begins."""
        return NOW - timedelta(days=DAYS)

    def articles(self, count: int) -> Iterator[MadeArticle]:
        """This many articles, the oldest first."""
        for number in range(count):
            age = timedelta(days=DAYS * (count - number) / count)
            yield self._article(number, NOW - age)

    def _article(self, number: int, published: datetime) -> MadeArticle:
        source = self._chance.choice(self.sources)
        language = source.language
        wanted, words = int(self._chance.gauss(BODY_WORDS, 80)), 0
        parts: list[str] = []
        while words < wanted:
            if self._chance.random() < OF_SENTENCES:
                part = self._sentences[language].draw(self._chance)
            else:
                drawn = [self._words[language].draw(self._chance) for _ in range(self._chance.randint(8, 22))]
                part = " ".join([drawn[0].capitalize(), *drawn[1:]])
            parts.append(f"{part}.")
            words += part.count(" ") + 1
        title = self._sentences[language].draw(self._chance)[:110].rpartition(" ")[0]
        return MadeArticle(number, source, title, " ".join(parts), published, self._verdict(language))

    def _verdict(self, language: Language) -> Verdict:
        relevance = round(self._chance.random(), 3)
        agreements = [each for each in self._some(self._agreements, 2) if self._chance.random() < 0.3]
        return Verdict(
            language=language,
            relevant=relevance > 0.4,
            relevance=relevance,
            sectors=tuple(SectorFinding(id=each, score=0.5, evidence="") for each in self._some(self._sectors, 2)),
            agreements=tuple(
                AgreementFinding(id=each, score=0.5, evidence="", stage=self._some(self._stages, 1)[0])
                for each in agreements
            ),
        )

    def _some(self, known: Counter[str], count: int) -> list[str]:
        return list(dict.fromkeys(self._chance.choices(list(known), list(known.values()), k=count)))

    def _source(self, number: int) -> MadeSource:
        (language,) = self._chance.choices([each for each, _ in LANGUAGES], [share for _, share in LANGUAGES])
        return MadeSource(number, f"Paper {number}", "RU" if language == "ru" else "IN", language)

    def _vocabulary(self, language: str, texts: Sequence[str]) -> list[str]:
        known = Counter(word.strip(".,:;()«»\"'") for text in texts for word in text.split())
        words = [word for word, _ in known.most_common() if word]
        own = _OWN_LETTERS[language]
        parts = sorted({word[: 2 + at % 4] for at, word in enumerate(words) if len(word) > 4 and set(word) <= own})
        made = dict.fromkeys(words)
        while len(made) < WORDS[language]:
            stem = self._chance.choice(parts) + self._chance.choice(parts)
            made.update(dict.fromkeys(stem + end for end in _ENDS[language]))
        return list(made)


class _Zipf:
    """Draws the item of rank r with a chance in proportion to 1 / r ** power."""

    def __init__(self, items: Sequence[str], power: float) -> None:
        self._items = items
        self._sums = list(accumulate(1 / (rank + 2.7) ** power for rank in range(len(items))))

    def draw(self, chance: random.Random) -> str:
        return self._items[bisect_left(self._sums, chance.random() * self._sums[-1])]


def _digests() -> Iterator[dict[str, Any]]:
    for path in sorted(DIGESTS.glob("*_articles*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            yield json.loads(line)
