"""`docs/events.yaml` says what the code says, and nothing about the machine that drew it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import yaml

from shared.contracts.events import EVENTS
from shared.contracts.streams import DURABLES
from shared.messaging import asyncapi

MEND = "Run `python -m shared.messaging.asyncapi --write` and commit the page."


def test_the_stored_page_is_the_one_that_the_contracts_draw():
    assert asyncapi.PAGE.read_text(encoding="utf-8") == asyncapi.page(), MEND


def test_the_page_is_the_same_whatever_the_order_of_hashes():
    environment = {**os.environ, "PYTHONHASHSEED": "4711", "PACTWATCH_NATS_URL": "nats://a-secret@elsewhere:4222"}
    drawn = subprocess.run(
        [sys.executable, "-m", "shared.messaging.asyncapi"],
        env=environment,
        cwd=asyncapi.PAGE.parents[1],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert drawn.stdout == asyncapi.page()
    assert "a-secret" not in drawn.stdout


def test_every_event_is_sent_and_every_durable_receives():
    operations = asyncapi.draw()["operations"]
    assert {name for name, each in operations.items() if each["action"] == "send"} == {e.type_name() for e in EVENTS}
    assert {name for name, each in operations.items() if each["action"] == "receive"} == {d.name for d in DURABLES}


def test_every_subject_has_the_schema_of_its_event():
    drawn = asyncapi.draw()
    for event in EVENTS:
        channel = drawn["channels"][event.type_name()]
        message = drawn["components"]["messages"][f"{event.type_name()}:Message"]
        assert channel["address"] == event.subject()
        assert message["payload"] == {"$ref": f"#/components/schemas/{event.__name__}"}
        assert set(drawn["components"]["schemas"][event.__name__]["properties"]) == set(event.model_fields)


def test_every_reference_leads_somewhere():
    drawn = yaml.safe_load(asyncapi.page())
    for reference in references(drawn):
        place = drawn
        for name in reference.removeprefix("#/").split("/"):
            assert name in place, reference
            place = place[name]


def references(value: object) -> list[str]:
    if isinstance(value, dict):
        return [value["$ref"]] if "$ref" in value else [r for each in value.values() for r in references(each)]
    return [r for each in value for r in references(each)] if isinstance(value, list) else []


def test_an_old_page_is_told_with_its_mend(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(asyncapi, "PAGE", tmp_path / "events.yaml")
    assert asyncapi.main(["--check"]) == 1
    assert "--write" in capsys.readouterr().err
    assert asyncapi.main(["--write"]) == 0
    assert asyncapi.main(["--check"]) == 0
    asyncapi.PAGE.write_text("old", encoding="utf-8")
    assert asyncapi.main(["--check"]) == 1


def test_writing_and_checking_at_once_is_refused(capsys):
    with pytest.raises(SystemExit):
        asyncapi.main(["--check", "--write"])
    assert "not allowed with" in capsys.readouterr().err
