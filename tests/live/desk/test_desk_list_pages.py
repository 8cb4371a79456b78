"""The pages of lists and of the catalogue: what rules can name, where it is named, and what became of it."""

from __future__ import annotations

import pytest
from fastapi import FastAPI

from services.cli.account_desk import AccountDesk
from services.desk.pages.rule_room import RuleRoom
from shared.catalogue.edits import texts_of
from shared.catalogue.loader import load_catalogue
from shared.store.unit_of_work import Database
from tests.live.desk.account_house import NewVisitor
from tests.live.desk.conftest import ASHA
from tests.live.desk.door_keeping import account_desk
from tests.live.desk.rule_house import an_owner_and_an_admin, desk_with_rules, read, room_on, sent
from tests.live.desk.visiting import Visiting

pytestmark = pytest.mark.live


@pytest.fixture
def house(database: Database) -> AccountDesk:
    return account_desk(database)


@pytest.fixture
def room(database: Database) -> RuleRoom:
    return room_on(database)


@pytest.fixture
def app(database: Database, house: AccountDesk, room: RuleRoom) -> FastAPI:
    return desk_with_rules(database, house, room)


@pytest.fixture
async def admin(house: AccountDesk, new_visitor: NewVisitor) -> Visiting:
    visitor = new_visitor()
    await an_owner_and_an_admin(house, new_visitor(), visitor)
    return visitor


async def test_a_list_is_made_changed_rolled_back_removed_and_had_back(admin, room):
    made = await sent(admin, "/lists", name="ports", members="Chennai\nVladivostok\n\nChennai", note="")
    address = made.headers["location"].partition("?")[0]
    await room.rules.add("Harbours", "@ports", ASHA)
    page = (await admin.get(address)).text
    assert "Harbours" in page
    form = {"name": "ports", "members": "Chennai\nMurmansk", "note": "Two.", "at_version": "1"}
    assert (await sent(admin, address, **form)).status_code == 303
    page = (await admin.get(address)).text
    assert "gone: Vladivostok" in read(page)
    assert "new: Murmansk" in read(page)
    assert (await sent(admin, f"{address}/roll-back", to="1")).status_code == 303
    assert (await room.lists.details("ports")).words.members == ("Chennai", "Vladivostok")
    kept = await sent(admin, f"{address}/remove")
    assert (kept.status_code, "is named by the rule" in read(kept.text)) == (422, True)
    assert (await sent(admin, f"{address}/remove", force="on")).status_code == 303
    assert (await admin.get(address)).status_code == 404
    assert "Have ports back" in read((await admin.get("/lists")).text)
    assert (await sent(admin, f"{address}/restore")).headers["location"] == f"{address}?said=restored"


async def test_of_two_removed_lists_of_one_name_the_one_that_was_asked_for_comes_back(admin, room):
    for members in (["Chennai"], ["Murmansk"]):
        await room.lists.add("ports", members, ASHA)
        await room.lists.remove("ports", ASHA)
    removed = await room.lists.removed()
    first = next(each for each in removed if each.members == ("Chennai",))
    assert (await sent(admin, f"/lists/{first.list_id}/restore")).status_code == 303
    assert (await room.lists.details("ports")).words.members == ("Chennai",)


async def test_two_who_change_a_list_at_once_see_both(admin, room):
    words = await room.lists.add("ports", ["Chennai"], ASHA)
    await room.lists.edit("ports", ASHA, add=["Murmansk"])
    form = {"name": "ports", "members": "Chennai\nOdesa", "note": "", "at_version": "1"}
    page = await sent(admin, f"/lists/{words.list_id}", **form)
    assert page.status_code == 409
    assert "Murmansk</ins>" in page.text
    assert "Chennai\nOdesa</textarea>" in page.text
    assert (await room.lists.details("ports")).words.members == ("Chennai", "Murmansk")


async def test_a_member_that_is_no_term_is_told_and_what_was_written_stays(admin):
    page = await sent(admin, "/lists", name="ports", members="Chennai\nph*", note="Mine.")
    assert page.status_code == 422
    assert "ph*</textarea>" in page.text
    assert "Mine." in page.text
    assert 'role="alert"' in page.text


async def test_the_catalogue_is_read_by_everybody_and_searched_in_any_script(visitor):
    page = read((await visitor.get("/catalogue")).text)
    assert f"{len(load_catalogue().agreements)} items" in page
    found = read((await visitor.get("/catalogue?words=РЕЛОС")).text)
    assert "agreement:relos" in found
    assert "agreement:inr-rub" not in found
    assert "Nothing in the catalogue is called so." in read((await visitor.get("/catalogue?words=zzzz")).text)


async def test_every_item_of_the_catalogue_has_a_page(visitor):
    catalogue = load_catalogue()
    for item in catalogue.agreements.values():
        answer = await visitor.get(f"/catalogue/agreements/{item.id}")
        assert answer.status_code == 200, item.id
        assert f"agreement:{item.id}" in answer.text
    for sector in catalogue.sectors:
        assert (await visitor.get(f"/catalogue/sectors/{sector}")).status_code == 200, sector
    relos = (await visitor.get("/catalogue/agreements/relos")).text
    assert 'lang="hi"' in relos
    assert "Milestones" in relos
    assert (await visitor.get("/catalogue/agreements/no-such")).status_code == 404
    assert (await visitor.get("/catalogue/sectors/no-such")).status_code == 404


async def test_a_name_is_added_to_an_agreement_and_taken_back(admin):
    address = "/catalogue/agreements/relos"
    texts = texts_of(load_catalogue().agreements["relos"])
    form = {name: "\n".join(each) for name, each in texts.items()} | {"at_version": "0", "reason": "So they write."}
    form["aliases.hi"] += "\nलॉजिस्टिक्स पैक्ट"
    assert (await sent(admin, address, **form)).headers["location"] == f"{address}?said=saved"
    page = (await admin.get(address)).text
    assert "new: लॉजिस्टिक्स पैक्ट" in read(page)
    assert "Meera Nair" in page
    assert "changed here" in read((await admin.get("/catalogue?words=relos")).text)
    clash = await sent(admin, address, **form)
    assert (clash.status_code, "Somebody has saved version 1" in read(clash.text)) == (409, True)
    wrong = await sent(admin, address, **form | {"at_version": "1", "dates": "2025-02-30 | signed | https://a.example"})
    assert wrong.status_code == 422
    assert "2025-02-30 | signed" in wrong.text
    assert "pactwatch" not in wrong.text.partition('role="alert"')[2][:400]
    assert (await sent(admin, f"{address}/roll-back", to="0")).status_code == 303
    assert "लॉजिस्टिक्स पैक्ट" not in (await admin.get(address)).text.partition("What people changed")[0]
