"""What waits goes with its reader: to a new e-mail, to whom somebody hands over to; nobody else's is moved."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from services.desk.adapters.work import desk_transactions
from services.desk.use_cases.people import People
from services.desk.use_cases.writing import Writing
from shared.kit.clock import SystemClock
from shared.store.unit_of_work import Database
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.later_house import LaterHouse, MovedClock, at

pytestmark = pytest.mark.live

DELHI = "Asia/Kolkata"
NOON = at(DELHI, "2026-11-22T12:00")
EIGHT = at(DELHI, "2026-11-23T08:00")
OLD, NEW = "asha@example.org", "asha@new.example.org"
DAILY = {"schedule": "daily", "at_time": time(8)}


@pytest.fixture
def house(database: Database, web_client) -> LaterHouse:
    return LaterHouse(database, web_client, MovedClock(NOON))


@pytest.fixture
def people(database: Database) -> People:
    return People(Writing(desk_transactions(database), SystemClock()))


async def asha_follows(database: Database, **wishes: object):
    """Asha follows RELOS by mail; returns her id and her subscription's."""
    asha = await rows.a_person(database, email=OLD, time_zone=DELHI)
    rule = await rows.a_rule(database, query="relos")
    return asha, await rows.a_subscription(database, rule, channel="mailto", address=OLD, person_id=asha, **wishes)


async def addresses(database: Database) -> list[tuple[str, str]]:
    return sorted((each.kind, each.address) for each in await rows.deliveries(database))


async def test_a_digest_goes_to_the_new_address(database, house, people):
    await asha_follows(database, **DAILY)
    for number in range(2):
        await house.raise_alert(title=f"Article {number}")
    await people.change("Asha", email=NEW)
    assert await house.gather(NOON + timedelta(hours=1)) == 0
    assert {each.address for each in await rows.waiting(database)} == {NEW}
    assert await house.gather(EIGHT) == 1
    assert await addresses(database) == [("digest", NEW)]
    assert await rows.waiting(database) == []


async def test_a_members_digest_goes_with_the_member_alone(database, house, people):
    asha = await rows.a_person(database, email=OLD, time_zone=DELHI)
    ravi = await rows.a_person(database, "Ravi", email="ravi@example.org", time_zone=DELHI)
    team = await rows.a_team(database, asha, ravi)
    rule = await rows.a_rule(database, query="relos")
    await rows.a_subscription(database, rule, channel="mailto", address="", team_id=team, **DAILY)
    await house.raise_alert()
    await people.change("Asha", email=NEW)
    assert await house.gather(EIGHT) == 2
    assert await addresses(database) == [("alert", NEW), ("alert", "ravi@example.org")]


async def test_what_waits_is_handed_over_with_the_subscription(database, house, people):
    await asha_follows(database, **DAILY)
    ravi = await rows.a_person(database, "Ravi", email="ravi@example.org", time_zone=DELHI)
    await house.raise_alert()
    await people.remove("Asha", to="Ravi")
    await house.gather(NOON + timedelta(hours=1))
    assert [(each.address, each.person_id) for each in await rows.waiting(database)] == [("ravi@example.org", ravi)]
    assert await house.gather(EIGHT) == 1
    assert await addresses(database) == [("alert", "ravi@example.org")]


async def test_a_mail_that_was_not_sent_yet_goes_to_the_new_address(database, house, people):
    await asha_follows(database)
    await house.raise_alert()
    await people.change("Asha", email=NEW)
    await house.gather()
    assert await addresses(database) == [("alert", NEW)]


async def test_a_mail_that_was_sent_stays_where_it_went(database, house, people):
    await asha_follows(database)
    await house.raise_alert()
    await rows.run(database, "UPDATE deliveries SET state = 'sent'")
    await people.change("Asha", email=NEW)
    await house.gather()
    assert await addresses(database) == [("alert", OLD)]


async def test_nobodys_addresses_are_left_alone(database, house, receiver):
    rule = await rows.a_rule(database, query="relos")
    await rows.a_subscription(database, rule, address=receiver.url("/a"))
    await rows.a_subscription(database, rule, channel="mailto", address="desk@example.org", **DAILY)
    await house.raise_alert()
    await house.gather()
    assert await addresses(database) == [("alert", receiver.url("/a"))]
    assert [each.address for each in await rows.waiting(database)] == ["desk@example.org"]
