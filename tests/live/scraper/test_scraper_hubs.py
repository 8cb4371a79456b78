"""A scraper asks hubs and they call the desk, over real HTTP: verified, renewed, let go; and hubs that fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from services.cli.web_server import bind, port_of
from services.scraper.adapters.hub_queries import HubQueries
from services.scraper.use_cases.hubs import HubAsks
from shared.store.unit_of_work import Database
from shared.web.client import WebClient, make_client
from shared.web.guard import AllowedHosts
from tests.live.scraper.hub import Hub, a_hub
from tests.live.scraper.hub_house import TOPIC, House, a_door
from tests.waiting import eventually

pytestmark = pytest.mark.live


@pytest.fixture
async def hub() -> AsyncIterator[Hub]:
    async with a_hub() as one:
        yield one


@pytest.fixture
async def house(database: Database, web: WebClient, hub: Hub) -> AsyncIterator[House]:
    async with a_door(database) as base:
        yield House(database, web, base, hub)


async def test_a_hub_that_a_source_names_is_asked_verifies_us_and_is_held_active(house: House, hub: Hub):
    await house.add_source()
    assert await house.round() == 1
    subscription = await house.subscription()
    assert hub.asked[0]["hub.topic"] == TOPIC
    assert hub.asked[0]["hub.callback"] == f"{house.base}/websub/{subscription.token}"
    assert len(subscription.token) >= 43
    assert 43 <= len(subscription.secret) < 200
    assert hub.verified[0].status_code == 200
    assert hub.verified[0].headers["content-type"].startswith("text/plain")
    assert (subscription.state, subscription.failures, subscription.last_error) == ("active", 0, None)
    assert subscription.ends_at is not None
    assert timedelta(days=9.9) < subscription.ends_at - datetime.now(UTC) < timedelta(days=10)
    assert timedelta(days=7.9) < subscription.next_try_at - datetime.now(UTC) < timedelta(days=8)
    assert await house.round() == 0


async def test_a_hub_that_verifies_from_a_queue_is_believed_too(house: House, hub: Hub):
    hub.mode = "verify later"
    await house.add_source()
    await house.round()

    async def active() -> bool:
        return (await house.subscription()).state == "active"

    await eventually(active)


async def test_a_feed_without_an_address_of_its_own_is_asked_for_by_the_one_we_poll(house: House, hub: Hub):
    await house.add_source(self_url=None)
    await house.round()
    assert hub.asked[0]["hub.topic"] == "https://Courier.example/feed"


async def test_a_lease_is_renewed_before_it_ends_under_the_same_address(house: House, hub: Hub):
    hub.lease_seconds = 1000
    await house.add_source()
    await house.round()
    before = await house.subscription()
    assert timedelta(seconds=700) < before.next_try_at - datetime.now(UTC) < timedelta(seconds=800)
    hub.lease_seconds = 2000
    assert await house.round_later() == 1
    after = await house.subscription()
    assert (after.token, after.state) == (before.token, "active")
    assert after.ends_at is not None
    assert after.ends_at - datetime.now(UTC) > timedelta(seconds=1900)


async def test_a_hubs_own_call_outweighs_its_answer_that_comes_after(house: House, hub: Hub):
    hub.mode = "slow to answer"  # and then with 500, though it has verified us
    await house.add_source()
    await house.round()
    subscription = await house.subscription()
    assert (subscription.state, subscription.failures, subscription.last_error) == ("active", 0, None)


async def test_a_hub_that_sends_us_on_is_followed(house: House, hub: Hub):
    hub.mode = "send on"
    await house.add_source()
    await house.round()
    assert (await house.subscription()).state == "active"


async def test_a_hub_that_fails_is_asked_again_ever_more_rarely_with_its_words_shown(house: House, hub: Hub):
    hub.mode = "fail"
    await house.add_source()
    await house.round()
    first = await house.subscription()
    assert (first.state, first.failures) == ("asked", 1)
    assert first.last_error == "The hub answered 404: the topic is not known here."
    await house.round_later()
    second = await house.subscription()
    assert second.failures == 2
    assert second.next_try_at - datetime.now(UTC) > timedelta(minutes=9)


async def test_a_hub_that_takes_our_request_and_stays_silent_is_told_of(house: House, hub: Hub):
    hub.mode = "stay silent"
    await house.add_source()
    await house.round()
    await house.round_later()
    subscription = await house.subscription()
    assert (subscription.state, subscription.failures) == ("asked", 2)
    assert "does not call back" in (subscription.last_error or "")


async def test_a_hub_that_is_down_loses_no_subscription(house: House, hub: Hub):
    await house.add_source()
    await house.round()
    await house.name_hub(nobody_listens_at())
    await house.round_later()
    subscription = await house.subscription()
    assert (subscription.state, subscription.failures) == ("active", 1)
    assert "no connection" in (subscription.last_error or "")
    await house.name_hub(hub.url)
    await house.round_later()
    assert (await house.subscription()).failures == 0


def nobody_listens_at() -> str:
    listener = bind("127.0.0.1", 0, setting="test")
    port = port_of(listener)
    listener.close()
    return f"http://127.0.0.1:{port}/hub"


async def test_a_hub_on_a_private_address_is_refused_and_not_asked(database: Database, hub: Hub):
    public_only = make_client(allowed=AllowedHosts.parse(""), user_agent="Pactwatch/test")
    house = House(database, public_only, "https://desk.example", hub)
    await house.add_source()
    await house.round()
    await public_only.aclose()
    subscription = await house.subscription()
    assert subscription.state == "refused"
    assert "not an address of the public internet" in (subscription.last_error or "")
    assert subscription.next_try_at - datetime.now(UTC) > timedelta(hours=23)
    assert hub.asked == []


@pytest.mark.parametrize("address", ["", "gopher://hub.example/", "https://user:pw@hub.example/", "not an address"])
async def test_a_hub_that_is_no_web_address_is_refused(house: House, address: str):
    source_id = await house.add_source()
    await house.sql("UPDATE source_states SET hub = :hub WHERE source_id = :id", hub=address, id=source_id)
    await house.round()
    assert (await house.subscription()).state == "refused"


async def test_a_hub_that_denies_us_is_asked_once_more_after_a_day(house: House, hub: Hub):
    hub.mode = "deny"
    await house.add_source()
    await house.round()
    denied = await house.subscription()
    assert (denied.state, denied.last_error) == ("refused", "The hub denies us: the topic is not for you.")
    assert denied.next_try_at - datetime.now(UTC) > timedelta(hours=23)
    hub.mode = "verify first"
    await house.round_later()
    assert (await house.subscription()).state == "active"


async def test_without_a_public_address_nobody_is_asked(house: House):
    await house.add_source()
    house.asks = HubAsks(partial(house.database.begin, HubQueries), house.web, None)
    assert await house.round() == 0
    assert await house.subscriptions() == []


@pytest.mark.parametrize("change", ["paused = true", "removed_at = now()"])
async def test_a_source_that_is_looked_at_no_more_is_unsubscribed(house: House, hub: Hub, change: str):
    await house.add_source()
    await house.round()
    await house.sql(f"UPDATE sources SET {change}")
    assert await house.round() == 1
    assert hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert hub.subscribers == {}
    assert (await house.subscription()).state == "ended"
    assert await house.round_later() == 0
    assert await house.subscriptions() == []


async def test_a_source_that_changes_its_hub_leaves_the_old_one_and_joins_the_new(house: House, hub: Hub):
    await house.add_source()
    await house.round()
    old = await house.subscription()
    async with a_hub() as new_hub:
        await house.sql("UPDATE source_states SET hub = :hub", hub=new_hub.url)
        await house.round()
        assert hub.subscribers == {}
        await house.round_later()
        new = await house.subscription()
        assert (new.state, new.hub) == ("active", new_hub.url)
        assert new.token != old.token
        assert new.secret != old.secret
        assert len(new_hub.subscribers) == 1


async def test_a_hub_that_does_not_let_us_go_is_left_after_three_tries(house: House, hub: Hub):
    await house.add_source()
    await house.round()
    await house.sql("UPDATE sources SET paused = true")
    hub.mode = "fail"
    assert await house.round() + await house.round_later() + await house.round_later() == 3
    assert await house.round_later() == 0
    assert await house.subscriptions() == []
    assert await hub.push() == [404]


async def test_two_scrapers_share_the_requests(house: House, hub: Hub):
    hub.mode = "stay silent"
    for number in range(12):
        await house.add_source(name=f"s{number}", self_url=f"https://s{number}.example/feed")
    other = House(house.database, house.web, house.base, hub)
    done = await asyncio.gather(*(each.round() for each in (house, other) for _ in range(3)))
    assert sum(done) + await house.round() == 12
    assert len({form["hub.topic"] for form in hub.asked}) == len(hub.asked) == 12


async def test_what_a_stopped_scraper_had_claimed_is_due_again(house: House):
    await house.add_source()
    claimed = await house.asks.claim(5)
    assert await house.asks.claim(5) == []
    await house.asks.give_back(claimed)
    again = await house.asks.claim(5)
    await house.asks.record_mistake(again[0], RuntimeError("boom"))
    subscription = await house.subscription()
    assert subscription.failures == 1
    assert "RuntimeError" in (subscription.last_error or "")
