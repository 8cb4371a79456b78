"""Deliveries, channels and the stop switch on the command line."""

from __future__ import annotations

import pytest

from services.notifier.app import build_notifier, gatherer_on
from shared.kit.clock import SystemClock
from shared.kit.ids import id_for
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database
from shared.web.client import make_client
from shared.web.guard import AllowedHosts
from tests.live.cli.conftest import Pactwatch
from tests.live.notifier import notifier_rows as rows

pytestmark = pytest.mark.live

MAILBOX = "officer@desk.example"


async def an_alert_for_a_mailbox(database: Database) -> str:
    """An alert that waits to be mailed; returns the id of its delivery."""
    await rows.a_subscription(database, await rows.a_rule(database), channel="mailto", address=MAILBOX)
    web = make_client(allowed=AllowedHosts.parse(""), user_agent="Pactwatch/test")
    notifier = build_notifier(Settings(), database, SystemClock(), web)
    await notifier.raise_alerts(await rows.a_classified_article(database))
    await web.aclose()
    return str((await rows.the_delivery(database)).delivery_id)


@pytest.fixture
def delivery(pactwatch: Pactwatch) -> str:
    return pactwatch.with_database(an_alert_for_a_mailbox)


def state_of(pactwatch: Pactwatch, delivery: str) -> str:
    return pactwatch("deliveries", "show", delivery, "--json").json["state"]


def test_a_delivery_is_listed_shown_and_masked(pactwatch: Pactwatch, delivery: str):
    [row] = pactwatch("deliveries", "list", "--state", "pending").rows
    assert row[0] == delivery
    assert "o…@desk.example" in row[3]
    assert MAILBOX not in pactwatch("deliveries", "list", "--json").out
    shown = pactwatch("deliveries", "show", delivery).out
    assert shown.startswith("pending: Logistics pact to mailto:o…@desk.example")
    assert pactwatch("deliveries", "list", "--state", "failed").rows == []
    assert pactwatch("deliveries", "list", "--channel", "webhook").rows == []
    assert "is no state" in pactwatch("deliveries", "list", "--state", "lost", code=2).err
    assert "has the id" in pactwatch("deliveries", "show", str(id_for("none")), code=1).err
    assert "is not an id" in pactwatch("deliveries", "show", "seven", code=2).err


def test_what_was_given_up_is_replayed_one_by_one_or_by_channel(pactwatch: Pactwatch, delivery: str):
    give_up = "UPDATE deliveries SET state = 'failed', attempts = 11, last_error = '550'"
    for replay in (("replay", delivery), ("replay", "--all", "--channel", f"mailto:{MAILBOX}"), ("replay", "--all")):
        pactwatch.with_database(lambda database: rows.run(database, give_up))
        assert "1 deliveries go out again" in pactwatch("deliveries", *replay).out
        assert state_of(pactwatch, delivery) == "retry"
    assert "0 deliveries" in pactwatch("deliveries", "replay", "--all", "--channel", "webhook").out
    assert "was given up" in pactwatch("deliveries", "replay", delivery, code=1).err
    assert "what to replay" in pactwatch("deliveries", "replay", code=2).err
    assert "goes with --all" in pactwatch("deliveries", "replay", delivery, "--channel", "mailto", code=2).err


@pytest.mark.parametrize(
    "what", [("--all",), ("--rule", "logistics pact"), ("--channel", "mailto"), ("--channel", f"mailto:{MAILBOX}")]
)
def test_sending_is_paused_shown_and_resumed(pactwatch: Pactwatch, delivery: str, what: tuple[str, ...]):
    said = pactwatch("sending", "pause", *what, "--reason", "an exercise", "--by", "Asha").out
    assert "1 messages are held" in said
    [paused] = pactwatch("sending", "status", "--json").json["paused"]
    assert (paused["held"], paused["by"], paused["reason"]) == (1, "Asha", "an exercise")
    assert state_of(pactwatch, delivery) == "held"
    assert "is paused already" in pactwatch("sending", "pause", *what, "--reason", "x", code=2).err
    assert "sending is paused" in " ".join(pactwatch("doctor", code=None).out.split())
    assert "1 held messages go out" in pactwatch("sending", "resume", *what).out
    assert state_of(pactwatch, delivery) == "pending"
    assert "is not paused" in pactwatch("sending", "resume", *what, code=2).err


