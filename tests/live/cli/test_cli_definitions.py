"""Sources, rules and subscriptions on the command line: 0 done, 1 failed, 2 wrong use, and every error has its mend."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from tests.live.cli.conftest import Pactwatch
from tests.live.desk.desk_rows import a_looked_at_source

pytestmark = pytest.mark.live

WRONG_USE = {
    "an unknown option": (("source", "list", "--nope"), "No such option: --nope"),
    "an unknown command": (("sauce",), "No such command 'sauce'"),
    "an unknown subcommand": (("source", "eat"), "No such command 'eat'"),
    "a missing argument": (("source", "add", "Courier"), "Missing argument 'url'"),
    "an unknown source": (("source", "pause", "Nobody"), "source: 'Nobody' is not known"),
    "an unknown rule": (("rule", "pause", "nobody"), "rule: 'nobody' is not known"),
    "a bad address": (("source", "add", "C", "ftp://x"), "url: 'ftp://x' does not start with"),
    "a bad pace": (("source", "add", "C", "http://x.org", "--every", "0"), "--every: 0 is less than one second"),
    "a pace in words": (("source", "add", "C", "http://x.org", "--every", "often"), "--every"),
    "a bad kind": (("source", "add", "C", "http://x.org", "--kind", "rdf"), "--kind: 'rdf' is no kind of source"),
    "a bad date": (("source", "add", "C", "http://x.org", "--alert-since", "never"), "--alert-since: 'never'"),
    "a bad language": (("source", "add", "C", "http://x.org", "--language", "tlh"), "tlh"),
    "a bad country": (("source", "add", "C", "http://x.org", "--country", "India"), "India"),
    "a bad channel": (("subscribe", "add", "--sector", "health", "--channel", "pigeon"), "--channel: 'pigeon' is no"),
    "a bad webhook": (("subscribe", "add", "--sector", "health", "--channel", "webhook:x"), "--channel: 'x' does not"),
    "a bad mail": (("subscribe", "add", "--sector", "health", "--channel", "mailto:me"), "is not a mail address"),
    "no target": (("subscribe", "add", "--channel", "inbox"), "is not exactly one thing"),
    "two targets": (
        ("subscribe", "add", "--channel", "inbox", "--rule", "a", "--sector", "health"),
        "is not exactly one thing",
    ),
    "an unknown sector": (("subscribe", "add", "--channel", "inbox", "--sector", "helth"), "'helth' is no sector"),
    "an unknown agreement": (("subscribe", "add", "--channel", "inbox", "--agreement", "relo"), "is no agreement"),
    "an unknown subscription": (("subscribe", "remove", "abcdef"), "'abcdef' begins no subscription's id"),
    "a bad limit": (("alerts", "list", "--limit", "-1"), "--limit"),
    "a page before no id": (("alerts", "list", "--before", "x"), "--before: 'x' is not an id"),
    "a replay of nothing": (("alerts", "replay"), "does not say what to replay"),
    "a replay of no id": (("alerts", "replay", "x"), "delivery: 'x' is not an id"),
    "a quarantine replay of nothing": (("quarantine", "replay"), "does not say what to replay"),
    "a quarantine replay of no id": (("quarantine", "replay", "x"), "quarantine id: 'x' is not an id"),
}


def test_wrong_use_ends_with_2_names_what_was_wrong_and_says_nothing_on_stdout(pactwatch: Pactwatch):
    for name, (arguments, told) in WRONG_USE.items():
        ran = pactwatch(*arguments, code=None)
        said = " ".join(ran.err.replace("│", " ").split())
        assert (name, ran.code, ran.out) == (name, 2, "")
        assert told in said, f"{name}: {said}"
        assert "Traceback" not in ran.err


def test_a_bad_query_is_shown_with_a_caret_under_what_is_wrong(pactwatch: Pactwatch):
    ran = pactwatch("rule", "add", "Pacts", "agreement:relos AND (LEMOA", code=2)
    lines = ran.err.splitlines()
    caret = next(n for n, line in enumerate(lines) if line.strip() == "^")
    assert lines[caret - 1][lines[caret].index("^")] == "("
    assert "Close it with )" in ran.err
    assert not pactwatch("rule", "list", "--json").json


def test_a_source_is_added_shown_changed_and_removed(pactwatch: Pactwatch):
    added = pactwatch(
        "source", "add", "Вести", "https://example.org/feed", "--every", "60", "--country", "RU", "--language", "ru",
        "--alert-since", "all", "--json",
    ).json  # fmt: skip
    assert added == {
        "name": "Вести",
        "url": "https://example.org/feed",
        "kind": None,
        "every_seconds": 60,
        "country": "RU",
        "language": "ru",
        "alert_since": "all",
        **dict.fromkeys(("selectors", "owner", "confidence", "quirks")),
        "paused": False,
    }
    (listed,) = pactwatch("source", "list", "--json").json
    assert added.items() <= listed.items()
    assert (listed["state"], listed["in_trouble"], listed["articles"]) == ("new", False, 0)
    assert (listed["last_look_at"], listed["next_look_at"], listed["last_error"]) == (None, None, None)
    assert "Changed Вести;" in pactwatch("source", "edit", "вести", "--every", "120").out
    pactwatch("source", "pause", "Вести")
    (paused,) = pactwatch("source", "list", "--json").json
    assert (paused["state"], paused["every_seconds"], paused["alert_since"]) == ("paused", 120, "all")
    pactwatch("source", "resume", "Вести")
    pactwatch("source", "remove", "Вести")
    assert pactwatch("source", "list", "--json").json == []


def test_a_new_source_says_from_when_on_it_alerts(pactwatch: Pactwatch):
    assert "all its articles may alert" in pactwatch("source", "add", "A", "http://a.org/", "--alert-since", "all").out
    assert "do not alert" in pactwatch("source", "add", "B", "http://b.org/").out
    (_, since) = (each["alert_since"] for each in pactwatch("source", "list", "--json").json)
    assert datetime.fromisoformat(since).tzinfo is not None


def test_a_list_in_a_pipe_is_one_line_each_separated_by_tabs(pactwatch: Pactwatch):
    pactwatch("source", "add", "One", "http://one.org/")
    pactwatch("source", "add", "Two", "http://two.org/")
    rows = pactwatch("source", "list").rows
    assert [row[0] for row in rows] == ["One", "Two"]
    assert all(len(row) == 10 for row in rows)
    assert [row[9] for row in rows] == ["http://one.org/", "http://two.org/"]


def test_what_a_server_said_cannot_break_a_line(pactwatch: Pactwatch):
    async def with_error(database) -> None:
        await a_looked_at_source(database, source_id, error="two\nlines\tand a tab")

    pactwatch("source", "add", "One", "http://one.org/")
    source_id = pactwatch.with_database(_only_source)
    pactwatch.with_database(with_error)
    (row,) = pactwatch("source", "list").rows
    assert row[8] == "two lines and a tab"
    (listed,) = pactwatch("source", "list", "--json").json
    assert listed["last_error"] == "two\nlines\tand a tab"


async def _only_source(database) -> UUID:
    async with database.engine.connect() as connection:
        source_id: UUID = (await connection.exec_driver_sql("SELECT source_id FROM sources")).scalar_one()
        return source_id


@pytest.mark.parametrize("what", ["source", "rule", "subscribe", "alerts"])
def test_an_empty_list_says_what_to_do_and_is_an_empty_list_for_programs(what: str, pactwatch: Pactwatch):
    listed = pactwatch(what, "list")
    assert listed.out == ""
    assert "pactwatch " in listed.err
    assert pactwatch(what, "list", "--json").json == []


def test_a_rule_is_added_shown_changed_and_removed(pactwatch: Pactwatch):
    assert "Hear of it: pactwatch subscribe add" in pactwatch("rule", "add", "Платежи", "рубль OR रुपया").out
    (rule,) = pactwatch("rule", "list", "--json").json
    assert rule["name"] == "Платежи"
    assert (rule["query"], rule["version"], rule["origin"], rule["subscriptions"], rule["paused"]) == (
        "рубль OR रुपया", 1, "custom", 0, False,
    )  # fmt: skip
    assert "is at version 2" in pactwatch("rule", "edit", "платежи", "--query", "рубль").out
    pactwatch("rule", "pause", "Платежи")
    assert pactwatch("rule", "list").rows == [["Платежи", "рубль", "3", "custom", "0", "paused"]]
    pactwatch("rule", "resume", "Платежи")
    pactwatch("rule", "remove", "Платежи")
    assert pactwatch("rule", "list", "--json").json == []


def test_a_rule_of_a_subscription_cannot_be_changed(pactwatch: Pactwatch):
    pactwatch("subscribe", "add", "--sector", "health", "--channel", "inbox")
    (rule,) = pactwatch("rule", "list", "--json").json
    assert rule["origin"] == "sector"
    assert "Unsubscribe from it" in pactwatch("rule", "remove", rule["name"], code=2).err


def test_a_webhooks_secret_is_shown_once(pactwatch: Pactwatch):
    arguments = ("subscribe", "add", "--sector", "health", "--channel", "webhook:https://hooks.example.org/T0/token")
    said = pactwatch(*arguments).out
    assert "shown this once: whsec_" in said
    secret = said.split("whsec_")[1].split()[0]
    again = pactwatch(*arguments)
    assert "Already subscribed" in again.out
    for each in (
        again,
        pactwatch(*arguments, "--json"),
        *(pactwatch("subscribe", "list", *x) for x in ((), ("--json",))),
    ):
        assert secret not in each.out
        assert "whsec_" not in each.out
    assert "token" not in pactwatch("subscribe", "list").out


def test_a_subscription_for_programs(pactwatch: Pactwatch):
    hook = ("subscribe", "add", "--agreement", "relos", "--channel", "webhook:https://hooks.example.org/x", "--json")
    made = pactwatch(*hook).json
    assert made["secret"].startswith("whsec_")
    assert (made["channel"], made["origin"], made["already"]) == ("webhook", "agreement", False)
    assert made["masked_address"] == "https://hooks.example.org/…"
    UUID(made["subscription_id"])
    again = pactwatch(*hook).json
    assert (again["subscription_id"], again["already"], again["secret"]) == (made["subscription_id"], True, None)
    (listed,) = pactwatch("subscribe", "list", "--json").json
    assert listed["subscription_id"] == made["subscription_id"]
    assert listed["secret"] is None


def test_a_subscription_ends_by_the_beginning_of_its_id(pactwatch: Pactwatch):
    pactwatch("subscribe", "add", "--sector", "health", "--channel", "mailto:desk@example.org")
    ((short, *_),) = pactwatch("subscribe", "list").rows
    assert "Ended: " in pactwatch("subscribe", "remove", short[:8]).out
    assert pactwatch("subscribe", "list", "--json").json == []


def test_the_catalogue_tells_what_can_be_watched_by_any_of_its_names(pactwatch: Pactwatch):
    assert [row[1] for row in pactwatch("catalogue", "logistics pact").rows] == ["relos"]
    everything = pactwatch("catalogue", "--json").json
    assert {"agreement", "sector", "stage"} == {row["kind"] for row in everything}
    assert len([row for row in everything if row["kind"] == "agreement"]) == 68
    assert pactwatch("catalogue", "nosuchthing").rows == []
