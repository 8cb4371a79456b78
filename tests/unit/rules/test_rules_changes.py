"""One rule is changed without compiling the others again, and without disturbing whoever still asks the older set."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kit.ids import id_for
from shared.rules import Rule, RuleSet, percolate
from tests.unit.rules.rule_builders import VOCABULARY, article, rule, rule_set

NEWS = article("A visa for tourists; BrahMos and RELOS.")


def names(rules: RuleSet) -> list[str]:
    return [match.rule.name for match in percolate(rules, NEWS)]


def named(name: str, query: str, version: int = 1) -> Rule:
    return Rule(id_for("rule", name), name, query, version)


def test_a_rule_added_is_asked_from_then_on_and_the_older_set_stays():
    before = rule_set("visa", "indra")
    after = before.with_rule(rule("brahmos"))
    assert (names(before), names(after)) == (["visa"], ["visa", "brahmos"])
    assert [each.name for each in before.rules] == ["visa", "indra"]
    assert [each.name for each in after.rules] == ["visa", "indra", "brahmos"]


def test_a_rule_changed_keeps_its_rank_and_only_its_new_query_counts():
    before = RuleSet([named("a", "visa"), named("b", "relos")], **VOCABULARY)
    after = before.with_rule(named("a", "brahmos", 2)).with_rule(named("a", "tourist -indra", 3))
    assert [(match.rule.name, match.rule.version) for match in percolate(after, NEWS)] == [("a", 3), ("b", 1)]
    assert [(match.rule.name, match.rule.version) for match in percolate(before, NEWS)] == [("a", 1), ("b", 1)]


def test_a_rule_taken_out_is_no_longer_asked():
    before = rule_set("visa", "relos")
    after = before.without_rule(rule("visa").rule_id)
    assert (names(before), names(after)) == (["visa", "relos"], ["relos"])
    assert names(after.without_rule(rule("nowhere").rule_id)) == ["relos"]
    assert names(after.with_rule(rule("visa"))) == ["relos", "visa"]


def test_two_sets_made_of_one_do_not_see_each_other():
    before = rule_set("visa")
    one, other = before.with_rule(rule("relos")), before.with_rule(rule("brahmos"))
    assert (names(one), names(other), names(before)) == (["visa", "relos"], ["visa", "brahmos"], ["visa"])
    assert names(one.with_rule(rule("tourist"))) == ["visa", "relos", "tourist"]


def test_a_rule_that_breaks_is_named_and_one_that_is_mended_is_asked_again():
    broken = RuleSet([named("a", "visa")], **VOCABULARY).with_rule(named("a", "agreement:gone", 2))
    assert (names(broken), [each.version for each, _ in broken.broken]) == ([], [2])
    mended = broken.with_rule(named("a", "relos", 3))
    assert (names(mended), mended.broken) == (["a"], ())
    assert broken.without_rule(id_for("rule", "a")).broken == ()


def test_a_changed_list_changes_the_rules_that_name_it():
    before = RuleSet([named("a", "@goods"), named("b", "visa")], **VOCABULARY | {"lists": {"goods": ["tea"]}})
    after = before.with_lists({"goods": ["missiles", "brahmos"]})
    assert (names(before), names(after)) == (["b"], ["a", "b"])
    assert [each.name for each, _ in after.with_lists({}).broken] == ["a"]
    assert names(after.with_lists({}).with_lists({"goods": ["relos"]})) == ["b", "a"]


def test_very_many_changes_leave_nothing_behind():
    rules = rule_set("visa")
    for version in range(3_000):
        rules = rules.with_rule(named("a", f"relos AND x{version % 7} OR brahmos", version))
    assert names(rules) == ["visa", "a"]
    assert rules.candidates(NEWS) == 2


def test_an_older_set_answers_while_newer_ones_are_made():
    first = rule_set("visa", "relos")

    def changed(number: int) -> RuleSet:
        rules = first
        for version in range(60):
            rules = rules.with_rule(named(f"{number}-{version % 5}", f"brahmos OR y{version}", version))
        return rules

    with ThreadPoolExecutor(4) as threads:
        changing = [threads.submit(changed, number) for number in range(3)]
        answers = {tuple(names(first)) for _ in range(60)}
        assert answers == {("visa", "relos")}
        assert [len(names(each.result())) for each in changing] == [7, 7, 7]


_CHANGES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([None, "visa", "relos", "indra", '"bad', "visa -relos"])),
    max_size=12,
)


@settings(deadline=None)  # the first query of a process builds the parser
@given(_CHANGES)
def test_changes_one_by_one_give_what_compiling_anew_gives(changes):
    rules = RuleSet([], **VOCABULARY)
    standing: dict[str, Rule] = {}
    for version, (name, query) in enumerate(changes):
        if query is None:
            rules = rules.without_rule(id_for("rule", name))
            standing.pop(name, None)
        else:
            standing[name] = named(name, query, version)
            rules = rules.with_rule(standing[name])
    anew = RuleSet(standing.values(), **VOCABULARY)
    assert set(percolate(rules, NEWS)) == set(percolate(anew, NEWS))
    assert set(rules.rules) == set(anew.rules)
    assert {each for each, _ in rules.broken} == {each for each, _ in anew.broken}
