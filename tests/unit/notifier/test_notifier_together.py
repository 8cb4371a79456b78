"""Several alerts in one message: all reasons for one article, and digests."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from services.notifier.domain.alert import Headline
from services.notifier.domain.letter import Letter, Names, WaysOn
from services.notifier.domain.letter_text import plain_text
from services.notifier.domain.letter_together import letter_of_together
from services.notifier.domain.message import webhook_body_of_together
from services.notifier.domain.parcel import Reason, Subscription, Together, Wishes
from services.notifier.domain.slack_message import MOST_BLOCKS, slack_message
from services.notifier.domain.telegram_message import LONGEST_UNITS, telegram_html
from tests.unit.notifier.notifier_values import MORNING, SENTENCE, an_alert, an_id
from tests.unit.notifier.telegram_tags import read

NAMES = Names(
    {"relos": "RELOS", "instc": "INSTC"}, {"defence": "Defence"}, {"in_force": "in force", "signed": "signed"}
)
DESK = "https://desk.example"


def ways(reason: Reason) -> WaysOn:
    by = reason.subscription
    shared = by.wishes.shared and by.person_id is None
    way_out = None if shared else f"{DESK}/u/{by.subscription_id.int}"
    return WaysOn(f"{DESK}/alerts/{reason.alert.alert_id}", f"{DESK}/agreements/x", way_out)


def a_reason(number: int, *, by: int | None = None, shared: bool = False, **changed: object) -> Reason:
    alert = an_alert(alert_id=an_id(100 + number), **{"rule_name": f"Rule {number}"} | changed)
    wishes = Wishes(shared=shared)
    return Reason(alert, Subscription(an_id(by or 500 + number), alert.rule_id, "mailto", "a@b.example", wishes))


def of_another_article(number: int, **changed: object) -> Reason:
    article = Headline(f"Headline {number}", f"https://news.example/{number}", "News", MORNING.isoformat(), "en")
    values = {"article_id": an_id(1000 + number), "story_id": an_id(2000 + number), "article": article}
    return a_reason(number, **values | {"raised_at": MORNING + timedelta(minutes=number)} | changed)


def letter(*reasons: Reason, digest: bool = False) -> Letter:
    way_out, whole = f"{DESK}/u/mail/1", f"{DESK}/"
    return letter_of_together(Together(reasons, digest=digest), NAMES, ways, {}, way_out=way_out, whole=whole)


def test_two_rules_that_found_the_same_are_told_as_one_thing_with_both_reasons():
    told = letter(a_reason(1), a_reason(2))
    assert told.subject == "RELOS: in force"
    assert len(told.stories) == 1
    assert ("Watch rules", "Rule 1, Rule 2") in told.stories[0].facts
    assert told.footing == "You get this because you follow “Rule 1” and “Rule 2”."
    assert [(way.label, way.url) for way in told.exits] == [
        ("Unsubscribe from all 2 of these", f"{DESK}/u/mail/1"),
        ("Unsubscribe from “Rule 1”", f"{DESK}/u/501"),
        ("Unsubscribe from “Rule 2”", f"{DESK}/u/502"),
    ]
    assert told.unsubscribe == f"{DESK}/u/mail/1", "one click ends what the mail is for (RFC 8058)"


def test_what_else_an_article_says_is_told_without_saying_the_article_twice():
    told = letter(a_reason(1), a_reason(2, agreement="instc", stage="signed", evidence="INSTC was signed."))
    first, second = told.stories
    assert (second.happened, second.title, second.evidence) == (
        "INSTC: signed, says News Example",
        "",
        "INSTC was signed.",
    )
    assert first.title
    assert plain_text(told).count("https://news.example/relos") == 1


def test_two_rules_of_one_subscription_have_one_way_out():
    assert [way.label for way in letter(a_reason(1, by=7), a_reason(2, by=7)).exits] == ["Unsubscribe"]


def test_a_teams_shared_address_has_no_way_out_and_says_whose_it_is():
    told = letter(a_reason(1), a_reason(2, shared=True))
    assert [way.label for way in told.exits] == ["Unsubscribe"]
    assert told.footing.endswith("your team follows “Rule 2”. Whoever looks after the team can end that for all.")


def test_a_digest_says_how_many_and_the_weightiest_first_by_agreement():
    told = letter(
        of_another_article(1, agreement="instc", stage=None),
        of_another_article(2, stage=None),
        of_another_article(3, agreement=None, stage=None),
        of_another_article(4, severity="high", agreement="instc", stage="signed"),
        digest=True,
    )
    assert told.subject == "INSTC: signed, and 3 more alerts"
    assert [story.heading for story in told.stories] == ["INSTC", "", "RELOS", "Other news"]
    assert told.stories[0].happened == "INSTC: signed, says News"
    assert told.overview.startswith("4 alerts, 1 of them of high severity, raised from 3 Feb 2026, 06:31 UTC")
    assert told.thread is None


def test_a_digest_of_one_thing_reads_like_an_alert():
    told = letter(a_reason(1), a_reason(2), digest=True)
    assert (told.subject, told.overview, told.thread) == ("RELOS: in force", "", "relos")


def test_a_digest_too_long_for_one_message_says_which_part_of_it_it_is():
    reasons = (of_another_article(1), of_another_article(2))
    message = Together(reasons, digest=True, part=2, parts=3)
    told = letter_of_together(message, NAMES, ways, {})
    assert told.subject.endswith("and 1 more alert (2 of 3)")
    assert told.overview.startswith("Part 2 of 3, too much for one message: 2 alerts")
    said = json.loads(webhook_body_of_together(message, lambda _: None))
    assert (said["data"]["part"], said["data"]["parts"]) == (2, 3)


@pytest.mark.parametrize("count", [2, 30, 400])
def test_a_digest_keeps_to_the_limits_of_every_channel_and_leaves_nothing_out_in_silence(count):
    reasons = [
        of_another_article(number, evidence=f"{SENTENCE} {number} " + "слово " * 50, rule_name="R" * 200 + str(number))
        for number in range(count)
    ]
    told = letter(*reasons, digest=True)
    text = plain_text(told)
    assert all(f"https://news.example/{number}\n" in text for number in range(count))

    shown = telegram_html(told)
    assert len(read(shown).text.encode("utf-16-le")) // 2 <= LONGEST_UNITS
    blocks = slack_message(told)["blocks"]
    assert len(blocks) <= MOST_BLOCKS
    for said in (shown, json.dumps(blocks, ensure_ascii=False)):
        named = sum(f'https://news.example/{number}"' in said for number in range(count))
        assert named == count or f"… and {count - named} more." in said
        assert named == count or f'{DESK}/"' in said


def test_a_webhook_gets_a_digest_as_an_event_of_its_own():
    message = Together((of_another_article(1), of_another_article(2)), digest=True)
    said = json.loads(webhook_body_of_together(message, lambda alert: f"{DESK}/alerts/{alert.alert_id}"))
    assert (said["type"], said["version"], said["data"]["count"]) == ("alert.digest", 2, 2)
    assert said["timestamp"] == "2026-02-03T06:32:00+00:00"
    assert [each["rule"] for each in said["data"]["alerts"]] == ["Rule 1", "Rule 2"]
    assert said["data"]["alerts"][0]["article"]["title"] == "Headline 1"
