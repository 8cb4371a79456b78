"""Links into the desk that a message carries."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.notifier.adapters.letters import Letters
from services.notifier.adapters.links import Links
from services.notifier.domain.alert import SAMPLE
from services.notifier.domain.letter import Names
from services.notifier.domain.letter_text import plain_text
from services.notifier.domain.parcel import Parcel
from shared.contracts.reader_links import FOLLOW
from shared.kit.sealing import Seals
from tests.unit.notifier.notifier_values import an_alert

SEALS = Seals.parse("the key of this desk in the tests")
LINKS = Links("https://desk.example/", SEALS)
MINE = UUID(int=7)


def test_a_reader_follows_the_agreement_of_an_alert_by_a_link_of_their_own():
    link = LINKS.follow(an_alert(rule_query="sector:defence"), MINE)
    assert link is not None
    token, agreement = link.removeprefix("https://desk.example/f/").split("/")
    assert (SEALS.read_token(FOLLOW, token), agreement) == (MINE, "relos")
    assert SEALS.read_token("unsubscribe", token) is None


@pytest.mark.parametrize(
    "changed", [{"rule_query": "agreement:relos"}, {"agreement": None}, {"fact": SAMPLE}], ids=["own", "none", "sample"]
)
def test_what_is_followed_already_and_what_is_no_agreement_is_not_offered(changed):
    assert LINKS.follow(an_alert(**{"rule_query": "sector:defence"} | changed), MINE) is None


def test_a_desk_without_address_or_key_offers_nothing():
    alert = an_alert(rule_query="sector:defence")
    assert Links(None, SEALS).follow(alert, MINE) is None
    assert Links("https://desk.example").follow(alert, MINE) is None
    assert LINKS.follow(alert, None) is None


@pytest.mark.parametrize("shared", [False, True])
def test_the_message_has_it_unless_a_team_shares_the_subscription(shared):
    alert = an_alert(rule_query="sector:defence")
    parcel = Parcel(alert.alert_id, alert.correlation_id, "mailto", "a@example.org", None, alert, MINE, shared=shared)
    text = plain_text(Letters(LINKS, Names({"relos": "RELOS"})).of(parcel))
    assert ("Follow this agreement" in text) is not shared
