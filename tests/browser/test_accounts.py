"""Accounts in a real browser: from the set-up link to signing out, a wrong password, and pages that read well."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import uvicorn

from services.cli.account_desk import AccountDesk
from services.desk.app import build_desk
from services.desk.domain.accounts import Role
from services.desk.domain.trail import Actor
from services.desk.use_cases.definitions import Definitions
from shared.kit.codes import code_at
from shared.store.unit_of_work import Database
from tests.browser.conftest import Reader
from tests.browser.readability import FAINT_TEXTS, UNNAMED
from tests.live.desk.conftest import WoundClock
from tests.live.desk.desk_rows import AGREEMENTS, MORNING, SECTORS
from tests.live.desk.door_keeping import account_desk
from tests.live.desk.reading_house import reading_desk
from tests.live.desk.visiting import OTHER_PASSWORD, PASSWORD, token_of

pytestmark = [pytest.mark.browser, pytest.mark.live]
PHONE = {"width": 360, "height": 740}
ADMIN = Actor("Asha Rao")


@dataclass(frozen=True)
class Served:
    """A desk that a browser reaches, and everything about its accounts."""

    url: str
    house: AccountDesk
    clock: WoundClock

    async def set_up_page(self) -> str:
        return f"{self.url}/setup/{token_of(await self.house.coming_in.set_up_address() or '')}"


@pytest.fixture
async def desk(database: Database, definitions: Definitions, reader: Reader) -> AsyncIterator[Served]:
    clock = WoundClock(MORNING)
    house = account_desk(database, clock=clock)
    doors = house.doors
    pages = reading_desk(database, definitions, doors, clock, beat_seconds=0.5).pages
    app = build_desk(definitions, doors, agreements=AGREEMENTS, sectors=SECTORS, pages=pages)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", house, clock)
    await reader.page.close()
    server.should_exit = True
    await serving


async def set_up(reader: Reader, desk: Served) -> None:
    page = reader.page
    await page.goto(await desk.set_up_page())
    await page.get_by_label("Your name").fill("Asha Rao")
    await page.get_by_label("Mail address").fill("asha@example.org")
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_label("The same once more").fill(PASSWORD)
    await page.get_by_role("button", name="Set up the desk").click()
    await page.get_by_role("heading", name="Asha Rao").wait_for()


async def sign_in(reader: Reader, password: str = PASSWORD) -> None:
    await reader.page.get_by_label("Name or mail address").fill("asha@example.org")
    await reader.page.get_by_label("Password", exact=True).fill(password)
    await reader.page.keyboard.press("Enter")


async def test_the_first_owner_sets_the_desk_up_signs_out_and_in_again(reader: Reader, desk: Served):
    page = reader.page
    await page.goto(desk.url)
    await page.get_by_role("link", name="How this works").click()
    await page.get_by_role("heading", name="Nobody owns this desk yet").wait_for()
    await set_up(reader, desk)
    assert "nobody reads it without signing in" in await page.get_by_role("status").inner_text()
    await page.get_by_role("link", name="Pactwatch", exact=True).click()
    await page.locator("#live").get_by_text("Live", exact=True).wait_for()
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_text("You are signed out.").wait_for()
    await page.goto(f"{desk.url}/agreements/relos")
    await page.get_by_role("heading", name="Sign in").wait_for()
    await sign_in(reader)
    await page.wait_for_url(f"{desk.url}/agreements/relos")
    await page.go_back()
    assert await page.context.cookies() != []


async def test_a_wrong_password_says_what_to_do_and_keeps_the_name(reader: Reader, desk: Served):
    page = reader.page
    await set_up(reader, desk)
    await page.get_by_role("button", name="Sign out").click()
    await sign_in(reader, OTHER_PASSWORD)
    complaint = page.get_by_role("alert")
    await complaint.wait_for()
    assert "Name and password do not go together." in await complaint.inner_text()
    assert await page.get_by_label("Name or mail address").input_value() == "asha@example.org"
    focused = "document.activeElement.id"
    assert await page.evaluate(focused) == "password"
    assert await page.get_by_label("Password", exact=True).get_attribute("aria-invalid") == "true"
    reader.complaints.clear()  # Chromium tells every answer of 401


async def test_after_signing_out_the_way_back_shows_nothing(reader: Reader, desk: Served):
    page = reader.page
    await set_up(reader, desk)
    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_text("You are signed out.").wait_for()
    await page.go_back()
    await page.get_by_role("heading", name="Sign in").wait_for()


async def test_an_open_page_says_that_its_reader_was_signed_out(reader: Reader, desk: Served):
    await set_up(reader, desk)
    await reader.page.goto(desk.url)
    live = reader.page.locator("#live")
    await live.get_by_text("Live", exact=True).wait_for()
    await desk.house.accounts.end_sessions("Asha Rao", ADMIN)
    await live.get_by_text("Signed out. Reload the page to sign in").wait_for()
    reader.complaints.clear()  # the answer of 401


async def test_the_password_is_changed_by_keyboard_alone(reader: Reader, desk: Served):
    page = reader.page
    await set_up(reader, desk)
    await page.get_by_role("textbox", name="Current password").first.focus()
    for typed in (PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD):
        await page.keyboard.type(typed)
        await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.get_by_text("Your password is changed").wait_for()


async def test_a_code_is_switched_on_and_asked_for_at_the_next_sign_in(reader: Reader, desk: Served):
    page = reader.page
    await set_up(reader, desk)
    await page.get_by_text("Have signing in ask for the code").click()
    secret = (await page.locator(".key").inner_text()).replace(" ", "")
    form = page.locator("form[action='/account/code']")
    await form.get_by_label("Code").fill(code_at(secret, desk.clock.at))
    await form.get_by_label("Current password").fill(PASSWORD)
    await page.get_by_role("button", name="Ask for a code from now on").click()
    await page.get_by_text("Signing in asks for a code from now on").wait_for()
    await page.get_by_role("button", name="Sign out").click()
    await sign_in(reader)
    await page.get_by_role("heading", name="The code of your app").wait_for()
    desk.clock.at += timedelta(seconds=30)  # a code works once
    await page.keyboard.type(code_at(secret, desk.clock.at))
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{desk.url}/")
    assert await page.get_by_role("button", name="Sign out").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_of_accounts_stands_out_and_fits_a_phone(reader: Reader, desk: Served, scheme: str):
    page = reader.page
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.set_viewport_size(PHONE)
    unowned = ["/", "/login", "/reset", "/setup/over", (await desk.set_up_page()).removeprefix(desk.url)]
    await _all_read_well(reader, desk, unowned)
    await set_up(reader, desk)
    invited = await desk.house.accounts.invite("Ravi " + "Sen" * 25, Role.OFFICER, ADMIN)
    reset = await desk.house.accounts.reset("Asha Rao", ADMIN)
    links = [f"/invite/{token_of(invited.address)}", f"/reset/{token_of(reset.address)}", "/invite/x", "/reset/x"]
    await _all_read_well(reader, desk, ["/account", "/account?said=changed", "/login", *links])


async def _all_read_well(reader: Reader, desk: Served, addresses: list[str]) -> None:
    for address in addresses:
        await reader.page.goto(desk.url + address)
        assert await reader.page.evaluate(FAINT_TEXTS) == [], address
        assert await reader.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], address
        assert await reader.page.evaluate(UNNAMED) == [], address
    reader.complaints.clear()  # the links that work no more
