"""Makes copies of a news text as outlets make them: new headlines and datelines, boilerplate, cuts, edits."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.near_duplicates.corpora import Text

KINDS = ("light", "cut", "edited", "heavy")

_SENTENCE_ENDS = re.compile(r"(?<=[.!?।])\s+")
_DATELINES = (
    "NEW DELHI: ",
    "MOSCOW (Agencies) - ",
    "Mumbai, March 4 (Newswire) -- ",
    "LONDON, Tuesday: ",
    "By our correspondent, Vladivostok. ",
    "",
)
_ENDINGS = (
    "(This story has not been edited by our staff and comes from a syndicated feed.)",
    "Follow us on social media for the latest news, and subscribe to our newsletter for the day's stories.",
    "The views expressed are the author's own. All rights reserved. No part of this may be reproduced without leave.",
    "With inputs from agencies.",
    "First published on our site; download our app for breaking news and updates from around the world.",
)


@dataclass(frozen=True)
class Press:
    """What copies are made with: other articles' headlines and words."""

    headlines: Sequence[str]
    words: Sequence[str]


def press_of(texts: Sequence[Text]) -> Press:
    """Return the headlines and the words of these texts."""
    return Press([each.title for each in texts], sorted({word for each in texts for word in each.body.split()}))


def copy_of(text: Text, kind: str, press: Press, chance: random.Random) -> Text:
    """Return a copy of this kind; every kind has another headline, dateline and boilerplate."""
    sentences = _SENTENCE_ENDS.split(text.body.strip())
    return Text(_headline(text, press, chance), _wrapped(_EDITS[kind](sentences, press, chance), press, chance))


def _headline(text: Text, press: Press, chance: random.Random) -> str:
    """Return half of the headline's words, in another order, with two of somebody else's."""
    words = text.title.split()
    kept = chance.sample(words, k=max(1, len(words) // 2))
    return " ".join([*kept, *chance.sample(press.words, k=2)])


def _wrapped(sentences: Sequence[str], press: Press, chance: random.Random) -> str:
    """Return the sentences with a dateline, an "Also Read" line between them, and an outlet's ending."""
    middle = chance.randrange(len(sentences) + 1)
    also = f"Also Read | {chance.choice(press.headlines)}"
    body = [*sentences[:middle], also, *sentences[middle:], *chance.sample(_ENDINGS, k=chance.choice((1, 2)))]
    return chance.choice(_DATELINES) + " ".join(body)


def _light(sentences: Sequence[str], _press: Press, _chance: random.Random) -> list[str]:
    return list(sentences)


def _cut(sentences: Sequence[str], _press: Press, chance: random.Random) -> list[str]:
    """Return the text without the last 30 to 60 per cent of its words."""
    words = " ".join(sentences).split()
    return [" ".join(words[: max(1, round(len(words) * chance.uniform(0.4, 0.7)))])]


def _edited(sentences: Sequence[str], press: Press, chance: random.Random) -> list[str]:
    """Return nine of ten sentences, two of them exchanged, with every twentieth word another."""
    kept = [each for each in sentences if chance.random() < 0.9] or list(sentences)
    if len(kept) > 2:
        at = chance.randrange(len(kept) - 1)
        kept[at], kept[at + 1] = kept[at + 1], kept[at]
    return [_reworded(each, 0.05, press, chance) for each in kept]


def _heavy(sentences: Sequence[str], press: Press, chance: random.Random) -> list[str]:
    """Return seven of ten sentences without the last fifth, every eighth word another, under a lead of its own."""
    kept = [each for each in sentences[: max(1, round(len(sentences) * 0.8))] if chance.random() < 0.7]
    lead = " ".join(chance.sample(press.words, k=25)) + "."
    return [lead, *(_reworded(each, 0.12, press, chance) for each in kept or sentences[:1])]


def _reworded(sentence: str, part: float, press: Press, chance: random.Random) -> str:
    """Return the sentence with this part of its words dropped, replaced or given a neighbour."""
    words: list[str] = []
    for word in sentence.split():
        if chance.random() >= part:
            words.append(word)
            continue
        words.extend(chance.choice(((), (chance.choice(press.words),), (word, chance.choice(press.words)))))
    return " ".join(words)


_EDITS: dict[str, Callable[[Sequence[str], Press, random.Random], list[str]]] = {
    "light": _light,
    "cut": _cut,
    "edited": _edited,
    "heavy": _heavy,
}
