"""From a match to an alert, and from an alert to its deliveries."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.notifier.domain.alert import LONGEST_EVIDENCE_CHARACTERS, Alert, Occasion, compose_alerts, teller_of
from services.notifier.domain.delivery import State
from services.notifier.domain.parcel import Subscription, new_delivery
from shared.catalogue.loader import load_catalogue
from shared.contracts.saved_rules import Policy
from shared.contracts.verdict import AgreementFinding, Claim, Verdict
from shared.kit.ids import id_for
from shared.rules import Match, Rule, Told
from tests.unit.notifier.notifier_values import SENTENCE, a_verdict, an_alert, an_article, an_id, an_occasion


def compose_alert(match: Match, occasion: Occasion) -> Alert:
    (alert,) = compose_alerts(match, occasion)
    return alert


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


def claimed(date: str | None, *, stage: str = "signed", found: str = "signed") -> Verdict:
    claim = Claim(stage=stage, date=date, evidence=SENTENCE)
    return a_verdict(
        agreements=(AgreementFinding(id="relos", score=0.9, evidence=SENTENCE, stage=found, claims=(claim,)),)
    )


def alert_of(policy: Policy, *, article: int = 1, story: int = 2, verdict: Verdict | None = None) -> Alert:
    found = verdict or claimed("2025-12-05")
    match = Match(replace(RULE, policy=policy), SENTENCE, "relos", found.agreements[0].stage, frozenset({"relos"}))
    told = an_article(article_id=an_id(article), story_id=an_id(story))
    return compose_alert(match, an_occasion(article=told, verdict=found))


def test_a_rule_for_each_article_speaks_of_copies_too():
    assert alert_of("each_article").alert_id != alert_of("each_article", article=9).alert_id
    again = alert_of("each_article", story=8, verdict=claimed(None))  # rewritten, or found to be of another story
    assert again.alert_id == alert_of("each_article").alert_id


def test_a_rule_for_new_facts_speaks_once_of_an_agreement_its_stage_and_the_date_whichever_story_says_so():
    first = alert_of("new_facts")
    assert first.fact == "claim:relos:signed:2025-12-05"
    assert alert_of("new_facts", article=9, story=8).alert_id == first.alert_id
    for news in (claimed("2025-12-06"), claimed(None), claimed("2025-12-05", stage="in_force", found="in_force")):
        assert alert_of("new_facts", verdict=news).alert_id != first.alert_id


def test_what_is_only_expected_is_new_when_its_date_is():
    expected = [claimed(date, found="under_negotiation") for date in ("2025-12-05", "2026-01-15")]
    first, moved = (alert_of("new_facts", verdict=each) for each in expected)
    assert first.fact == "claim:relos:under_negotiation:2025-12-05"
    assert moved.alert_id != first.alert_id


def test_a_claim_without_a_date_is_news_of_its_story_alone():
    first, copy, other_round = (
        alert_of("new_facts", article=article, story=story, verdict=claimed(None))
        for article, story in ((1, 2), (9, 2), (9, 8))
    )
    assert first.alert_id == copy.alert_id != other_round.alert_id


def told_as(alert: Alert, *, days_before: int = 0) -> Told:
    moment = alert.raised_at - timedelta(days=days_before)
    return Told(alert.alert_id, alert.rule_id, alert.article_id, alert.story_id, alert.fact, moment)


@pytest.mark.parametrize(("days", "known"), [(0, True), (14, True), (15, False)])
def test_a_claim_that_gives_no_date_is_the_one_that_was_told_a_fortnight_before_at_most(days: int, known: bool):
    undated = alert_of("new_facts", article=9, story=8, verdict=claimed(None))
    for before in (alert_of("new_facts"), alert_of("new_facts", verdict=claimed(None))):
        assert (teller_of(undated, [told_as(before, days_before=days)]) == before.alert_id) is known
        moved_on = alert_of("new_facts", verdict=claimed(None, stage="in_force", found="in_force"))
        assert teller_of(moved_on, [told_as(before, days_before=days)]) is None


def test_a_date_is_new_unless_it_is_of_the_days_on_which_the_claim_was_told_without_one():
    before = alert_of("new_facts", verdict=claimed(None))
    told_then = replace(told_as(before), moment=datetime(2025, 12, 7, tzinfo=UTC))
    assert teller_of(alert_of("new_facts", verdict=claimed("2025-12-05")), [told_then]) == before.alert_id
    for news in ("2026-03-01", "2026"):
        assert teller_of(alert_of("new_facts", verdict=claimed(news)), [told_then]) is None


def test_a_month_and_a_day_of_it_are_one_date():
    month, day = (alert_of("new_facts", verdict=claimed(date)) for date in ("2025-12", "2025-12-05"))
    assert teller_of(day, [told_as(month)]) == month.alert_id
    assert teller_of(month, [told_as(day)]) == day.alert_id
    assert teller_of(alert_of("new_facts", verdict=claimed("2025-11-05")), [told_as(month)]) is None


@pytest.mark.parametrize(("day", "counts"), [("2026-01-12", True), ("2025-12-05", False), ("2026-01", False)])
def test_a_headline_without_a_date_takes_that_of_its_story_unless_it_recalls_the_past(day: str, counts: bool):
    headline = Claim(stage="signed", evidence="India and Russia sign RELOS")
    body = Claim(stage="signed", date=day, evidence=SENTENCE)
    found = AgreementFinding(id="relos", score=0.9, evidence=SENTENCE, stage="signed", claims=(headline, body))
    published = an_article(published_at=datetime(2026, 1, 13, tzinfo=UTC))
    match = Match(replace(RULE, policy="new_facts"), SENTENCE, "relos", "signed", frozenset({"relos"}))
    alert = compose_alert(match, an_occasion(article=published, verdict=a_verdict(agreements=(found,))))
    assert (alert.fact == f"claim:relos:signed:{day}") is counts
    assert alert.fact.startswith("claim:relos:signed:undated:") is not counts


def test_each_agreement_that_the_rule_asked_for_tells_a_fact_of_its_own():
    found = a_verdict(agreements=(finding("relos", "in_force"), finding("india-eaeu-fta", "signed")))
    match = Match(
        replace(RULE, policy="new_facts"), SENTENCE, "relos", "in_force", frozenset({"relos", "india-eaeu-fta"})
    )
    alerts = compose_alerts(match, an_occasion(verdict=found))
    assert [(each.agreement, each.stage, each.evidence) for each in alerts] == [
        ("relos", "in_force", "Words of relos."),
        ("india-eaeu-fta", "signed", "Words of india-eaeu-fta."),
    ]
    assert len({each.alert_id for each in alerts}) == 2


def test_an_agreement_that_the_rule_did_not_ask_for_is_no_fact_of_it():
    match = Match(replace(RULE, policy="new_facts", query="brahmos export"), SENTENCE, "relos", "in_force")
    (alert,) = compose_alerts(match, an_occasion(verdict=a_verdict(agreements=(finding("relos", "in_force"),))))
    assert alert.fact == "story"


def finding(agreement: str, stage: str) -> AgreementFinding:
    claim = Claim(stage=stage, date="2026-01-12", evidence=SENTENCE)
    return AgreementFinding(id=agreement, score=0.9, evidence=f"Words of {agreement}.", stage=stage, claims=(claim,))


@pytest.mark.parametrize(("policy", "article"), [("each_story", 9), ("each_article", 1)])
def test_what_was_told_under_another_policy_is_not_told_again(policy: Policy, article: int):
    alert = alert_of(policy)
    before = Told(an_id(77), RULE.rule_id, an_id(article), an_id(2), "another", alert.raised_at)
    assert teller_of(alert, [before]) == an_id(77)
    assert teller_of(alert, [replace(before, rule_id=an_id(12))]) is None
    assert teller_of(alert, [replace(before, article_id=an_id(8), story_id=an_id(7))]) is None


def test_where_nothing_is_claimed_a_rule_for_new_facts_speaks_once_for_each_story():
    first, copy, other = (
        alert_of("new_facts", article=article, story=story, verdict=a_verdict())
        for article, story in ((1, 2), (9, 2), (9, 8))
    )
    assert first.fact == "story"
    assert first.alert_id == copy.alert_id != other.alert_id


@pytest.mark.parametrize(
    ("own", "stage", "becomes"),
    [
        ("normal", "signed", "high"),
        ("low", "in_force", "high"),
        ("low", "postponed", "high"),
        ("normal", "under_negotiation", "normal"),
        ("high", "under_negotiation", "high"),
        ("low", None, "low"),
        ("normal", "a stage of another catalogue", "normal"),
    ],
)
def test_an_alert_is_as_loud_as_its_rule_and_louder_at_a_stage_that_is_waited_for(own, stage, becomes):
    stages = {each.id: each.severity for each in load_catalogue().stages.values()}
    match = Match(replace(RULE, severity=own), SENTENCE, "relos", stage)
    assert compose_alert(match, an_occasion(stages=stages)).severity == becomes


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
