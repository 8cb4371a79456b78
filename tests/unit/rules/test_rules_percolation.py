"""All rules asked of one article: the same answer as asking each, in their order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.rules import Match, RuleSet, percolate, show
from shared.rules.cover import cover_of
from shared.rules.evidence import reason_for
from shared.rules.matching import holds
from tests.unit.rules.rule_builders import (
    VOCABULARY,
    agreement,
    article,
    parsed,
    rule,
    rule_set,
    sector,
    verdict,
)
from tests.unit.rules.rule_strategies import articles, queries


@settings(deadline=None)  # the first query of a process builds the parser
@given(st.lists(queries(), max_size=8), st.lists(articles(), min_size=1, max_size=3))
def test_percolation_answers_like_asking_every_rule(asked, documents):
    rules = RuleSet([rule(show(query), str(number)) for number, query in enumerate(asked)], **VOCABULARY)
    for document in documents:
        one_by_one = [
            (number, reason_for(query, document).evidence)
            for number, query in enumerate(asked)
            if holds(query, document)
        ]
        matches = percolate(rules, document)
        assert [match.evidence for match in matches] == [evidence for _, evidence in one_by_one]
        assert [match.rule for match in matches] == [rules.rules[number] for number, _ in one_by_one]
        assert percolate(rules, document) == matches


def test_matches_come_in_the_order_of_the_rules_with_their_reason():
    rules = rule_set("visa", "sector:defence", "brahmos", "agreement:relos")
    found = verdict(
        agreements=(agreement("relos", "RELOS is signed.", stage="signed"),), sectors=(sector("defence", "Ships."),)
    )
    document = article("Nothing else. A visa is needed.", found=found)
    assert percolate(rules, document) == (
        Match(rule("visa"), "A visa is needed.", "relos", "signed"),
        Match(rule("sector:defence"), "Ships.", "relos", "signed"),
        Match(rule("agreement:relos"), "RELOS is signed.", "relos", "signed", frozenset({"relos"})),
    )


def test_an_article_judged_irrelevant_never_matches_a_subscription_to_an_agreement_or_sector():
    found = verdict(relevant=False, agreements=(agreement("relos", "RELOS."),), sectors=(sector("defence", "Ships."),))
    rules = rule_set("agreement:relos", "sector:defence", "ships", "ships -agreement:relos")
    document = article("Ships sail.", found=found)
    assert [match.rule.query for match in percolate(rules, document)] == ["ships", "ships -agreement:relos"]


def test_a_broken_rule_is_named_and_does_not_silence_the_others():
    rules = RuleSet([rule("agreement:gone"), rule("visa"), rule('"open'), rule("")], **VOCABULARY)
    assert [good.query for good in rules.rules] == ["visa"]
    assert [broken.query for broken, _ in rules.broken] == ["agreement:gone", '"open', ""]
    assert "unknown agreement" in str(rules.broken[0][1])
    assert [match.rule.query for match in percolate(rules, article("A visa."))] == ["visa"]


def test_no_rules_and_an_empty_article_match_nothing():
    assert percolate(rule_set(), article("A visa.")) == ()
    assert percolate(rule_set("visa"), article()) == ()


@pytest.mark.parametrize(
    ("query", "filed_under"),
    [
        ("India AND brahmos", {"brahmos"}),
        ('"India Russia summit" AND India', {'"India Russia summit"'}),
        ("sector:defence AND agreement:relos", {"agreement:relos"}),
        ("sector:defence AND brahmos", {"brahmos"}),
        ("brahmos OR agreement:relos", {"brahmos", "agreement:relos"}),
        ("russia AND NOT brahmos", {"russia"}),
        ("visa NOT (tourist AND NOT relos)", {"visa"}),
        ("NOT (NOT relos AND NOT brahmos)", {"relos", "brahmos"}),
        ('russia NEAR/8 (brahmos OR "arms sale")', {"brahmos", '"arms sale"'}),
        ("title:(india brahmos)", {"brahmos"}),
        ('lang:ru AND ="Working Group"', {'"Working Group"'}),
        ("india AND pharmac*", {"pharmac*"}),
        ("agreement:relos AND stage:signed AND india", {"agreement:relos"}),
        ("date:2026-11-01 AND relevance:>0.7 AND lang:ru", {"lang:ru"}),
        ("@ministers AND india", {"Lavrov", "Лавров", '"Sergey Shoigu"', '"EAM"', "Belous*", "लावरोव"}),
    ],
)
def test_a_rule_is_filed_under_the_rarest_it_needs(query, filed_under):
    assert {show(clause) for clause in cover_of(parsed(query)) or ()} == filed_under


@pytest.mark.parametrize("query", ["relevance:>0.7", "date:2026-11-01 OR visa"])
def test_a_rule_that_needs_no_word_and_no_finding_is_asked_of_every_article(query):
    assert cover_of(parsed(query)) is None
    assert rule_set(query).candidates(article("Nothing of the kind.")) == 1


def test_rules_that_cannot_match_are_not_evaluated():
    rules = rule_set(*(f"india AND word{number}x" for number in range(500)), "india AND brahmos")
    assert rules.candidates(article("India tests BrahMos.")) == 1


@pytest.mark.parametrize("gap", [0, 7, 8, 9])
@pytest.mark.parametrize("times", [1, 30])
def test_words_are_as_near_to_all_rules_at_once_as_to_one(gap, times):
    between = " ".join(["between"] * gap)
    document = article(f"{'visa ' * times}{between} {'e-visa brahmos tests ' * times}{'far ' * 20}relos")
    asked = [
        "visa NEAR/8 brahmos",
        '"brahmos tests" NEAR/8 visa',
        "evisa NEAR/1 (tests OR relos)",
        "visa NEAR/20 relos",
        "visa NEAR/1 visa",
        '"visa visa" NEAR/8 brahm*',
    ]
    matched = [match.rule.query for match in percolate(rule_set(*asked), document)]
    assert matched == [query for query in asked if holds(parsed(query), document)]


@pytest.mark.parametrize(
    "text",
    ["The visa free regime of BrahMos.", "The visa-free regime of BrahMos.", "Visafree regime of Brah-Mos; a regime."],
)
def test_a_phrase_of_three_words_is_found_whatever_became_of_its_hyphens(text):
    asked = [
        '"visa free regime"',
        '"visa-free regime of"',
        '"regime of BrahMos"',
        '"the regime of brah mos"',
        '"a regime"',
    ]
    document = article(text)
    matched = [match.rule.query for match in percolate(rule_set(*asked), document)]
    assert matched == [query for query in asked if holds(parsed(query), document)]
    assert matched
