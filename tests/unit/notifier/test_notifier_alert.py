"""From a match to an alert, and from an alert to its deliveries."""

from __future__ import annotations

from services.notifier.domain.alert import LONGEST_EVIDENCE_CHARACTERS, compose_alert
from services.notifier.domain.delivery import State
from services.notifier.domain.parcel import Subscription, new_delivery
from shared.kit.ids import id_for
from shared.rules import Match, Rule
from tests.unit.notifier.notifier_values import SENTENCE, a_verdict, an_alert, an_article, an_id, an_occasion

RULE = Rule(an_id(11), "Logistics pact", "agreement:relos", 3)
MATCH = Match(RULE, SENTENCE, "relos", "in_force")


def test_an_alert_keeps_what_fired_on_which_words_and_under_which_versions():
    alert = compose_alert(MATCH, an_occasion())
    assert (alert.rule_name, alert.rule_query, alert.rule_version) == ("Logistics pact", "agreement:relos", 3)
    assert (alert.matcher_version, alert.evidence, alert.agreement, alert.stage) == ("1", SENTENCE, "relos", "in_force")
    assert alert.sectors == ("defence",)


def test_the_same_rule_and_story_are_the_same_alert_whichever_article_told_it():
    first = compose_alert(MATCH, an_occasion(article=an_article(article_id=an_id(1))))
    copy = compose_alert(MATCH, an_occasion(article=an_article(article_id=an_id(99)), raised_at=first.raised_at))
    other_story = compose_alert(MATCH, an_occasion(article=an_article(story_id=an_id(98))))
    assert first.alert_id == copy.alert_id == id_for("alert", RULE.rule_id, an_id(2), "story")
    assert other_story.alert_id != first.alert_id


def test_a_page_without_full_stops_does_not_travel_whole():
    alert = compose_alert(Match(RULE, "word " * 10_000, None, None), an_occasion())
    assert len(alert.evidence) <= LONGEST_EVIDENCE_CHARACTERS


def test_a_headline_is_one_line_and_takes_the_language_found_where_the_source_names_none():
    headline = compose_alert(
        MATCH,
        an_occasion(article=an_article(title="RELOS\r\nBcc: all", language=None), verdict=a_verdict(language="ru")),
    ).article
    assert (headline.title, headline.language) == ("RELOS Bcc: all", "ru")


def test_the_inbox_has_an_alert_at_once_and_other_channels_wait_their_turn():
    to_inbox = new_delivery(an_alert(), Subscription(an_id(20), an_id(11), "inbox", ""))
    to_webhook = new_delivery(an_alert(), Subscription(an_id(21), an_id(11), "webhook", "https://hooks.example/a"))
    assert (to_inbox.state, to_webhook.state) == (State.SENT, State.PENDING)
    assert to_webhook.delivery_id == id_for("delivery", an_id(10), an_id(21), "webhook", "https://hooks.example/a")
