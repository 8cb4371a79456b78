"""The board of agreements and the search in a real browser: both themes, a phone, and the keyboard."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser.axe import violations
from tests.browser.conftest import Reader
from tests.browser.test_reading import PHONE, Desk, desk
from tests.live.desk.desk_rows import Story

__all__ = ["desk"]
DESKTOP = {"width": 1280, "height": 800}
pytestmark = [pytest.mark.browser, pytest.mark.live]


async def look(reader: Reader, name: str) -> None:
    """Check the page in both themes: light on a desktop, dark on a phone."""
    page = reader.page
    for size, theme in ((DESKTOP, "light"), (PHONE, "dark")):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, theme)
        if folder := os.environ.get("PACTWATCH_PICTURES"):
            await page.screenshot(path=Path(folder) / f"{name}-{theme}.png", full_page=True)
        assert await violations(page) == [], (name, size)
    await page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


async def test_from_the_board_to_an_agreement_and_into_the_archive(reader: Reader, desk: Desk):
    page = reader.page
    old = Story(title="Первое заседание рабочей группы", language="ru", minutes_ago=60 * 24 * 40, agreement="relos")
    told = Story(title="Russia and India put RELOS pact in force", stage="in_force", evidence="RELOS is in force.")
    await desk.newsroom.comes(old, outlet="Вестник")
    await desk.newsroom.alerts(told, await desk.newsroom.comes(told, outlet="Courier of the Two Capitals"))
    await page.goto(f"{desk.url}/agreements")
    await page.get_by_label("Name in any script").fill("relo")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/agreements?words=relo*")
    await look(reader, "board")
    await page.locator(".board h2 a").first.click()
    await page.get_by_role("heading", name="Stages").wait_for()
    await look(reader, "agreement")
    await page.get_by_role("link", name="Search its articles").click()
    await page.get_by_role("heading", name="Sectors").wait_for()
    assert await page.locator(".hits li").count() == 2
    await page.get_by_label("What to look for").fill("agreement:relos AND pact")
    await page.keyboard.press("Enter")
    await page.locator("mark", has_text="pact").first.wait_for()
    await look(reader, "search")


async def test_a_wrong_query_and_an_empty_search_read_well(reader: Reader, desk: Desk):
    await reader.page.goto(f"{desk.url}/search")
    await look(reader, "empty")
    await reader.page.get_by_label("What to look for").fill("sector:finance AND (")
    await reader.page.keyboard.press("Enter")
    await reader.page.get_by_role("alert").wait_for()
    assert any("422" in each for each in reader.complaints)
    reader.complaints.clear()
    await look(reader, "wrong")
