"""Accounts over a real database, through the desk's own pages: setting up, invitations, roles, ends, the trail."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from services.desk.domain.accounts import Role
from shared.kit.errors import WrongInput
from shared.store.accounts import OneTimeLinkRow
from shared.store.unit_of_work import Work
from tests.live.desk.account_house import CONSOLE, PUBLIC, invite, is_signed_in, set_up
from tests.live.desk.visiting import OTHER_PASSWORD, PASSWORD, token_of

pytestmark = pytest.mark.live


# --- Setting up


async def test_until_somebody_owns_the_desk_this_machine_reads_it_and_is_told_how_to_own_it(visitor):
    page = await visitor.get("/")
    assert page.status_code == 200
    assert "Nobody owns this desk yet" in page.text
    assert "pactwatch account setup" in page.text
    assert "Nobody owns this desk yet" in (await visitor.get("/login")).text


@pytest.mark.parametrize(
    ("home", "address", "headers"),
    [
        (PUBLIC, "127.0.0.1", {}),
        ("http://127.0.0.1:8080", "172.18.0.1", {}),  # a container: its port is published, the gateway calls
        ("http://127.0.0.1:8080", "127.0.0.1", {"x-forwarded-for": "203.0.113.9"}),
    ],
)
async def test_from_elsewhere_nobody_reads_a_desk_that_nobody_owns(new_visitor, home, address, headers):
    answer = await new_visitor(home=home, address=address).get("/", **headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


async def test_the_set_up_link_makes_an_owner_who_is_signed_in_and_shuts_the_desk(house, visitor, new_visitor):
    await set_up(house, visitor)
    assert "Asha Rao" in (await visitor.get("/")).text
    assert (await new_visitor().get("/")).status_code == 303
    assert await house.coming_in.set_up_address() is None


async def test_a_set_up_link_works_once_and_a_newer_one_ends_it(house, visitor, new_visitor):
    older = await house.coming_in.set_up_address()
    await set_up(house, visitor)
    for page in (f"/setup/{token_of(older or '')}", "/setup/made-up"):
        answer = await new_visitor().get(page)
        assert answer.status_code == 410
        assert "This link works no more" in answer.text


async def test_of_two_who_set_up_at_once_one_owns_the_desk(house, new_visitor):
    address = f"/setup/{token_of(await house.coming_in.set_up_address() or '')}"
    forms = [{"name": name, "email": "", "password": PASSWORD, "again": PASSWORD} for name in ("Asha Rao", "Ravi Sen")]
    answers = await asyncio.gather(*(new_visitor().fill_in(address, form) for form in forms))
    assert sorted(answer.status_code for answer in answers) == [303, 410]
    assert len(await house.accounts.listed()) == 1


async def test_an_expired_set_up_link_says_how_to_get_another(house, visitor, clock):
    address = await house.coming_in.set_up_address()
    clock.at += timedelta(hours=25)
    answer = await visitor.get(f"/setup/{token_of(address or '')}")
    assert answer.status_code == 410
    assert "pactwatch account setup" in answer.text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"password": "short", "again": "short"}, "at least 15"),
        ({"password": "pactwatch2026pactwatch", "again": "pactwatch2026pactwatch"}, "what others would try first"),
        ({"password": "Asha Rao Asha Rao", "again": "Asha Rao Asha Rao"}, "what others would try first"),
        ({"again": OTHER_PASSWORD}, "was not repeated as it is"),
        ({"name": " "}, "Name is empty"),
        ({"email": "nowhere"}, "is no mail address"),
    ],
)
async def test_a_form_that_cannot_be_taken_says_why_and_keeps_what_was_typed(house, visitor, changed, said):
    page = f"/setup/{token_of(await house.coming_in.set_up_address() or '')}"
    form = {"name": "Asha Rao", "email": "asha@example.org", "password": PASSWORD, "again": PASSWORD, **changed}
    answer = await visitor.fill_in(page, form)
    assert answer.status_code == 422
    assert said in answer.text
    assert form["password"] not in answer.text
    if "name" not in changed:
        assert 'value="Asha Rao"' in answer.text
    assert await house.accounts.listed() == []


# --- Invitations, roles, ends


async def test_an_invitation_lets_somebody_in_once_with_their_role(house, visitor, new_visitor):
    await set_up(house, visitor)
    invited = await house.accounts.invite("Ravi Sen", Role.OFFICER, CONSOLE, email="ravi@example.org")
    page = f"/invite/{token_of(invited.address)}"
    ravi = new_visitor()
    assert "as an officer" in (await ravi.get(page)).text
    assert (await ravi.get(page)).status_code == 200  # looking uses nothing up
    answer = await ravi.fill_in(page, {"password": PASSWORD, "again": PASSWORD})
    assert answer.headers["location"] == "/account?said=welcome"
    assert await is_signed_in(ravi)
    assert (await new_visitor().get(page)).status_code == 410


async def test_inviting_again_makes_a_fresh_link_and_ends_the_former(house, visitor, new_visitor):
    await set_up(house, visitor)
    first = await house.accounts.invite("Ravi Sen", Role.OFFICER, CONSOLE)
    second = await house.accounts.invite("ravi sen", Role.ADMIN, CONSOLE)
    assert (await new_visitor().get(f"/invite/{token_of(first.address)}")).status_code == 410
    assert "as an admin" in (await new_visitor().get(f"/invite/{token_of(second.address)}")).text


async def test_a_changed_role_signs_its_person_out(house, visitor, new_visitor):
    await set_up(house, visitor)
    ravi = new_visitor()
    await invite(house, ravi, "Ravi Sen", Role.OFFICER)
    await house.accounts.give_role("Ravi Sen", Role.OPERATOR, CONSOLE)
    assert not await is_signed_in(ravi)


async def test_who_is_disabled_is_out_at_once_and_stays_out(house, visitor, new_visitor):
    await set_up(house, visitor)
    ravi = new_visitor()
    await invite(house, ravi, "Ravi Sen", Role.OFFICER)
    await house.accounts.disable("Ravi Sen", CONSOLE)
    assert not await is_signed_in(ravi)
    assert (await ravi.sign_in("Ravi Sen")).status_code == 401
    await house.accounts.enable("Ravi Sen", CONSOLE)
    assert (await ravi.sign_in("Ravi Sen")).status_code == 303


async def test_the_last_owner_is_neither_disabled_nor_given_another_role(house, visitor, new_visitor):
    await set_up(house, visitor)
    await house.accounts.invite("Ravi Sen", Role.OWNER, CONSOLE)  # invited is not in yet
    with pytest.raises(WrongInput, match="is the only owner"):
        await house.accounts.disable("Asha Rao", CONSOLE)
    with pytest.raises(WrongInput, match="is the only owner"):
        await house.accounts.give_role("Asha Rao", Role.ADMIN, CONSOLE)
    await invite(house, new_visitor(), "Ravi Sen", Role.OWNER)
    assert (await house.accounts.disable("Asha Rao", CONSOLE)).state == "disabled"


async def test_a_reset_link_changes_the_password_and_signs_out_everywhere(house, visitor, new_visitor):
    await set_up(house, visitor)
    given = await house.accounts.reset("asha@example.org", CONSOLE)
    page = f"/reset/{token_of(given.address)}"
    elsewhere = new_visitor()
    answer = await elsewhere.fill_in(page, {"password": OTHER_PASSWORD, "again": OTHER_PASSWORD})
    assert answer.status_code == 303
    assert (await is_signed_in(elsewhere), await is_signed_in(visitor)) == (True, False)
    assert (await new_visitor().sign_in("Asha Rao", OTHER_PASSWORD)).status_code == 303


async def test_an_invitation_is_no_link_for_a_new_password(house, visitor, new_visitor):
    await set_up(house, visitor)
    invited = await house.accounts.invite("Ravi Sen", Role.OFFICER, CONSOLE)
    assert (await new_visitor().get(f"/reset/{token_of(invited.address)}")).status_code == 410


async def test_a_desk_without_mail_says_who_helps_with_a_forgotten_password(house, visitor):
    assert "pactwatch account reset NAME" in (await visitor.get("/reset")).text


# --- The trail


async def test_the_trail_says_who_did_what_before_and_after(house, visitor, new_visitor):
    await set_up(house, visitor)
    await invite(house, new_visitor(), "Ravi Sen", Role.OFFICER)
    await house.accounts.give_role("Ravi Sen", Role.ADMIN, CONSOLE)
    await new_visitor(address="198.51.100.7").sign_in("Ravi Sen", OTHER_PASSWORD)
    newest, changed, *_ = await house.accounts.trail(10)
    assert (newest.action, newest.subject, newest.actor.address) == ("sign-in refused", "Ravi Sen", "198.51.100.7")
    assert (changed.actor, changed.action, changed.subject) == (CONSOLE, "changed the role", "Ravi Sen")
    assert (changed.before, changed.after) == ({"role": "officer"}, {"role": "admin"})
    actions = [deed.action for deed in reversed(await house.accounts.trail(10))]
    assert actions[:4] == ["set the house up", "signed in", "invited", "took up the invitation"]


@pytest.mark.parametrize(
    "forgery", ["UPDATE audit_trail SET actor = 'x'", "DELETE FROM audit_trail", "TRUNCATE audit_trail"]
)
async def test_the_trail_is_only_added_to(house, visitor, database, forgery):
    await set_up(house, visitor)
    with pytest.raises(DBAPIError, match="only added to"):
        async with database.begin(Work) as work:
            await work.session.execute(text(forgery))


async def test_links_are_kept_as_hashes_with_their_end(house, database, clock):
    address = await house.coming_in.set_up_address()
    async with database.begin(Work) as work:
        row = (await work.session.scalars(select(OneTimeLinkRow))).one()
    assert row.token_hash != token_of(address or "")
    assert row.expires_at == clock.at + timedelta(hours=24)
