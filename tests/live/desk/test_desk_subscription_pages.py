"""Subscriptions on the desk: what one hears of in plain words, made, tried and ended; errors beside the field."""

from __future__ import annotations

import re
from datetime import timedelta

import feedparser
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from services.cli.account_desk import AccountDesk
from services.desk.domain.accounts import Role
from services.desk.domain.receivers import For
from services.desk.domain.rules import AgreementTarget
from services.desk.domain.signatures import Signature
from services.desk.domain.sources import NewSource
from services.desk.use_cases.keeping import MOST_SAMPLES, SAMPLES_SPAN
from services.desk.use_cases.people import People
from services.desk.use_cases.teams import Teams
from services.notifier.domain.delivery import Delivered, Refused
from shared.store.alerts import ChannelStateRow, SendingHoldRow
from shared.store.unit_of_work import Work
from tests.live.desk.account_house import invite, set_up
from tests.live.desk.archive_rows import publish
from tests.live.desk.desk_rows import MORNING, save
from tests.live.desk.own_desk import own_desk, person_id_of
from tests.live.desk.test_desk_previews import news
from tests.live.desk.visiting import Visiting, hidden_fields

pytestmark = pytest.mark.live

ASHA_SIGNS = Signature("Asha", "A test.")
ASHA, RAVI = "Asha Rao", "Ravi Sen"
RELOS = AgreementTarget("relos")
BOT = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"


class Sampler:
    """Stands where samples leave the desk; tells what it is told to."""

    def __init__(self) -> None:
        self.answer = Delivered("250 OK: queued")
        self.asked = []

    async def __call__(self, subscription_id):
        self.asked.append(subscription_id)
        return self.answer


@pytest.fixture
def sampler() -> Sampler:
    return Sampler()


@pytest.fixture
def app(database, definitions, writing, house, clock, sampler) -> FastAPI:
    return own_desk(database, definitions, writing, house.doors, clock, send_sample=sampler)


@pytest.fixture
async def owner(house: AccountDesk, visitor: Visiting) -> Visiting:
    """Asha, who owns the desk."""
    await set_up(house, visitor)
    return visitor


@pytest.fixture
async def ravi(house: AccountDesk, owner: Visiting, new_visitor) -> Visiting:
    """Ravi, an officer."""
    officer = new_visitor()
    await invite(house, officer, RAVI, Role.OFFICER, email="ravi@example.org")
    return officer


async def send(visitor: Visiting, address: str, form=(), page: str = "/account"):
    """Send a form with these pairs, with the proof of a page."""
    shown = (await visitor.get(page)).text
    proof = hidden_fields(shown, "/logout")["proof"]
    pairs = [("proof", proof), *(form.items() if isinstance(form, dict) else form)]
    body = "&".join(f"{name}={re.sub(r'[^A-Za-z0-9.-]', _escaped, value)}" for name, value in pairs)
    headers = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
    return await visitor.client.post(address, content=body, headers=headers)


def _escaped(found: re.Match) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


async def follow(visitor: Visiting, *pairs: tuple[str, str]):
    return await send(visitor, "/subscriptions", [("agreement", "relos"), *pairs])


