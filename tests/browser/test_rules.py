"""An admin's first rule in a real browser: a mistake, help, a look at the archive, an alert, and the way back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import uvicorn

from services.cli.account_desk import AccountDesk
from services.cli.definitions import language_of, writing_on
from services.cli.rule_room import catalogue_on
from services.desk.domain.default_rules import CatalogueItem
from services.desk.domain.rules import implied_rule_id
from services.desk.domain.signatures import Signature
from services.desk.pages.rule_room import RuleRoom
from services.desk.use_cases.default_rules import DefaultRules
from shared.catalogue.loader import load_catalogue
from shared.store.unit_of_work import Database
from shared.web.client import make_client
from shared.web.guard import AllowedHosts
from tests.browser.axe import violations
from tests.browser.conftest import Reader
from tests.live.desk.door_keeping import account_desk
from tests.live.desk.newsroom import Newsroom
from tests.live.desk.rule_house import desk_with_rules, room_on
from tests.live.desk.visiting import PASSWORD, token_of

pytestmark = [pytest.mark.browser, pytest.mark.live]
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 900}
RAVI = Signature("Ravi Sen", "Ports matter.")
SIGNED = "India and Russia signed the Reciprocal Exchange of Logistics Agreement (RELOS) in Moscow on Friday."
VISA = "India and Russia discussed a visa-free regime for groups of tourists in New Delhi."


@dataclass(frozen=True)
class Served:
    """A desk that a browser reaches, its rules, and the news that come to it."""

    url: str
    house: AccountDesk
    room: RuleRoom
    news: Newsroom


@pytest.fixture
async def desk(database: Database, reader: Reader) -> AsyncIterator[Served]:
    house, room = account_desk(database), room_on(database)
    app = desk_with_rules(database, house, room)
    client = make_client(allowed=AllowedHosts.parse("127.0.0.1"), user_agent="Pactwatch/test")
    news = Newsroom(database, client)
    await news.open()
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", house, room, news)
    await reader.page.close()  # what it hears by ends before the desk does
    server.should_exit = True
    await serving
    await client.aclose()


async def own(reader: Reader, desk: Served) -> None:
    """Set the desk up, so that its owner sits before it."""
    page = reader.page
    await page.goto(f"{desk.url}/setup/{token_of(await desk.house.coming_in.set_up_address() or '')}")
    await page.get_by_label("Your name").fill("Asha Rao")
    await page.get_by_label("Mail address").fill("asha@example.org")
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_label("The same once more").fill(PASSWORD)
    await page.get_by_role("button", name="Set up the desk").click()
    await page.get_by_role("heading", name="Asha Rao").wait_for()


async def tab_to(reader: Reader, words: str) -> None:
    """Press Tab until the focus is on what is called so."""
    called = "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
    for _ in range(90):
        await reader.page.keyboard.press("Tab")
        if str(await reader.page.evaluate(called)).startswith(words):
            return
    raise AssertionError(f"Tab never comes to {words!r}")


async def type_over(reader: Reader, words: str) -> None:
    await reader.page.keyboard.press("Control+A")
    await reader.page.keyboard.type(words)


async def write_with_a_mistake(reader: Reader) -> None:
    """Begin a rule with a mistake, be helped, and see what it would have matched."""
    page = reader.page
    await tab_to(reader, "Write a rule")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="A new rule").wait_for()
    await tab_to(reader, "Name")
    await page.keyboard.type("Logistics pact")
    await page.keyboard.press("Tab")
    await page.keyboard.type("agreement:reloz AND sign")
    await page.locator("#check mark.wrong").get_by_text("reloz").wait_for()
    assert "relos" in await page.locator("#check").inner_text()
    await page.locator("#query[aria-invalid=true]").wait_for()
    await tab_to(reader, "Go there")
    await page.keyboard.press("Enter")
    assert (
        await page.evaluate("[document.activeElement.id, document.activeElement.selectionStart].join()") == "query,10"
    )
    await type_over(reader, "agreement:relos AND sign")
    await page.get_by_text("Reads well").wait_for()
    trial = page.locator("#backtest")
    await trial.get_by_text("of the 2 articles").wait_for()
    await trial.locator("mark").get_by_text("signed", exact=True).first.wait_for()


async def test_a_rule_is_written_with_help_fires_and_is_rolled_back_by_keyboard_alone(reader: Reader, desk: Served):
    await desk.news.publish("RELOS signed", SIGNED, days_old=3)
    await desk.news.publish("A visa-free regime", VISA, days_old=2)
    await own(reader, desk)
    page = reader.page
    await page.goto(f"{desk.url}/rules")
    await write_with_a_mistake(reader)
    await tab_to(reader, "Save the rule")
    await page.keyboard.press("Enter")
    await page.get_by_text("The rule is there, and counts with the next article.").wait_for()
    await page.get_by_text("It raised none.").wait_for()

    await desk.news.publish("RELOS, once more", SIGNED)
    await page.reload()
    await page.get_by_role("img", name="Alerts of each day").wait_for()
    await page.goto(desk.url)
    assert "RELOS, once more" in await page.locator("#alerts, main").first.inner_text()

    await page.go_back()
    await page.get_by_role("heading", name="Logistics pact").wait_for()
    await tab_to(reader, "Query")
    await type_over(reader, "visa")
    await page.get_by_role("heading", name="Against the live version").wait_for()
    assert "1" in await page.locator(".gains").inner_text()
    await tab_to(reader, "Save")
    await page.keyboard.press("Enter")
    await page.get_by_text("Saved. It counts with the next article.").wait_for()
    await tab_to(reader, "Versions")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="All versions").wait_for()
    await tab_to(reader, "Roll back to version 1")
    await page.keyboard.press("Enter")
    await page.get_by_text("Saved. It counts with the next article.").wait_for()
    assert await page.locator("#query").input_value() == "agreement:relos AND sign"


async def a_house_with_everything(desk: Served, database: Database) -> list[str]:
    """Rules, lists, a conflict and news; returns the addresses of all pages."""
    url = await desk.news.publish("RELOS signed", SIGNED, days_old=3)
    taking = DefaultRules(writing_on(database), language_of(load_catalogue()))
    await taking.take_over({"relos": CatalogueItem("relos", "RELOS", "agreement:relos")})
    await desk.room.rules.edit("Agreement: RELOS", RAVI, query="agreement:relos OR логистика", note="Ports as well.")
    await taking.take_over({"relos": CatalogueItem("relos", "RELOS", "agreement:relos OR port")})
    words = await desk.room.lists.add("ports", ["Chennai", "Владивосток", "चेन्नई"], RAVI, note="By sea.")
    await desk.room.lists.edit("ports", RAVI, add=["Murmansk"], drop=["Chennai"])
    await desk.room.rules.add("Harbours " + "long" * 15, "@ports AND sign", RAVI, severity="high", owner="Ravi Sen")
    rule = f"/rules/{implied_rule_id('agreement', 'relos')}"
    lists = ["/lists", f"/lists/{words.list_id}"]
    await catalogue_on(database, load_catalogue()).save("relos", {"confusable": ["a line"]}, RAVI, at_version=0)
    catalogue = ["/catalogue", "/catalogue/agreements/relos", "/catalogue/sectors/health"]
    within = [rule, f"{rule}/versions", f"{rule}/conflict", f"{rule}/article?url={url}"]
    return [
        "/rules",
        "/rules/new?query=visa%20AND%20(",
        *within,
        "/rules/proposals",
        "/rules/import",
        *lists,
        *catalogue,
    ]


async def test_every_page_of_rules_is_accessible_and_fits_a_phone(reader: Reader, desk: Served, database):
    addresses = await a_house_with_everything(desk, database)
    await own(reader, desk)
    page = reader.page
    for address in addresses:
        await page.goto(desk.url + address)
        if await page.locator("#backtest").count() and "(" not in address:
            await page.locator("#backtest .figures").wait_for()
        await page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        for size in (PHONE, WIDE):
            await page.set_viewport_size(size)
            assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"], (address, size)
        assert await violations(page) == [], address
