"""Rules and articles are strangers': whatever one asks of the other is answered, and soon."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

import pytest

from shared.rules import Document, RuleSet, explain, parse
from shared.rules.matching import holds
from tests.unit.rules.rule_builders import VOCABULARY, article, rule

# Counted in calls of functions, which no other work on the machine changes. Reading an article, that is cutting it into
# words, takes about ten calls a word; each word of a rule may take four more of them.
CALLS_A_WORD = 4

_chance = random.Random(5)
_LETTERS = [f"w{chr(97 + number)}x" for number in range(18)]
LISTS = {
    f"l{number}": [" ".join(_chance.choice(_LETTERS) for _ in range(10)) for _ in range(100)] for number in range(5)
}
TEXTS = {
    "one word": "visa " * 5_000,
    "hyphens": "visa-" * 5_000,
    "few words": " ".join(_chance.choice(_LETTERS) for _ in range(5_000)),
}
QUERIES = {
    "a phrase that nearly fits everywhere": '"' + "visa " * 39 + 'free"',
    "a phrase that fits everywhere": '"' + "visa " * 40 + '"',
    "many phrases that nearly fit": " OR ".join(f'"{a} {b} {a} {b} q"' for a in _LETTERS for b in _LETTERS[:4]),
    "words that are near": "visa NEAR/1 free OR visa NEAR/1 visa",
    "words that are never near": " ".join(f"({' OR '.join(_LETTERS[:9])}) NEAR/1 (z{at} OR visa)" for at in range(9)),
    "lists that are near": "(@l0 OR @l1) NEAR/1 (@l2 OR @l3)",
    "all lists": "@l0 @l1 @l2 @l3 @l4",
    "beginnings": " OR ".join(f"w{chr(97 + at)}x{chr(97 + at)}* OR vis*" for at in range(18)),
    "exact forms": " OR ".join(f'="{word.upper()} {word}"' for word in _LETTERS),
    "exclusions inside each other": "visa " + "NOT (" * 24 + "visa" + ")" * 24,
}


def calls_of(work: Callable[[], object]) -> int:
    """How many Python functions are called."""
    calls = 0

    def count(_frame: object, event: str, _what: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("asked", QUERIES)
def test_no_query_costs_more_than_its_words_times_those_of_the_article(asked, text):
    query = parse(QUERIES[asked], **VOCABULARY | {"lists": LISTS})
    words_asked = len(QUERIES[asked].split()) + (5_000 if "@" in QUERIES[asked] else 0)
    document = Document("", TEXTS[text], article().verdict)
    words_read = sum(len(passage.tokens) for passage in document.passages)
    limit = CALLS_A_WORD * words_asked * words_read
    assert calls_of(lambda: holds(query, document)) < limit
    rules = RuleSet([rule(QUERIES[asked])], **VOCABULARY | {"lists": LISTS})
    assert calls_of(lambda: rules.matching(document)) < limit


@pytest.mark.parametrize("asked", QUERIES)
def test_an_explanation_is_no_longer_than_a_reader_can_use(asked):
    query = parse(QUERIES[asked], **VOCABULARY | {"lists": LISTS})
    told = explain(query, Document("", TEXTS["one word"], article().verdict))
    assert len(told.spans) <= 20 * max(1, len(told.parts))
