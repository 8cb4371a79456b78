"""The first page in a real browser: live, steady under the reader's eyes, and readable on a phone."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.desk.domain.rules import AgreementTarget
from services.desk.domain.sources import NewSource
from services.desk.domain.views import SubscriptionView
from services.desk.use_cases.definitions import Definitions
from shared.store.unit_of_work import Database
from tests.browser.conftest import Reader
from tests.browser.readability import FAINT_TEXTS
from tests.live.desk.desk_rows import Story, a_delivery, an_alert, an_article

pytestmark = [pytest.mark.browser, pytest.mark.live]
SOON_MILLISECONDS = 5_000  # two seconds are promised; a loaded test machine gets a little more
PHONE = {"width": 360, "height": 740}


class Newsroom:
    """Lets stories happen."""

    def __init__(self, definitions: Definitions, database: Database) -> None:
        self._definitions = definitions
        self._database = database

    async def happens(self, story: Story, *, state: str = "sent") -> UUID:
        """Store the story, its alert and one delivery; returns the alert's id."""
        source_id, subscription = await self._watched()
        verdict_id = await an_article(self._database, source_id, "Courier", story)
        alert_id = await an_alert(self._database, verdict_id=verdict_id, story=story, rule_id=subscription.rule_id)
        await a_delivery(self._database, alert_id=alert_id, subscription_id=subscription.subscription_id, state=state)
        return alert_id

    async def _watched(self) -> tuple[UUID, SubscriptionView]:
        subscription = await self._definitions.subscribe(AgreementTarget("relos"), "inbox")
        for view in await self._definitions.sources():
            return view.source.source_id, subscription
        source = await self._definitions.add_source(NewSource("Courier", "https://example.org/feed.xml"))
        return source.source_id, subscription


@pytest.fixture
def newsroom(definitions: Definitions, database: Database) -> Newsroom:
    return Newsroom(definitions, database)


async def test_an_alert_appears_without_reload(reader: Reader, desk_url: str, newsroom: Newsroom):
    await reader.page.goto(desk_url)
    await reader.page.get_by_text("Nothing is watched yet").wait_for()
    await newsroom.happens(Story(title="Putin signs the law on RELOS"))
    link = reader.page.locator("#stories").get_by_role("link", name="Putin signs the law on RELOS", exact=True)
    await link.wait_for(timeout=SOON_MILLISECONDS)
    assert await reader.page.locator("#count-alerts dd").inner_text() == "1"
    assert "Putin signs" in await reader.page.locator("#told").inner_text()
    assert await reader.page.get_by_text("Nothing is watched yet").count() == 0


async def test_a_delivery_that_is_given_up_is_told_without_reload(reader: Reader, desk_url: str, newsroom: Newsroom):
    await newsroom.happens(Story(title="First"))
    await reader.page.goto(desk_url)
    await reader.page.locator("#stories").get_by_text("First").first.wait_for()
    assert await reader.page.locator("#notices").inner_text() == ""
    await newsroom.happens(Story(title="Second"), state="failed")
    await reader.page.get_by_text("pactwatch alerts replay --all").wait_for(timeout=SOON_MILLISECONDS)
    assert await reader.page.locator("#count-given-up dd").inner_text() == "1"


async def test_news_moves_neither_focus_nor_the_line_being_read(reader: Reader, desk_url: str, newsroom: Newsroom):
    for number in range(2, 12):
        await newsroom.happens(Story(title=f"Older news {number}", minutes_ago=number))
    await reader.page.goto(desk_url)
    link = reader.page.locator("#stories").get_by_role("link", name="Older news 9", exact=True)
    await link.focus()
    await link.scroll_into_view_if_needed()
    await reader.page.evaluate("window.scrollBy(0, 120)")
    before = await link.bounding_box()

    await newsroom.happens(Story(title="Breaking", minutes_ago=1))
    await reader.page.locator("#stories").get_by_text("Breaking").first.wait_for(timeout=SOON_MILLISECONDS)

    after = await link.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 2
    assert await link.evaluate("element => element === document.activeElement")


async def test_times_are_the_readers_own(reader: Reader, desk_url: str, newsroom: Newsroom):
    await newsroom.happens(Story(minutes_ago=0))
    await reader.page.goto(desk_url)
    time = reader.page.locator("#stories .moment time")
    assert await time.get_attribute("datetime") == "2026-11-22T06:00:00Z"
    assert (await time.inner_text()).endswith("11:30")


async def test_a_lost_connection_is_told_and_mended(reader: Reader, desk_url: str):
    await reader.page.goto(desk_url)
    live = reader.page.locator("#live")
    await live.get_by_text("Live").wait_for()
    await reader.page.route("**/fragments/today", lambda route: route.abort())
    await live.get_by_text("Connection lost").wait_for(timeout=4 * SOON_MILLISECONDS)
    await reader.page.unroute("**/fragments/today")
    await live.get_by_text("Live").wait_for(timeout=4 * SOON_MILLISECONDS)
    reader.complaints.clear()  # the aborted requests were ours


async def test_a_strangers_markup_runs_nothing(reader: Reader, desk_url: str, newsroom: Newsroom):
    attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    alert_id = await newsroom.happens(Story(title=attack, evidence=attack, url="javascript:document.title=3"))
    await reader.page.goto(desk_url)
    await reader.page.locator("#live").get_by_text("Live").wait_for()
    assert await reader.page.title() == "Pactwatch"
    await reader.page.goto(f"{desk_url}/alerts/{alert_id}")
    assert await reader.page.locator("h1").inner_text() == attack


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_shows_everything_without_sideways_scrolling(
    reader: Reader, desk_url: str, newsroom: Newsroom, scheme: str
):
    long_word = "Соглашение" * 12
    alert_id = await newsroom.happens(Story(title=long_word, evidence=long_word, language="ru"), state="failed")
    await reader.page.emulate_media(color_scheme=scheme)
    await reader.page.set_viewport_size(PHONE)
    for address in ("/", f"/alerts/{alert_id}"):
        await reader.page.goto(desk_url + address)
        assert await reader.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_the_keyboard_reaches_the_news_first(reader: Reader, desk_url: str, newsroom: Newsroom):
    await newsroom.happens(Story(title="First headline"))
    await reader.page.goto(desk_url)
    await reader.page.keyboard.press("Tab")
    assert await reader.page.evaluate("document.activeElement.className") == "skip"
    await reader.page.keyboard.press("Enter")
    await reader.page.keyboard.press("Tab")
    assert await reader.page.evaluate("document.activeElement.textContent") == "First headline"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_stands_out_from_its_ground(reader: Reader, desk_url: str, newsroom: Newsroom, scheme: str):
    for state in ("sent", "failed", "retry"):
        alert_id = await newsroom.happens(Story(title=f"News {state}"), state=state)
    await reader.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for address in ("/", f"/alerts/{alert_id}", "/nothing"):
        await reader.page.goto(desk_url + address)
        assert await reader.page.evaluate(FAINT_TEXTS) == []
    reader.complaints.clear()  # the page that is not there
