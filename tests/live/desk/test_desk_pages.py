"""The desk's pages over a real database: what they show, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI

from services.desk.adapters.work import desk_transactions
from services.desk.app import build_desk
from services.desk.domain.rules import AgreementTarget, RuleTarget
from services.desk.domain.sources import NewSource
from services.desk.pages.safety import CONTENT_SECURITY_POLICY
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.writing import Writing
from shared.kit.errors import WrongInput
from shared.store.unit_of_work import Database
from tests.live.desk.conftest import ASHA, WoundClock
from tests.live.desk.desk_rows import (
    AGREEMENTS,
    MORNING,
    SECTORS,
    Story,
    a_delivery,
    a_looked_at_source,
    a_quarantined_message,
    a_verdict,
    an_alert,
    an_article,
)
from tests.live.desk.door_keeping import doors_on
from tests.live.desk.reading_house import reading_desk

pytestmark = pytest.mark.live
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'


def desk_on(definitions: Definitions, database: Database, **options: str) -> FastAPI:
    doors = doors_on(database)
    pages = reading_desk(database, definitions, doors, WoundClock(MORNING)).pages
    return build_desk(definitions, doors, agreements=AGREEMENTS, sectors=SECTORS, pages=pages, **options)


def counted(shown: str, name: str) -> int:
    """The figure of this name at the head of the page."""
    found = re.search(rf'id="count-{name}"[^>]*><dt>[^<]*</dt><dd>(\d+)</dd>', shown)
    assert found
    return int(found[1])


def browser(app: FastAPI, host: str = "127.0.0.1:8080") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"http://{host}")


@pytest.fixture
async def page(definitions: Definitions, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(desk_on(definitions, database, base_url="https://desk.example.org")) as client:
        yield client


@dataclass(frozen=True)
class Told:
    alert_id: UUID
    subscription_id: UUID


async def tell(definitions: Definitions, database: Database, story: Story, **delivery: str) -> Told:
    """Let a story travel the whole way: source, article, verdict, alert, delivery."""
    source = await definitions.add_source(NewSource("Courier", "https://example.org/feed.xml"))
    subscription = await definitions.subscribe(AgreementTarget("relos"), "webhook:https://hooks.example.org/T0/secret")
    verdict_id = await an_article(database, source.source_id, source.name, story)
    alert_id = await an_alert(database, verdict_id=verdict_id, story=story, rule_id=subscription.rule_id)
    await a_delivery(database, alert_id=alert_id, subscription_id=subscription.subscription_id, **delivery)
    return Told(alert_id, subscription.subscription_id)


async def test_an_empty_house_says_which_command_adds_a_source(page):
    shown = (await page.get("/")).text
    assert "Nothing is watched yet" in shown
    assert "pactwatch source add" in shown


async def test_a_house_without_subscriptions_says_which_command_subscribes(page, definitions):
    await definitions.add_source(NewSource("Courier", "https://example.org/feed.xml"))
    shown = (await page.get("/")).text
    assert "pactwatch subscribe add --agreement relos --channel inbox" in shown
    assert "pactwatch source list" in shown


async def test_a_house_that_waits_for_its_first_alert_says_so(page, definitions):
    await definitions.add_source(NewSource("Courier", "https://example.org/feed.xml"))
    await definitions.subscribe(AgreementTarget("relos"), "inbox")
    assert "No story yet" in (await page.get("/")).text


async def test_an_alert_shows_its_sentence_its_agreement_its_stage_and_where_it_went(page, definitions, database):
    told = await tell(definitions, database, Story(stage="ratified_russia"))
    shown = (await page.get("/")).text
    for words in ("The two sides signed", "RELOS", "ratified by Russia", "Defence", f"/alerts/{told.alert_id}"):
        assert words in shown
    assert 'datetime="2026-11-22T05:55:00Z"' in shown
    assert '<span class="delivery sent">' in shown
    explained = (await page.get(f"/alerts/{told.alert_id}")).text
    assert "https://hooks.example.org/…" in explained
    assert "T0/secret" not in shown + explained


@pytest.mark.parametrize(
    ("language", "title"), [("hi", "भारत और रूस के बीच समझौता"), ("ru", "Россия и Индия подписали соглашение")]
)
async def test_each_text_names_its_language(page, definitions, database, language, title):
    await tell(definitions, database, Story(title=title, evidence=title, language=language))
    shown = (await page.get("/")).text
    assert re.search(rf'<a [^>]*lang="{language}"[^>]*>{title}</a>', shown)
    assert re.search(rf'<blockquote [^>]*lang="{language}"[^>]*>{title}</blockquote>', shown)


async def test_a_strangers_markup_is_shown_as_text_on_every_page(page, definitions, database):
    story = Story(title=HOSTILE, evidence=HOSTILE, agreement=HOSTILE, stage=HOSTILE, sector=HOSTILE)
    told = await tell(definitions, database, story, state="failed", error=HOSTILE)
    for address in ("/", "/fragments/today", f"/alerts/{told.alert_id}"):
        shown = (await page.get(address)).text
        assert "&lt;script&gt;" in shown
        assert "<script>alert" not in shown
        assert "<img" not in shown


async def test_an_address_that_is_no_web_address_is_not_linked(page, definitions, database):
    await tell(definitions, database, Story(url="javascript:alert(1)"))
    assert "javascript:" not in (await page.get("/")).text


async def test_links_to_articles_keep_the_desk_to_themselves(page, definitions, database):
    await tell(definitions, database, Story())
    links = re.findall(r'<a href="http[^>]*>', (await page.get("/")).text)
    assert links
    assert all('rel="noopener noreferrer"' in link for link in links)


async def test_the_why_page_shows_rule_verdict_and_attempts(page, definitions, database):
    told = await tell(definitions, database, Story(), state="retry", error="503 Service Unavailable")
    shown = (await page.get(f"/alerts/{told.alert_id}")).text
    for words in (
        "The sentence that fired it",
        '<code dir="auto">RELOS</code>',
        "0.90",
        "503 Service Unavailable",
        "refused",
    ):
        assert words in shown


@pytest.mark.parametrize(
    "address", ["/nothing", "/alerts/not-an-id", "/alerts/582ae0b5-f8b5-48e5-8943-d00c7e41750a", "/static/none.css"]
)
async def test_an_unknown_address_is_answered_with_a_way_back(page, address):
    answer = await page.get(address)
    assert answer.status_code == 404
    assert "To the first page" in answer.text
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("address", ["/", "/fragments/today", "/static/desk.css", "/health", "/metrics", "/nothing"])
async def test_every_answer_carries_the_safe_headers(page, address):
    headers = (await page.get(address)).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_no_page_needs_an_inline_script_or_style(page, definitions, database):
    told = await tell(definitions, database, Story())
    for address in ("/", f"/alerts/{told.alert_id}", "/nothing"):
        shown = (await page.get(address)).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+=", shown)


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example:8080"])
async def test_another_sites_name_is_refused(definitions, database, host):
    async with browser(desk_on(definitions, database), host) as stranger:
        answer = await stranger.get("/")
    assert answer.status_code == 400
    assert "PACTWATCH_BASE_URL" in answer.text


@pytest.mark.parametrize("host", ["localhost:9000", "[::1]:8080", "desk.example.org"])
async def test_own_names_are_answered(definitions, database, host):
    async with browser(desk_on(definitions, database, base_url="https://desk.example.org"), host) as reader:
        assert (await reader.get("/login")).status_code == 200


async def test_lists_that_did_not_change_are_not_sent_again(page, definitions, database):
    first = await page.get("/fragments/today")
    same = await page.get("/fragments/today", headers={"if-none-match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    await tell(definitions, database, Story())
    other = await page.get("/fragments/today", headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200
    assert "RELOS" in other.text


async def test_a_static_file_is_kept_for_ever_under_its_fingerprint(page):
    address = re.search(r'href="(/static/desk.css\?[0-9a-f]+)"', (await page.get("/")).text)
    assert address
    answer = await page.get(address[1])
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/css")


async def test_health_tells_the_revision_of_the_tables(page):
    answer = await page.get("/health")
    assert answer.status_code == 200
    assert answer.json()["revision"]


async def test_health_fails_for_tables_of_another_revision(definitions, database):
    async with browser(desk_on(definitions, database, expected_revision="another")) as probe:
        answer = await probe.get("/health")
    assert (answer.status_code, answer.json()["healthy"]) == (503, False)


async def test_health_and_metrics_are_answered_under_any_name(definitions, database):
    async with browser(desk_on(definitions, database), "desk:8080") as probe:
        assert (await probe.get("/health")).status_code == 200
        assert "python_info" in (await probe.get("/metrics")).text


async def test_while_the_database_is_away_pages_say_so_and_ask_to_try_again(clock):
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    definitions = Definitions(Writing(desk_transactions(away), clock), agreements=AGREEMENTS, sectors=SECTORS)
    async with browser(desk_on(definitions, away)) as page:
        answer = await page.get("/")
        health = await page.get("/health")
    await away.close()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "The database cannot be reached" in answer.text
    assert (health.status_code, health.json()["healthy"]) == (503, False)


async def test_an_error_of_our_own_is_a_page_with_the_safe_headers(definitions, database, monkeypatch):
    async def broken(_agreement: str, _limit: int) -> None:
        raise KeyError("a mistake")

    monkeypatch.setattr(definitions, "alerts_about", broken)
    async with browser(desk_on(definitions, database)) as page:
        answer = await page.get("/agreements/relos")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "a mistake" not in answer.text
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


async def test_counts_tell_what_waits_and_what_was_set_aside(page, definitions, database):
    await tell(definitions, database, Story(), state="pending")
    await a_quarantined_message(database)
    shown = (await page.get("/")).text
    for name, number in (("sources", 1), ("articles", 1), ("alerts", 1), ("waiting", 1), ("quarantined", 1)):
        assert counted(shown, name) == number
    (message,) = await definitions.quarantined()
    assert (message.taker, message.reason) == ("notifier-match", "findings: not an object")


@pytest.mark.parametrize("state", ["pending", "sending", "retry", "failed", "unknown", "sent", "cancelled"])
async def test_the_first_page_tells_what_waits_from_what_was_given_up(page, definitions, database, state):
    await tell(definitions, database, Story(), state=state)
    waits, given_up = state in ("pending", "sending", "retry"), state in ("failed", "unknown")
    for address in ("/", "/fragments/today"):
        shown = (await page.get(address)).text
        assert (counted(shown, "waiting"), counted(shown, "given-up")) == (waits, given_up)
        assert ("pactwatch alerts replay --all" in shown) == given_up
        assert ('id="count-given-up" class="warn"' in shown) == given_up


async def test_alerts_are_listed_newest_first_page_by_page(definitions, rules, database):
    source = await definitions.add_source(NewSource("Courier", "https://example.org/feed.xml"))
    await rules.add("RELOS", "RELOS", ASHA)
    subscription = await definitions.subscribe(RuleTarget("RELOS"), "inbox")
    raised = []
    for minutes_ago in (1, 2, 2, 2, 3):
        story = Story(minutes_ago=minutes_ago)
        verdict_id = await an_article(database, source.source_id, source.name, story)
        raised.append(await an_alert(database, verdict_id=verdict_id, story=story, rule_id=subscription.rule_id))
    first = await definitions.alerts(limit=2)
    second = await definitions.alerts(limit=2, before=first[-1].alert_id)
    third = await definitions.alerts(limit=2, before=second[-1].alert_id)
    listed = [view.alert_id for view in (*first, *second, *third)]
    assert sorted(listed) == sorted(raised)
    assert (listed[0], listed[-1]) == (raised[0], raised[-1])
    assert await definitions.alerts(before=raised[-1]) == []
    with pytest.raises(WrongInput, match="is no alert"):
        await definitions.alerts(before=uuid4())


async def test_an_article_shows_its_newest_verdict(definitions, database):
    source = await definitions.add_source(NewSource("Courier", "https://example.org/feed.xml"))
    story = Story()
    await an_article(database, source.source_id, source.name, story)
    await a_verdict(database, story, MORNING, classifier="2")
    (view,) = await definitions.articles()
    assert view.verdict is not None
    assert view.verdict.classifier == "2"
    assert [finding.id for finding in view.verdict.agreements] == ["relos"]


async def test_a_source_in_trouble_is_on_the_first_page_with_its_state_and_why(page, definitions, database):
    fine = await definitions.add_source(NewSource("Gazette", "https://example.org/fine.xml"))
    source = await definitions.add_source(NewSource("Courier", "https://example.org/feed.xml"))
    await a_looked_at_source(database, fine.source_id)
    assert "notice-troubled" not in (await page.get("/")).text
    await a_looked_at_source(database, source.source_id, error=f"HTTP 503 {HOSTILE}")
    for address in ("/", "/fragments/today"):
        shown = (await page.get(address)).text
        assert '<strong dir="auto">Courier</strong>: failing since <time' in shown
        assert "HTTP 503 &lt;script&gt;" in shown
        assert "pactwatch source list --trouble" in shown
        assert "Gazette</strong>" not in shown
    await definitions.pause_source("Courier")
    assert "notice-troubled" not in (await page.get("/")).text


async def test_uptime_checkers_may_ask_for_the_head_alone(page):
    for address in ("/", "/health"):
        answer = await page.request("HEAD", address)
        assert answer.status_code == 200
