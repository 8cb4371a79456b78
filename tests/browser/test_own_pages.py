"""One's own pages in a real browser: from the set-up link to the first alert on the desk and by mail, by keyboard."""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Page

from services.cli.account_desk import AccountDesk
from services.desk.adapters.work import desk_transactions
from services.desk.domain.receivers import For
from services.desk.domain.rules import AgreementTarget
from services.desk.use_cases.writing import Writing
from services.notifier.app import channel_trial_on
from services.notifier.use_cases import Notifier
from shared.catalogue.loader import load_catalogue
from shared.hosting.service import Ground
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database
from tests.browser.axe import violations
from tests.browser.conftest import Reader
from tests.live.desk.door_keeping import account_desk
from tests.live.desk.own_desk import SEALS, own_desk
from tests.live.desk.visiting import PASSWORD, token_of
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import make_notifier, send_all_due, web_client
from tests.live.notifier.mail_server import MailServerOfTheTest, serving

pytestmark = [pytest.mark.browser, pytest.mark.live]
__all__ = ["make_notifier", "web_client"]  # fixtures of the notifier's own tests
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 800}
MOST_TABS = 60


@dataclass(frozen=True)
class OwnDesk:
    """A desk that a browser reaches, its accounts, its notifier, and the mail server that it sends through."""

    url: str
    house: AccountDesk
    notifier: Notifier
    mails: MailServerOfTheTest
    database: Database

    async def news(self, title: str) -> None:
        """Let an article be judged, told and sent."""
        await self.notifier.raise_alerts(await rows.a_classified_article(self.database, title=title))
        await send_all_due(self.notifier)


@asynccontextmanager
async def served(app) -> AsyncIterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2))
    serving_it = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving_it


@pytest.fixture
async def desk(database: Database, definitions, make_notifier, web_client, reader: Reader) -> AsyncIterator[OwnDesk]:
    clock, house = SystemClock(), account_desk(database)
    writing = Writing(desk_transactions(database), clock)
    async with serving() as mails:
        smtp = {"smtp_host": "127.0.0.1", "smtp_port": mails.port, "smtp_tls": "none", "mail_from": "w@desk.example"}
        notifier = make_notifier(**smtp, seals=SEALS)
        ground = Ground(Settings(**smtp), database, clock, load_catalogue(), web_client, SEALS)
        send_sample = channel_trial_on(ground).send_sample
        async with served(own_desk(database, definitions, writing, house.doors, clock, send_sample=send_sample)) as url:
            yield OwnDesk(url, house, notifier, mails, database)
            await reader.page.close()  # what it hears by ends before the desk does


async def set_up(page: Page, desk: OwnDesk) -> None:
    await page.goto(f"{desk.url}/setup/{token_of(await desk.house.coming_in.set_up_address() or '')}")
    await page.get_by_label("Your name").fill("Asha Rao")
    await page.get_by_label("Mail address").fill("asha@example.org")
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_label("The same once more").fill(PASSWORD)
    await page.get_by_role("button", name="Set up the desk").click()
    await page.get_by_role("heading", name="Asha Rao").wait_for()


async def tab_to(page: Page, name: str) -> None:
    """Press the tabulator until what is called so has the focus."""
    words = "(document.activeElement.labels?.[0] ?? document.activeElement).innerText.trim()"
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        if await page.evaluate(words) == name:
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


async def keep_a_picture(page: Page, name: str) -> None:
    """Keep a screenshot where PACTWATCH_PICTURES says, if it does."""
    folder = os.environ.get("PACTWATCH_PICTURES")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def test_from_the_set_up_link_to_the_first_alert_on_the_desk_and_by_mail(reader: Reader, desk: OwnDesk):
    page = reader.page
    await set_up(page, desk)
    await page.get_by_role("link", name="Subscriptions").click()
    await tab_to(page, "Follow something")
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="Follow something").wait_for()
    await tab_to(page, "RELOS")
    await page.keyboard.press("Space")
    await page.locator("#preview").get_by_text("the archive holds no article of these days").wait_for()
    await tab_to(page, "3. Follow")
    await page.keyboard.press("Enter")
    await page.get_by_text("You follow this from now on").wait_for()
    await page.get_by_role("button", name="Send a test").click()
    await page.get_by_text("The channel took the sample.").wait_for()
    assert [mail["To"] for mail in desk.mails.mails] == ["asha@example.org"]

    await desk.news("RELOS enters into force")
    assert len(desk.mails.mails) == 2
    assert "RELOS enters into force" in desk.mails.mails[1].get_body(["plain"]).get_content()
    await page.get_by_role("link", name="Pactwatch", exact=True).click()
    await page.get_by_role("link", name=re.compile("My alerts.*1 unread")).click()
    item = page.locator(".own-alert")
    await item.get_by_role("link", name="RELOS enters into force", exact=True).wait_for()
    assert "Mail: sent" in (await item.inner_text()).replace("\n", " ")
    await item.get_by_role("button", name="tomorrow morning").click()
    await item.get_by_text("Snoozed until").wait_for()
    await item.get_by_role("button", name="Bring it back now").click()
    await item.get_by_role("button", name="Mark read").click()
    await item.get_by_role("button", name="Mark unread").wait_for()
    assert await page.locator("nav.ways .unread").count() == 0
    assert await page.evaluate("document.activeElement.textContent") == "Mark unread"


async def test_ones_own_pages_are_clean_for_axe_and_fit_a_phone(reader: Reader, desk: OwnDesk, definitions):
    page = reader.page
    await set_up(page, desk)
    view = await definitions.hearing.subscribe(AgreementTarget("relos"), "mailto", For(person="Asha Rao"))
    await desk.news("RELOS enters into force")
    pages = {
        "inbox": "/inbox",
        "inbox-empty": "/inbox?show=snoozed",
        "subscriptions": "/subscriptions",
        "follow": "/subscriptions/new?agreement=relos",
        "hours": "/subscriptions/hours",
        "trail": "/trail",
        "one": f"/subscriptions/{view.subscription_id}",
    }
    for size in (WIDE, PHONE):
        await page.set_viewport_size(size)
        for name, address in pages.items():
            await page.goto(desk.url + address)
            await keep_a_picture(page, f"{name}-{size['width']}")
            assert await violations(page) == [], address
            assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
