"""My alerts: what reached one person, on whatever channel, read and unread, put off, searched, page by page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI

from services.desk.domain.accounts import Role
from services.desk.domain.receivers import For
from services.desk.domain.rules import AgreementTarget
from services.desk.domain.sources import NewSource
from services.desk.use_cases.inbox import ITEMS_ON_A_PAGE
from services.desk.use_cases.people import People
from services.desk.use_cases.teams import Teams
from shared.store.alerts import DeliveryAlertRow, WaitingAlertRow
from tests.live.desk.account_house import invite, set_up
from tests.live.desk.desk_rows import MORNING, Story, a_delivery, an_alert, an_article, save
from tests.live.desk.own_desk import a_correction, own_desk, person_id_of
from tests.live.desk.visiting import Visiting

pytestmark = pytest.mark.live

ASHA, RAVI = "Asha Rao", "Ravi Sen"
RELOS = AgreementTarget("relos")


@pytest.fixture
def app(database, definitions, writing, house, clock) -> FastAPI:
    return own_desk(database, definitions, writing, house.doors, clock)


@pytest.fixture
async def asha(house, visitor) -> Visiting:
    await set_up(house, visitor)
    return visitor


class Wire:
    """Stories that become alerts of one rule."""

    def __init__(self, database, definitions, source, rule_id) -> None:
        self._database = database
        self._definitions = definitions
        self._source = source
        self._rule_id = rule_id

    async def alert(self, title: str, **more) -> UUID:
        story = replace(Story(title=title, article_id=uuid4()), **more)
        verdict_id = await an_article(self._database, self._source.source_id, self._source.name, story)
        return await an_alert(self._database, verdict_id=verdict_id, story=story, rule_id=self._rule_id)


@pytest.fixture
async def wire(database, definitions) -> Wire:
    source = await definitions.add_source(NewSource(name="The Wire", url="https://example.org/feed"))
    rule = await definitions.subscribe(RELOS, "inbox")
    return Wire(database, definitions, source, rule.rule_id)


@pytest.fixture
def tell(database, definitions):
    """Deliver an alert to a person by the inbox, or by a channel of theirs."""

    async def told(alert_id: UUID, name: str = ASHA, channel: str = "inbox", **more) -> UUID:
        view = await definitions.hearing.subscribe(RELOS, channel, For(person=name))
        more = {"channel": view.channel, "address": view.address, **more}
        return await a_delivery(database, alert_id=alert_id, subscription_id=view.subscription_id, **more)

    return told


def headlines(page: str) -> list[str]:
    return [each.strip() for each in re.findall(r'<h3 id="headline-[^>]*><a [^>]*>([^<]*)</a>', page)]


def unread_in_the_navigation(page: str) -> str:
    found = re.search(r'<span class="unread" aria-hidden="true">([^<]*)</span>', page)
    return found[1] if found else ""


async def mark(visitor: Visiting, alert_id: UUID, do: str, page: str = "/inbox?show=all", **headers: str):
    shown = (await visitor.get(page)).text
    proof = shown.partition('name="csrf-token" content="')[2].partition('"')[0]
    return await visitor.post(
        "/inbox/marks", {"proof": proof, "alert": str(alert_id), "do": do, "back": page}, **headers
    )


async def test_each_finds_what_reached_them_and_nothing_else(asha, wire, tell, house, new_visitor):
    await invite(house, ravi := new_visitor(), RAVI, Role.OFFICER)
    await tell(await wire.alert("Signed at sea", minutes_ago=9))
    await tell(await wire.alert("Mailed only", minutes_ago=5), channel="mailto", state="retry", error="451 later")
    await tell(await wire.alert("For Ravi"), RAVI)
    await wire.alert("For nobody")
    page = (await asha.get("/inbox")).text
    assert headlines(page) == ["Mailed only", "Signed at sea"]
    assert "will be tried again" in page
    assert unread_in_the_navigation(page) == "2"
    assert headlines((await ravi.get("/inbox")).text) == ["For Ravi"]


async def test_what_is_gathered_or_waits_for_a_digest_is_there_too(asha, wire, tell, database, definitions):
    first, beside, later = [await wire.alert(each) for each in ("First", "Beside it", "Waits")]
    delivery_id = await tell(first, channel="mailto")
    view = await definitions.hearing.subscribe(RELOS, "mailto", For(person=ASHA))
    told = {"subscription_id": view.subscription_id}
    await save(database, DeliveryAlertRow(delivery_id=delivery_id, alert_id=beside, place=1, **told))
    waits = {"channel": "mailto", "address": "asha@example.org", "why": "digest", "waits_since": MORNING}
    await save(database, WaitingAlertRow(alert_id=later, person_id=await person_id_of(database, ASHA), **told, **waits))
    page = (await asha.get("/inbox")).text
    assert sorted(headlines(page)) == ["Beside it", "First", "Waits"]
    assert "told later:" in page


async def test_a_member_has_what_came_to_them_by_their_team(
    asha, wire, house, new_visitor, database, definitions, writing
):
    await invite(house, ravi := new_visitor(), RAVI, Role.OFFICER)
    teams = Teams(writing)
    await teams.add("Defence")
    await teams.join("Defence", RAVI)
    view = await definitions.hearing.subscribe(RELOS, "inbox", For(team="Defence"))
    alert_id = await wire.alert("For the team")
    there = {"channel": "inbox", "address": str(await person_id_of(database, RAVI))}
    await a_delivery(database, alert_id=alert_id, subscription_id=view.subscription_id, **there)
    assert headlines((await ravi.get("/inbox")).text) == ["For the team"]
    assert headlines((await asha.get("/inbox")).text) == []


async def test_opening_an_alert_reads_it(asha, wire, tell):
    alert_id = await wire.alert("Signed at sea")
    await tell(alert_id)
    opened = (await asha.get(f"/alerts/{alert_id}")).text
    assert unread_in_the_navigation(opened) == ""
    assert headlines((await asha.get("/inbox")).text) == []
    assert headlines((await asha.get("/inbox?show=all")).text) == ["Signed at sea"]


async def test_read_and_unread_by_a_click_and_all_of_a_page_at_once(asha, wire, tell):
    alerts = [await wire.alert(f"Number {number}") for number in range(3)]
    for each in alerts:
        await tell(each)
    answer = await mark(asha, alerts[0], "read")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox?show=all")
    assert unread_in_the_navigation((await asha.get("/")).text) == "2"
    await mark(asha, alerts[0], "unread")
    shown = (await asha.get("/inbox")).text
    form = re.findall(r'<form method="post" action="/inbox/marks">.*?</form>', shown, re.DOTALL)[-1]
    fields = re.findall(r'name="(proof|alert)" value="([^"]*)"', form)
    assert len(fields) == 4
    body = "&".join(f"{name}={value}" for name, value in [*fields, ("do", "read")])
    kind = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
    await asha.client.post("/inbox/marks", content=body, headers=kind)
    assert headlines((await asha.get("/inbox")).text) == []


async def test_a_page_that_stays_gets_the_alert_and_the_count_back(asha, wire, tell):
    alert_id = await wire.alert("Signed at sea")
    await tell(alert_id)
    answer = await mark(asha, alert_id, "read", **{"hx-request": "true"})
    assert headlines(answer.text) == ["Signed at sea"]
    assert "Mark unread" in answer.text
    assert 'id="unread-count" hx-swap-oob="true"' in answer.text
    assert "<html" not in answer.text


async def test_what_is_put_off_is_out_of_sight_and_comes_back_unread(asha, wire, tell, clock, writing):
    await People(writing).change(ASHA, time_zone="Asia/Kolkata")
    alert_id = await wire.alert("Signed at sea")
    await tell(alert_id)
    await mark(asha, alert_id, "snooze:today")  # it is 11:30 in Delhi
    assert headlines((await asha.get("/inbox")).text) == []
    assert unread_in_the_navigation((await asha.get("/")).text) == ""
    snoozed = (await asha.get("/inbox?show=snoozed")).text
    assert headlines(snoozed) == ["Signed at sea"]
    assert "2026-11-22T12:30:00Z" in snoozed  # 18:00 there
    await asha.get(f"/alerts/{alert_id}")  # reading it meanwhile changes nothing
    clock.at = MORNING + timedelta(hours=6, minutes=31)
    assert headlines((await asha.get("/inbox")).text) == ["Signed at sea"]
    await mark(asha, alert_id, "read")
    assert headlines((await asha.get("/inbox")).text) == []


async def test_a_correction_stands_with_its_alert_and_makes_it_unread_again(asha, wire, tell, database, clock):
    alert_id = await wire.alert("Signed at sea", minutes_ago=60)
    await tell(alert_id)
    await tell(await wire.alert("Newer"))
    await mark(asha, alert_id, "read")
    await a_correction(database, alert_id, "The article does not say signed any more.", MORNING + timedelta(minutes=1))
    clock.at = MORNING + timedelta(minutes=2)
    page = (await asha.get("/inbox")).text
    assert headlines(page) == ["Signed at sea", "Newer"]
    assert "The article does not say signed any more." in page
    assert "The two sides will sign it." in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("sea", ["Signed at sea"]),
        ("вступил", ["РЕЛОС ВСТУПИЛ в силу"]),
        ("the WIRE force", []),
        ("settlement", ["Trade in roubles"]),
        ("100%", []),
        ("nothing holds this", []),
    ],
)
async def test_alerts_are_found_by_their_words_and_their_agreement(asha, wire, tell, words, found):
    await tell(await wire.alert("Signed at sea"))
    await tell(await wire.alert("РЕЛОС ВСТУПИЛ в силу", language="ru"))
    await tell(await wire.alert("Trade in roubles", agreement="inr-rub", evidence="It pays."))
    page = (await asha.client.get("/inbox", params={"show": "all", "q": words})).text
    assert headlines(page) == found
    assert found or "Nothing here holds these words" in page


async def test_older_alerts_are_a_page_further(asha, wire, tell):
    for number in range(ITEMS_ON_A_PAGE + 2):
        await tell(await wire.alert(f"Number {number}", minutes_ago=number))
    first = (await asha.get("/inbox")).text
    assert len(headlines(first)) == ITEMS_ON_A_PAGE
    older = re.search(r'<a href="([^"]*)" rel="next">', first)
    assert older is not None
    assert headlines((await asha.get(older[1].replace("&amp;", "&"))).text) == ["Number 20", "Number 21"]
    answer = await asha.get("/inbox?after=yesterday")
    assert answer.status_code == 422
    assert "Begin again with the newest." in answer.text


async def test_strangers_words_are_text(asha, wire, tell):
    await tell(await wire.alert('<script>alert(1)</script>\u202e"', evidence="<img src=x onerror=alert(1)>"))
    page = (await asha.get("/inbox")).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;" in page


async def test_nobody_signed_in_is_told_how_to_set_the_desk_up(visitor):
    page = await visitor.get("/inbox")
    assert page.status_code == 200
    assert "pactwatch account setup" in page.text


async def test_marks_of_alerts_that_are_none_change_nothing(asha):
    assert (await mark(asha, uuid4(), "read")).status_code == 303
    assert (await asha.get("/inbox?show=all")).status_code == 200
