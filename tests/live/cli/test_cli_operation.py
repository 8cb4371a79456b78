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
    ((_, rule, stage, _, evidence, source, deliveries, alert_id),) = pactwatch("alerts", "list").rows
    assert alert_id == alert["alert_id"]
    assert pactwatch("why", alert_id).out.startswith(alert["article"]["title"])
    assert (rule, stage, source, deliveries) == ("RELOS", "signed", "Courier", "webhook sent")
    assert evidence == Story().evidence


def test_an_abandoned_delivery_is_replayed_once(pactwatch: Pactwatch):
    delivery_id = with_an_alert(pactwatch, state="failed", error="gone")
    assert "No abandoned delivery" in pactwatch("alerts", "replay", str(uuid4()), code=1).err
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
        "rules": "ok",
        "archive": "warning",
        "mail": "ok",
        "teams": "ok",
        "secrets": "warning",  # no key was given, so the signing secret is stored openly
        "operators": "warning",
        "accounts": "warning",
        "outbox": "ok",
        "quarantine": "warning",
        "deliveries": "warning",
        "told later": "ok",
        "bus": "failed",
    }
    assert all(each["mend"] for each in ran.json if each["state"] != "ok")
    assert "hush" not in ran.out
    plain = pactwatch("doctor", code=1).out
    assert "failed   bus" in plain
    assert "Check PACTWATCH_NATS_URL" in plain


def test_the_doctor_names_articles_that_are_not_filed(pactwatch: Pactwatch):
    with_an_alert(pactwatch, state="sent")
    state, says, mend = the_doctor_says(pactwatch, "archive")
    assert (state, mend) == ("warning", "Run `pactwatch reindex`.")
    assert says.startswith("1 judged articles are not in the searchable archive")


def the_doctor_says(pactwatch: Pactwatch, check: str) -> tuple[str, str, str]:
    """What the doctor found for this check: its state, what it says, and the mend."""
    (found,) = (each for each in pactwatch("doctor", "--json", code=1).json if each["check"] == check)
    return found["state"], found["says"], found["mend"]


@pytest.mark.parametrize(
    ("state", "says"), [("failed", "1 given up"), ("unknown", "1 given up, of which 1 may have arrived")]
)
def test_the_doctor_counts_every_delivery_that_was_given_up(pactwatch: Pactwatch, state: str, says: str):
    with_an_alert(pactwatch, state=state, error="gone")
    found = the_doctor_says(pactwatch, "deliveries")
    assert found[:2] == ("warning", says)
    assert "pactwatch deliveries replay --all" in found[2]


def test_a_rule_that_can_no_longer_be_read_is_shown_by_the_list_and_the_doctor(pactwatch: Pactwatch):
    pactwatch("rule", "add", "Pacts", "agreement:relos")
    pactwatch("rule", "add", "Sound", "RELOS")

    async def leaves_the_catalogue(database: Database) -> None:
        async with database.engine.begin() as connection:
            await connection.exec_driver_sql("UPDATE rules SET query = 'agreement:left' WHERE name = 'Pacts'")

    pactwatch.with_database(leaves_the_catalogue)
    states = {row[0]: row[-1] for row in pactwatch("rule", "list").rows}
    assert states["Sound"] == "live"
    assert states["Pacts"].startswith("broken: query: 'agreement:left' ")
    state, says, mend = the_doctor_says(pactwatch, "rules")
    assert state == "warning"
    assert "1 of 2 match nothing, for example Pacts: query: 'agreement:left'" in says
    assert "pactwatch rule edit" in mend
    pactwatch("rule", "pause", "Pacts")
    assert the_doctor_says(pactwatch, "rules")[0] == "ok"


def test_the_doctor_warns_of_mails_that_no_server_takes(pactwatch: Pactwatch, monkeypatch: pytest.MonkeyPatch):
    assert the_doctor_says(pactwatch, "mail")[0] == "ok"
    pactwatch("subscribe", "add", "--sector", "health", "--channel", "mailto:desk@example.org")
    state, says, mend = the_doctor_says(pactwatch, "mail")
    assert (state, says) == ("warning", "no mail server is set, and 1 subscriptions wait for mails")
    assert "PACTWATCH_SMTP_HOST" in mend
    monkeypatch.setenv("PACTWATCH_SMTP_HOST", "mx.example.org")
    assert the_doctor_says(pactwatch, "mail")[0] == "ok"


@pytest.mark.parametrize(("state", "told"), [("retry", True), ("pending", True), ("sent", False), ("failed", False)])
@pytest.mark.parametrize("ending", ["subscribe", "rule"])
def test_an_ended_subscription_says_what_is_not_sent_any_more(
    pactwatch: Pactwatch, state: str, told: bool, ending: str
):
    with_an_alert(pactwatch, state=state)
    ((short, *_),) = pactwatch("subscribe", "list").rows
    said = pactwatch(ending, "remove", short if ending == "subscribe" else "RELOS").out
    assert ("1 delivery that waits for it is cancelled." in said) == told


def test_alerts_are_listed_page_by_page(pactwatch: Pactwatch):
    with_an_alert(pactwatch, state="sent")
    (alert,) = pactwatch("alerts", "list", "--json").json
    assert f"alerts list --before {alert['alert_id']}" in pactwatch("alerts", "list", "--limit", "1").err
    assert pactwatch("alerts", "list").err == ""
    after_it = pactwatch("alerts", "list", "--before", alert["alert_id"])
    assert after_it.out + after_it.err == "No alerts before that one.\n"
    assert pactwatch("alerts", "list", "--before", alert["alert_id"], "--json").json == []
    assert "is no alert" in pactwatch("alerts", "list", "--before", str(uuid4()), code=2).err


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
