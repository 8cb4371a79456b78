"""What operators are told of a trouble, in whatever order the news of it comes, and in which words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.delivery import State
from services.notifier.domain.letter import letter_for_operators
from services.notifier.domain.letter_text import plain_text
from services.notifier.domain.message import webhook_body_for_operators
from services.notifier.domain.parcel import Subscription, delivery_of_tidings
from services.notifier.domain.trouble import REPLACED, OperatorAlert, Tidings, note
from shared.contracts.events import TroubleChanged
from shared.kit.ids import id_for
from tests.unit.notifier.notifier_values import MORNING, an_id

HOUR = timedelta(hours=1)


def an_event(*, hours: float = 0, over: bool = False, state: str = "blocked", about: str = "News") -> TroubleChanged:
    """A trouble that began so many hours after the morning, told a quarter of an hour later; its end an hour after."""
    since = MORNING + hours * HOUR
    return TroubleChanged(
        event_id=id_for("trouble.changed", about, since, int(over)),
        occurred_at=since + (HOUR if over else HOUR / 4),
        correlation_id=an_id(4),
        kind="source",
        about=about,
        state="fine" if over else state,
        sentence="It gives news again." if over else "The server answered 403.",
        mend="" if over else "Ask the publisher.",
        since=since,
        over=over,
    )


def all_noted(*events: TroubleChanged) -> tuple[dict[str, OperatorAlert], list[tuple[float, bool]]]:
    """Return what stands in the table afterwards, and the tidings in order: which trouble, and whether it is over."""
    rows: dict[str, OperatorAlert] = {}
    tidings = []
    for event in events:
        noted = note(event, list(rows.values()))
        rows |= {str(each.operator_alert_id): each for each in noted.alerts}
        if noted.tidings:
            tidings.append(((noted.tidings.alert.since - MORNING) / HOUR, noted.tidings.over))
    return rows, tidings


def test_a_trouble_is_told_once_and_its_end_once():
    began, over = an_event(), an_event(over=True)
    rows, tidings = all_noted(began, began, over, over, began)
    assert tidings == [(0, False), (0, True)]
    [row] = rows.values()
    assert (row.state, row.sentence, row.mend) == ("blocked", "The server answered 403.", "Ask the publisher.")
    assert (row.over_at, row.over_sentence) == (MORNING + HOUR, "It gives news again.")


def test_a_trouble_whose_end_is_heard_of_first_is_kept_and_told_to_nobody():
    rows, tidings = all_noted(an_event(over=True), an_event())
    assert tidings == []
    [row] = rows.values()
    assert row.over_at == MORNING + HOUR


def test_a_trouble_that_turned_into_another_is_over_without_a_word():
    rows, tidings = all_noted(an_event(state="failing"), an_event(hours=5), an_event(hours=5, over=True))
    assert tidings == [(0, False), (5, False), (5, True)]
    first = next(each for each in rows.values() if each.state == "failing")
    assert (first.over_at, first.over_sentence) == (MORNING + 5 * HOUR, REPLACED)


def test_a_trouble_that_is_heard_of_after_a_later_one_is_kept_and_told_to_nobody():
    rows, tidings = all_noted(an_event(hours=5), an_event())
    assert tidings == [(5, False)]
    assert [each.over_at for each in rows.values()] == [None, MORNING + 5 * HOUR]


EVENTS = [an_event(), an_event(over=True), an_event(hours=5), an_event(hours=9), an_event(hours=9, over=True)]


@pytest.mark.parametrize("order", list(permutations(range(5))), ids=str)
def test_in_whatever_order_the_news_comes_nothing_is_over_that_was_not_told(order):
    rows, tidings = all_noted(*(EVENTS[each] for each in order))
    assert len(tidings) == len(set(tidings))
    assert all((hours, False) in tidings[:position] for position, (hours, over) in enumerate(tidings) if over)
    assert len(rows) == 3
    assert all(each.over_at is not None for each in rows.values()), "at the end all of them are over"


# -------------------------------------------------------------------------------------------------------------- words


def tidings(*, over: bool = False, **changed) -> Tidings:
    [alert] = note(an_event(), ()).alerts
    ended = replace(alert, over_at=MORNING + HOUR, over_sentence="It gives news again.") if over else alert
    return Tidings(replace(ended, **changed), over=over)


def test_a_webhook_hears_that_a_trouble_began():
    assert json.loads(webhook_body_for_operators(tidings())) == {
        "type": "trouble.changed",
        "timestamp": "2026-02-03T06:45:00+00:00",
        "data": {
            "operator_alert_id": str(id_for("operator-alert", "source", "News", "2026-02-03T06:30:00+00:00")),
            "kind": "source",
            "about": "News",
            "state": "blocked",
            "sentence": "The server answered 403.",
            "mend": "Ask the publisher.",
            "since": "2026-02-03T06:30:00+00:00",
            "over": False,
            "over_at": None,
            "over_sentence": None,
        },
    }


def test_a_webhook_hears_that_it_is_over_in_the_same_fields():
    began, over = (json.loads(webhook_body_for_operators(tidings(over=each))) for each in (False, True))
    assert over["timestamp"] == "2026-02-03T07:30:00+00:00"
    assert over["data"] == began["data"] | {
        "over": True,
        "over_at": "2026-02-03T07:30:00+00:00",
        "over_sentence": "It gives news again.",
    }


def test_the_bytes_that_tell_of_a_beginning_stay_the_same_when_it_is_over_meanwhile():
    ended = tidings(over=True).alert
    assert webhook_body_for_operators(Tidings(ended, over=False)) == webhook_body_for_operators(tidings())


def test_a_mail_says_what_happened_and_what_to_do():
    letter = letter_for_operators(tidings(mend="Ask the publisher.\npactwatch source test https://news.example/"))
    text = plain_text(letter)
    assert letter.subject == "[operators] News: blocked"
    assert "\nThe server answered 403.\n" in text
    assert "\nAsk the publisher.\npactwatch source test https://news.example/\n\n" in text
    assert "Source: News" in text
    assert "Since: 3 Feb 2026, 06:30 UTC" in text


def test_a_mail_that_it_is_over_says_what_it_was():
    letter = letter_for_operators(tidings(over=True, state="not_a_feed"))
    text = plain_text(letter)
    assert letter.subject == "[operators] News: no longer not a feed"
    assert "\nIt gives news again.\n\nWhat it was: The server answered 403.\n" in text
    assert "Over: 3 Feb 2026, 07:30 UTC" in text


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@given(about=texts, sentence=texts, mend=texts, over=st.booleans())
def test_no_words_of_a_server_can_add_a_line_to_a_subject_or_a_fact_to_a_mail(about, sentence, mend, over):
    letter = letter_for_operators(tidings(over=over, about=about, sentence=sentence, mend=mend))
    assert len(letter.subject.splitlines()) <= 1
    assert len(letter.subject) <= 150
    assert sum(line.startswith("Since: 3 Feb 2026, 06:30 UTC") for line in plain_text(letter).split("\n")) >= 1


def test_a_beginning_and_its_end_are_two_deliveries_and_the_inbox_has_them_at_once():
    mail = Subscription(an_id(20), None, "mailto", "ops@example.org")
    inbox = Subscription(an_id(21), None, "inbox", "")
    began, over = (delivery_of_tidings(tidings(over=each), mail) for each in (False, True))
    assert began.delivery_id != over.delivery_id
    assert (began.alert_id, began.state, began.over, over.over) == (None, State.PENDING, False, True)
    assert delivery_of_tidings(tidings(), inbox).state is State.SENT
