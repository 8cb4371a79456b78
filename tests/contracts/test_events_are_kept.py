"""One message of each event and version is kept for ever: what was said once can be read for as long as it may come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from shared.contracts import streams
from shared.contracts.events import (
    EVENTS,
    AlertRaised,
    ArticleClassified,
    ArticlePublished,
    ArticleWithdrawn,
    Event,
    FeedPushed,
    TroubleChanged,
)
from shared.messaging.relay import headers_of
from shared.store.outbox import OutboxRow
from tests.contracts.compatibility import breaks

GOLDEN = Path(__file__).parent / "golden"
BY_TYPE = {event.type_name(): event for event in EVENTS}

# What stands on streams, in dashboards and in other people's code. A line is added here, never changed.
PROMISED = {
    "ArticlePublished": ("pactwatch.article.published.v1", "events.article.published.v1"),
    "ArticleClassified": ("pactwatch.article.classified.v1", "events.article.classified.v1"),
    "AlertRaised": ("pactwatch.alert.raised.v1", "events.alert.raised.v1"),
    "AlertDelivered": ("pactwatch.alert.delivered.v1", "events.alert.delivered.v1"),
    "AlertAbandoned": ("pactwatch.alert.abandoned.v1", "events.alert.abandoned.v1"),
    "FeedPushed": ("pactwatch.feed.pushed.v1", "events.feed.pushed.v1"),
    "TroubleChanged": ("pactwatch.trouble.changed.v1", "events.trouble.changed.v1"),
    "ArticleWithdrawn": ("pactwatch.article.withdrawn.v1", "events.article.withdrawn.v1"),
}
TAKERS = {
    "classifier": "events.article.published.v1",
    "notifier-match": "events.article.classified.v1",
    "notifier-deliver": "events.alert.raised.v1",
    "scraper-wake": "events.feed.pushed.v1",
    "notifier-operators": "events.trouble.changed.v1",
    "notifier-withdrawn": "events.article.withdrawn.v1",
}


def kept(type_name: str) -> dict[str, Any]:
    """The message of this type that was kept."""
    message: dict[str, Any] = json.loads((GOLDEN / f"{type_name}.json").read_text(encoding="utf-8"))
    return message


def promised(type_name: str) -> dict[str, Any]:
    """The schema of this type as it was promised."""
    schema: dict[str, Any] = json.loads((GOLDEN / f"{type_name}.schema.json").read_text(encoding="utf-8"))
    return schema


def test_types_and_subjects_are_what_they_always_were():
    assert {event.__name__: (event.type_name(), event.subject()) for event in EVENTS} == PROMISED


def test_each_durable_consumer_keeps_its_name_and_its_subject():
    assert {durable.name: durable.event.subject() for durable in streams.DURABLES} == TAKERS
    assert streams.STREAM == "PACTWATCH"


def test_the_stream_carries_every_subject():
    assert streams.SUBJECTS == ("events.>",)
    assert all(event.subject().startswith("events.") for event in EVENTS)


def test_one_message_and_one_schema_are_kept_of_each_event():
    assert {path.name for path in GOLDEN.iterdir()} == {
        name for type_name in BY_TYPE for name in (f"{type_name}.json", f"{type_name}.schema.json")
    }


@pytest.mark.parametrize("type_name", BY_TYPE)
def test_a_kept_message_is_read_and_said_again_word_for_word(type_name):
    message = kept(type_name)
    event = BY_TYPE[type_name].model_validate_json(json.dumps(message))
    assert json.loads(event.model_dump_json()) == message


@pytest.mark.parametrize("type_name", BY_TYPE)
def test_a_kept_message_holds_every_field(type_name):
    assert set(kept(type_name)) == set(BY_TYPE[type_name].model_fields)


@pytest.mark.parametrize("type_name", BY_TYPE)
def test_fields_of_a_newer_version_are_ignored(type_name):
    message = kept(type_name)
    newer = {**message, "weather": "fine", "nested": {"more": [1, 2]}}
    event = BY_TYPE[type_name].model_validate_json(json.dumps(newer))
    assert json.loads(event.model_dump_json()) == message


@pytest.mark.parametrize("type_name", BY_TYPE)
def test_a_message_of_the_first_days_lacks_the_optional_fields_and_is_read(type_name):
    required = promised(type_name)["required"]
    oldest = {name: value for name, value in kept(type_name).items() if name in required}
    assert isinstance(BY_TYPE[type_name].model_validate_json(json.dumps(oldest)), Event)


@pytest.mark.parametrize("type_name", BY_TYPE)
def test_no_field_was_removed_renamed_or_given_another_meaning(type_name):
    broken = breaks(promised(type_name), BY_TYPE[type_name].model_json_schema())
    assert not broken, f"{'; '.join(broken)}. Make a new version beside {type_name}, or give the field a default."


@pytest.mark.parametrize("type_name", BY_TYPE)
def test_a_field_that_was_added_is_promised_too(type_name):
    added = set(BY_TYPE[type_name].model_fields) - set(promised(type_name)["properties"])
    assert not added, f"Write {sorted(added)} into golden/{type_name}.json and its schema: from now on it is kept."


def changed_schema(**changes: Any) -> dict[str, Any]:
    schema = AlertRaised.model_json_schema()
    properties = {**schema["properties"], **changes}
    return {**schema, "properties": {name: field for name, field in properties.items() if field is not None}}


@pytest.mark.parametrize(
    ("schema", "what"),
    [
        (changed_schema(rule_name=None), "rule_name is gone or renamed"),
        (changed_schema(rule_name=None, name={"type": "string"}), "rule_name is gone or renamed"),
        (changed_schema(deliveries={"type": "string", "default": "0"}), "deliveries has changed"),
        (changed_schema(deliveries={"type": "integer", "default": 1}), "deliveries has changed"),
        ({**changed_schema(), "required": [*AlertRaised.model_json_schema()["required"], "deliveries"]}, "is required"),
        ({**changed_schema(), "required": ["event_id"]}, "alert_id may be missing now"),
    ],
)
def test_a_change_that_would_break_readers_is_caught(schema, what):
    assert any(what in sentence for sentence in breaks(promised(AlertRaised.type_name()), schema))


def test_a_field_added_with_a_default_breaks_nobody():
    assert not breaks(promised(AlertRaised.type_name()), changed_schema(urgency={"type": "string", "default": ""}))


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_a_fact_and_cannot_be_changed(event):
    fact = event.model_validate(kept(event.type_name()))
    with pytest.raises(ValidationError, match="frozen"):
        fact.event_id = UUID(int=0)


@pytest.mark.parametrize("event", EVENTS)
def test_a_moment_without_a_time_zone_is_refused(event):
    with pytest.raises(ValidationError, match="occurred_at"):
        event.model_validate({**kept(event.type_name()), "occurred_at": "2025-12-05T11:42:07"})


def test_no_event_carries_an_articles_body():
    fields = {name for event in EVENTS for name in event.model_fields}
    assert not fields & {"text", "body", "content", "html", "findings", "evidence"}


def test_headers_on_the_bus_are_what_they_always_were():
    message = kept(ArticlePublished.type_name())
    row = OutboxRow(
        event_id=UUID(message["event_id"]),
        type_name=ArticlePublished.type_name(),
        payload=message,
        correlation_id=UUID(message["correlation_id"]),
        tries=2,
    )
    assert headers_of(row) == {
        "Nats-Msg-Id": f"{message['event_id']}.2",
        "content-type": "application/json",
        "correlation_id": message["correlation_id"],
        "ce-specversion": "1.0",
        "ce-id": message["event_id"],
        "ce-source": "/pactwatch",
        "ce-type": "pactwatch.article.published.v1",
        "ce-time": "2025-12-05T11:42:07.125000Z",
    }


def test_an_event_that_somebody_must_take_up_has_a_taker():
    waited_for = (ArticlePublished, ArticleClassified, AlertRaised, FeedPushed, TroubleChanged, ArticleWithdrawn)
    assert all(streams.takers_of(event.subject()) for event in waited_for)
    assert not any(streams.takers_of(event.subject()) for event in EVENTS if event not in waited_for)
