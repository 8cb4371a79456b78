"""An operator's hour in a real browser: a source tried, added, broken and mended; a message replayed."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import nats
import pytest
import uvicorn
from playwright.async_api import Locator, Page

from services.cli.engines.engine import EmbeddedEngine
from services.desk.app import build_desk
from services.desk.domain.accounts import Role
from services.desk.domain.rules import AgreementTarget
from services.desk.domain.trail import Actor
from services.desk.use_cases.definitions import Definitions
from shared.kit.clock import SystemClock
from shared.messaging.steward import ensure
from shared.store.unit_of_work import Database
from shared.web.client import make_client
from shared.web.guard import AllowedHosts
from tests.browser.axe import violations
from tests.browser.conftest import Reader
from tests.live.desk.desk_rows import (
    AGREEMENTS,
    SECTORS,
    Story,
    a_delivery,
    a_quarantined_message,
    an_alert,
    an_article,
)
from tests.live.desk.door_keeping import account_desk
from tests.live.desk.operating_house import operating_pages_of
from tests.live.desk.reading_house import reading_desk
from tests.live.desk.visiting import PASSWORD, token_of
from tests.live.scraper.newsstand import Answer, Item, Newsstand, Scraper, a_newsstand

pytestmark = [pytest.mark.browser, pytest.mark.live]
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
PICTURES = os.environ.get("PACTWATCH_TEST_PICTURES", "")  # a folder: pictures of the pages are kept there


@dataclass(frozen=True)
class Served:
    """A desk whose operator is signed in, what it watches, and the scraper that looks."""

    url: str
    stand: Newsstand
    scraper: Scraper


@pytest.fixture
async def desk(
    database: Database, definitions: Definitions, nats_server: EmbeddedEngine, reader: Reader
) -> AsyncIterator[Served]:
    clock, house = SystemClock(), account_desk(database)
    web = make_client(allowed=AllowedHosts.parse("127.0.0.1"), user_agent="Pactwatch/test")
    connection = await nats.connect(nats_server.url)
    await ensure(connection.jetstream())
    running = operating_pages_of(database, definitions, clock, web, nats_url=nats_server.url)
    pages = [*reading_desk(database, definitions, house.doors, clock, beat_seconds=0.5).pages, *running]
    app = build_desk(definitions, house.doors, agreements=AGREEMENTS, sectors=SECTORS, pages=pages)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    await house.coming_in.set_up_address()
    invited = await house.accounts.invite("Omar", Role.OPERATOR, Actor("root"))
    await reader.page.goto(f"{url}/invite/{token_of(invited.address)}")
    await reader.page.get_by_label("New password").fill(PASSWORD)
    await reader.page.get_by_label("The same once more").fill(PASSWORD)
    await reader.page.keyboard.press("Enter")
    await reader.page.get_by_role("link", name="Omar").wait_for()
    async with a_newsstand() as stand:
        yield Served(url, stand, Scraper(database, web))
    server.should_exit = True
    await serving
    await connection.close()
    await web.aclose()


def ways(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Desk")


async def look_over(page: Page, name: str) -> None:
    """Judge the page as it stands: on a desk and on a phone, by day and by night."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        for size in (DESKTOP, PHONE):
            await page.set_viewport_size(size)
            assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
            if PICTURES:
                path = Path(PICTURES) / f"{name}-{size['width']}-{scheme}.png"
                await page.screenshot(path=path, full_page=True)
    assert await violations(page) == [], name
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size(DESKTOP)


