"""Why a rule matched, clause by clause with its places, and what came nearest where it did not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings

from shared.rules import Origin, explain, show
from shared.rules.matching import holds
from shared.rules.spans import written
from tests.unit.rules.rule_builders import agreement, article, parsed, sector, verdict
from tests.unit.rules.rule_strategies import articles, queries

FOUND = verdict(agreements=(agreement("s-400", stage="in_force"),), sectors=(sector("trade"),))
TEXT = (
    "RELOS was tabled. The working group on trade, customs and the mutual recognition of diplomas will later turn to "
    "health. Министры говорили о безвизовом режиме."
)
ORIGIN = Origin(
    source="The Hindu",
    country="in",
    url="https://thehindu.example/a",
    published=datetime(2026, 10, 30, tzinfo=UTC),
    language="en",
)
ARTICLE = article(TEXT, title="  Visas for groups ", found=FOUND, origin=ORIGIN)
NAMES = {"relos": ["RELOS", "РЕЛОС"], "s-400": ["S-400"]}


def places_of(query: str) -> list[str]:
    """The words that made the query true, as they stand in the article."""
    return [written(span, ARTICLE) for span in explain(parsed(query), ARTICLE, names=NAMES).spans]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("relos", ["RELOS"]),
        ("visa", ["Visas"]),
        ('"безвизовый режим"', ["безвизовом режиме"]),
        ("recogn*", ["recognition"]),
        ("=RELOS", ["RELOS"]),
        ("title:visa", ["Visas"]),
        ("customs NEAR/3 trade", ["trade", "customs"]),
        ("relos visa -tourist", ["RELOS", "Visas"]),
        ("tourist OR visa", ["Visas"]),
        ("sector:trade", []),
    ],
)
def test_a_true_clause_says_where_it_stands(query, places):
    assert explain(parsed(query), ARTICLE).holds
    assert places_of(query) == places


def test_a_list_says_which_member_hit():
    told = explain(parsed("@ministers"), article("Переговоры с Лавровым. Belousov flew in."))
    assert told.hits == ("Лавров", "Belous*")


def test_an_agreement_says_which_of_its_names_the_text_uses():
    told = explain(
        parsed("agreement:relos"), article(TEXT, found=verdict(agreements=(agreement("relos"),))), names=NAMES
    )
    assert (told.holds, told.hits) == (True, ("RELOS",))


@pytest.mark.parametrize(
    ("query", "nearest"),
    [
        ("relos AND sector:energy", "relos found, but the sector is trade"),
        ("brahmos", "brahmos is not there"),
        ("recognise", "recognise is not there; the nearest word is 'recognition'"),
        ("=Relos", "'RELOS' found, which is not written 'Relos'"),
        ("=Brahmos", "Brahmos is not there in any form"),
        ("pharma*", "pharma* is not there"),
        ('"working committee"', 'of "working committee" only working found, not committee'),
        ('"group working"', 'all words of "group working" found, but not one after the other'),
        ('"sea lanes"', '"sea lanes" is not there'),
        (
            '"working group" NEAR/8 health',
            'both sides of "working group" NEAR/8 health found, with 13 words between them',
        ),
        ("visas NEAR/8 health", "both sides of visas NEAR/8 health found, but one in the title and one in the text"),
        ("relos NEAR/3 (port OR ships)", "relos found, but any of port, ships is not there"),
        ("port NEAR/3 ships", "neither port nor ships is there"),
        ("title:relos", "relos found in the text, not in the title"),
        ("title:brahmos", "in the title, brahmos is not there"),
        ("agreement:relos", "'RELOS' found, but the classifier did not find relos: it found s-400"),
        ("agreement:brahmos", "the classifier did not find brahmos: it found s-400"),
        ("agreement:s-400 AND stage:signed", "agreement:s-400 found, but the stage is in_force, not signed"),
        ("agreement:relos AND stage:signed AND tabled", "no stage counts, as relos was not found"),
        ("source:TASS", "the source is The Hindu"),
        ("country:RU", "the source's country is IN"),
        ("lang:ru", "the language is en"),
        ("outlet:tass.com", "the outlet is thehindu.example"),
        ("relevance:>0.95", "the relevance is 0.90, not >0.95"),
        ("date:>2026-11-01", "it is of 2026-10-30"),
        ("visa -relos", "visa found, but relos is excluded, and is found at 'RELOS'"),
        ("brahmos OR (relos indra)", "none of the 2: relos found, but indra is not there"),
        ("@travel AND relos", "relos found, but @travel is not there"),
    ],
)
def test_a_false_clause_says_what_came_nearest(query, nearest):
    told = explain(parsed(query), ARTICLE, names=NAMES)
    assert not told.holds
    assert nearest in told.nearest


@pytest.mark.parametrize(
    ("query", "nearest"),
    [
        ("agreement:relos", "judged irrelevant, so that no agreement counts"),
        ("sector:energy", "judged irrelevant, so that no sector counts"),
        ("source:TASS", "its source is not known"),
        ("country:RU", "its source's country is not known"),
        ("outlet:tass.com", "its outlet is not known"),
        ("date:>2026-11-01", "its day is not known"),
        ("stage:signed", "no agreement was found"),
    ],
)
def test_what_is_not_known_is_said(query, nearest):
    assert nearest in explain(parsed(query), article("Words.", found=verdict(relevant=False))).nearest


def test_the_tree_follows_the_rule_and_points_into_it():
    text = "visa AND (brahmos OR relos) AND NOT tourist"
    told = explain(parsed(text), ARTICLE)
    kinds = [(part.kind, part.holds, text[part.at :].startswith(part.query.split()[0])) for part in told.parts]
    assert kinds == [("words", True, True), ("or", True, True), ("not", True, True)]
    assert [(part.query, part.holds) for part in told.parts[1].parts] == [("brahmos", False), ("relos", True)]


@settings(deadline=None)  # the first query of a process builds the parser
@given(queries(), articles())
def test_an_explanation_agrees_with_the_matcher_everywhere(query, document):
    told = explain(query, document, names=NAMES)
    assert told.holds == holds(query, document)
    assert told.query == show(query)
    waiting = [told]
    while waiting:
        here = waiting.pop()
        waiting.extend(here.parts)
        assert bool(here.nearest) != here.holds
        for span in here.spans:
            field = document.title if span.part == "title" else document.text
            assert 0 <= span.start < span.end <= len(field)
