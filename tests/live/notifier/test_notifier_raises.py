"""Articles become alerts: once for each rule and story, for those who listen at that moment."""

from __future__ import annotations

import asyncio
import logging
from uuid import uuid4

import pytest
from sqlalchemy import func

from shared.kit.errors import Never
from tests.live.notifier import notifier_rows as rows

pytestmark = pytest.mark.live

HOOK = "https://hooks.example/a"


async def test_an_article_that_matches_a_rule_raises_an_alert_with_its_deliveries(database, notifier):
    rule = await rows.a_rule(database)
    await rows.a_subscription(database, rule, address=HOOK)
    await rows.a_subscription(database, rule, channel="inbox")
    event = await rows.a_classified_article(database)
    await notifier.raise_alerts(event)

    [alert] = await rows.alerts(database)
    assert (alert.rule_id, alert.agreement, alert.stage, alert.evidence) == (rule, "relos", "in_force", rows.SENTENCE)
    assert alert.correlation_id == event.correlation_id
    states = {delivery.channel: delivery.state for delivery in await rows.deliveries(database)}
    assert states == {"webhook": "pending", "inbox": "sent"}
    assert sorted(await rows.announced(database)) == ["alert.delivered", "alert.raised"]
    [raised] = await rows.raised_events(database)
    assert (raised.alert_id, raised.deliveries) == (alert.alert_id, 2)


async def test_a_rule_may_ask_where_an_article_comes_from(database, notifier):
    here = 'source:"news example" country:IN outlet:news.example lang:en date:>2020-01-01 relevance:>0.5'
    rule = await rows.a_rule(database, query=f"relos {here}", name="here")
    elsewhere = await rows.a_rule(database, query="relos (country:RU OR lang:ru OR outlet:other.example)", name="there")
    for each in (rule, elsewhere):
        await rows.a_subscription(database, each, channel="inbox")
    await notifier.raise_alerts(await rows.a_classified_article(database))
    assert [alert.rule_name for alert in await rows.alerts(database)] == ["here"]


async def test_an_event_that_comes_again_raises_no_second_alert(database, notifier):
    await rows.a_subscription(database, await rows.a_rule(database), address=HOOK)
    event = await rows.a_classified_article(database)
    await notifier.raise_alerts(event)
    await notifier.raise_alerts(event)
    assert len(await rows.alerts(database)) == len(await rows.deliveries(database)) == 1


async def test_two_notifiers_that_get_the_same_event_at_once_raise_one_alert(database, make_notifier):
    await rows.a_subscription(database, await rows.a_rule(database), address=HOOK)
    event = await rows.a_classified_article(database)
    await asyncio.gather(*(make_notifier().raise_alerts(event) for _ in range(4)))
    assert len(await rows.alerts(database)) == len(await rows.deliveries(database)) == 1
    assert await rows.announced(database) == ["alert.raised"]


async def test_copies_of_a_story_that_come_at_once_raise_one_alert_for_each_rule(database, make_notifier):
    for number in range(5):
        rule = await rows.a_rule(database, name=f"Rule {number}")
        await rows.a_subscription(database, rule, address=f"{HOOK}/{number}")
    story = uuid4()
    events = [await rows.a_classified_article(database, story_id=story) for _ in range(6)]
    notifiers = [make_notifier(), make_notifier()]
    await asyncio.gather(*(notifiers[number % 2].raise_alerts(event) for number, event in enumerate(events)))
    assert len(await rows.alerts(database)) == len(await rows.deliveries(database)) == 5


async def test_an_irrelevant_article_raises_nothing_for_a_sectors_subscriber(database, notifier):
    rule = await rows.a_rule(database, query="sector:defence", origin="sector")
    await rows.a_subscription(database, rule, channel="inbox")
    await notifier.raise_alerts(await rows.a_classified_article(database, relevant=False))
    assert await rows.alerts(database) == []


