"""What an operator asks: alerts, quarantine, doctor; and what a command says when an engine is not there."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import pytest

from shared.store.unit_of_work import Database
from tests.live.cli.conftest import Pactwatch
from tests.live.desk.desk_rows import Story, a_delivery, a_quarantined_message, an_alert, an_article

pytestmark = pytest.mark.live


def with_an_alert(pactwatch: Pactwatch, *, state: str, error: str | None = None) -> UUID:
    """Let there be one alert with a delivery in this state; returns the delivery's id."""
    pactwatch("source", "add", "Courier", "http://courier.example/feed")
    pactwatch("rule", "add", "RELOS", "RELOS")
    subscribed = pactwatch(
        "subscribe", "add", "--rule", "RELOS", "--channel", "webhook:https://hooks.example.org/T0/secret", "--json"
    ).json

    async def rows(database: Database) -> UUID:
        async with database.engine.connect() as connection:
            source_id = (await connection.exec_driver_sql("SELECT source_id FROM sources")).scalar_one()
        story = Story()
        verdict_id = await an_article(database, source_id, "Courier", story)
        rule_id = UUID(subscribed["rule_id"])
        alert_id = await an_alert(database, verdict_id=verdict_id, story=story, rule_id=rule_id)
        subscription_id = UUID(subscribed["subscription_id"])
        return await a_delivery(database, alert_id=alert_id, subscription_id=subscription_id, state=state, error=error)

    return pactwatch.with_database(rows)


def test_an_alert_for_programs_says_what_why_where_and_whom_it_reached(pactwatch: Pactwatch):
    delivery_id = with_an_alert(pactwatch, state="sent")
    (alert,) = pactwatch("alerts", "list", "--json").json
    assert set(alert) == {
        "alert_id", "rule", "agreement", "stage", "sectors", "evidence", "source", "time", "article", "deliveries",
    }  # fmt: skip
    assert (alert["rule"], alert["agreement"], alert["stage"], alert["sectors"]) == (
        "RELOS", "relos", "signed", ["defence"],
    )  # fmt: skip
    assert set(alert["article"]) == {"title", "url", "source", "published", "language"}
    (delivery,) = alert["deliveries"]
    assert (delivery["delivery_id"], delivery["channel"], delivery["state"], delivery["attempts"]) == (
        str(delivery_id), "webhook", "sent", 1,
    )  # fmt: skip
    assert "/T0" not in json.dumps(alert)
    ((_, rule, stage, evidence, source, deliveries),) = pactwatch("alerts", "list").rows
    assert (rule, stage, source, deliveries) == ("RELOS", "signed", "Courier", "webhook sent")
    assert evidence == Story().evidence


def test_an_abandoned_delivery_is_replayed_once(pactwatch: Pactwatch):
    delivery_id = with_an_alert(pactwatch, state="failed", error="gone")
    assert "No abandoned delivery" in pactwatch("alerts", "replay", str(uuid4()), code=1).out
    assert pactwatch("alerts", "replay", str(delivery_id)).out == "1 deliveries go out again.\n"
    assert pactwatch("alerts", "replay", "--all").out == "0 deliveries go out again.\n"


def test_the_quarantine_is_listed_with_its_reasons(pactwatch: Pactwatch):
    assert pactwatch("quarantine", "list").err == "Nothing is in quarantine.\n"
    pactwatch.with_database(lambda database: a_quarantined_message(database, "findings:\nnot an object"))
    (line,) = pactwatch("quarantine", "list", "--json").json
    assert set(line) == {"quarantine_id", "taker", "subject", "event_id", "reason", "deliveries", "quarantined_at"}
    assert (line["taker"], line["reason"], line["deliveries"]) == ("notifier-match", "findings:\nnot an object", 6)
    ((quarantine_id, _, taker, _, deliveries, reason),) = pactwatch("quarantine", "list").rows
    assert (quarantine_id, taker, deliveries, reason) == (
        line["quarantine_id"], "notifier-match", "6", "findings: not an object",
    )  # fmt: skip


@pytest.mark.parametrize("which", ["--all", "an id"])
def test_a_replay_without_a_bus_fails_with_a_sentence_and_keeps_the_message(which: str, pactwatch: Pactwatch):
    pactwatch.with_database(a_quarantined_message)
    (line,) = pactwatch("quarantine", "list", "--json").json
    ran = pactwatch("quarantine", "replay", "--all" if which == "--all" else line["quarantine_id"], code=1)
    assert "The bus does not answer" in ran.err
    assert "refused" in ran.err.lower() or "connect call failed" in ran.err.lower()
    assert "Traceback" not in ran.err
    assert "hush" not in ran.err
    assert len(pactwatch("quarantine", "list", "--json").json) == 1


