"""What an address asks of the list of rules, and what of a rule's form is a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.rule_lines import LINES_ON_A_PAGE, RuleFilter, RuleLines, state_of
from services.desk.domain.rules import implied_rule, new_rule
from services.desk.pages.rule_forms import RuleForm

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RULE = replace(new_rule("Visas", "visa", NOW), note="Two\nlines.", owner="Ravi")


@given(st.dictionaries(st.sampled_from(["words", "state", "origin", "severity", "page"]), st.text(max_size=20)))
def test_whatever_an_address_says_it_asks_for_something(asked):
    found = RuleFilter.asked(asked)
    assert found.page >= 1
    assert RuleFilter.asked(found.as_asked()) == found


def test_pages_are_counted_up():
    one = RuleLines((), LINES_ON_A_PAGE, RuleFilter())
    assert (one.pages, replace(one, count=LINES_ON_A_PAGE + 1).pages, replace(one, count=0).pages) == (1, 2, 1)


@pytest.mark.parametrize(
    ("changed", "subscriptions", "broken", "state"),
    [
        ({}, 0, None, "live"),
        ({"paused": True}, 0, None, "paused"),
        ({"paused": True}, 0, "cannot be read", "broken"),
        ({"removed_at": NOW}, 0, "cannot be read", "removed"),
        ({"offered_query": "visas"}, 0, None, "conflict"),
    ],
)
def test_a_rule_has_one_state(changed, subscriptions, broken, state):
    assert state_of(replace(RULE, **changed), subscriptions, broken) == state


def test_a_rule_of_subscriptions_without_any_is_heard_by_nobody():
    rule = implied_rule("sector", "health", "Health", NOW)
    assert (state_of(rule, 0, None), state_of(rule, 2, None)) == ("unheard", "live")


def sent(**changed: str) -> RuleForm:
    form = {"name": "Visas", "query": "visa", "policy": "each_story", "severity": "normal", "owner": "Ravi"}
    form |= {"note": "Two\r\nlines.\r\n", "enabled": "on", "at_version": "1"}
    return RuleForm.sent(form | changed)


def test_a_form_as_it_was_read_changes_nothing_however_a_browser_ends_its_lines():
    assert sent().changes(RULE) == {}


def test_only_what_is_changed_is_sent_on():
    assert sent(query="visa OR permit").changes(RULE) == {"query": "visa OR permit"}
    assert sent(name="Visas and more").changes(RULE) == {"new_name": "Visas and more"}
    assert sent(allow_broad="on").changes(RULE) == {"allow_broad": True}
    assert sent(watches="relos").changes(RULE) == {"watches": "relos"}


def test_who_allows_it_no_longer_to_match_very_much_has_the_query_looked_at_again():
    assert sent().changes(replace(RULE, broad_allowed=True)) == {"allow_broad": False, "query": "visa"}


def test_a_version_that_is_no_number_is_no_version():
    assert sent(at_version="²").at_version == 0
    assert sent(days="9999").days == 90
