"""Operators on the command line: who hears of troubles, what they were told, and where it went."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from shared.store.alerts import DeliveryRow, OperatorAlertRow
from tests.live.cli.conftest import Pactwatch
from tests.live.desk.desk_rows import save

pytestmark = pytest.mark.live

MORNING = datetime(2026, 2, 3, 6, 30, tzinfo=UTC)
OPERATORS = ("subscribe", "add", "--operators", "--channel")


async def a_told_trouble(database, *, subscription_id: str | None = None, over: bool = False, about="News") -> None:
    alert = OperatorAlertRow(
        operator_alert_id=uuid4(),
        kind="source",
        about=about,
        state="blocked",
        sentence="The server answered 403.",
        mend="Ask the publisher.\npactwatch source test https://news.example/",
        since=MORNING,
        opened_at=MORNING + timedelta(minutes=2),
        over_at=MORNING + timedelta(hours=3) if over else None,
        over_sentence="It gives news again." if over else None,
        correlation_id=uuid4(),
    )
    await save(database, alert)
    if subscription_id:
        told = [
            DeliveryRow(
                delivery_id=uuid4(),
                operator_alert_id=alert.operator_alert_id,
                over=end,
                subscription_id=UUID(subscription_id),
                channel="mailto",
                address="ops@example.org",
                state="sent",
                next_try_at=MORNING,
                sent_at=MORNING,
                correlation_id=uuid4(),
            )
            for end in (False, True)
        ]
        await save(database, *told)


def test_operators_subscribe_once_for_each_channel_and_are_listed_like_others(pactwatch: Pactwatch):
    said = pactwatch(*OPERATORS, "webhook:https://ops.example.org/hook/secret").out
    assert "Subscribed: operators to webhook:https://ops.example.org/…" in said
    assert "It hears of troubles that begin from now on." in said
    assert "whsec_" in said
    assert "Already subscribed" in pactwatch(*OPERATORS, "webhook:https://ops.example.org/hook/secret").out
    pactwatch(*OPERATORS, "mailto:ops@example.org")
    pactwatch("subscribe", "add", "--sector", "health", "--channel", "mailto:ops@example.org")
    rows = pactwatch("subscribe", "list").rows
    assert [row[1:3] for row in rows] == [
        ["operators", "webhook"],
        ["operators", "mailto"],
        ["Sector: Health", "mailto"],
    ]
    first, *_ = pactwatch("subscribe", "list", "--json").json
    assert (first["rule_id"], first["rule_name"], first["origin"]) == (None, "operators", "operators")


def test_an_operator_leaves_and_comes_back(pactwatch: Pactwatch):
    made = pactwatch(*OPERATORS, "inbox", "--json").json
    assert "Ended: operators to inbox." in pactwatch("subscribe", "remove", made["subscription_id"][:8]).out
    assert pactwatch("subscribe", "list", "--json").json == []
    assert pactwatch(*OPERATORS, "inbox", "--json").json["already"] is False


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("subscribe", "add", "--operators", "--sector", "health", "--channel", "inbox"), "is not exactly one thing"),
        ((*OPERATORS, "pigeon"), "--channel: 'pigeon' is no channel"),
        (("alerts", "list", "--operators", "--before", str(uuid4())), "goes with alerts"),
    ],
)
def test_wrong_use_is_told_with_its_mend(arguments, told, pactwatch: Pactwatch):
    assert told in pactwatch(*arguments, code=2).err


def test_what_operators_were_told_is_listed_newest_first(pactwatch: Pactwatch):
    made = pactwatch(*OPERATORS, "mailto:ops@example.org", "--json").json
    pactwatch.with_database(
        lambda database: a_told_trouble(database, subscription_id=made["subscription_id"], over=True)
    )
    (row,) = pactwatch("alerts", "list", "--operators").rows
    assert row[1:3] == ["source News", "blocked"]
    assert row[4] == "The server answered 403."
    assert row[5] == "Ask the publisher. pactwatch source test https://news.example/"
    assert row[6] == "mailto sent, mailto sent"
    (told,) = pactwatch("alerts", "list", "--operators", "--json").json
    assert (told["kind"], told["about"], told["over_sentence"]) == ("source", "News", "It gives news again.")
    assert [each["over"] for each in told["deliveries"]] == [False, True]
    assert told["deliveries"][0]["address"] == "o…@example.org"
    assert pactwatch("alerts", "list", "--json").json == [], "they are not among the alerts on articles"


def test_a_trouble_that_lasts_has_no_end_yet(pactwatch: Pactwatch):
    pactwatch.with_database(a_told_trouble)
    (told,) = pactwatch("alerts", "list", "--operators", "--json").json
    assert (told["over_at"], told["over_sentence"], told["deliveries"]) == (None, None, [])


def test_where_all_was_well_so_far_the_list_says_how_to_hear_of_it(pactwatch: Pactwatch):
    listed = pactwatch("alerts", "list", "--operators")
    assert listed.out == ""
    assert "pactwatch subscribe add --operators" in listed.err
    assert pactwatch("alerts", "list", "--operators", "--json").json == []
