"""How often a rule speaks is its policy: of each article, of each story, or of each new fact."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from shared.contracts.verdict import AgreementFinding, Claim, Verdict
from shared.store.unit_of_work import Database
from tests.live.notifier import notifier_rows as rows

pytestmark = pytest.mark.live


def saying(stage: str, date: str | None) -> Verdict:
    """A verdict on an article that reports this stage."""
    claim = Claim(stage=stage, date=date, evidence=rows.SENTENCE)
    found = AgreementFinding(id="relos", score=0.9, evidence=rows.SENTENCE, stage=stage, claims=(claim,))
    return Verdict(language="en", relevant=True, relevance=0.9, agreements=(found,))


async def told(database: Database, notifier, *verdicts: Verdict, story_id: UUID | None = None) -> int:
    """Let an article come for each verdict; returns how many alerts of something new there are now."""
    for verdict in verdicts:
        await notifier.raise_alerts(await rows.a_classified_article(database, verdict=verdict, story_id=story_id))
    return sum(not alert.fact.startswith("retold:") for alert in await rows.alerts(database))


SIGNED, IN_FORCE = saying("signed", "2025-12-05"), saying("in_force", "2026-01-12")


@pytest.mark.parametrize(("policy", "alerts"), [("each_article", 5), ("each_story", 3), ("new_facts", 2)], ids=str)
async def test_the_policy_says_how_often_a_rule_speaks(database, notifier, policy, alerts):
    await rows.a_rule(database, policy=policy)
    await told(database, notifier, SIGNED, SIGNED, SIGNED, story_id=uuid4())  # an article and two copies
    assert await told(database, notifier, SIGNED, IN_FORCE) == alerts  # another story of it, and one with news


async def test_the_same_claim_of_several_stories_that_come_at_once_is_one_new_fact(database, make_notifier):
    await rows.a_subscription(database, await rows.a_rule(database, policy="new_facts"), channel="inbox")
    undated = saying("signed", None)
    events = [await rows.a_classified_article(database, verdict=undated) for _ in range(6)]
    notifiers = [make_notifier(), make_notifier()]
    await asyncio.gather(*(notifiers[number % 2].raise_alerts(event) for number, event in enumerate(events)))
    assert len(await rows.deliveries(database)) == 1
    kinds = [alert.fact.partition(":")[0] for alert in await rows.alerts(database)]
    assert sorted(kinds) == ["claim"] + 5 * ["retold"]


async def test_what_a_story_tells_again_waits_for_a_digest_and_its_copies_are_silent(database, notifier):
    rule = await rows.a_rule(database, policy="new_facts")
    for channel, address in (("webhook", "https://hooks.example/a"), ("inbox", "")):
        await rows.a_subscription(database, rule, channel=channel, address=address)
    story = uuid4()
    await told(database, notifier, SIGNED)
    await told(database, notifier, SIGNED, SIGNED, story_id=story)
    first, again = await rows.alerts(database)
    assert (again.fact, again.severity, again.stage) == (f"retold:{story}", "low", "signed")
    assert {delivery.alert_id for delivery in await rows.deliveries(database)} == {first.alert_id}
    assert [(each.alert_id, each.channel, each.why) for each in await rows.waiting(database)] == [
        (again.alert_id, "webhook", "digest")
    ]
    await told(database, notifier, IN_FORCE, story_id=story)
    assert len(await rows.deliveries(database)) == 4


async def test_an_alert_carries_the_policy_and_how_loud_it_is(database, notifier):
    await rows.a_rule(database, policy="new_facts", severity="low")
    await told(database, notifier, saying("under_negotiation", None), IN_FORCE)
    talks, in_force = await rows.alerts(database)
    assert (talks.policy, talks.severity) == ("new_facts", "low")
    assert talks.fact == f"claim:relos:under_negotiation:undated:{talks.story_id}"
    assert (in_force.severity, in_force.fact) == ("high", "claim:relos:in_force:2026-01-12")


async def test_without_a_claim_a_rule_for_new_facts_speaks_once_of_each_story(database, notifier):
    await rows.a_rule(database, policy="new_facts", query="relos")
    nothing = Verdict(language="en", relevant=False, relevance=0.1)
    await told(database, notifier, nothing, nothing, story_id=uuid4())
    assert await told(database, notifier, nothing) == 2


@pytest.mark.parametrize("policy", ["each_article", "each_story", "new_facts"])
async def test_an_event_that_comes_again_or_twice_at_once_finds_its_alert(database, make_notifier, policy):
    await rows.a_subscription(database, await rows.a_rule(database, policy=policy), channel="inbox")
    event = await rows.a_classified_article(database, verdict=SIGNED)
    again = event.model_copy(update={"event_id": uuid4()})  # the archive was judged again
    await asyncio.gather(*(make_notifier().raise_alerts(each) for each in (event, event, again, again)))
    assert len(await rows.alerts(database)) == len(await rows.deliveries(database)) == 1


@pytest.mark.parametrize("policy", ["each_story", "new_facts"])
async def test_who_subscribes_in_the_middle_of_a_story_hears_of_it_with_its_next_article(database, notifier, policy):
    rule_id, story = await rows.a_rule(database, policy=policy), uuid4()
    early = await rows.a_subscription(database, rule_id, channel="inbox")
    await told(database, notifier, SIGNED, story_id=story)
    late = await rows.a_subscription(database, rule_id, address="https://hooks.example/late")
    assert await told(database, notifier, SIGNED, SIGNED, story_id=story) == 1
    assert {each.subscription_id for each in await rows.deliveries(database)} == {early, late}
    assert len(await rows.deliveries(database)) == 2


async def test_who_has_heard_a_story_does_not_hear_it_again_by_subscribing_again(database, notifier):
    rule_id, story = await rows.a_rule(database), uuid4()
    for _ in range(2):
        subscription = await rows.a_subscription(database, rule_id, address="https://hooks.example/a")
        await told(database, notifier, SIGNED, story_id=story)
        await rows.end_subscription(database, subscription)
    assert len(await rows.deliveries(database)) == 1


async def test_who_was_not_reached_hears_of_the_story_when_subscribed_again(database, notifier):
    rule_id, story = await rows.a_rule(database), uuid4()
    subscription = await rows.a_subscription(database, rule_id, address="https://hooks.example/a")
    await told(database, notifier, SIGNED, story_id=story)
    await rows.end_subscription(database, subscription)
    await rows.run(database, "UPDATE deliveries SET state = 'cancelled'")
    again = await rows.a_subscription(database, rule_id, address="https://hooks.example/a")
    await told(database, notifier, SIGNED, story_id=story)
    assert [each.subscription_id for each in await rows.deliveries(database) if each.state == "pending"] == [again]


@pytest.mark.parametrize(("first", "then"), [("each_story", "each_article"), ("each_article", "each_story")])
async def test_a_change_of_policy_tells_nothing_again(database, notifier, first, then):
    rule_id = await rows.a_rule(database, policy=first)
    event = await rows.a_classified_article(database, verdict=SIGNED)
    await notifier.raise_alerts(event)
    await rows.change_rule(database, rule_id, policy=then)
    await notifier.raise_alerts(event.model_copy(update={"event_id": uuid4()}))  # judged again
    assert len(await rows.alerts(database)) == 1


async def test_articles_that_tell_one_fact_at_once_raise_one_alert_for_each_rule(database, make_notifier):
    for number in range(5):
        await rows.a_rule(database, name=f"Rule {number}", policy="new_facts")
    events = [await rows.a_classified_article(database, verdict=SIGNED) for _ in range(6)]
    notifiers = [make_notifier(), make_notifier()]
    await asyncio.gather(*(notifiers[number % 2].raise_alerts(event) for number, event in enumerate(events)))
    assert sum(alert.fact.startswith("claim:") for alert in await rows.alerts(database)) == 5