def text_of(page: str) -> str:
    """The words of a page's main part."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main).replace("&#39;", "'"))


async def test_an_officer_follows_by_mail_and_finds_it_in_the_list(ravi):
    answer = await follow(ravi, ("stage", "signed"), ("stage", "in_force"), ("channel", "mailto"))
    assert answer.status_code == 303
    made = text_of((await ravi.get(answer.headers["location"])).text)
    assert "You follow this from now on" in made
    listed = text_of((await ravi.get("/subscriptions")).text)
    assert "RELOS ; only where it is reported as in force or signed" in listed.replace("RELOS;", "RELOS ;")
    assert "Mail to ravi@example.org" in listed
    assert "each at once" in listed
    again = await follow(ravi, ("stage", "signed"), ("stage", "in_force"), ("channel", "mailto"))
    assert again.headers["location"].endswith("?said=already")


async def test_digest_severity_and_languages_are_said_in_words_and_changed(ravi, writing):
    await People(writing).change(RAVI, time_zone="Asia/Kolkata", quiet="22:00-07:00")
    wishes = [("schedule", "weekly"), ("at", "09:30"), ("on", "friday"), ("min_severity", "high"), ("language", "ru")]
    answer = await follow(ravi, ("channel", "mailto"), *wishes)
    address = answer.headers["location"].partition("?")[0]
    said = text_of((await ravi.get(address)).text)
    assert "together every Friday at 09:30 (Asia/Kolkata)" in said
    assert "quiet from 22:00 to 07:00; high severity only; in Russian" in said
    await send(ravi, f"{address}/change", {"schedule": "immediate", "at": "09:30", "on": "friday", "urgent": "1"})
    said = text_of((await ravi.get(address)).text)
    assert "each at once; high severity at once; quiet from 22:00 to 07:00 " in said


async def test_a_webhooks_secret_is_shown_once_and_renewed(ravi):
    made = await follow(ravi, ("channel", "webhook"), ("to_webhook", "https://example.org/hook"))
    assert made.status_code == 201
    secret = re.search(r'value="(whsec_[^"]*)"', made.text)
    assert secret is not None
    address = re.search(r'action="(/subscriptions/[0-9a-f-]*)/end"', made.text)[1]
    assert "whsec_" not in (await ravi.get(address)).text
    renewed = await send(ravi, f"{address}/secret")
    newer = re.search(r'value="(whsec_[^"]*)"', renewed.text)
    assert newer is not None
    assert newer[1] != secret[1]


async def test_a_feed_has_addresses_and_gets_new_ones(ravi, new_visitor):
    made = await follow(ravi, ("channel", "feed"))
    page = (await ravi.get(made.headers["location"])).text
    [old] = re.findall(r'value="https://desk.example.org(/feeds/[^"]*\.atom)"', page)
    feed_reader = new_visitor()
    assert feedparser.parse((await feed_reader.get(old)).content).version == "atom10"
    moved = await send(ravi, f"{made.headers['location'].partition('?')[0]}/feed")
    page = (await ravi.get(moved.headers["location"])).text
    [new] = re.findall(r'value="https://desk.example.org(/feeds/[^"]*\.atom)"', page)
    assert new != old
    assert (await feed_reader.get(old)).status_code == 404
    assert (await feed_reader.get(new)).status_code == 200
    assert text_of((await ravi.get("/subscriptions")).text).count("Change or end") == 1


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ([("channel", "mailto")], "what", "Tick at least one agreement"),
        ([("agreement", "relos")], "channel", "Choose one of the ways below."),
        ([("agreement", "rellos"), ("channel", "inbox")], "what", "Did you mean relos?"),
        ([("agreement", "relos"), ("rule", "Ports"), ("channel", "inbox")], "rule", "Choose the rule alone"),
        ([("rule", "Ports"), ("channel", "inbox")], "rule", "is not known"),
        (
            [("agreement", "relos"), ("channel", "webhook"), ("to_webhook", "ftp://x")],
            "to_webhook",
            "https://example.org/hook",
        ),
        ([("agreement", "relos"), ("channel", "slack"), ("to_slack", "http://x")], "to_slack", "incoming webhook"),
        ([("agreement", "relos"), ("channel", "telegram"), ("to_telegram", BOT)], "to_telegram", "BotFather"),
        ([("agreement", "relos"), ("channel", "mailto"), ("to_mailto", "x@y.org")], "to_mailto", "ask an admin"),
        ([("agreement", "relos"), ("channel", "apprise"), ("to_apprise", "ntfys://x/y")], "channel", "Ask an admin"),
        ([("agreement", "relos"), ("channel", "inbox"), ("schedule", "daily")], "schedule", "at once"),
        (
            [("agreement", "relos"), ("channel", "mailto"), ("schedule", "daily"), ("at", "25:00")],
            "at",
            "for example 08:00",
        ),
    ],
)
async def test_what_is_wrong_stands_beside_its_field_in_words_of_the_page(ravi, form, field, words):
    answer = await send(ravi, "/subscriptions", form)
    assert answer.status_code == 422
    wrong = re.findall(r'<p class="field-wrong" id="wrong-([^"]*)" role="alert">(.*?)</p>', answer.text)
    assert [name for name, _ in wrong] == [field]
    assert words in wrong[0][1]
    assert "--" not in wrong[0][1]
    assert "pactwatch" not in wrong[0][1]
    if ("agreement", "relos") in form:
        assert re.search(r'name="agreement" value="relos" checked', answer.text)


async def test_an_officer_keeps_their_own_and_sees_their_teams(owner, ravi, definitions, writing):
    teams = Teams(writing)
    await teams.add("Defence")
    await teams.join("Defence", RAVI)
    mails = await definitions.hearing.subscribe(RELOS, "mailto", For(team="Defence"))
    ashas = await definitions.hearing.subscribe(RELOS, "inbox", For(person=ASHA))
    listed = text_of((await ravi.get("/subscriptions?for=everybody")).text)
    assert "Team Defence" in listed
    assert ASHA not in listed
    for deed in ("change", "mute", "unmute", "test", "end", "secret", "feed"):
        for view in (mails, ashas):
            answer = await send(ravi, f"/subscriptions/{view.subscription_id}/{deed}", {"span": "3h"})
            assert answer.status_code == 404, deed
    assert (await ravi.get(f"/subscriptions/{ashas.subscription_id}")).status_code == 404
    assert (await follow(ravi, ("channel", "inbox"), ("whom", f"person:{ASHA}"))).status_code == 403
    assert len(await definitions.subscriptions()) == 2


async def test_a_member_leaves_a_teams_mails_and_has_them_again(owner, ravi, definitions, writing):
    teams = Teams(writing)
    await teams.add("Defence")
    await teams.join("Defence", RAVI)
    view = await definitions.hearing.subscribe(RELOS, "mailto", For(team="Defence"))
    address = f"/subscriptions/{view.subscription_id}"
    await send(ravi, f"{address}/leave-out")
    assert "You chose to get no more of these" in text_of((await ravi.get("/subscriptions")).text)
    await send(ravi, f"{address}/leave-out", {"again": "1"})
    assert "You chose to get no more of these" not in text_of((await ravi.get("/subscriptions")).text)


async def test_an_admin_keeps_everybodys_and_chooses_for_whom(owner, ravi, definitions):
    made = await follow(owner, ("channel", "mailto"), ("whom", f"person:{RAVI}"))
    assert made.status_code == 303
    assert "Mail to ravi@example.org" in text_of((await owner.get(f"/subscriptions?for=person:{RAVI}")).text)
    assert "You follow nothing yet" in text_of((await owner.get("/subscriptions")).text)
    to_others = await follow(owner, ("channel", "mailto"), ("to_mailto", "desk@example.org"))
    assert to_others.status_code == 303
    assert len(await definitions.subscriptions()) == 2


async def test_muted_held_failing_and_switched_off_are_told_with_what_to_do(ravi, database, definitions, clock):
    view = await definitions.hearing.subscribe(RELOS, "webhook:https://example.org/hook", For(person=RAVI))
    address = f"/subscriptions/{view.subscription_id}"
    lane = {"channel": "webhook", "address": "https://example.org/hook", "failures": 3, "last_error": "503 Away."}
    await save(database, ChannelStateRow(**lane, failing_since=MORNING))
    assert "Failing since" in text_of((await ravi.get(address)).text)
    await send(ravi, f"{address}/mute", {"span": "3h"})
    assert "Muted until 22 Nov 2026, 09:00 UTC" in text_of((await ravi.get("/subscriptions")).text)
    hold = {"scope": "channel", "about": "webhook", "label": "webhook", "reason": "We move.", "placed_by": "Asha"}
    await save(database, SendingHoldRow(hold_id=view.subscription_id, placed_at=MORNING, **hold))
    assert "Asha stopped sending for now: We move." in text_of((await ravi.get("/subscriptions")).text)
    await _switched_off(database)
    assert "Nothing is lost: it is tried again by itself" in text_of((await ravi.get("/subscriptions")).text)
    clock.at = MORNING + timedelta(hours=2)
    await send(ravi, f"{address}/unmute")
    assert "Let me hear it again" not in text_of((await ravi.get(address)).text)


async def _switched_off(database) -> None:
    off = {"disabled_at": MORNING, "disabled_why": "8 attempts in a row failed.", "probe_at": MORNING}
    async with database.begin(Work) as work:
        await work.session.execute(update(ChannelStateRow).values(**off))


async def test_a_test_says_what_came_back(ravi, definitions, sampler):
    view = await definitions.hearing.subscribe(RELOS, "mailto", For(person=RAVI))
    address = f"/subscriptions/{view.subscription_id}/test"
    assert "took the sample. 250 OK: queued" in text_of((await send(ravi, address)).text)
    sampler.answer = Refused("The mail server answered 451.")
    refused = text_of((await send(ravi, address)).text)
    assert "did not take the sample. The mail server answered 451." in refused
    assert sampler.asked == [view.subscription_id] * 2


async def test_nobody_is_pestered_with_samples(ravi, definitions, sampler, clock):
    view = await definitions.hearing.subscribe(RELOS, "webhook:https://example.org/hook", For(person=RAVI))
    address = f"/subscriptions/{view.subscription_id}/test"
    answers = [text_of((await send(ravi, address)).text) for _ in range(MOST_SAMPLES + 2)]
    assert ["wait a little" in each for each in answers] == [False] * MOST_SAMPLES + [True] * 2
    assert len(sampler.asked) == MOST_SAMPLES
    clock.at += SAMPLES_SPAN
    assert "took the sample" in text_of((await send(ravi, address)).text)


async def test_ending_says_what_was_not_sent(ravi, definitions):
    view = await definitions.hearing.subscribe(RELOS, "mailto", For(person=RAVI))
    answer = await send(ravi, f"/subscriptions/{view.subscription_id}/end")
    assert answer.headers["location"] == "/subscriptions?said=ended&unsent=0"
    assert await definitions.subscriptions() == []


async def test_one_click_follows_an_agreement_or_a_sector(ravi, definitions):
    page = (await ravi.get("/agreements/relos")).text
    assert hidden_fields(page, "/follow")["agreement"] == "relos"
    for form in ({"agreement": "relos"}, {"agreement": "relos"}, {"sector": "health"}):
        assert (await send(ravi, "/follow", form)).status_code == 303
    assert (await send(ravi, "/follow", {"agreement": "gone"})).status_code == 404
    views = await definitions.subscriptions()
    assert [(each.rule_name, each.channel, each.address) for each in views] == [
        ("Agreement: RELOS", "mailto", "ravi@example.org"),
        ("Sector: Health", "mailto", "ravi@example.org"),
    ]


async def test_the_preview_tells_the_pace_by_week_before_anything_is_saved(ravi, database, definitions, clock):
    clock.at = MORNING + timedelta(hours=6)
    await publish(database, [news(day) for day in (1, 9, 10)])
    page = (await ravi.get("/fragments/subscription-preview?agreement=relos&schedule=weekly")).text
    assert "3 alerts from 3 articles" in text_of(f"<main {page}</main>")
    assert page.count("<rect") == 2
    assert "Every week" in page
    nothing = (await ravi.get("/fragments/subscription-preview")).text
    assert "Choose something" in nothing
    assert "Did you mean" in (await ravi.get("/fragments/subscription-preview?agreement=rellos")).text
    looked = await send(ravi, "/subscriptions", {"agreement": "relos", "channel": "inbox", "look": "1"})
    assert "3 alerts from 3 articles" in text_of(looked.text)
    assert await definitions.subscriptions() == []


async def test_hours_are_kept_and_what_is_wrong_stands_beside_them(ravi, writing, database):
    people = People(writing)
    await send(
        ravi,
        "/subscriptions/hours",
        {"do": "hours", "time_zone": "asia/kolkata", "quiet_from": "22:00", "quiet_until": "07:00"},
    )
    await send(ravi, "/subscriptions/hours", {"do": "mute", "span": "3h"})
    await send(ravi, "/subscriptions/hours", {"do": "away", "away_from": "2026-12-01", "away_until": "2026-12-14"})
    person = (await people.details(RAVI)).person
    assert person.person_id == await person_id_of(database, RAVI)
    assert (person.time_zone, f"{person.quiet_from:%H:%M}") == ("Asia/Kolkata", "22:00")
    assert person.muted_until == MORNING + timedelta(hours=3)
    assert person.away_until is not None
    for form, field in (
        ({"do": "hours", "time_zone": "Kolkatta", "quiet_from": "", "quiet_until": ""}, "time_zone"),
        ({"do": "hours", "time_zone": "UTC", "quiet_from": "22:00", "quiet_until": ""}, "quiet"),
        ({"do": "mute", "until": "2020-01-01T08:00"}, "until"),
        ({"do": "away", "away_from": "2026-12-20", "away_until": "2026-12-14"}, "until"),
    ):
        answer = await send(ravi, "/subscriptions/hours", form)
        wrong = re.findall(r'<p class="field-wrong" id="wrong-([^"]*)" role="alert">(.*?)</p>', answer.text)
        assert (answer.status_code, [name for name, _ in wrong]) == (422, [field]), wrong
        assert "--" not in wrong[0][1]
    for do in ("unmute", "back"):
        await send(ravi, "/subscriptions/hours", {"do": do})
    person = (await people.details(RAVI)).person
    assert (person.muted_until, person.away_until) == (None, None)


async def test_sources_and_rules_can_be_chosen_and_names_of_strangers_are_text(ravi, definitions, rules):
    await definitions.add_source(NewSource(name="<b>Wire</b>", url="https://example.org/feed"))
    await rules.add("<i>Ports</i>", "ports", ASHA_SIGNS)
    page = (await ravi.get("/subscriptions/new?sector=defence&source=%3Cb%3EWire%3C/b%3E")).text
    assert "&lt;b&gt;Wire&lt;/b&gt;" in page
    assert "<b>Wire" not in page
    assert "<i>Ports" not in page
    assert re.search(r'name="sector" value="defence" checked', page)
    made = await send(ravi, "/subscriptions", {"rule": "<i>Ports</i>", "channel": "inbox"})
    assert "“&lt;i&gt;Ports&lt;/i&gt;”" in (await ravi.get(made.headers["location"])).text


async def test_before_there_is_an_owner_the_pages_say_how_to_set_the_desk_up(visitor):
    for page in ("/subscriptions", "/subscriptions/new", "/subscriptions/hours"):
        assert "pactwatch account setup" in (await visitor.get(page)).text
    assert "Follow RELOS" in (await visitor.get("/agreements/relos")).text