async def test_old_news_of_a_new_source_raises_nothing(database, notifier):
    await rows.a_subscription(database, await rows.a_rule(database), channel="inbox")
    await notifier.raise_alerts(await rows.a_classified_article(database, alertable=False))
    assert await rows.alerts(database) == []


async def test_a_rule_that_cannot_be_read_is_told_of_once_and_stops_no_other(database, notifier, caplog):
    await rows.a_rule(database, name="Broken", query="agreement:left-the-catalogue")
    await rows.a_subscription(database, await rows.a_rule(database), channel="inbox")
    with caplog.at_level(logging.ERROR, logger="services.notifier"):
        await notifier.raise_alerts(await rows.a_classified_article(database))
        await notifier.raise_alerts(await rows.a_classified_article(database))
    assert len(await rows.alerts(database)) == 2
    [told] = [record for record in caplog.records if "Broken" in record.getMessage()]
    assert "left-the-catalogue" in told.getMessage()


@pytest.mark.parametrize("ending", [{"paused": True}, {"removed_at": func.now()}], ids=["paused", "removed"])
async def test_a_rule_that_was_ended_between_two_articles_matches_the_first_alone(database, notifier, ending):
    rule = await rows.a_rule(database)
    await notifier.raise_alerts(await rows.a_classified_article(database))
    await rows.change_rule(database, rule, **ending)
    await notifier.raise_alerts(await rows.a_classified_article(database))
    assert len(await rows.alerts(database)) == 1


async def test_a_rule_implied_by_subscriptions_lives_as_long_as_one_of_them(database, notifier):
    rule = await rows.a_rule(database, origin="sector")
    await notifier.raise_alerts(await rows.a_classified_article(database))
    assert await rows.alerts(database) == []

    subscription = await rows.a_subscription(database, rule, channel="inbox")
    await notifier.raise_alerts(await rows.a_classified_article(database))
    assert len(await rows.alerts(database)) == 1

    await rows.end_subscription(database, subscription)
    await notifier.raise_alerts(await rows.a_classified_article(database))
    assert len(await rows.alerts(database)) == 1


async def test_an_admins_rule_that_nobody_subscribes_to_raises_alerts_for_the_record(database, notifier):
    await rows.a_rule(database)
    await notifier.raise_alerts(await rows.a_classified_article(database))
    assert [event.deliveries for event in await rows.raised_events(database)] == [0]


async def test_an_event_about_an_article_that_nobody_knows_is_set_aside(database, notifier):
    known = await rows.a_classified_article(database)
    for unknown in ("article_id", "verdict_id"):
        event = known.model_copy(update={unknown: uuid4(), "event_id": uuid4()})
        with pytest.raises(Never, match="not in the database"):
            await notifier.raise_alerts(event)


async def test_a_verdict_that_cannot_be_read_is_set_aside_with_its_reason(database, notifier):
    event = await rows.a_classified_article(database)
    await rows.run(database, "UPDATE verdicts SET findings = '{}' WHERE verdict_id = :id", id=event.verdict_id)
    with pytest.raises(Never, match="cannot be read"):
        await notifier.raise_alerts(event)


async def test_more_matches_than_one_statement_takes_all_raise_alerts(database, notifier):
    await rows.run(
        database,
        "INSERT INTO rules (rule_id, name, query, origin, version, created_at, changed_at) "
        "SELECT gen_random_uuid(), 'Rule ' || n, 'agreement:relos', 'custom', 1, now(), now() "
        "FROM generate_series(1, 600) AS n",
    )
    await rows.run(
        database,
        "INSERT INTO subscriptions (subscription_id, rule_id, channel, address, created_at) "
        "SELECT gen_random_uuid(), rule_id, 'inbox', '', now() FROM rules",
    )
    await notifier.raise_alerts(await rows.a_classified_article(database))
    assert len(await rows.alerts(database)) == len(await rows.deliveries(database)) == 600
