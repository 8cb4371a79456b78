"""The pages of rules as an admin uses them: written with help, tried, saved, compared, rolled back, agreed to."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from fastapi import FastAPI

from services.cli.account_desk import AccountDesk
from services.cli.definitions import language_of, writing_on
from services.desk.domain.accounts import Role
from services.desk.domain.default_rules import CatalogueItem
from services.desk.domain.rules import Rule
from services.desk.domain.signatures import Signature
from services.desk.pages.rule_room import RuleRoom
from services.desk.use_cases.default_rules import DefaultRules
from shared.catalogue.loader import load_catalogue
from shared.store.unit_of_work import Database
from tests.live.desk.account_house import NewVisitor, invite
from tests.live.desk.archive_rows import publish
from tests.live.desk.door_keeping import account_desk
from tests.live.desk.rule_house import an_owner_and_an_admin, desk_with_rules, read, room_on, sent
from tests.live.desk.test_desk_backtests import RELOS, VISA, told
from tests.live.desk.visiting import Visiting
from tests.live.notifier import notifier_rows

pytestmark = pytest.mark.live
ASHA = Signature("Asha Rao", "A test.")


@pytest.fixture
def house(database: Database) -> AccountDesk:
    return account_desk(database)


@pytest.fixture
def settings() -> dict[str, object]:
    return {}


@pytest.fixture
def room(database: Database, settings: dict[str, object]) -> RuleRoom:
    return room_on(database, **settings)


@pytest.fixture
def app(database: Database, house: AccountDesk, room: RuleRoom) -> FastAPI:
    return desk_with_rules(database, house, room)


@pytest.fixture
def owner(new_visitor: NewVisitor) -> Visiting:
    return new_visitor()


@pytest.fixture
async def admin(house: AccountDesk, new_visitor: NewVisitor, owner: Visiting) -> Visiting:
    visitor = new_visitor()
    await an_owner_and_an_admin(house, owner, visitor)
    return visitor


async def rule_of(room: RuleRoom, name: str) -> Rule:
    view = (await room.rules.details(name)).view
    opened = await room.browsing.opened(view.rule_id)
    assert opened is not None
    return opened.rule


def filled(rule: Rule, **changed: str) -> Mapping[str, str]:
    """The form of a rule as its page sends it."""
    form = {
        "name": rule.name,
        "query": rule.query,
        "watches": rule.watches or "",
        "policy": rule.policy,
        "severity": rule.severity,
        "owner": rule.owner,
        "note": rule.note,
        "reason": "",
        "at_version": str(rule.version),
        "enabled": "on",
        "do": "save",
    }
    return form | changed


async def test_a_mistake_is_shown_under_its_character_with_the_mend(admin):
    page = (await sent(admin, "/rules/check", query="visa AND (health OR")).text
    assert "finger" in page
    assert "Go there" in page
    assert "at character" in read(page)
    unknown = (await sent(admin, "/rules/check", query="agreement:reloz visa")).text
    assert '<mark class="wrong">' in unknown
    assert "relos" in read(unknown)
    assert "Reads well" in read((await sent(admin, "/rules/check", query="visa")).text)
    assert "pactwatch" not in read(unknown)


async def test_what_is_legal_but_wrong_is_said_too(admin):
    page = read((await sent(admin, "/rules/check", query="visa AND NOT visa")).text)
    assert "Caution" in page


async def test_a_draft_is_tried_on_the_archive_with_its_words_marked(admin, database):
    await publish(database, [told(RELOS, agreements=["relos"]), told(VISA, days_old=9)])
    page = (await sent(admin, "/rules/backtest", query='"working group" NEAR/3 health', days="30")).text
    assert "1 of the 2 articles" in read(page)
    assert "<mark>working group</mark>" in page
    assert "Matches of each day" in page
    assert "The Courier" in page
    never = read((await sent(admin, "/rules/backtest", query="zanzibar", days="30")).text)
    assert "No article of the archive has zanzibar" in never


async def test_a_rule_is_written_saved_changed_and_rolled_back(admin, room):
    answer = await sent(admin, "/rules/new", name="Logistics", query="RELOS", enabled="on", do="save", reason="New.")
    assert answer.status_code == 303
    rule = await rule_of(room, "Logistics")
    page = (await admin.get(answer.headers["location"])).text
    assert "counts with the next article" in read(page)
    changed = await sent(admin, f"/rules/{rule.rule_id}", **filled(rule, query="RELOS OR visa", severity="high"))
    assert changed.headers["location"] == f"/rules/{rule.rule_id}?said=saved"
    versions = (await admin.get(f"/rules/{rule.rule_id}/versions")).text
    assert "<ins> OR visa</ins>" in versions
    assert "Meera Nair" in versions
    back = await sent(admin, f"/rules/{rule.rule_id}/roll-back", to="1", reason="Too much.")
    assert back.status_code == 303
    stands = await rule_of(room, "Logistics")
    assert (stands.query, stands.version) == ("RELOS", 3)
    same = await sent(admin, f"/rules/{rule.rule_id}", **filled(stands))
    assert same.headers["location"].endswith("?said=same")


async def test_a_refused_save_keeps_what_was_written_and_points_at_the_field(admin, room):
    page = await sent(admin, "/rules/new", name="Logistics", query="visa AND", enabled="on", do="save", note="Mine.")
    assert page.status_code == 422
    assert "Mine." in page.text
    assert '<mark class="wrong">' in page.text
    await room.rules.add("Logistics", "RELOS", ASHA)
    page = await sent(admin, "/rules/new", name="Logistics", query="visa", enabled="on", do="save")
    assert "already the name of a rule" in read(page.text)
    assert "pactwatch" not in page.text.partition("<main")[2]


@pytest.mark.parametrize("settings", [{"rules_most_hits_per_day": 2}])
async def test_what_matches_very_much_is_taken_only_when_that_is_allowed(database, admin):
    await publish(database, [told(RELOS, days_old=day / 9) for day in range(1, 40)])
    tried = read((await sent(admin, "/rules/backtest", query="RELOS", days="30")).text)
    assert "Too broad" in tried
    form = {"name": "Much", "query": "RELOS", "enabled": "on", "do": "save"}
    refused = await sent(admin, "/rules/new", **form)
    assert (refused.status_code, 'id="allow_broad"' in refused.text) == (422, True)
    assert "or allow it to match this much" in read(refused.text)
    assert (await sent(admin, "/rules/new", **form, allow_broad="on")).status_code == 303


async def test_two_who_write_at_once_see_both_and_nothing_is_lost(admin, room):
    await room.rules.add("Logistics", "RELOS", ASHA)
    rule = await rule_of(room, "Logistics")
    await room.rules.edit("Logistics", ASHA, query="RELOS OR port", note="Theirs.")
    page = await sent(admin, f"/rules/{rule.rule_id}", **filled(rule, query="RELOS OR visa"))
    assert page.status_code == 409
    assert "Asha Rao has saved version 2 while you were writing" in read(page.text)
    assert "<ins> OR port</ins>" in page.text
    assert "RELOS OR visa</textarea>" in page.text
    assert (await rule_of(room, "Logistics")).query == "RELOS OR port"
    saved = await sent(admin, f"/rules/{rule.rule_id}", **filled(rule, query="RELOS OR visa", at_version="2"))
    assert saved.status_code == 303
    assert (await rule_of(room, "Logistics")).query == "RELOS OR visa"


async def test_a_change_against_the_live_version_tells_what_is_gained_and_lost(admin, room, database):
    await publish(database, [told(RELOS), told(VISA, days_old=2)])
    await room.rules.add("Logistics", "RELOS", ASHA)
    rule = await rule_of(room, "Logistics")
    form = filled(rule, query="visa") | {"rule_id": str(rule.rule_id), "days": "30"}
    page = (await sent(admin, "/rules/difference", **form)).text
    assert "1 gained 1 lost 0 kept" in re.sub(r"(gained|lost|kept)(\d)", r"\2 \1 ", read(page)).replace("  ", " ")
    assert "<mark>visa</mark>" in page
    whole = await sent(admin, f"/rules/{rule.rule_id}", **form | {"do": "try"})
    assert "Against the live version" in whole.text
    assert "What it would have matched" in whole.text


async def test_a_rule_is_paused_resumed_removed_and_had_back(admin, room):
    await room.rules.add("Logistics", "RELOS", ASHA)
    rule = await rule_of(room, "Logistics")
    for state, shown in (("pause", "paused"), ("resume", "live"), ("remove", "removed"), ("restore", "live")):
        assert (await sent(admin, f"/rules/{rule.rule_id}/state", state=state)).status_code == 303
        page = (await admin.get(f"/rules/{rule.rule_id}")).text
        assert f">{shown}</span>" in page, state
    nonsense = await sent(admin, f"/rules/{rule.rule_id}/state", state="explode")
    assert nonsense.status_code == 422


async def test_the_old_page_of_a_removed_rule_changes_no_other_rule_of_its_name(admin, room):
    await room.rules.add("Logistics", "RELOS", ASHA)
    old = await rule_of(room, "Logistics")
    await room.rules.remove("Logistics", ASHA)
    await room.rules.add("Logistics", "visa", ASHA)
    new = await rule_of(room, "Logistics")
    there = f"/rules/{old.rule_id}"
    answers = [await sent(admin, f"{there}/state", state=state) for state in ("pause", "remove", "restore")]
    answers.append(await sent(admin, there, **filled(old, query="Chabahar")))
    answers.append(await sent(admin, f"{there}/roll-back", to="1"))
    assert [each.status_code for each in answers] == [422] * 5
    assert await rule_of(room, "Logistics") == new
    await room.rules.remove("Logistics", ASHA)
    assert (await sent(admin, f"{there}/state", state="restore")).status_code == 303
    assert await rule_of(room, "Logistics") != new
    assert (await rule_of(room, "Logistics")).rule_id == old.rule_id, "not the last removed of its name"


async def test_ten_thousand_rules_come_page_by_page_and_are_searched(admin, room, database):
    await notifier_rows.many_rules(database, 10_000)
    await room.rules.add("A visa of one's own", "visa", ASHA, owner="Ravi Sen")
    page = (await admin.get("/rules")).text
    assert "10\u202f001 rules" in page
    assert page.count('scope="row"') == 50
    assert "/rules?page=2" in page
    last = read((await admin.get("/rules?page=201")).text)
    assert "Other 9999" in last
    found = read((await admin.get("/rules?words=ravi&state=live&origin=custom")).text)
    assert "A visa of one's own" in found
    assert "1 rule" in found
    assert "No rule is like this" in read((await admin.get("/rules?words=nothing-like-it")).text)
    assert (await admin.get("/rules?page=x&state=odd&severity=odd")).status_code == 200


async def test_a_conflict_with_the_catalogue_shows_three_ways_and_is_decided(admin, room, database):
    taking = DefaultRules(writing_on(database), language_of(load_catalogue()))
    item = CatalogueItem("relos", "RELOS", "agreement:relos")
    await taking.take_over({"relos": item})
    await room.rules.edit("Agreement: RELOS", ASHA, query="agreement:relos OR logistics")
    await taking.take_over({"relos": CatalogueItem("relos", "RELOS", "agreement:relos OR port")})
    rule = await rule_of(room, "Agreement: RELOS")
    listed = read((await admin.get("/rules?state=conflict")).text)
    assert "1 rule differs from what the catalogue says now" in listed
    page = (await admin.get(f"/rules/{rule.rule_id}/conflict")).text
    assert "<ins> OR port</ins>" in page
    assert "<ins> OR logistics</ins>" in page
    both = "agreement:relos OR logistics OR port"
    wrong = await sent(admin, f"/rules/{rule.rule_id}/conflict", take="query", query="agreement:relos OR")
    assert (wrong.status_code, "agreement:relos OR</textarea>" in wrong.text) == (422, True)
    assert (await sent(admin, f"/rules/{rule.rule_id}/conflict", take="query", query=both)).status_code == 303
    decided = await rule_of(room, "Agreement: RELOS")
    assert (decided.query, decided.offered_query) == (both, None)
    assert "nothing to decide" in (await admin.get(f"/rules/{rule.rule_id}/conflict")).text


@pytest.mark.parametrize("settings", [{"rules_four_eyes": True}])
async def test_where_two_must_agree_a_change_waits_for_the_other(room, owner, admin):
    answer = await sent(admin, "/rules/new", name="Logistics", query="RELOS", enabled="on", do="save")
    assert answer.headers["location"] == "/rules/proposals?said=proposed"
    page = (await admin.get("/rules/proposals")).text
    assert "somebody else must approve it" in read(page)
    (address,) = set(re.findall(r'action="(/rules/proposals/[^"]+)"', page))
    own = await sent(admin, address, decision="approve")
    assert (own.status_code, "cannot approve it" in read(own.text)) == (422, True)
    assert "1 change waits for a second person" in read((await owner.get("/rules")).text)
    assert "1 change waits" in read((await owner.get("/account")).text)
    silent = await sent(owner, address, decision="reject", note="")
    assert (silent.status_code, "Say in a sentence why" in read(silent.text)) == (422, True)
    assert (await sent(owner, address, decision="approve", note="Good.")).status_code == 303
    assert (await rule_of(room, "Logistics")).query == "RELOS"
    assert "Nothing waits" in (await owner.get("/rules/proposals")).text


async def test_rules_go_out_and_come_in_by_the_file(admin, room):
    await room.lists.add("ports", ["Chennai", "Vladivostok"], ASHA)
    await room.rules.add("Logistics", "RELOS AND @ports", ASHA, note="Mine.")
    rule = await rule_of(room, "Logistics")
    text = (await admin.get("/rules/export")).text
    assert "name: Logistics" in text
    assert "Vladivostok" in (await admin.get(f"/rules/{rule.rule_id}/export")).text
    changed = text.replace("note: Mine.", "note: Theirs.").replace("RELOS AND @ports", "RELOS OR @ports")
    looked = read((await sent(admin, "/rules/import", text=changed, update="on", do="look")).text)
    assert "changed: 1" in looked
    assert (await rule_of(room, "Logistics")).query == "RELOS AND @ports"
    assert "changed: 1" in read((await sent(admin, "/rules/import", text=changed, update="on", do="take")).text)
    assert (await rule_of(room, "Logistics")).query == "RELOS OR @ports"
    bad = await sent(admin, "/rules/import", text="rules:\n- name: X\n  query: visa AND\n", do="take")
    assert "not taken: 1" in read(bad.text)
    assert (await sent(admin, "/rules/import", text="{", do="take")).status_code == 422


async def test_an_article_is_followed_to_the_rule_clause_by_clause(admin, room, database):
    await publish(database, [told(VISA)])
    await room.rules.add("Logistics", "RELOS visa", ASHA)
    rule = await rule_of(room, "Logistics")
    address = f"/rules/{rule.rule_id}/article"
    page = read((await admin.get(f"{address}?url=https://courier.example/a")).text)
    assert "false" in page
    assert "Clause by clause" in page
    wrong = (await admin.get(f"{address}?url=not-an-address")).text
    assert 'aria-invalid="true"' in wrong


async def test_who_may_not_keep_rules_reads_them_and_is_told_who_may(house, room, admin, new_visitor):
    await room.rules.add("Logistics", "RELOS", ASHA)
    rule = await rule_of(room, "Logistics")
    officer = new_visitor()
    await invite(house, officer, "Ravi Sen", Role.OFFICER)
    for address in ("/rules", f"/rules/{rule.rule_id}"):
        page = (await officer.get(address)).text
        assert "Rules are changed by admins and owners." in page
        assert "<textarea" not in page
    assert (await officer.get("/rules/new")).status_code == 403


async def test_before_anybody_owns_the_desk_rules_are_read_and_setting_up_is_told(room, visitor):
    await room.rules.add("<script>alert(1)</script>", "RELOS", ASHA, note="\u202eevil")
    rule = await rule_of(room, "<script>alert(1)</script>")
    for address in ("/rules", f"/rules/{rule.rule_id}", f"/rules/{rule.rule_id}/versions", "/rules/proposals"):
        answer = await visitor.get(address)
        assert answer.status_code == 200, address
        assert "<script>alert" not in answer.text
    assert "set the desk up first" in (await visitor.get("/rules")).text
    assert (await visitor.get("/rules/new")).status_code == 303
