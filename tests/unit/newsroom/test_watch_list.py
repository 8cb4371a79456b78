"""What the demo watches can be watched, and the sample articles are what moves it."""

from __future__ import annotations

import pytest

from services.cli.newsroom.watch_list import RULES, SUBSCRIPTIONS, SampleRule, SampleSubscription
from services.desk.domain.names import checked_rule_name
from shared.catalogue.loader import load_catalogue
from shared.rules import cautions, parse

CATALOGUE = load_catalogue()


@pytest.mark.parametrize("subscription", SUBSCRIPTIONS, ids=lambda each: each.id)
def test_every_subscription_is_to_something_in_the_catalogue(subscription: SampleSubscription):
    shelf = CATALOGUE.agreements if subscription.kind == "agreement" else CATALOGUE.sectors
    assert subscription.id in shelf


@pytest.mark.parametrize("rule", RULES, ids=lambda each: each.name)
def test_every_rule_is_in_the_rule_language(rule: SampleRule):
    query = parse(rule.query, agreements=CATALOGUE.agreements, sectors=CATALOGUE.sectors)
    assert not cautions(query)
    assert checked_rule_name(rule.name, field="name") == rule.name


def test_nothing_is_watched_twice():
    assert len({(each.kind, each.id) for each in SUBSCRIPTIONS}) == len(SUBSCRIPTIONS)
    assert len({each.name.casefold() for each in RULES}) == len(RULES)
