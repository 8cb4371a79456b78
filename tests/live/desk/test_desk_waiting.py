"""What the desk says of alerts that are told later, or beside others."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from services.cli.asking import asking_on
from services.desk.adapters.work import desk_transactions
from services.desk.domain.not_delivered import BelowSeverity, NotSentYet, ToldLater
from services.notifier.app import build_notifier, gatherer_on
from shared.catalogue.loader import load_catalogue
from shared.contracts.verdict import Verdict
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Database, Work
from shared.web.client import make_client
from shared.web.guard import AllowedHosts
from tests.live.notifier import notifier_rows as rows

pytestmark = pytest.mark.live


async def an_article(database: Database, **changed: object) -> str:
    """Let an article come to the notifier; returns its address."""
    web = make_client(allowed=AllowedHosts.parse(""), user_agent="Pactwatch/test")
    event = await rows.a_classified_article(database, **changed)
    await build_notifier(Settings(), database, SystemClock(), web).raise_alerts(event)
    await web.aclose()
    async with database.begin(Work) as work:
        article = await work.session.get_one(ArticleRow, event.article_id)
    return article.url


async def why_not(database: Database, url: str, rule: str):
    return (await asking_on(database, load_catalogue()).why_not(url, rule)).outcome


async def test_an_alert_that_waits_for_a_digest_says_until_when_and_is_shown_as_such(database: Database):
    person = await rows.a_person(database, email="asha@desk.example", time_zone="Asia/Kolkata")
    rule = await rows.a_rule(database, name="Pacts")
    await rows.a_subscription(
        database,
        rule,
        channel="mailto",
        person_id=person,
        address="asha@desk.example",
        schedule="daily",
        at_time=time(8),
    )
    found = await why_not(database, await an_article(database), "Pacts")
    assert isinstance(found, ToldLater)
    assert found.due_at is not None
    assert found.due_at > datetime.now(UTC)
    assert found.due_at.time() == time(2, 30), "eight in Kolkata"
    [shown] = await shown_deliveries(database)
    assert (shown.state, shown.next_try_at) == ("waiting", found.due_at)


async def shown_deliveries(database: Database):
    async with desk_transactions(database)() as work:
        [alert] = await work.alert_views(10, None)
    return alert.deliveries


async def test_an_alert_told_beside_another_is_found_in_its_message(database: Database):
    for name in ("Pacts", "Ports"):
        rule = await rows.a_rule(database, name=name)
        await rows.a_subscription(database, rule, channel="mailto", address="asha@desk.example", schedule="hourly")
    url = await an_article(database)
    await rows.run(database, "UPDATE waiting_alerts SET waits_since = waits_since - interval '1 hour'")
    assert (await gatherer_on(Settings(), database).gather_due()).gathered == 1
    for name in ("Pacts", "Ports"):
        assert isinstance(await why_not(database, url, name), NotSentYet)
    async with desk_transactions(database)() as work:
        views = await work.alert_views(10, None)
    assert [[each.state for each in view.deliveries] for view in views] == [["pending"], ["pending"]]


async def test_an_alert_below_the_minimum_of_its_reader_says_so(database: Database):
    rule = await rows.a_rule(database, name="Pacts", query="relos", severity="low")
    await rows.a_subscription(database, rule, channel="mailto", address="asha@desk.example", min_severity="high")
    url = await an_article(database, verdict=Verdict(language="en", relevant=True, relevance=0.9))
    assert isinstance(await why_not(database, url, "Pacts"), BelowSeverity)
