"""Accounts on the command line: the first owner's link, invitations, roles, ends, and the trail."""

from __future__ import annotations

import re

import pytest

from services.cli.account_desk import AccountDesk, accounts_on
from services.desk.domain.one_time import Purpose
from services.desk.domain.sessions import Device
from services.desk.use_cases.coming_in import NewPassword
from shared.kit.passwords import PasswordHashes
from shared.kit.settings import load_settings
from shared.store.unit_of_work import Database
from tests.live.cli.conftest import Pactwatch

pytestmark = pytest.mark.live
NEW = NewPassword("granite lanterns over the old harbour", "granite lanterns over the old harbour")
DEVICE = Device("", "127.0.0.1")


def desk_on(database: Database) -> AccountDesk:
    return accounts_on(database, load_settings(), hashes=PasswordHashes(memory_kib=64, passes=1, lanes=1))


def link_in(said: str, purpose: str) -> str:
    (found,) = re.findall(rf"https?://\S+/{purpose}/([\w-]+)", said)
    return found


def owned_by(pactwatch: Pactwatch, name: str) -> None:
    token = link_in(pactwatch("account", "setup").out, "setup")

    async def set_up(database: Database) -> None:
        assert await desk_on(database).coming_in.set_up(token, name, "", NEW, DEVICE)

    pactwatch.with_database(set_up)


def taken_up(pactwatch: Pactwatch, token: str) -> None:
    async def choose(database: Database) -> None:
        assert await desk_on(database).coming_in.choose_password(Purpose.INVITE, token, NEW, DEVICE)

    pactwatch.with_database(choose)


def test_the_first_owner_comes_in_by_a_link_of_the_console(pactwatch: Pactwatch):
    assert "pactwatch account setup" in pactwatch("account", "list").err
    assert "works once, for 24 hours" in pactwatch("account", "setup").out
    owned_by(pactwatch, "Asha Rao")
    assert [row[0:4] for row in pactwatch("account", "list").rows] == [["Asha Rao", "", "owner", "active"]]
    assert "has an owner already" in pactwatch("account", "setup").out


def test_links_begin_with_the_public_address(pactwatch: Pactwatch, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PACTWATCH_BASE_URL", "https://desk.example.org/")
    assert "https://desk.example.org/setup/" in pactwatch("account", "setup").out


def test_somebody_is_invited_changed_ended_and_let_in_again(pactwatch: Pactwatch):
    owned_by(pactwatch, "Asha Rao")
    said = pactwatch("account", "invite", "Ravi Sen", "--role", "officer", "--email", "ravi@example.org").out
    assert "For Ravi Sen (officer); works once, for 3 days" in said
    listed = pactwatch("account", "list", "--json").json
    assert [(each["name"], each["email"], each["state"]) for each in listed][1:] == [
        ("Ravi Sen", "ravi@example.org", "invited")
    ]
    assert "password" not in str(listed)
    taken_up(pactwatch, link_in(said, "invite"))
    assert "Ravi Sen is now admin." in pactwatch("account", "role", "ravi@example.org", "admin").out
    assert "cannot sign in any more" in pactwatch("account", "disable", "ravi sen").out
    assert "is disabled" in pactwatch("account", "reset", "Ravi Sen", code=2).err
    assert "may sign in again" in pactwatch("account", "enable", "Ravi Sen").out
    assert "/reset/" in pactwatch("account", "reset", "Ravi Sen").out
    assert "signed out of 0 browsers" in pactwatch("account", "sign-out", "Ravi Sen").out


def test_what_somebody_follows_is_decided_on_when_they_may_sign_in_no_more(pactwatch: Pactwatch):
    owned_by(pactwatch, "Asha Rao")
    pactwatch("account", "invite", "Ravi Sen", "--role", "officer", "--email", "ravi@example.org")
    pactwatch("person", "add", "Boris", "--email", "boris@example.org")
    pactwatch("team", "add", "Ports desk")
    pactwatch("team", "join", "Ports desk", "Ravi Sen")
    pactwatch("subscribe", "add", "--agreement", "relos", "--person", "Ravi Sen", "--channel", "mailto")
    refused = pactwatch("account", "disable", "Ravi Sen", code=2).err
    assert "has 1 subscriptions, and is in Ports desk" in refused
    assert "--keep" in refused
    assert pactwatch("account", "list", "--json").json[1]["state"] == "invited", "nothing is done by halves"
    said = pactwatch("account", "disable", "Ravi Sen", "--to", "Boris").out
    assert "Ravi Sen cannot sign in any more." in said
    assert "Boris has: " in said
    assert "Ravi Sen has left Ports desk." in said
    assert [row["person"] for row in pactwatch("subscribe", "list", "--json").json] == ["Boris"]


def test_the_only_owner_is_not_removed_as_a_person_either(pactwatch: Pactwatch):
    owned_by(pactwatch, "Asha Rao")
    refused = pactwatch("person", "remove", "Asha Rao", code=2).err
    assert "is the only owner of the house" in refused
    assert "pactwatch account role NAME owner" in refused


def test_the_trail_names_who_sat_at_the_console(pactwatch: Pactwatch):
    owned_by(pactwatch, "Asha Rao")
    pactwatch("account", "invite", "Ravi Sen", "--role", "officer", "--by", "Asha")
    pactwatch("account", "role", "Ravi Sen", "admin", "--by", "Asha")
    newest = pactwatch("account", "trail", "--json").json[0]
    assert newest["actor"] == {"name": "Asha", "address": "console"}
    assert (newest["before"], newest["after"]) == ({"role": "officer"}, {"role": "admin"})
    assert pactwatch("account", "trail", "--limit", "1").rows[0][3:] == [
        *("changed the role", "Ravi Sen", "role: officer", "role: admin")
    ]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("invite", "Ravi Sen", "--role", "king"), "is no role"),
        (("invite", "", "--role", "officer"), "Name: '' is empty"),
        (("invite", "ravi@example.org", "--role", "officer"), "looks like a mail address"),
        (("invite", "Ravi", "--role", "officer", "--email", "nowhere"), "is no mail address"),
        (("invite", "Ravi", "--role", "officer", "--email", "r@example.org", "--mail"), "no mail server is set"),
        (("invite", "Asha Rao", "--role", "officer"), "is there already (active)"),
        (("role", "Nobody", "admin"), "is not known"),
        (("role", "Asha Rao", "admin"), "is the only owner"),
        (("disable", "Asha Rao"), "is the only owner"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_mend(pactwatch: Pactwatch, command: tuple[str, ...], said: str):
    owned_by(pactwatch, "Asha Rao")
    ran = pactwatch("account", *command, code=2)
    assert said in ran.err
    assert ran.err.strip().count("\n") >= 1, "a mend follows the error"


def test_doctor_says_that_nobody_has_set_up_the_house_and_who_may_sign_in(pactwatch: Pactwatch):
    def finding() -> dict[str, str]:
        return next(each for each in pactwatch("doctor", "--json", code=None).json if each["check"] == "accounts")

    assert finding()["state"] == "warning"
    assert "pactwatch account setup" in finding()["mend"]
    owned_by(pactwatch, "Asha Rao")
    assert (finding()["state"], finding()["says"]) == ("ok", "1 may sign in")
