"""The code of an authenticator app besides the password, through the desk's own pages."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.desk.domain.trail import Actor
from shared.kit.codes import code_at
from shared.kit.sealing import Seals
from shared.store.accounts import AccountRow
from shared.store.unit_of_work import Work
from tests.live.desk.account_house import CONSOLE, is_signed_in, set_up
from tests.live.desk.door_keeping import SEALS, account_desk
from tests.live.desk.visiting import OTHER_PASSWORD, PASSWORD, hidden_fields, token_of

pytestmark = pytest.mark.live
HALF_A_MINUTE = timedelta(seconds=30)


async def offered(visitor) -> str:
    """The secret that the page shows."""
    shown = (await visitor.get("/account")).text
    (found,) = re.findall(r'<p class="key"><code>([A-Z2-7 ]+)</code>', shown)
    return found.replace(" ", "")


async def with_a_code(house, visitor, clock) -> str:
    """Set the desk up, and have signing in ask for a code; returns the app's secret."""
    await set_up(house, visitor)
    page = (await visitor.get("/account")).text
    secret = re.findall(r'<p class="key"><code>([A-Z2-7 ]+)</code>', page)[0].replace(" ", "")
    form = {**hidden_fields(page, "/account/code"), "code": code_at(secret, clock.at), "current": PASSWORD}
    answer = await visitor.post("/account/code", form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?said=code-on")
    clock.at += HALF_A_MINUTE
    return secret


async def give(visitor, page, code: str):
    return await visitor.post("/login/code", {**hidden_fields(page.text, "/login/code"), "code": code})


async def test_the_password_alone_lets_nobody_in_and_the_code_does(house, visitor, new_visitor, clock):
    secret = await with_a_code(house, visitor, clock)
    reader = new_visitor()
    asked = await reader.sign_in("Asha Rao", wanted="/agreements/relos")
    assert asked.status_code == 200
    assert "The code of your app" in asked.text
    assert not await is_signed_in(reader)
    answer = await give(reader, asked, code_at(secret, clock.at))
    assert (answer.status_code, answer.headers["location"]) == (303, "/agreements/relos")
    assert await is_signed_in(reader)


async def test_switching_it_on_signs_every_other_browser_out(house, visitor, new_visitor, clock):
    await set_up(house, visitor)
    other = new_visitor()
    await other.sign_in("Asha Rao")
    page = (await visitor.get("/account")).text
    secret = re.findall(r'<p class="key"><code>([A-Z2-7 ]+)</code>', page)[0].replace(" ", "")
    form = {**hidden_fields(page, "/account/code"), "code": code_at(secret, clock.at), "current": PASSWORD}
    await visitor.post("/account/code", form)
    assert (await is_signed_in(visitor), await is_signed_in(other)) == (True, False)


async def test_a_code_is_taken_once(house, visitor, new_visitor, clock):
    secret = await with_a_code(house, visitor, clock)
    code = code_at(secret, clock.at)
    for status in (303, 401):
        reader = new_visitor()
        answer = await give(reader, await reader.sign_in("Asha Rao"), code)
        assert answer.status_code == status
    assert "This is not the code of now." in answer.text


async def test_guessing_codes_has_to_wait_like_guessing_passwords(house, visitor, new_visitor, clock):
    secret = await with_a_code(house, visitor, clock)
    guesser = new_visitor()
    wrong = "000000" if code_at(secret, clock.at) != "000000" else "000001"
    statuses = []
    for _ in range(5):
        asked = await guesser.sign_in("Asha Rao")
        statuses.append(asked.status_code)
        if asked.status_code == 200:
            statuses.append((await give(guesser, asked, wrong)).status_code)
    assert statuses == [200, 401, 200, 401, 200, 429, 429, 429]  # the right password wins no tries back


async def test_the_ticket_ends_after_five_minutes_and_with_its_use(house, visitor, new_visitor, clock):
    secret = await with_a_code(house, visitor, clock)
    reader = new_visitor()
    asked = await reader.sign_in("Asha Rao")
    clock.at += timedelta(minutes=5)
    late = await give(reader, asked, code_at(secret, clock.at))
    assert late.headers["location"] == "/login?said=late"
    asked = await reader.sign_in("Asha Rao")
    await give(reader, asked, code_at(secret, clock.at))
    clock.at += HALF_A_MINUTE
    elsewhere = new_visitor()
    ticket = hidden_fields(asked.text, "/login/code")["ticket"]
    proof = hidden_fields((await elsewhere.get("/login")).text, "/login")["proof"]
    used = {"ticket": ticket, "proof": proof, "code": code_at(secret, clock.at)}
    assert (await elsewhere.post("/login/code", used)).headers["location"] == "/login?said=late"


async def test_a_new_password_by_a_link_does_not_go_round_the_code(house, visitor, new_visitor, clock):
    secret = await with_a_code(house, visitor, clock)
    given = await house.accounts.reset("Asha Rao", CONSOLE)
    reader = new_visitor()
    form = {"password": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    asked = await reader.fill_in(f"/reset/{token_of(given.address)}", form)
    assert "The code of your app" in asked.text
    assert not await is_signed_in(reader)
    assert (await give(reader, asked, code_at(secret, clock.at))).headers["location"] == "/account?said=changed"


async def test_who_lost_the_app_is_helped_from_the_console(house, visitor, new_visitor, clock):
    await with_a_code(house, visitor, clock)
    await house.accounts.reset("Asha Rao", Actor("root"), without_code=True)
    assert not await is_signed_in(visitor)
    assert (await new_visitor().sign_in("Asha Rao")).status_code == 303
    assert "took the code away" in [deed.action for deed in await house.accounts.trail(5)]


async def test_it_is_switched_off_with_both_factors(house, visitor, clock):
    secret = await with_a_code(house, visitor, clock)
    wrong = {"code": code_at(secret, clock.at), "current": OTHER_PASSWORD}
    assert (await visitor.fill_in("/account", wrong, send_to="/account/code/off")).status_code == 401
    right = {"code": code_at(secret, clock.at), "current": PASSWORD}
    answer = await visitor.fill_in("/account", right, send_to="/account/code/off")
    assert answer.headers["location"] == "/account?said=code-off"
    assert await offered(visitor) != secret


async def test_a_wrong_code_switches_nothing_on_and_keeps_the_key(house, visitor, clock):
    await set_up(house, visitor)
    page = (await visitor.get("/account")).text
    form = {**hidden_fields(page, "/account/code"), "code": "12 34", "current": PASSWORD}
    answer = await visitor.post("/account/code", form)
    assert answer.status_code == 422
    assert "is not the one of now" in answer.text
    shown = re.findall(r'<p class="key"><code>([A-Z2-7 ]+)</code>', page)
    assert shown == re.findall(r'<p class="key"><code>([A-Z2-7 ]+)</code>', answer.text)


async def test_a_key_of_ones_own_making_is_not_taken(house, visitor, clock):
    await set_up(house, visitor)
    made_up = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    form = {"sealed": made_up, "code": code_at(made_up, clock.at), "current": PASSWORD}
    page = (await visitor.get("/account")).text
    proof = hidden_fields(page, "/account/code")["proof"]
    answer = await visitor.post("/account/code", {**form, "proof": proof})
    assert answer.status_code == 401


async def test_the_secret_is_stored_sealed_and_sealed_anew_with_a_new_key(house, visitor, clock, database):
    secret = await with_a_code(house, visitor, clock)

    async def stored() -> str:
        async with database.begin(Work) as work:
            return str(await work.session.scalar(select(AccountRow.code_secret)))

    before = await stored()
    assert secret not in before
    assert SEALS.open(before) == secret
    newer = Seals((b"n" * 32, *SEALS.keys))
    await account_desk(database, clock=clock, seals=newer).second_factor.seal_anew()
    assert Seals((b"n" * 32,)).open(await stored()) == secret


async def test_a_house_without_a_key_offers_no_code(house, visitor, database, clock):
    await set_up(house, visitor)
    (asha,) = await house.accounts.listed()
    assert house.second_factor.offer(asha) is not None
    assert account_desk(database, clock=clock, seals=None).second_factor.offer(asha) is None
