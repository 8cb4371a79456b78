"""Rules followed through their changes are what they would be if all were compiled anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.saved_rules import SavedList, SavedRule, SavedRules
from shared.rules import LiveRules, RuleSet
from tests.unit.rules.rule_builders import AGREEMENTS, SECTORS, STAGES, article

compiled = partial(RuleSet, agreements=AGREEMENTS, sectors=SECTORS, stages=STAGES)
ARTICLES = [article("visa and RELOS"), article("Lavrov spoke"), article("ports of Chennai and a visa")]


def saved(number: int, query: str = "visa", *, version: int = 1, live: bool = True, implied: bool = False) -> SavedRule:
    return SavedRule(UUID(int=number), f"Rule {number}", query, version, "each_story", "normal", live, implied)


def a_list(number: int, *members: str, name: str = "", live: bool = True) -> SavedList:
    return SavedList(UUID(int=number), name or f"list{number}", members, live)


def first(rules: Sequence[SavedRule] = (), lists: Sequence[SavedList] = ()) -> LiveRules:
    return LiveRules.first(SavedRules(tuple(rules), tuple(lists)), compiled)


def after(live: LiveRules, *changes: SavedRule | SavedList) -> LiveRules:
    rules = tuple(each for each in changes if isinstance(each, SavedRule))
    return live.after(SavedRules(rules, tuple(each for each in changes if isinstance(each, SavedList))))


def matched(live: LiveRules, text: str = "a visa") -> list[tuple[str, int]]:
    return sorted((rule.name, rule.version) for rule in live.rules.matching(article(text)))


def test_a_changed_rule_stands_in_the_place_of_its_earlier_version():
    before = first([saved(1), saved(2)])
    now = after(before, saved(1, "visa OR relos", version=2))
    assert matched(now) == [("Rule 1", 2), ("Rule 2", 1)]
    assert matched(before) == [("Rule 1", 1), ("Rule 2", 1)]  # whoever asks it still, is answered as before


def test_a_rule_that_ends_matches_no_more_until_it_is_back():
    live = after(first([saved(1), saved(2)]), saved(1, live=False))
    assert matched(live) == [("Rule 2", 1)]
    assert matched(after(live, saved(1, version=2))) == [("Rule 1", 2), ("Rule 2", 1)]


def test_several_changes_told_at_once_all_count():
    live = after(first([saved(1)]), saved(1, live=False), saved(2), saved(3, "relos"))
    assert matched(live) == [("Rule 2", 1)]


def test_a_change_that_is_told_twice_is_one_change():
    live = first([saved(1)])
    for _ in range(2):
        live = after(live, saved(1, version=2), a_list(1, "x"))
    assert matched(live) == [("Rule 1", 2)]


def test_a_rule_saved_together_with_the_list_it_names_is_never_broken():
    live = after(first(), saved(1, "@list1"), a_list(1, "visa"))
    assert not live.broken
    assert matched(live) == [("Rule 1", 1)]


def test_a_list_that_changes_changes_every_rule_that_names_it():
    live = first([saved(1, "@list1"), saved(2)], [a_list(1, "relos")])
    assert matched(live) == [("Rule 2", 1)]
    assert matched(after(live, a_list(1, "relos", "visa"))) == [("Rule 1", 1), ("Rule 2", 1)]


def test_a_rule_breaks_when_its_list_goes_and_is_mended_when_it_comes_back_under_its_name():
    live = first([saved(1, "@list1")], [a_list(1, "visa")])
    broken = after(live, a_list(1, "visa", live=False))
    assert [rule.name for rule, _ in broken.broken] == ["Rule 1"]
    assert not after(broken, saved(2, version=2)).broken  # it has been told
    assert not matched(broken)
    assert matched(after(broken, a_list(1, "visa", name="other"))) == []
    assert matched(after(broken, a_list(1, "visa"))) == [("Rule 1", 1)]


def test_a_rule_that_subscriptions_imply_comes_and_goes_without_being_saved():
    live = first([saved(1, live=False, implied=True)])
    assert set(live.implied) == {UUID(int=1)}
    assert not matched(live)
    heard = after(live, saved(1, implied=True))
    assert matched(heard) == [("Rule 1", 1)]
    assert not matched(after(heard, saved(1, live=False, implied=True)))


def test_implied_rules_that_stay_as_they_are_are_not_compiled_again():
    live = first([saved(number, implied=True) for number in range(1, 4)])
    told = after(live, *(saved(number, implied=True) for number in range(1, 4)))
    assert told.rules is live.rules


QUERIES = ["visa", "@list1 OR relos", "@list2 -visa", "ports NEAR/5 chennai", "agreement:gone", "lavrov"]
rules = st.builds(
    saved,
    st.integers(1, 5),
    st.sampled_from(QUERIES),
    version=st.integers(1, 9),
    live=st.booleans(),
    implied=st.booleans(),
)
lists = st.builds(a_list, st.integers(1, 2), st.sampled_from(["visa", "lavrov", "ports"]), live=st.booleans())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.one_of(rules, lists), max_size=4), max_size=8))
def test_however_rules_and_lists_change_the_outcome_is_that_of_the_newest_of_each(steps):
    live = first()
    kept_rules: dict[UUID, SavedRule] = {}
    kept_lists: dict[UUID, SavedList] = {}
    for step in steps:
        rules_now = {each.rule_id: each for each in step if isinstance(each, SavedRule)}
        lists_now = {each.list_id: each for each in step if isinstance(each, SavedList)}
        # Whether a rule is implied never changes.
        rules_now = {
            rule_id: replace(each, implied=kept_rules.get(rule_id, each).implied) for rule_id, each in rules_now.items()
        }
        kept_rules |= rules_now
        kept_lists |= lists_now
        live = after(live, *rules_now.values(), *lists_now.values())
        anew = first(list(kept_rules.values()), list(kept_lists.values()))
        for each in ARTICLES:
            assert set(live.rules.matching(each)) == set(anew.rules.matching(each))
        assert {rule for rule, _ in live.rules.broken} == {rule for rule, _ in anew.rules.broken}
