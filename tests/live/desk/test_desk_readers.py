"""Readers' own links: unsubscribing by one click, feeds under secret addresses, secrets sealed and changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import feedparser
import httpx
import pytest
from sqlalchemy import select, update

from services.desk.adapters.reader_queries import ReaderQueries
from services.desk.adapters.work import desk_transactions
from services.desk.app import build_desk
from services.desk.domain.rules import AgreementTarget, OperatorsTarget
from services.desk.domain.sources import NewSource
from services.desk.domain.views import SubscriptionView
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.readers import Readers
from services.desk.use_cases.secret_keeping import KeptSecrets, SecretKeeper
from services.desk.use_cases.writing import Writing
from shared.contracts.signing_secrets import secrets_in_force
from shared.kit.errors import PactwatchError, WrongInput
from shared.kit.sealing import CannotOpen, Seals, is_sealed
from shared.store.alerts import AlertRow
from shared.store.definitions import SubscriptionRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.desk_rows import AGREEMENTS, SECTORS, Story, a_delivery, an_alert, an_article
from tests.live.desk.door_keeping import doors_on
from tests.live.desk.reading_house import reading_desk

pytestmark = pytest.mark.live

SEALS = Seals.parse("the key of this desk in the tests")
NEWER = Seals.parse("a newer key of this desk in the tests,the key of this desk in the tests")
OTHER = Seals.parse("the key of another house altogether")
RELOS = AgreementTarget("relos")
TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"


@pytest.fixture
def sealing(database: Database, clock) -> Definitions:
    return definitions_with(SEALS, database, clock)


def definitions_with(seals: Seals | None, database: Database, clock) -> Definitions:
    return Definitions(writing_on(database, clock), agreements=AGREEMENTS, sectors=SECTORS, seals=seals)


def writing_on(database: Database, clock) -> Writing:
    return Writing(desk_transactions(database), clock)


@pytest.fixture
async def reader(sealing: Definitions, database: Database, clock) -> AsyncIterator[httpx.AsyncClient]:
    """A mail program or feed reader somewhere: no cookies, no login."""
    readers = Readers(writing_on(database, clock), partial(database.begin, ReaderQueries), SEALS)
    app = build_desk(
        sealing,
        doors_on(database),
        agreements=AGREEMENTS,
        sectors=SECTORS,
        base_url="https://desk.example.org",
        readers=readers,
        pages=reading_desk(database, sealing, doors_on(database), clock).pages,
    )
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://desk.example.org") as client:
        yield client


async def stored(database: Database, view: SubscriptionView) -> str | None:
    async with database.begin(Work) as work:
        asked = select(SubscriptionRow.secret).where(SubscriptionRow.subscription_id == view.subscription_id)
        return await work.session.scalar(asked)


def way_out(view: SubscriptionView) -> str:
    return f"/u/{SEALS.token('unsubscribe', view.subscription_id)}"


async def test_one_click_ends_the_subscription_and_a_second_is_no_error(sealing, reader):
    kept = await sealing.subscribe(RELOS, "inbox")
    view = await sealing.subscribe(RELOS, "mailto:officer@desk.example.org")
    body = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        answer = await reader.post(way_out(view), data=body)
        assert answer.status_code == 200
        assert "You get no more of" in answer.text
    assert [each.subscription_id for each in await sealing.subscriptions()] == [kept.subscription_id]


async def test_looking_at_the_link_ends_nothing(sealing, reader):
    view = await sealing.subscribe(RELOS, "mailto:officer@desk.example.org")
    answer = await reader.get(way_out(view))
    assert answer.status_code == 200
    assert '<form method="post"' in answer.text
    assert "o…@desk.example.org" in answer.text
    assert "officer@" not in answer.text
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert (await reader.head(way_out(view))).status_code == 200
    assert len(await sealing.subscriptions()) == 1


async def test_nobody_else_can_make_such_a_link(sealing, reader):
    view = await sealing.subscribe(RELOS, "mailto:officer@desk.example.org")
    strangers = [
        OTHER.token("unsubscribe", view.subscription_id),
        SEALS.token("feed", view.subscription_id),
        str(view.subscription_id),
        way_out(view)[3:-1],
        "x",
    ]
    for token in strangers:
        assert (await reader.post(f"/u/{token}")).status_code == 404
        assert (await reader.get(f"/u/{token}")).status_code == 404
    assert len(await sealing.subscriptions()) == 1


async def a_told_feed(sealing: Definitions, database: Database, channel: str = "feed") -> SubscriptionView:
    view = await sealing.subscribe(RELOS, channel)
    source = await sealing.add_source(NewSource("Courier", "https://example.org/feed.xml"))
    story = Story(title="RELOS & <b>allies</b>")
    verdict_id = await an_article(database, source.source_id, "Courier", story)
    alert_id = await an_alert(database, verdict_id=verdict_id, story=story, rule_id=view.rule_id)
    await a_delivery(database, alert_id=alert_id, subscription_id=view.subscription_id, state="sent")
    headline = {"title": story.title, "url": story.url, "source": "Courier", "language": "en", "published": "odd"}
    async with database.begin(Work) as work:
        await work.session.execute(update(AlertRow).values(article=headline))
    return view


async def test_a_feed_stands_under_its_secret_address_until_the_subscription_ends(sealing, database, reader):
    view = await a_told_feed(sealing, database)
    address = f"/feeds/{view.feed_token}"
    atom = await reader.get(f"{address}.atom")
    assert atom.headers["content-type"].startswith("application/atom+xml")
    [entry] = feedparser.parse(atom.content).entries
    assert entry.title == "RELOS: signed, says Courier"
    assert entry.link == "https://example.org/relos"
    listed = (await reader.get(f"{address}.json")).json()
    assert listed["items"][0]["content_text"].startswith("RELOS & <b>allies</b>\n\n")
    again = await reader.get(f"{address}.atom", headers={"if-none-match": f'W/{atom.headers["etag"]}, "x"'})
    assert (again.status_code, again.content) == (304, b"")
    assert "noindex" in atom.headers["x-robots-tag"]

    await sealing.unsubscribe(view.subscription_id)
    assert (await reader.get(f"{address}.atom")).status_code == 404
    assert (await reader.get(f"{address}.json")).status_code == 404


async def test_each_name_is_a_feed_of_its_own_and_asking_again_shows_the_same_address(sealing, reader):
    one, other = [await sealing.subscribe(RELOS, f"feed:{name}") for name in ("asha", "boris")]
    assert one.feed_token != other.feed_token
    again = await sealing.subscribe(RELOS, "feed:asha")
    assert (again.already, again.feed_token) == (True, one.feed_token)
    assert (await reader.get(f"/feeds/{SEALS.token('unsubscribe', one.subscription_id)}.atom")).status_code == 404
    assert all(each.feed_token is None for each in await sealing.subscriptions())
    with pytest.raises(WrongInput, match="mailto:"):
        await sealing.subscribe(OperatorsTarget(), "feed")


async def test_the_token_of_a_mail_opens_no_feed(sealing, reader):
    view = await sealing.subscribe(RELOS, "inbox")
    assert (await reader.get(f"/feeds/{SEALS.token('feed', view.subscription_id)}.atom")).status_code == 404


async def test_secrets_are_stored_sealed_and_forgotten_at_the_end(sealing, database):
    webhook = await sealing.subscribe(RELOS, "webhook:https://example.org/hook")
    chat = await sealing.subscribe(RELOS, f"telegram:{TOKEN}/-100123")
    assert SEALS.open(await stored(database, webhook)) == webhook.secret
    assert SEALS.open(await stored(database, chat)) == TOKEN
    assert is_sealed(await stored(database, chat))
    assert TOKEN not in repr(chat) + repr(await sealing.subscriptions())
    await sealing.unsubscribe(chat.subscription_id)
    assert await stored(database, chat) is None


async def test_a_chat_is_not_taken_without_a_key_nor_with_another_one(sealing, database, clock):
    with pytest.raises(PactwatchError, match="PACTWATCH_SECRET_KEY"):
        await definitions_with(None, database, clock).subscribe(RELOS, f"telegram:{TOKEN}/-100123")
    await sealing.subscribe(RELOS, "webhook:https://example.org/hook")
    with pytest.raises(CannotOpen, match="PACTWATCH_SECRET_KEY"):
        await definitions_with(OTHER, database, clock).subscribe(RELOS, f"telegram:{TOKEN}/-100123")


async def test_what_is_stored_openly_is_sealed_and_an_older_seal_made_anew(database, clock):
    plain = await definitions_with(None, database, clock).subscribe(RELOS, "webhook:https://example.org/hook")
    assert await stored(database, plain) == plain.secret
    writing = writing_on(database, clock)
    assert await SecretKeeper(writing, SEALS).look_over() == KeptSecrets(secrets=1, unsealed=1, shut=0)
    assert await SecretKeeper(writing, SEALS).seal_all() == 1
    assert await SecretKeeper(writing, SEALS).look_over() == KeptSecrets(secrets=1, unsealed=0, shut=0)
    assert await SecretKeeper(writing, SEALS).seal_all() == 0
    assert await SecretKeeper(writing, NEWER).seal_all() == 1
    for stranger in (OTHER, None):
        assert await SecretKeeper(writing, stranger).seal_all() == 0  # not ours to open: it stays
        assert (await SecretKeeper(writing, stranger).look_over()).shut == 1
    assert NEWER.open(await stored(database, plain)) == plain.secret


async def test_a_webhook_changes_its_secret_without_a_gap(sealing, database, clock):
    view = await sealing.subscribe(RELOS, "webhook:https://example.org/hook")
    keeper = SecretKeeper(writing_on(database, clock), SEALS)
    new = await keeper.change(str(view.subscription_id)[:8], 24)
    kept = SEALS.open(await stored(database, view))
    assert secrets_in_force(kept, clock.now()) == (new.secret, view.secret)
    assert secrets_in_force(kept, clock.now() + timedelta(hours=24)) == (new.secret,)
    last = await keeper.change(view.subscription_id, 0)
    assert SEALS.open(await stored(database, view)) == last.secret


async def test_what_has_no_signing_secret_cannot_change_it(sealing, database, clock):
    keeper = SecretKeeper(writing_on(database, clock), SEALS)
    mail = await sealing.subscribe(RELOS, "mailto:officer@desk.example.org")
    with pytest.raises(WrongInput, match="no signing secret"):
        await keeper.change(mail.subscription_id, 24)
    for hours in (-1, 1000):
        with pytest.raises(WrongInput, match="--keep-old-hours"):
            await keeper.change(mail.subscription_id, hours)


async def test_an_agreement_has_a_page_of_its_alerts(sealing, database, reader):
    await a_told_feed(sealing, database)
    page = await reader.get("http://127.0.0.1/agreements/relos")  # nobody owns the desk yet: read at this machine
    assert page.status_code == 200
    assert "RELOS &amp; &lt;b&gt;allies" in page.text
    empty = await reader.get("http://127.0.0.1/agreements/inr-rub")
    assert "No alert yet" in empty.text
    assert (await reader.get("http://127.0.0.1/agreements/unknown")).status_code == 404
