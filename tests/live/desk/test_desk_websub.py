"""The desk's door for WebSub hubs: who is answered what, and what a stranger cannot do there."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.desk.app import build_desk
from services.desk.domain.sources import NewSource
from services.desk.pages import websub
from services.desk.use_cases.definitions import Definitions
from services.scraper.adapters.hub_queries import HubQueries
from services.scraper.use_cases.pushes import HubDoor
from shared.kit.clock import SystemClock
from shared.store.harvest import HubSubscriptionRow, SourceStateRow
from shared.store.outbox import OutboxRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.desk_rows import AGREEMENTS, SECTORS, save
from tests.live.desk.door_keeping import doors_on

pytestmark = pytest.mark.live

TOPIC = "https://example.org/feed.xml"
TOKEN = "t" * 43
SECRET = "s" * 64
ASKS = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "echo <me>", "hub.lease_seconds": "3600"}


def at_the_desk(definitions: Definitions, database: Database, *, host: str = "desk.example.org") -> httpx.AsyncClient:
    door = HubDoor(partial(database.begin, HubQueries), SystemClock())
    app = build_desk(
        definitions,
        doors_on(database),
        agreements=AGREEMENTS,
        sectors=SECTORS,
        base_url="https://desk.example.org",
        hubs=door,
    )
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"https://{host}")


@pytest.fixture
async def caller(definitions: Definitions, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with at_the_desk(definitions, database) as client:
        yield client


async def subscribe(definitions: Definitions, database: Database, **changed: Any) -> UUID:
    """Leave the rows of a source whose hub was asked just now."""
    source = await definitions.add_source(NewSource("Courier", TOPIC))
    now = SystemClock().now()
    state = SourceStateRow(source_id=source.source_id, state="fine", next_look_at=now + timedelta(hours=1))
    row: dict[str, Any] = {"state": "asked", "asked_at": now, "next_try_at": now + timedelta(minutes=5), **changed}
    known = {"token": TOKEN, "hub": "https://hub.example/", "topic": TOPIC, "secret": SECRET}
    await save(database, state, HubSubscriptionRow(source_id=source.source_id, **known, **row))
    return source.source_id


async def subscription(database: Database) -> HubSubscriptionRow:
    async with database.begin(Work) as work:
        return (await work.session.scalars(select(HubSubscriptionRow))).one()


async def announced(database: Database) -> int:
    async with database.begin(Work) as work:
        return len((await work.session.scalars(select(OutboxRow.event_id))).all())


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"x-hub-signature": "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()}


async def test_what_we_asked_for_is_confirmed_with_the_challenge_as_plain_text(caller, definitions, database):
    await subscribe(definitions, database)
    answer = await caller.get(f"/websub/{TOKEN}", params=ASKS)
    assert (answer.status_code, answer.text) == (200, "echo <me>")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    row = await subscription(database)
    assert row.state == "active"
    assert row.ends_at is not None
    assert row.ends_at - SystemClock().now() <= timedelta(hours=1)


async def test_a_hub_may_look_again_whether_we_are_there_while_the_lease_runs(caller, definitions, database):
    now = SystemClock().now()
    await subscribe(
        definitions, database, state="active", asked_at=now - timedelta(days=3), ends_at=now + timedelta(days=7)
    )
    assert (await caller.get(f"/websub/{TOKEN}", params=ASKS)).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        {**ASKS, "hub.topic": "https://example.org/other.xml"},
        {**ASKS, "hub.mode": "unsubscribe"},
        {**ASKS, "hub.challenge": "x" * 5000},
        {"hub.mode": "subscribe", "hub.topic": TOPIC},
        {},
    ],
)
async def test_what_we_did_not_ask_for_is_not_found_and_changes_nothing(caller, definitions, database, said):
    await subscribe(definitions, database)
    assert (await caller.get(f"/websub/{TOKEN}", params=said)).status_code == 404
    assert (await subscription(database)).state == "asked"


@pytest.mark.parametrize("changed", [{"asked_at": None}, {"asked_at": SystemClock().now() - timedelta(days=2)}])
async def test_what_we_asked_for_long_ago_is_not_confirmed(caller, definitions, database, changed):
    await subscribe(definitions, database, **changed)
    assert (await caller.get(f"/websub/{TOKEN}", params=ASKS)).status_code == 404


@pytest.mark.parametrize("token", ["unknown", "t", TOKEN + "t", "%00", "%F0%9F%92%A9", "..%2F..", "t" * 5000])
async def test_an_unknown_address_is_not_found_whatever_is_asked(caller, definitions, database, token):
    await subscribe(definitions, database)
    assert (await caller.get(f"/websub/{token}", params=ASKS)).status_code == 404
    assert (await caller.post(f"/websub/{token}", content=b"news", headers=signed(b"news"))).status_code == 404
    assert await announced(database) == 0


async def test_a_desk_without_hubs_has_no_such_page(definitions, database):
    app = build_desk(definitions, doors_on(database), agreements=AGREEMENTS, sectors=SECTORS)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost") as client:
        assert (await client.get(f"/websub/{TOKEN}", params=ASKS)).status_code == 404


async def test_a_hub_is_answered_under_our_names_alone(definitions, database):
    await subscribe(definitions, database)
    async with at_the_desk(definitions, database, host="evil.example") as client:
        assert (await client.get(f"/websub/{TOKEN}", params=ASKS)).status_code == 400


async def test_a_signed_push_leaves_as_an_event(caller, definitions, database):
    await subscribe(definitions, database, state="active")
    answer = await caller.post(f"/websub/{TOKEN}", content=b"news", headers=signed(b"news"))
    assert (answer.status_code, answer.content) == (202, b"")
    assert await announced(database) == 1


@pytest.mark.parametrize("headers", [{}, signed(b"other news"), signed(b"news", "guess"), {"x-hub-signature": "ä="}])
async def test_a_push_that_is_not_signed_right_gets_the_same_answer_and_is_ignored(
    caller, definitions, database, headers
):
    await subscribe(definitions, database, state="active")
    coded = {name: value.encode() for name, value in headers.items()}
    answer = await caller.post(f"/websub/{TOKEN}", content=b"news", headers=coded)
    assert (answer.status_code, answer.content) == (202, b"")
    assert await announced(database) == 0
    assert (await subscription(database)).pushes == 0


async def test_a_push_to_a_subscription_that_we_ended_is_not_found(caller, definitions, database):
    await subscribe(definitions, database, state="ended")
    assert (await caller.post(f"/websub/{TOKEN}", content=b"news", headers=signed(b"news"))).status_code == 404


@pytest.mark.parametrize("stated", [True, False])
async def test_a_huge_push_is_refused_as_soon_as_it_shows(caller, definitions, database, stated):
    await subscribe(definitions, database, state="active")
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 1_000_000_000:
            sent += 1_000_000
            yield b"x" * 1_000_000

    headers = {"content-length": "1000000000"} if stated else {}
    answer = await caller.post(f"/websub/{TOKEN}", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert sent <= (0 if stated else 11_000_000)


async def test_a_push_of_the_largest_size_is_taken(caller, definitions, database):
    await subscribe(definitions, database, state="active")
    body = b"x" * websub.MOST_PUSH_BYTES
    assert (await caller.post(f"/websub/{TOKEN}", content=body, headers=signed(body))).status_code == 202
    assert await announced(database) == 1


async def test_a_push_that_drips_is_cut_off(caller, definitions, database, monkeypatch):
    monkeypatch.setattr(websub, "MOST_PUSH_SECONDS", 0.2)
    await subscribe(definitions, database, state="active")

    async def stalls() -> AsyncIterator[bytes]:
        yield b"<rss>"
        await asyncio.Event().wait()

    assert (await caller.post(f"/websub/{TOKEN}", content=stalls(), headers=signed(b"<rss>"))).status_code == 408
    assert await announced(database) == 0
