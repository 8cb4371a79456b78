"""Signing in and out over a real database: passwords, waits, sessions, forms of other sites, cookies."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from services.desk.domain.sessions import Device
from services.desk.use_cases.password_check import MustWait
from shared.store.accounts import AccountRow, SessionRow
from shared.store.unit_of_work import Work
from tests.live.desk.account_house import CONSOLE, PUBLIC, is_signed_in, set_up
from tests.live.desk.visiting import OTHER_PASSWORD, PASSWORD, token_of

pytestmark = pytest.mark.live


# --- Signing in and out


@pytest.mark.parametrize("login", ["Asha Rao", "asha rao", " ASHA@example.org "])
async def test_one_signs_in_by_name_or_mail_address_and_goes_on_where_one_wanted(house, visitor, new_visitor, login):
    await set_up(house, visitor)
    reader = new_visitor()
    refused = await reader.get("/agreements/relos?x=1")
    assert refused.headers["location"] == "/login?next=%2Fagreements%2Frelos%3Fx%3D1"
    answer = await reader.sign_in(login, wanted="/agreements/relos")
    assert (answer.status_code, answer.headers["location"]) == (303, "/agreements/relos")
    assert await is_signed_in(reader)


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_nobody_is_sent_to_another_site_after_signing_in(house, visitor, new_visitor, wanted):
    await set_up(house, visitor)
    form = {"login": "Asha Rao", "password": PASSWORD, "next": wanted}
    assert (await new_visitor().fill_in("/login", form)).headers["location"] == "/"


async def test_a_wrong_password_and_an_unknown_name_are_answered_with_the_same_page(house, visitor, new_visitor):
    await set_up(house, visitor)
    pages = []
    for login, password in (("Asha Rao", OTHER_PASSWORD), ("Nobody Known", PASSWORD)):
        answer = await new_visitor().sign_in(login, password)
        assert answer.status_code == 401
        assert "Name and password do not go together." in answer.text
        pages.append([line for line in answer.text.replace(login, "…").splitlines() if "proof" not in line])
    assert pages[0] == pages[1]


async def test_signing_in_ends_the_session_of_before_and_makes_a_new_token(house, visitor, database):
    await set_up(house, visitor)
    before = dict(visitor.client.cookies)
    await visitor.sign_in("Asha Rao")
    assert dict(visitor.client.cookies)["pactwatch"] != before["pactwatch"]
    async with database.begin(Work) as work:
        assert len((await work.session.scalars(select(SessionRow))).all()) == 1


async def test_signing_out_ends_the_session_on_the_server_too(house, visitor, new_visitor):
    await set_up(house, visitor)
    stolen = new_visitor()
    stolen.client.cookies.set("pactwatch", visitor.client.cookies["pactwatch"], domain="127.0.0.1")
    assert await is_signed_in(stolen)
    answer = await visitor.fill_in("/account", {}, send_to="/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?said=out")
    assert "pactwatch" not in dict(visitor.client.cookies)
    assert not await is_signed_in(stolen)


async def test_tokens_and_passwords_are_stored_as_hashes_alone(house, visitor, database):
    await set_up(house, visitor)
    token = visitor.client.cookies["pactwatch"]
    async with database.begin(Work) as work:
        hashed = await work.session.scalar(select(AccountRow.password_hash))
        stored = str((await work.session.execute(text("SELECT sessions::text FROM sessions"))).all())
        links = str((await work.session.execute(text("SELECT one_time_links::text FROM one_time_links"))).all())
        trail = str((await work.session.execute(text("SELECT audit_trail::text FROM audit_trail"))).all())
    assert str(hashed).startswith("$argon2id$v=19$")
    for kept in (stored, links, trail, str(hashed)):
        assert token not in kept
        assert PASSWORD not in kept


# --- Slowing down


async def test_after_some_wrong_tries_even_the_right_password_waits_and_the_wait_is_told(
    house, visitor, new_visitor, clock
):
    await set_up(house, visitor)
    guesser = new_visitor()
    for _ in range(5):
        assert (await guesser.sign_in("Asha Rao", "not this one at all")).status_code == 401
    answer = await guesser.sign_in("Asha Rao")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "15")
    assert "Wait 15 seconds" in answer.text
    clock.at += timedelta(seconds=15)
    assert (await guesser.sign_in("Asha Rao")).status_code == 303


async def test_guessing_from_one_place_does_not_lock_the_person_out_elsewhere(house, visitor, new_visitor):
    await set_up(house, visitor)
    guesser = new_visitor(address="198.51.100.7")
    statuses = [(await guesser.sign_in("Asha Rao", "not this one at all")).status_code for _ in range(8)]
    assert statuses == [401] * 5 + [429] * 3
    assert (await new_visitor(address="203.0.113.8").sign_in("Asha Rao")).status_code == 303


async def test_an_unknown_name_is_slowed_down_like_a_known_one(house, visitor, new_visitor):
    await set_up(house, visitor)
    guesser = new_visitor()
    statuses = [(await guesser.sign_in("Nobody Known")).status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2


async def test_tries_at_once_are_counted_before_any_password_is_looked_at(house, visitor):
    await set_up(house, visitor)
    device = Device("program", "198.51.100.7")
    tried = (house.signing_in.sign_in("Asha Rao", f"guess number {n}", device) for n in range(12))
    results = await asyncio.gather(*tried)
    assert sum(isinstance(result, MustWait) for result in results) == 7


async def test_a_new_link_from_the_console_forgets_what_was_counted(house, visitor, new_visitor):
    await set_up(house, visitor)
    guesser = new_visitor()
    for _ in range(6):
        await guesser.sign_in("Asha Rao", "not this one at all")
    await house.accounts.reset("Asha Rao", CONSOLE)
    assert (await guesser.sign_in("Asha Rao")).status_code == 303


# --- Sessions


async def test_a_session_ends_when_nobody_is_seen_and_after_its_longest_time(house, visitor, new_visitor, clock):
    await set_up(house, visitor)
    for _ in range(14):  # seen every 11 hours
        clock.at += timedelta(hours=11)
        assert await is_signed_in(visitor)
    clock.at += timedelta(days=7) - timedelta(hours=14 * 11)
    assert not await is_signed_in(visitor)
    other = new_visitor()
    await other.sign_in("Asha Rao")
    clock.at += timedelta(hours=12)
    assert not await is_signed_in(other)


async def test_changing_the_password_signs_every_other_browser_out_and_renews_this_one(house, visitor, new_visitor):
    await set_up(house, visitor)
    other = new_visitor()
    await other.sign_in("Asha Rao")
    before = visitor.client.cookies["pactwatch"]
    form = {"current": PASSWORD, "password": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    answer = await visitor.fill_in("/account", form, send_to="/account/password")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?said=changed")
    assert visitor.client.cookies["pactwatch"] != before
    assert await is_signed_in(visitor)
    assert not await is_signed_in(other)
    assert (await other.sign_in("Asha Rao")).status_code == 401
    assert (await other.sign_in("Asha Rao", OTHER_PASSWORD)).status_code == 303


async def test_a_password_is_changed_only_by_who_knows_the_current_one(house, visitor):
    await set_up(house, visitor)
    form = {"current": OTHER_PASSWORD, "password": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    answer = await visitor.fill_in("/account", form, send_to="/account/password")
    assert answer.status_code == 401
    assert "The current password is not right." in answer.text


async def test_one_sees_where_one_is_signed_in_and_ends_the_others(house, visitor, new_visitor):
    await set_up(house, visitor)
    other = new_visitor()
    await other.sign_in("Asha Rao")
    shown = (await visitor.get("/account")).text
    assert shown.count("Firefox on Linux") == 2
    assert shown.count("This browser") == 1
    wrong = await visitor.fill_in("/account", {"current": "no"}, send_to="/account/sign-out-everywhere")
    assert wrong.status_code == 401
    assert await is_signed_in(other)
    right = await visitor.fill_in("/account", {"current": PASSWORD}, send_to="/account/sign-out-everywhere")
    assert right.status_code == 303
    assert (await is_signed_in(visitor), await is_signed_in(other)) == (True, False)


async def test_an_account_has_twenty_sessions_and_one_more_ends_the_one_seen_longest_ago(
    house, visitor, new_visitor, clock
):
    await set_up(house, visitor)
    for _ in range(20):
        clock.at += timedelta(seconds=1)
        await new_visitor().sign_in("Asha Rao")
    assert not await is_signed_in(visitor)


# --- Forms of other sites


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"}],
)
async def test_a_form_that_another_site_sends_is_not_taken_even_with_its_token(house, visitor, headers):
    await set_up(house, visitor)
    shown = (await visitor.get("/account")).text
    proof = shown.partition('name="csrf-token" content="')[2].partition('"')[0]
    answer = await visitor.post("/logout", {"proof": proof}, **headers)
    assert answer.status_code == 403
    assert "This form was not taken" in answer.text
    assert await is_signed_in(visitor)


async def test_without_its_token_no_form_is_taken(house, visitor, new_visitor):
    await set_up(house, visitor)
    assert (await visitor.post("/logout", {"next": "/"})).status_code == 403
    assert (await visitor.post("/logout", {"proof": "0" * 64})).status_code == 403
    login = {"login": "Asha Rao", "password": PASSWORD}
    assert (await new_visitor().post("/login", login)).status_code == 403


async def test_an_old_browser_is_judged_by_the_origin_it_names(house, visitor):
    await set_up(house, visitor)
    shown = (await visitor.get("/account")).text
    proof = shown.partition('name="csrf-token" content="')[2].partition('"')[0]
    for origin, status in (("https://evil.example", 403), ("http://127.0.0.1:8080", 303)):
        answer = await visitor.client.post("/logout", data={"proof": proof}, headers={"origin": origin})
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"a=1&" * 500, "application/x-www-form-urlencoded", 400),
        ("имя=1".encode(), "application/x-www-form-urlencoded", 400),
        (b"{}", "application/json", 415),
    ],
)
async def test_what_is_no_form_of_ours_is_refused_unread(visitor, body, kind, status):
    headers = {"content-type": kind, "sec-fetch-site": "same-origin"}
    assert (await visitor.client.post("/login", content=body, headers=headers)).status_code == status


# --- Cookies


async def test_over_https_the_cookie_is_bound_to_the_host(house, new_visitor):
    address = await house.coming_in.set_up_address()
    visitor = new_visitor(home=PUBLIC)
    form = {"name": "Asha", "email": "", "password": PASSWORD, "again": PASSWORD}
    answer = await visitor.fill_in(f"/setup/{token_of(address or '')}", form)
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if "Max-Age=604800" in each]
    assert cookie.startswith("__Host-pactwatch=")
    assert {part.strip().lower() for part in cookie.split(";")[1:]} >= {"httponly", "secure", "samesite=lax", "path=/"}
    assert "domain" not in cookie.lower()


async def test_behind_a_proxy_with_tls_the_public_name_makes_the_cookie_secure(house, new_visitor):
    visitor = new_visitor(home="http://desk.example.org", address="127.0.0.1")
    answer = await visitor.get("/login")
    assert answer.headers["set-cookie"].startswith("__Host-pactwatch-form=")
