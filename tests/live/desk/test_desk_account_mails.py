"""Links by mail, over a real mail server: invitations, and passwords that were forgotten."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from services.cli.account_desk import AccountDesk
from services.desk.domain.accounts import Role
from shared.kit.errors import PactwatchError, WrongInput
from shared.store.unit_of_work import Database
from tests.live.desk.account_house import CONSOLE, is_signed_in, set_up
from tests.live.desk.door_keeping import account_desk
from tests.live.desk.visiting import OTHER_PASSWORD, token_of
from tests.live.notifier.mail_server import MailServerOfTheTest, serving

pytestmark = pytest.mark.live


@pytest.fixture
async def mails() -> AsyncIterator[MailServerOfTheTest]:
    async with serving() as server:
        yield server


@pytest.fixture
def house(database: Database, clock, mails: MailServerOfTheTest) -> AccountDesk:
    sender = "Watch <watch@desk.example>"
    settings = {"smtp_host": "127.0.0.1", "smtp_port": mails.port, "smtp_tls": "none", "mail_from": sender}
    return account_desk(database, clock=clock, home_url="https://desk.example.org", **settings)


def link_in(mails: MailServerOfTheTest) -> str:
    (mail,) = mails.mails
    (found,) = re.findall(r"https://\S+", mail.get_content())
    return found


async def test_a_forgotten_password_is_mended_by_mail(house, visitor, new_visitor, mails):
    await set_up(house, visitor)
    reader = new_visitor()
    answer = await reader.fill_in("/reset", {"login": "asha rao"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?said=asked")
    assert "a link is on its way" in (await reader.get("/login?said=asked")).text
    assert mails.mails[0]["To"] == "asha@example.org"
    page = f"/reset/{token_of(link_in(mails))}"
    assert (await reader.fill_in(page, {"password": OTHER_PASSWORD, "again": OTHER_PASSWORD})).status_code == 303
    assert (await is_signed_in(reader), await is_signed_in(visitor)) == (True, False)


async def test_asking_for_a_new_password_is_answered_the_same_for_everybody(house, visitor, new_visitor, mails):
    await set_up(house, visitor)
    logins = ("Asha Rao", "Nobody Known", "")
    answers = [await new_visitor().fill_in("/reset", {"login": login}) for login in logins]
    assert {(a.status_code, a.headers.get("location"), a.text) for a in answers} == {(303, "/login?said=asked", "")}
    assert len(mails.mails) == 1


async def test_an_invitation_goes_out_by_mail_with_what_it_is_for_and_how_long_it_works(house, visitor, mails):
    await set_up(house, visitor)
    invited = await house.accounts.invite("Ravi Sen", Role.OFFICER, CONSOLE, email="ravi@example.org")
    await house.accounts.mail(invited)
    (mail,) = mails.mails
    assert (mail["Subject"], mail["To"]) == ("Your invitation to Pactwatch", "ravi@example.org")
    assert "works once, for 3 days" in mail.get_content()
    assert link_in(mails) == invited.address


async def test_a_mail_that_does_not_leave_is_told(house, visitor, mails):
    await set_up(house, visitor)
    invited = await house.accounts.invite("Ravi Sen", Role.OFFICER, CONSOLE, email="ravi@example.org")
    mails.at_rcpt = "550 no such mailbox"
    with pytest.raises(PactwatchError, match="did not leave"):
        await house.accounts.mail(invited)


async def test_nothing_is_mailed_to_who_has_no_address(house, visitor, mails):
    await set_up(house, visitor)
    invited = await house.accounts.invite("Ravi Sen", Role.OFFICER, CONSOLE)
    with pytest.raises(WrongInput, match="no mail address"):
        await house.accounts.mail(invited)
    assert mails.mails == []
