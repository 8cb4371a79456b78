"""The form of a text: a bare sentence, a headline, or a story. What a text is likely about differs between them."""

from __future__ import annotations

from typing import Literal

from services.classifier.domain.reading import Reading

Form = Literal["sentence", "headline", "story"]
BRIEF_TOKENS = 60  # a headline with a line below it has fewer, a story more
_END_MARKS = frozenset(".!?।…")
_CLOSING = "»”\"')] "
# Finite verbs and pronouns: a sentence has one, a headline or the title of a bill seldom.
_FINITE = frozenset(
    """
    is are was were am has have had do does did can could will would may might
    it they them their he him she we us our you your i my himself themselves itself
    because although though but most many some very often usually however
    был была было были есть будет будут может могут можно нужно нет
    он она оно они его ее их ему ей им я мы вы вас нас вам нам ты это этот эта эти
    который которая которое которые которых которой если когда потому однако также очень часто обычно
    है हैं था थे थी थीं हो होता होती होते हुआ हुई हुए होगा होंगे सकता सकती सकते
    गया गई गए रहा रही रहे वह वे यह ये उन उनके उसके इसके हम मैं आप जो जिस जिसे क्योंकि लेकिन अगर
    """.split()
)


def form_of(reading: Reading) -> Form:
    """The form of a text, from its marks and its words."""
    if len(reading.tokens) > BRIEF_TOKENS:
        return "story"
    bare = len({line.in_title for line in reading.lines}) < 2  # a title or a text, not both
    ends = reading.text.rstrip().rstrip(_CLOSING)[-1:] in _END_MARKS
    if bare and ends and any(token.folded in _FINITE for token in reading.tokens):
        return "sentence"
    return "headline"