def test_what_was_held_is_dropped_by_choice(pactwatch: Pactwatch, delivery: str):
    pactwatch("sending", "pause", "--all", "--reason", "nonsense went out")
    assert "1 held messages were dropped" in pactwatch("sending", "resume", "--all", "--drop", "--by", "Asha").out
    assert "Dropped by Asha" in pactwatch("deliveries", "show", delivery, "--json").json["last_error"]


def test_a_stop_names_one_thing_that_there_is(pactwatch: Pactwatch, delivery: str):
    for wrong in ((), ("--all", "--rule", "x"), ("--rule", "nothing like it"), ("--channel", "pigeon")):
        assert pactwatch("sending", "pause", *wrong, "--reason", "x", code=2).err


def test_a_channel_is_disabled_listed_and_enabled(pactwatch: Pactwatch, delivery: str):
    [listed] = pactwatch("channel", "list", "--json").json
    assert (listed["state"], listed["subscriptions"], listed["waiting"]) == ("well", 1, 1)
    pactwatch("channel", "disable", listed["channel_id"], "--reason", "on leave", "--by", "Asha")
    [row] = pactwatch("channel", "list").rows
    assert row[1] == "disabled"
    assert row[-1] == "By Asha: on leave"
    [disabled] = pactwatch("sending", "status", "--json").json["disabled"]
    assert disabled["held"] == 1
    assert state_of(pactwatch, delivery) == "held"
    assert "1 held messages go out" in pactwatch("channel", "enable", listed["channel_id"][:8]).out
    assert state_of(pactwatch, delivery) == "pending"
    assert "is not disabled" in pactwatch("channel", "enable", f"mailto:{MAILBOX}", code=2).err


async def alerts_for_a_morning(database: Database) -> None:
    """Two alerts that wait for a daily digest, of two rules that found one article."""
    for name in ("Pacts", "Ports"):
        rule = await rows.a_rule(database, name=name)
        await rows.a_subscription(database, rule, channel="mailto", address=MAILBOX, schedule="daily")
    web = make_client(allowed=AllowedHosts.parse(""), user_agent="Pactwatch/test")
    notifier = build_notifier(Settings(), database, SystemClock(), web)
    await notifier.raise_alerts(await rows.a_classified_article(database))
    await web.aclose()


async def gather(database: Database) -> None:
    """Let a day pass, and gather."""
    await rows.run(database, "UPDATE waiting_alerts SET waits_since = waits_since - interval '1 day'")
    await gatherer_on(Settings(), database).gather_due()


def test_what_is_told_later_is_listed_with_when_and_a_digest_that_does_not_come_is_a_trouble(pactwatch: Pactwatch):
    assert "Nothing waits" in pactwatch("deliveries", "waiting").err
    pactwatch.with_database(alerts_for_a_morning)
    [row] = pactwatch("deliveries", "waiting").rows
    assert "o…@desk.example" in row[0]
    assert row[1:3] == ["2", "digest"]
    [shown] = pactwatch("deliveries", "waiting", "--json").json
    assert shown["due_at"] > shown["since"]
    told = [each for each in pactwatch("doctor", "--json", code=1).json if each["check"] == "told later"]
    assert [(each["state"], each["says"]) for each in told] == [("ok", "2 alerts wait for their readers' hours")]

    late = "UPDATE waiting_alerts SET waits_since = waits_since - interval '2 days'"
    pactwatch.with_database(lambda database: rows.run(database, late))
    told = [each for each in pactwatch("doctor", "--json", code=1).json if each["check"] == "told later"]
    assert told[0]["state"] == "failed"
    assert "2 alerts were to be told" in told[0]["says"]


def test_a_message_of_several_alerts_is_shown_with_each_of_them(pactwatch: Pactwatch):
    pactwatch.with_database(alerts_for_a_morning)
    pactwatch.with_database(gather)
    [row] = pactwatch("deliveries", "list").rows
    assert row[4].endswith(" and 1 more (digest)")
    shown = pactwatch("deliveries", "show", row[0])
    assert "Pacts: RELOS enters into force" in shown.out
    assert "Ports: RELOS enters into force" in shown.out
    assert len(pactwatch("deliveries", "show", row[0], "--json").json["tells"]) == 2
