"""The trail on the desk: who did what, before and after, found by actor and subject, for admins."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI

from services.desk.domain.accounts import Role
from services.desk.domain.trail import Actor
from services.desk.use_cases.trail import DEEDS_ON_A_PAGE
from tests.live.desk.account_house import invite, set_up
from tests.live.desk.own_desk import own_desk

pytestmark = pytest.mark.live


@pytest.fixture
def app(database, definitions, writing, house, clock) -> FastAPI:
    return own_desk(database, definitions, writing, house.doors, clock)


def deeds(page: str) -> list[str]:
    rows = re.findall(r"<tr><td>.*?</tr>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row)).strip() for row in rows]


async def test_who_did_what_is_found_with_before_and_after(house, visitor, new_visitor):
    await set_up(house, visitor)
    await invite(house, ravi := new_visitor(), "Ravi <b>Sen", Role.OFFICER)
    await house.accounts.give_role("Ravi <b>Sen", Role.ADMIN, Actor("Asha Rao", "203.0.113.9"))
    page = (await visitor.get("/trail?actor=asha&subject=role")).text
    assert "<b>Sen" not in page
    [deed] = deeds(page)
    assert "Asha Rao 203.0.113.9 changed the role Ravi &lt;b&gt;Sen role: officer role: admin" in deed
    assert "No entry" in (await visitor.get("/trail?subject=100%25")).text
    assert (await ravi.get("/trail")).status_code == 303  # a changed role ends the session


async def test_an_officer_reads_no_trail_and_sees_no_way_to_it(house, visitor, new_visitor):
    await set_up(house, visitor)
    await invite(house, ravi := new_visitor(), "Ravi Sen", Role.OFFICER)
    assert (await ravi.get("/trail")).status_code == 403
    assert 'href="/trail"' not in (await ravi.get("/")).text
    assert 'href="/trail"' in (await visitor.get("/")).text


async def test_older_entries_are_a_page_further(house, visitor):
    await set_up(house, visitor)
    for _ in range(DEEDS_ON_A_PAGE + 1):
        await house.accounts.end_sessions("Asha Rao", Actor("root"))
    await visitor.sign_in("asha@example.org")
    first = (await visitor.get("/trail?actor=root")).text
    assert len(deeds(first)) == DEEDS_ON_A_PAGE
    [older] = re.findall(r'<a href="([^"]*)" rel="next">', first)
    assert len(deeds((await visitor.get(older.replace("&amp;", "&"))).text)) >= 1
