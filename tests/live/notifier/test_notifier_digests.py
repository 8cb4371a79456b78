"""What is told later: digests, quiet hours, mutes; gathered once, whoever is alive, as the reader wants it then."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from services.notifier.adapters.work import DatabaseWork
from services.notifier.domain.holding import Scope
from services.notifier.use_cases.sending import Sending
from shared.contracts.events import AlertDelivered
from shared.contracts.verdict import AgreementFinding, Claim, Verdict
from shared.store.alerts import DeliveryAlertRow
from shared.store.unit_of_work import Database, Work
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import send_all_due
from tests.live.notifier.later_house import LaterHouse, MovedClock, at
from tests.live.notifier.mail_server import serving

pytestmark = pytest.mark.live

BERLIN = "Europe/Berlin"
NOON = at(BERLIN, "2026-03-28T12:00")  # the day before the clocks go forward
EIGHT = at(BERLIN, "2026-03-29T08:00")
DAILY = {"schedule": "daily", "at_time": time(8), "time_zone": BERLIN}
SIGNED = Verdict(
    language="en",
    relevant=True,
    relevance=0.9,
    agreements=(
        AgreementFinding(
            id="relos",
            score=0.9,
            evidence=rows.SENTENCE,
            stage="signed",
            claims=(Claim(stage="signed", evidence=rows.SENTENCE),),
        ),
    ),
)
PLAIN = Verdict(language="en", relevant=True, relevance=0.9)


@pytest.fixture
def house(database: Database, web_client) -> LaterHouse:
    return LaterHouse(database, web_client, MovedClock(NOON))


async def a_reader(database: Database, address: str, *, rule: str = "Pacts", **wishes: object):
    found = await rows.a_rule(database, name=rule, query="relos")
    return found, await rows.a_subscription(database, found, address=address, **wishes)


def said(request) -> dict:
    return json.loads(request.body)


async def test_what_comes_during_the_day_is_one_message_in_the_morning(database, house, receiver):
    await a_reader(database, receiver.url("/a"), **DAILY)
    for hours in range(3):
        await house.raise_alert(NOON + timedelta(hours=hours), title=f"Article {hours}")
    assert {each.why for each in await rows.waiting(database)} == {"digest"}
    assert await rows.deliveries(database) == []
    assert await house.gather(EIGHT - timedelta(seconds=1)) == 0
    assert await house.gather(EIGHT) == 1, "eight by the summer's clock, nineteen hours and not twenty after noon"
    assert await send_all_due(house.notifier) == 1
    [request] = receiver.received
    assert (said(request)["type"], said(request)["data"]["count"]) == ("alert.digest", 3)
    assert {each["article"]["title"] for each in said(request)["data"]["alerts"]} == {
        f"Article {hours}" for hours in range(3)
    }
    assert len(await rows.events_of(database, AlertDelivered)) == 3
    assert [event.deliveries for event in await rows.raised_events(database)] == [1, 1, 1]
    assert await house.gather(EIGHT + timedelta(days=7)) == 0


async def test_what_was_told_and_is_told_again_comes_the_next_morning_also_where_news_comes_at_once(
    database, house, receiver
):
    rule = await rows.a_rule(database, query="agreement:relos", policy="new_facts")
    await rows.a_subscription(database, rule, address=receiver.url("/a"), time_zone=BERLIN)
    for title in ("First", "Second", "Third"):
        await house.raise_alert(title=title, verdict=SIGNED)
    await send_all_due(house.notifier)
    assert [said(request)["data"]["article"]["title"] for request in receiver.received] == ["First"]
    assert await house.gather(EIGHT - timedelta(seconds=1)) == 0
    assert await house.gather(EIGHT) == 1
    await send_all_due(house.notifier)
    assert {each["article"]["title"] for each in said(receiver.received[1])["data"]["alerts"]} == {"Second", "Third"}


async def test_a_digest_of_one_alert_reads_like_the_alert(database, house, receiver):
    await a_reader(database, receiver.url("/a"), **DAILY)
    await house.raise_alert()
    await house.gather(EIGHT)
    await send_all_due(house.notifier)
    assert said(receiver.received[0])["type"] == "alert.raised"
    assert (await rows.the_delivery(database)).kind == "alert"


async def test_a_digest_comes_as_a_mail_of_its_stories(database, web_client):
    async with serving() as mails:
        house = LaterHouse(database, web_client, MovedClock(NOON), {"smtp_host": "127.0.0.1", "smtp_port": mails.port})
        rule = await rows.a_rule(database, query="relos")
        await rows.a_subscription(database, rule, channel="mailto", address="asha@desk.example", **DAILY)
        for number in range(3):
            await house.raise_alert(title=f"Статья {number}")
        await house.gather(EIGHT)
        await send_all_due(house.notifier)
        [mail] = mails.mails
    assert mail["Subject"] == "RELOS: in force, and 2 more alerts"
    plain = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    for number in range(3):
        assert f"Статья {number}" in plain
        assert f"Статья {number}" in html
    assert mail["List-Unsubscribe"]
    assert mail["In-Reply-To"] is None


@pytest.mark.parametrize("gatherers", [1, 4])
async def test_gatherers_that_look_at_once_make_one_message(database, house, receiver, gatherers):
    await a_reader(database, receiver.url("/a"), **DAILY)
    await a_reader(database, receiver.url("/b"), rule="Ports", **DAILY)
    for number in range(5):
        await house.raise_alert(title=f"Article {number}")
    house.clock.moment = EIGHT
    several = [house.another_gatherer() for _ in range(gatherers)]
    rounds = await asyncio.gather(*(each.gather_due() for each in several))
    assert sum(each.gathered for each in rounds) == 2
    await send_all_due(house.notifier)
    assert [said(each)["data"]["count"] for each in receiver.received] == [5, 5]


async def test_a_gatherer_that_dies_half_way_has_gathered_nothing_and_another_does_it(database, house, receiver):
    await a_reader(database, receiver.url("/a"), **DAILY)
    for _ in range(2):
        await house.raise_alert()
    house.clock.moment = EIGHT
    async with database.begin(Work) as other:
        await other.session.execute(text("SELECT 1 FROM waiting_alerts FOR UPDATE"))  # it stops where it reads them
        dying = asyncio.create_task(house.gatherer.gather_due())
        await _is_waiting_for_a_lock(database)
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
    assert await rows.deliveries(database) == []
    assert (await house.another_gatherer().gather_due()).gathered == 1
    await send_all_due(house.notifier)
    assert len(receiver.received) == 1


async def test_what_was_gathered_is_sent_by_whoever_is_alive(database, house, web_client, receiver):
    await a_reader(database, receiver.url("/a"), **DAILY)
    for _ in range(2):
        await house.raise_alert()
    await house.gather(EIGHT)
    other = LaterHouse(database, web_client, house.clock)  # the first is killed between gathering and sending
    assert await other.gather() == 0
    assert await send_all_due(other.notifier) == 1
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        ("UPDATE subscriptions SET schedule = 'immediate'", 1),
        ("UPDATE subscriptions SET schedule = 'weekly', weekday = 3", 0),
        ("UPDATE subscriptions SET min_severity = 'high'", 0),
        ("UPDATE subscriptions SET languages = '[\"ru\"]'", 0),
        ("UPDATE subscriptions SET removed_at = now()", 0),
    ],
    ids=["immediate", "weekly", "severity", "language", "ended"],
)
async def test_what_a_reader_changes_while_alerts_wait_counts_at_once(database, house, receiver, change, sent):
    await a_reader(database, receiver.url("/a"), **DAILY)
    for _ in range(2):
        await house.raise_alert(verdict=PLAIN)
    await rows.run(database, change)
    assert await house.gather() == sent
    await send_all_due(house.notifier)
    assert len(receiver.received) == sent
    wait_on = 2 if "weekly" in change else 0
    assert len(await rows.waiting(database)) == wait_on
    if not sent and not wait_on:
        assert {each.delivery_id for each in await rows.waiting(database, ended=True)} == {None}


async def test_quiet_hours_hold_what_comes_and_end_as_one_message(database, house, receiver):
    person = await rows.a_person(database, time_zone=BERLIN, quiet_from=time(22), quiet_until=time(7))
    await a_reader(database, receiver.url("/a"), person_id=person)
    await house.raise_alert(at(BERLIN, "2026-03-28T21:59"))
    for minutes in (0, 150, 300):
        await house.raise_alert(at(BERLIN, "2026-03-28T22:30") + timedelta(minutes=minutes))
    assert len(await rows.deliveries(database)) == 1
    assert {each.why for each in await rows.waiting(database)} == {"quiet"}
    await house.live_until(at(BERLIN, "2026-03-29T06:59"))
    assert len(await rows.deliveries(database)) == 1
    assert await house.gather(at(BERLIN, "2026-03-29T07:00")) == 1
    await send_all_due(house.notifier)
    assert [said(each)["type"] for each in receiver.received] == ["alert.raised", "alert.digest"]


async def test_what_is_urgent_wakes_and_takes_the_others_reasons_along(database, house, receiver):
    person = await rows.a_person(database, time_zone=BERLIN, quiet_from=time(22), quiet_until=time(7))
    loud = await rows.a_rule(database, name="Loud", query="relos", severity="high")
    quiet = await rows.a_rule(database, name="Quiet", query="relos", severity="low")
    await rows.a_subscription(database, loud, address=receiver.url("/a"), person_id=person, urgent=True)
    await rows.a_subscription(database, quiet, address=receiver.url("/a"), person_id=person, **DAILY)
    await house.raise_alert(at(BERLIN, "2026-03-28T23:00"), verdict=PLAIN)
    await send_all_due(house.notifier)
    [request] = receiver.received
    assert [each["rule"] for each in said(request)["data"]["matched"]] == ["Loud", "Quiet"]
    assert await rows.waiting(database) == []


async def test_a_mute_that_is_ended_early_lets_go_what_it_held(database, house, receiver):
    person = await rows.a_person(database, muted_until=NOON + timedelta(days=3))
    await a_reader(database, receiver.url("/a"), person_id=person)
    for _ in range(2):
        await house.raise_alert()
    assert {each.why for each in await rows.waiting(database)} == {"muted"}
    assert await house.gather(NOON + timedelta(hours=1)) == 0
    await rows.run(database, "UPDATE people SET muted_until = NULL")
    assert await house.gather() == 1


async def test_a_vacation_ends_in_one_message(database, house, receiver):
    person = await rows.a_person(database, away_from=NOON - timedelta(days=1), away_until=NOON + timedelta(days=9))
    await a_reader(database, receiver.url("/a"), person_id=person)
    for day in range(8):
        await house.raise_alert(NOON + timedelta(days=day))
    await house.live_until(NOON + timedelta(days=10))
    await send_all_due(house.notifier)
    assert [said(each)["data"]["count"] for each in receiver.received] == [8]


async def test_who_subscribes_by_another_way_while_alerts_wait_is_told_once(database, house, receiver):
    rule, own = await a_reader(database, receiver.url("/a"), **DAILY)
    await house.raise_alert()
    team = await rows.a_team(database, time_zone=BERLIN)
    await rows.a_subscription(database, rule, address=receiver.url("/a"), team_id=team, **DAILY)
    await rows.end_subscription(database, own)
    await house.gather(EIGHT)
    await send_all_due(house.notifier)
    assert len(receiver.received) == 1, "the team's subscription takes the place of the one that ended"


async def test_a_copy_of_a_story_that_waits_does_not_wait_twice(database, house, receiver):
    await a_reader(database, receiver.url("/a"), **DAILY)
    event = await rows.a_classified_article(database)
    await house.notifier.raise_alerts(event)
    await house.raise_alert(story_id=event.story_id)
    assert len(await rows.waiting(database)) == 1


async def test_the_inbox_and_feeds_have_each_alert_at_once(database, house):
    rule = await rows.a_rule(database)
    for channel in ("inbox", "feed"):
        await rows.a_subscription(database, rule, channel=channel, **DAILY)
    await house.raise_alert()
    assert [each.state for each in await rows.deliveries(database)] == ["sent", "sent"]


async def test_a_stopped_rule_holds_nothing_else_of_a_digest(database, house, receiver):
    sending = Sending(lambda: database.begin(DatabaseWork))
    for name in ("Pacts", "Ports"):
        await a_reader(database, receiver.url("/a"), rule=name, **DAILY)
    for number in range(2):
        await house.raise_alert(title=f"Article {number}", verdict=PLAIN)
    await sending.pause(Scope.RULE, "Ports", reason="nonsense", by="Asha")
    await house.gather(EIGHT)
    await send_all_due(house.notifier)
    assert [rules_in(each) for each in receiver.received] == [{"Pacts": 2}]
    assert [held.held for held in await sending.paused()] == [1]
    await sending.resume(Scope.RULE, "Ports", by="Asha")
    await send_all_due(house.notifier)
    assert [rules_in(each) for each in receiver.received] == [{"Pacts": 2}, {"Ports": 2}]


def rules_in(request) -> Counter:
    return Counter(each["rule"] for each in said(request)["data"]["alerts"])


async def test_a_burst_is_told_as_so_many_and_a_bundle(database, web_client):
    async with serving() as mails:
        options = {"smtp_host": "127.0.0.1", "smtp_port": mails.port, "burst_messages": 3}
        house = LaterHouse(database, web_client, MovedClock(NOON), options)
        rule = await rows.a_rule(database, query="relos")
        await rows.a_subscription(database, rule, channel="mailto", address="asha@desk.example")
        for seconds in range(8):
            await house.raise_alert(NOON + timedelta(seconds=seconds), verdict=PLAIN)
        await house.raise_alert(NOON + timedelta(seconds=9))  # in force: of high severity
        await send_all_due(house.notifier)
        assert len(mails.mails) == 4
        assert {each.why for each in await rows.waiting(database)} == {"burst"}
        await house.live_until(NOON + timedelta(minutes=11))
        await send_all_due(house.notifier)
    assert mails.mails[-1]["Subject"] == "Logistics pact, and 4 more alerts"
    assert await rows.waiting(database) == []


async def test_programs_get_each_message_by_itself(database, web_client, receiver):
    house = LaterHouse(database, web_client, MovedClock(NOON), {"burst_messages": 1})
    await a_reader(database, receiver.url("/a"))
    for _ in range(3):
        await house.raise_alert(verdict=PLAIN)
    await send_all_due(house.notifier)
    assert len(receiver.received) == 3


async def test_a_digest_that_does_not_come_is_seen(database, house, receiver):
    await a_reader(database, receiver.url("/a"), **DAILY)
    for _ in range(2):
        await house.raise_alert()
    glance = await house.gatherer.look()
    assert (glance.waiting, glance.overdue) == (2, 0)
    house.clock.moment = EIGHT + timedelta(minutes=5)
    glance = await house.gatherer.look()
    assert (glance.waiting, glance.overdue, glance.overdue_seconds) == (2, 2, 300.0)


@pytest.mark.parametrize("beginning", ["2026-03-22", "2026-10-20"])
async def test_a_fortnight_over_a_change_of_the_clocks_in_three_zones(database, web_client, receiver, beginning):
    began = datetime.fromisoformat(beginning).replace(tzinfo=UTC)
    house = LaterHouse(database, web_client, MovedClock(began))
    rule = await rows.a_rule(database, query="relos")
    zones = {"/berlin": BERLIN, "/york": "America/New_York", "/kolkata": "Asia/Kolkata"}
    for path, zone in zones.items():
        person = await rows.a_person(database, name=zone, time_zone=zone)
        await rows.a_subscription(
            database, rule, address=receiver.url(path), person_id=person, schedule="daily", at_time=time(8)
        )
    for number in range(14 * 2):
        await house.live_until(began + timedelta(hours=12 * number, minutes=7))
        await house.raise_alert(title=str(number))
    await house.live_until(began + timedelta(days=16))
    told = await gathered(database)
    for path, zone in zones.items():
        mine = [(moment.astimezone(ZoneInfo(zone)), alerts) for address, moment, alerts in told if path in address]
        assert {moment.time() for moment, _ in mine} == {time(8)}
        assert Counter(alert for _, alerts in mine for alert in alerts) == Counter(
            alert.alert_id for alert in await rows.alerts(database)
        )


async def gathered(database: Database) -> list[tuple[str, datetime, list]]:
    """What was gathered: for whom, when, and which alerts."""
    found = {}
    for each in await rows.waiting(database, ended=True):
        found.setdefault((each.delivery_id, each.address, each.ended_at), []).append(each.alert_id)
    async with database.begin(Work) as work:
        beside = list(await work.session.scalars(select(DeliveryAlertRow.alert_id)))
    firsts = [each.alert_id for each in await rows.deliveries(database)]
    assert Counter(beside + firsts) == Counter(alert for alerts in found.values() for alert in alerts)
    return [(address, moment, alerts) for (_, address, moment), alerts in found.items()]


async def _is_waiting_for_a_lock(database: Database) -> None:
    asked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(10):
        while True:
            async with database.begin(Work) as work:
                if await work.session.scalar(asked):
                    return
