"""The operators' pages over a real database: sources kept, messages replayed, channels and switches worked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import nats
import pytest
from fastapi import FastAPI
from httpx import Response
from sqlalchemy import select, text

from services.cli.account_desk import AccountDesk
from services.cli.engines.engine import EmbeddedEngine
from services.desk.app import build_desk
from services.desk.domain.accounts import Role
from services.desk.domain.rules import AgreementTarget
from services.desk.domain.sources import NewSource
from services.desk.use_cases.definitions import Definitions
from shared.messaging.steward import ensure
from shared.store.alerts import DeliveryRow
from shared.store.outbox import QuarantineRow
from shared.store.unit_of_work import Database, Work
from shared.web.client import WebClient
from tests.live.desk.account_house import PUBLIC, NewVisitor, invite, set_up
from tests.live.desk.desk_rows import (
    AGREEMENTS,
    SECTORS,
    Story,
    a_delivery,
    a_looked_at_source,
    a_quarantined_message,
    an_alert,
    an_article,
)
from tests.live.desk.operating_house import operating_pages_of
from tests.live.desk.reading_house import reading_desk
from tests.live.desk.visiting import Visiting
from tests.live.scraper.newsstand import Item, a_newsstand

pytestmark = pytest.mark.live

FEED = "https://example.org/f.xml"
HOOK = "https://hooks.example.org/T0/secret"


@pytest.fixture
def bus_url() -> str:
    return "nats://127.0.0.1:1"


@pytest.fixture
def app(
    database: Database, definitions: Definitions, house: AccountDesk, clock, web: WebClient, bus_url: str
) -> FastAPI:
    """The desk with the pages of operators."""
    doors = house.doors
    reading = reading_desk(database, definitions, doors, clock)
    running = operating_pages_of(database, definitions, clock, web, nats_url=bus_url)
    pages = [*reading.pages, *running]
    return build_desk(definitions, doors, agreements=AGREEMENTS, sectors=SECTORS, base_url=PUBLIC, pages=pages)


@pytest.fixture
async def operator(new_visitor: NewVisitor, house: AccountDesk) -> AsyncIterator[Visiting]:
    await set_up(house, new_visitor())
    visitor = new_visitor()
    await invite(house, visitor, "Omar", Role.OPERATOR)
    yield visitor


async def a_given_up_delivery(database: Database, definitions: Definitions, *, state: str = "failed") -> UUID:
    source = await definitions.add_source(NewSource("Courier", FEED))
    subscription = await definitions.subscribe(AgreementTarget("relos"), f"webhook:{HOOK}")
    story = Story()
    verdict_id = await an_article(database, source.source_id, "Courier", story)
    assert subscription.rule_id is not None
    alert_id = await an_alert(database, verdict_id=verdict_id, story=story, rule_id=subscription.rule_id)
    return await a_delivery(
        database, alert_id=alert_id, subscription_id=subscription.subscription_id, state=state, error="HTTP 503"
    )


async def state_of(database: Database, delivery_id: UUID) -> str:
    async with database.begin(Work) as work:
        return (await work.session.get_one(DeliveryRow, delivery_id)).state


async def sent(visitor: Visiting, address: str, form: dict[str, str]) -> Response:
    """Send a form with the proof that stands in every page of this visitor."""
    shown = (await visitor.get("/account")).text
    proof = shown.partition('name="csrf-token" content="')[2].partition('"')[0]
    return await visitor.post(address, {"proof": proof, **form})


async def test_sources_stand_with_state_and_reason_and_can_be_narrowed(operator, definitions, database):
    courier = await definitions.add_source(NewSource("Courier", FEED))
    gazette = await definitions.add_source(NewSource("Gazette", "https://example.net/rss"))
    await a_looked_at_source(database, courier.source_id, error="HTTP 500 <b>from</b> the site")
    await a_looked_at_source(database, gazette.source_id)
    await an_article(database, gazette.source_id, "Gazette", Story())
    shown = (await operator.get("/sources")).text
    assert "2 sources are watched" in shown
    assert "HTTP 500 &lt;b&gt;from&lt;/b&gt; the site" in shown
    assert 'aria-label="1 article in 30 days"' in shown
    troubled = (await operator.get("/sources?state=trouble")).text
    assert (">Courier<" in troubled, ">Gazette<" in troubled) == (True, False)
    assert ">Courier<" not in (await operator.get("/sources?q=example.net")).text
    assert "No source is like that" in (await operator.get("/sources?q=nowhere")).text


async def test_an_address_is_tried_before_it_is_saved(operator, definitions):
    async with a_newsstand() as stand:
        stand.serve_article("/1", "India and Russia agree on RELOS")
        stand.serve_feed("/feed", Item("/1", "India and Russia agree on RELOS"), Item("/2", "Second & last"))
        form = {"url": stand.url("/feed"), "name": "Courier", "every": "300"}
        tried = await sent(operator, "/sources/new", form)
        assert "2 articles" in tried.text
        assert "India and Russia agree on RELOS" in tried.text
        assert "Second &amp; last" in tried.text
        assert 'name="every" type="text" value="300"' in tried.text, "what was typed is kept"
        assert await definitions.sources() == []
        nothing = await sent(operator, "/sources/new", {"url": stand.url("/gone"), "name": "Courier"})
        assert "There is nothing to watch at this address." in nothing.text
        assert "404" in nothing.text
    saved = await sent(operator, "/sources", form)
    assert saved.status_code == 303
    (view,) = await definitions.sources()
    assert (view.name, view.source.every_seconds) == ("Courier", 300)
    assert "It is looked at within seconds." in (await operator.get(saved.headers["location"])).text


async def test_what_is_wrong_with_a_source_is_said_beside_each_field(operator, definitions):
    form = {"url": "ftp://example.org", "name": "", "every": "soon", "country": "India", "item": "[[", "owner": "kept"}
    answer = await sent(operator, "/sources", form)
    assert answer.status_code == 422
    for field in ("url", "name", "every", "country", "item"):
        assert f'id="{field}-wrong"' in answer.text
    assert 'value="kept"' in answer.text
    assert "--" not in "".join(part.partition("</p>")[0] for part in answer.text.split('class="wrong"')[1:])
    await definitions.add_source(NewSource("Courier", FEED))
    second = await sent(operator, "/sources", {"url": FEED, "name": "Other"})
    assert "is already the address of the source &#34;Courier&#34;" in second.text


async def test_a_source_is_changed_paused_resumed_and_removed(operator, definitions, database):
    source = await definitions.add_source(NewSource("Courier", FEED, alert_since="2026-11-01", quirks="odd"))
    await a_looked_at_source(database, source.source_id, error="HTTP 404")
    at = f"/sources/{source.source_id}"
    form = {"url": FEED, "name": "Courier", "alert_since": "2026-11-01T00:00:00+00:00", "country": "in", "quirks": ""}
    assert (await sent(operator, at, form)).headers["location"] == f"{at}?said=changed"
    (view,) = await definitions.sources()
    assert (view.source.country, view.source.quirks, view.source.alert_since) == ("IN", None, source.alert_since)
    moved = await sent(operator, at, {**form, "url": "https://example.org/new.xml"})
    new_at = moved.headers["location"].partition("?")[0]
    assert new_at != at
    assert (await operator.get(at)).status_code == 404
    await sent(operator, f"{new_at}/pause", {})
    assert (await definitions.sources())[0].state == "paused"
    await sent(operator, f"{new_at}/resume", {})
    assert (await definitions.sources())[0].state == "new"
    assert "Remove this source for good?" in (await operator.get(f"{new_at}/remove")).text
    assert (await sent(operator, f"{new_at}/remove", {})).headers["location"] == "/sources?said=removed"
    assert await definitions.sources() == []


async def test_a_source_in_trouble_says_why_and_what_to_do_on_the_page(operator, definitions, database):
    source = await definitions.add_source(NewSource("Courier", FEED))
    await a_looked_at_source(database, source.source_id, error="HTTP 503: busy")
    shown = (await operator.get(f"/sources/{source.source_id}")).text
    assert "HTTP 503: busy" in shown
    assert "It is tried again by itself" in shown
    assert "pactwatch " not in shown.partition("<main")[2]


async def test_a_message_set_aside_is_shown_escaped_and_bounded(operator, database):
    await a_quarantined_message(database, reason="findings: <i>not</i> an object")
    async with database.begin(Work) as work:
        row = (await work.session.scalars(select(QuarantineRow))).one()
        row.payload = b'{"title": "<script>"}' + b"x" * 100_000
    shown = (await operator.get("/quarantine")).text
    assert "findings: &lt;i&gt;not&lt;/i&gt; an object" in shown
    assert "&lt;script&gt;" in shown
    assert "100021 bytes" in shown
    assert len(shown) < 20_000


async def test_a_bus_that_is_away_is_said_and_the_message_stays(operator, database):
    await a_quarantined_message(database)
    async with database.begin(Work) as work:
        message_id = (await work.session.scalars(select(QuarantineRow.quarantine_id))).one()
    answer = await sent(operator, f"/quarantine/messages/{message_id}", {})
    assert answer.status_code == 503
    assert "The bus does not answer" in answer.text
    assert "findings: not an object" in answer.text


class TestWithABus:
    """Replaying on a real bus."""

    @pytest.fixture
    async def bus_url(self, nats_server: EmbeddedEngine) -> AsyncIterator[str]:
        connection = await nats.connect(nats_server.url)
        await ensure(connection.jetstream())
        yield nats_server.url
        await connection.close()

    async def test_takers_of_events_stand_with_what_waits_for_them(self, operator):
        shown = (await operator.get("/pipeline")).text
        assert '<th scope="row">notifier-match</th><td class="number">0</td><td class="number">0</td>' in shown

    async def test_all_messages_go_out_again_step_by_step(self, operator, database, monkeypatch):
        monkeypatch.setattr("services.desk.use_cases.operating.REPLAYED_AT_ONCE", 2)
        for number in range(5):
            await a_quarantined_message(database, reason=f"reason {number}")
        shown = (await operator.get("/quarantine")).text
        until = shown.partition('name="until" value="')[2].partition('"')[0]
        step = await sent(operator, "/quarantine/messages", {"until": until})
        assert "2 messages go out again, 3 still wait." in step.text
        await a_quarantined_message(database, reason="failed again")
        step = await sent(operator, "/quarantine/messages", {"until": until, "done": "2"})
        assert "4 messages go out again, 1 still wait." in step.text
        last = await sent(operator, "/quarantine/messages", {"until": until, "done": "4"})
        assert last.headers["location"] == "/quarantine?said=replayed&count=5"
        shown = (await operator.get(last.headers["location"])).text
        assert "5 messages go out again." in shown
        assert "failed again" in shown, "what came back is not replayed without end"


@pytest.mark.parametrize("state", ["failed", "unknown"])
async def test_a_delivery_that_was_given_up_is_sent_again(operator, definitions, database, state):
    delivery_id = await a_given_up_delivery(database, definitions, state=state)
    shown = (await operator.get("/quarantine")).text
    assert "HTTP 503" in shown
    assert ("It may have arrived" in shown) is (state == "unknown")
    assert "secret" not in shown
    answer = await sent(operator, f"/quarantine/deliveries/{delivery_id}", {})
    assert answer.headers["location"] == "/quarantine?said=sent&count=1"
    assert await state_of(database, delivery_id) in ("pending", "retry")
    again = await sent(operator, f"/quarantine/deliveries/{delivery_id}", {})
    assert again.headers["location"] == "/quarantine?said=gone"


async def test_an_address_is_disabled_and_enabled_with_what_it_holds(operator, definitions, database):
    delivery_id = await a_given_up_delivery(database, definitions, state="retry")
    shown = (await operator.get("/channels")).text
    assert "secret" not in shown
    channel = shown.partition('action="/channels/')[2].partition("/")[0]
    silent = await sent(operator, f"/channels/{channel}/disable", {"reason": " "})
    assert (silent.status_code, "reason is missing." in silent.text) == (422, True)
    await sent(operator, f"/channels/{channel}/disable", {"reason": "They are moving <b>"})
    shown = (await operator.get("/channels")).text
    assert "Omar: They are moving &lt;b&gt;" in shown
    assert await state_of(database, delivery_id) == "held"
    enabled = await sent(operator, f"/channels/{channel}/enable", {})
    assert "1 held message goes out." in (await operator.get(enabled.headers["location"])).text
    assert await state_of(database, delivery_id) != "held"
    twice = await sent(operator, f"/channels/{channel}/enable", {})
    assert "is not disabled. </strong>" in twice.text or "is not disabled.</strong> See below" in twice.text


@pytest.mark.parametrize(("held", "becomes"), [("send", "goes out"), ("drop", "was dropped")])
@pytest.mark.parametrize("scope", [{"scope": "all"}, {"scope": "rule"}, {"scope": "channel", "channel": "webhook"}])
async def test_sending_is_stopped_and_goes_on_by_choice(operator, definitions, database, scope, held, becomes):
    delivery_id = await a_given_up_delivery(database, definitions, state="pending")
    rule = (await operator.get("/channels")).text.partition('name="rule"')[2].partition('option value="')[2]
    form = {**scope, "rule": rule.partition('"')[0], "reason": "A test of the alarm"}
    stopped = await sent(operator, "/channels/stops", form)
    shown = (await operator.get(stopped.headers["location"])).text
    assert "1 message is held." in shown
    assert "A test of the alarm" in shown
    assert await state_of(database, delivery_id) == "held"
    twice = await sent(operator, "/channels/stops", form)
    assert "is paused already." in twice.text
    end = shown.partition('action="/channels/stops/')[2].partition('"')[0]
    ended = await sent(operator, f"/channels/stops/{end}", {"held": held})
    assert f"1 held message {becomes}." in (await operator.get(ended.headers["location"])).text
    assert (await state_of(database, delivery_id) == "cancelled") is (held == "drop")


async def test_a_stop_on_a_rule_that_was_renamed_can_still_be_ended(operator, definitions, database):
    await a_given_up_delivery(database, definitions, state="pending")
    rule = (await operator.get("/channels")).text.partition('name="rule"')[2].partition('option value="')[2]
    await sent(operator, "/channels/stops", {"scope": "rule", "rule": rule.partition('"')[0], "reason": "A test"})
    async with database.begin(Work) as work:
        await work.session.execute(text("UPDATE rules SET name = 'Another name'"))
    shown = (await operator.get("/channels")).text
    end = shown.partition('action="/channels/stops/')[2].partition('"')[0]
    assert "said=ended" in (await sent(operator, f"/channels/stops/{end}", {})).headers["location"]


async def test_the_pipeline_shows_what_waits_what_passes_and_how_long_it_takes(operator, definitions, database):
    empty = (await operator.get("/pipeline")).text
    assert "Nothing has passed in the last day." in empty
    assert "The bus does not answer" in empty
    await a_given_up_delivery(database, definitions, state="sent")
    shown = (await operator.get("/pipeline")).text
    assert "<title>05:00: 1</title>" in shown, "the article of five to six"
    for way, took in (("published → taken", "0 ms"), ("judged → alert", "0 ms"), ("alert → delivered", "5.0 min")):
        row = shown.partition(f'<th scope="row">{way}</th>')[2].partition("</tr>")[0]
        assert row.count(f'<td class="number">{took}</td>') == 3, way


async def test_storage_shows_tables_and_on_demand_what_an_examination_finds(operator):
    shown = (await operator.get("/storage")).text
    assert '<th scope="row">articles</th>' in shown
    assert "as this version expects" in shown
    assert "What the examination found" not in shown
    examined = (await operator.get("/storage?examine=1")).text
    assert "nobody hears of sources in trouble" in examined
    assert "failed" in examined.partition('<th scope="row">bus</th>')[2].partition("</tr>")[0]


async def test_officers_see_neither_the_pages_nor_the_ways_to_them(operator, new_visitor, house):
    officer = new_visitor()
    await invite(house, officer, "Olga", Role.OFFICER)
    assert (await officer.get("/sources")).status_code == 403
    assert 'href="/sources"' not in (await officer.get("/")).text
    assert 'href="/sources"' in (await operator.get("/")).text
