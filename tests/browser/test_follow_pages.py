"""Following an agreement by a link out of a mail: on a desk and on a phone, by day and by night."""

from __future__ import annotations

import pytest

from services.desk.domain.rules import SectorTarget
from services.desk.use_cases.definitions import Definitions
from shared.contracts.reader_links import follow_path
from tests.browser.conftest import SEALS, Reader

pytestmark = [pytest.mark.live, pytest.mark.browser]

PHONE, SMALL_PHONE, DESK = 375, 320, 1280


async def a_link(definitions: Definitions, desk_url: str) -> str:
    view = await definitions.subscribe(SectorTarget("health"), "mailto:an.officer.of.the.ministry@desk.example.org")
    return f"{desk_url}/{follow_path(SEALS.token('follow', view.subscription_id), 'inr-rub')}"


async def test_one_click_follows(reader: Reader, definitions: Definitions, desk_url: str):
    await reader.page.goto(await a_link(definitions, desk_url))
    assert len(await definitions.subscriptions()) == 1
    await reader.page.get_by_role("button", name="Follow Rupee–rouble settlement").click()
    await reader.page.get_by_role("heading", name="You hear of Rupee–rouble settlement").wait_for()
    assert [each.rule_name for each in await definitions.subscriptions()] == [
        "Sector: Health",
        "Agreement: Rupee–rouble settlement",
    ]


@pytest.mark.parametrize("width", [DESK, PHONE, SMALL_PHONE])
async def test_the_pages_fit_desk_and_phone(reader: Reader, definitions: Definitions, desk_url: str, width: int):
    await reader.page.set_viewport_size({"width": width, "height": 800})
    await reader.page.goto(await a_link(definitions, desk_url))
    button = reader.page.get_by_role("button")
    assert (await button.bounding_box())["height"] >= 40, "a thumb hits it"
    assert await reader.page.evaluate("document.documentElement.scrollWidth") <= width
    await reader.page.goto(f"{desk_url}/agreements/inr-rub")
    assert await reader.page.get_by_text("pactwatch subscribe preview --agreement inr-rub").is_visible()
    assert await reader.page.evaluate("document.documentElement.scrollWidth") <= width