def test_the_doctor_names_each_trouble_with_its_mend_and_ends_with_1(pactwatch: Pactwatch):
    with_an_alert(pactwatch, state="failed", error="gone")
    pactwatch.with_database(a_quarantined_message)
    ran = pactwatch("doctor", "--json", code=1)
    assert ran.err == ""
    found = {each["check"]: each for each in ran.json}
    assert all(set(each) == {"check", "state", "says", "mend"} for each in ran.json)
    assert {name: each["state"] for name, each in found.items()} == {
        "database": "ok",
        "schema": "ok",
        "clocks": "ok",
        "sources": "ok",
        "outbox": "ok",
        "quarantine": "warning",
        "deliveries": "warning",
        "bus": "failed",
    }
    assert all(each["mend"] for each in ran.json if each["state"] != "ok")
    assert "hush" not in ran.out
    plain = pactwatch("doctor", code=1).out
    assert "failed   bus" in plain
    assert "Check PACTWATCH_NATS_URL" in plain


class Away:
    """Ways in which a database is not what it should be: its address, and what a command says of it."""

    WAYS = {  # noqa: RUF012
        "nobody listens": (lambda url: "postgresql://u:hush@127.0.0.1:1/x", 1, "The database does not answer"),
        "no such database": (lambda url: url.rpartition("/")[0] + "/nosuch", 1, "has no such database"),
        "no tables": (lambda url: url.rpartition("/")[0] + "/postgres", 1, "Run `pactwatch migrate`"),
        "no such user": (
            lambda url: f"postgresql://nobody:hush@{url.rpartition('@')[2]}",
            1,
            "does not let this user in",
        ),
        "an @ in the password": (lambda url: url.replace("//", "//u:hush@"), 2, "Write @, : and / in a password"),
        "another engine": (lambda url: "mysql://u:hush@h/x", 2, "is not a Postgres address"),
        "no address": (lambda url: "hush", 2, "is not a Postgres address"),
    }


@pytest.mark.parametrize("way", Away.WAYS)
def test_a_database_that_cannot_be_used_is_one_sentence(
    way: str, pactwatch: Pactwatch, monkeypatch: pytest.MonkeyPatch
):
    url_of, code, told = Away.WAYS[way]
    monkeypatch.setenv("PACTWATCH_DATABASE_URL", url_of(pactwatch.database_url))
    for command in (("source", "list"), ("quarantine", "list")):
        ran = pactwatch(*command, code=code)
        assert told in ran.err
        assert ran.out == ""
        assert "hush" not in ran.err


def test_a_doctor_without_a_database_says_so(pactwatch: Pactwatch, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PACTWATCH_DATABASE_URL", "postgresql://u:hush@127.0.0.1:1/x")
    ran = pactwatch("doctor", "--json", code=1)
    assert {each["check"]: each["state"] for each in ran.json} == {"database": "failed", "bus": "failed"}
    assert "hush" not in ran.out + ran.err


def test_a_doctor_asks_for_the_migration(pactwatch: Pactwatch, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PACTWATCH_DATABASE_URL", pactwatch.database_url.rpartition("/")[0] + "/postgres")
    found = {each["check"]: each for each in pactwatch("doctor", "--json", code=1).json}
    assert found["schema"]["mend"] == "Run `pactwatch migrate`."


def test_a_migration_brings_the_tables_and_may_be_repeated(pactwatch: Pactwatch):
    assert "is at revision" in pactwatch("migrate").out
    assert "is at revision" in pactwatch("migrate").out


def test_without_a_house_and_without_addresses_a_command_says_how_to_get_one(
    pactwatch: Pactwatch, monkeypatch: pytest.MonkeyPatch, tmp_path
):
    monkeypatch.delenv("PACTWATCH_NATS_URL")
    monkeypatch.delenv("PACTWATCH_DATABASE_URL")
    for command in (("source", "list"), ("alerts", "replay", "--all"), ("migrate",)):
        ran = pactwatch(*command, "--data-dir", str(tmp_path), code=1)
        assert f"No Pactwatch runs in {tmp_path}." in ran.err
        assert "pactwatch up" in ran.err


@pytest.mark.parametrize("command", [("up",), ("migrate",), ("source", "list"), ("doctor",), ("serve", "scraper")])
def test_a_wrong_variable_is_wrong_use_of_every_command(
    command: tuple[str, ...], pactwatch: Pactwatch, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PACTWATCH_DESK_PORT", "seventy")
    if command == ("doctor",):
        assert "PACTWATCH_DESK_PORT: 'seventy'" in pactwatch(*command, code=1).out
    else:
        assert "PACTWATCH_DESK_PORT: 'seventy'" in pactwatch(*command, code=2).err