async def test_an_operator_adds_a_source_sees_it_break_and_mends_it(reader: Reader, desk: Served):
    page, stand = reader.page, desk.stand
    stand.serve_article("/1", "India and Russia agree on RELOS")
    stand.serve_feed("/feed", Item("/1", "India and Russia agree on RELOS"), Item("/2", "A second report"))
    await ways(page).get_by_role("link", name="Sources").click()
    await page.get_by_role("link", name="Add a source").click()
    await page.get_by_role("textbox", name="Address", exact=True).fill(stand.url("/feed"))
    await page.get_by_role("button", name="Test").click()
    await page.get_by_text("2 articles").wait_for()
    await look_over(page, "source-tried")
    await page.get_by_role("textbox", name="Name", exact=True).fill("Courier")
    await page.get_by_role("textbox", name="Country", exact=True).fill("India")
    await page.get_by_role("button", name="Add the source").click()
    await page.get_by_text("is not a country code").wait_for()
    await look_over(page, "source-wrong")
    await page.get_by_role("textbox", name="Country", exact=True).fill("IN")
    await page.get_by_role("button", name="Add the source").click()
    await page.get_by_text("It is looked at within seconds.").first.wait_for()

    stand.answers["/feed"] = Answer(b"Moved to our new app", 200, "text/plain")
    await desk.scraper.look()
    await ways(page).get_by_role("link", name="Sources").click()
    row = page.get_by_role("row", name="Courier")
    assert "not a feed" in await row.inner_text()
    await look_over(page, "sources")
    await row.get_by_role("link", name="Courier").click()
    assert "What is there is no list of news." in await page.locator("main").inner_text()
    await look_over(page, "source-broken")

    stand.serve_feed("/news", Item("/1", "India and Russia agree on RELOS"))
    await page.get_by_role("textbox", name="Address", exact=True).fill(stand.url("/news"))
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("Changed. It is looked at now.").wait_for()
    await desk.scraper.look()
    await page.reload()
    await page.locator(".mark", has_text="fine").wait_for()
    await page.get_by_role("link", name="Remove …").click()
    await page.get_by_role("heading", name="Remove this source for good?").wait_for()
    await look_over(page, "source-removing")
    await page.get_by_role("link", name="Keep it").click()
    reader.complaints.clear()  # Chromium tells the answer of 422


async def test_an_operator_replays_what_was_set_aside_and_works_the_switch(
    reader: Reader, desk: Served, database: Database, definitions: Definitions, monkeypatch: pytest.MonkeyPatch
):
    page = reader.page
    monkeypatch.setattr("services.desk.use_cases.operating.REPLAYED_AT_ONCE", 1)  # so that replaying all takes steps
    for number in (17, 18):
        await a_quarantined_message(database, reason=f"findings: not an object, but a list of {number}")
    await a_quarantined_message(database)
    source_id = await desk.scraper.add_source("https://courier.example/feed")
    subscription = await definitions.subscribe(AgreementTarget("relos"), "webhook:https://hooks.example.org/T0/secret")
    assert subscription.rule_id is not None
    for state in ("failed", "unknown", "pending"):
        story = Story(title=f"India and Russia sign RELOS ({state})")
        verdict_id = await an_article(database, source_id, "Courier", story)
        alert_id = await an_alert(database, verdict_id=verdict_id, story=story, rule_id=subscription.rule_id)
        error = "HTTP 503: come back later"
        about = {"alert_id": alert_id, "subscription_id": subscription.subscription_id}
        await a_delivery(database, **about, state=state, error=error)
    await page.get_by_role("link", name="Set aside").click()
    await look_over(page, "set-aside")
    await page.get_by_role("button", name="Replay events").first.click()
    await page.get_by_text("1 message goes out again.").wait_for()
    await page.get_by_role("button", name="Replay all 2").click()
    await page.get_by_text("2 messages go out again. Those").wait_for()
    assert page.url == f"{desk.url}/quarantine"
    await page.get_by_role("button", name="Send all 2 again").click()
    await page.get_by_text("2 deliveries are sent again").wait_for()

    await page.get_by_role("link", name="Channels", exact=True).click()
    await page.get_by_role("region", name="Stop sending").get_by_label("Why").fill("The alarm is tested")
    await page.get_by_role("button", name="Stop it").click()
    await page.get_by_text("3 messages are held.").wait_for()
    await look_over(page, "channels")
    await page.get_by_role("button", name="Let it go on").click()
    await page.get_by_text("3 held messages go out.").wait_for()

    for name, heading in (("Pipeline", "Pipeline"), ("Storage", "Storage")):
        await ways(page).get_by_role("link", name=name).click()
        await page.get_by_role("heading", name=heading, exact=True).wait_for()
        await look_over(page, name.lower())
    await page.get_by_role("link", name="Examine the house").click()
    await page.get_by_role("heading", name="What the examination found").wait_for()
    await look_over(page, "examined")
