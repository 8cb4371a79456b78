"""Sources, rules and subscriptions, kept in a real Postgres."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.desk.domain.importing import Added, Changed, Same
from services.desk.domain.rules import AgreementTarget, RuleTarget, SectorTarget
from services.desk.domain.source_list import ListedSource
from services.desk.domain.sources import NewSource
from services.desk.use_cases.definitions import Definitions
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.store.definitions import DefinitionsRevisionRow, RuleRow, SourceRow, SubscriptionRow
from shared.store.harvest import SourceStateRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.desk_rows import MORNING, Story, a_delivery, a_looked_at_source, an_alert, an_article

pytestmark = pytest.mark.live
HINDU = NewSource("The Hindu", "https://example.org/feed.xml")


async def revision(database: Database) -> int:
    async with database.begin(Work) as work:
        return await work.session.scalar(select(DefinitionsRevisionRow.revision)) or 0


async def test_an_added_source_is_listed_as_new_and_leaves_the_scrapers_table_alone(definitions, database):
    await definitions.add_source(HINDU)
    (view,) = await definitions.sources()
    assert (view.source.name, view.source.url, view.state, view.articles) == (HINDU.name, HINDU.url, "new", 0)
    assert view.source.alert_since == MORNING - timedelta(days=7)
    async with database.begin(Work) as work:
        assert (await work.session.scalars(select(SourceStateRow))).all() == []


async def test_a_looked_at_source_shows_how_it_fares_and_what_it_brought(definitions, database):
    source = await definitions.add_source(HINDU)
    await a_looked_at_source(database, source.source_id, error="HTTP 503")
    await an_article(database, source.source_id, source.name, Story())
    (view,) = await definitions.sources()
    assert (view.state, view.last_error, view.articles, view.last_look_at) == ("failing", "HTTP 503", 1, MORNING)


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (NewSource("the hindu", "https://example.org/other.xml"), HINDU.url),
        (NewSource("Other", HINDU.url), HINDU.name),
    ],
)
async def test_a_name_or_address_in_use_says_which_source_has_it(definitions, second, says):
    await definitions.add_source(HINDU)
    with pytest.raises(WrongInput) as refused:
        await definitions.add_source(second)
    assert says in str(refused.value)


async def test_of_two_who_add_the_same_source_at_once_one_is_refused(definitions):
    outcomes = await asyncio.gather(*(definitions.add_source(HINDU) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(each, WrongInput) for each in outcomes) == 4
    assert len(await definitions.sources()) == 1


async def test_a_removed_source_frees_its_name_and_address(definitions, clock, database):
    await definitions.add_source(HINDU)
    await definitions.remove_source("The Hindu")
    assert await definitions.sources() == []
    clock.at += timedelta(minutes=1)
    await definitions.add_source(HINDU)
    async with database.begin(Work) as work:
        assert len((await work.session.scalars(select(SourceRow))).all()) == 2


async def test_an_edited_source_changes_what_was_given_and_nothing_else(definitions):
    old = await definitions.add_source(NewSource("The Hindu", HINDU.url, kind="rss", every_seconds=60, country="in"))
    new = await definitions.edit_source("the hindu", new_name="Hindu", every_seconds=None)
    assert (new.name, new.every_seconds, new.kind, new.country) == ("Hindu", None, "rss", "IN")
    assert (new.source_id, new.alert_since) == (old.source_id, old.alert_since)


async def test_another_address_starts_afresh_under_the_same_name(definitions, database, clock):
    old = await definitions.add_source(HINDU)
    await a_looked_at_source(database, old.source_id, error="HTTP 410")
    clock.at += timedelta(minutes=1)
    new = await definitions.edit_source("The Hindu", url="https://example.org/new.xml")
    (view,) = await definitions.sources()
    assert new.source_id != old.source_id
    assert (view.source.name, view.source.url, view.state) == ("The Hindu", "https://example.org/new.xml", "new")
    assert view.source.alert_since == old.alert_since


async def test_a_paused_source_says_so_until_it_is_resumed(definitions):
    await definitions.add_source(HINDU)
    await definitions.pause_source("The Hindu")
    assert [view.state for view in await definitions.sources()] == ["paused"]
    await definitions.resume_source("The Hindu")
    assert [view.state for view in await definitions.sources()] == ["new"]


async def test_articles_are_counted_by_the_day_and_the_week(definitions, database, clock):
    source = await definitions.add_source(HINDU)
    for hours_ago in (1, 23, 30, 24 * 6, 24 * 8):
        await an_article(database, source.source_id, source.name, Story(minutes_ago=60 * hours_ago))
    (view,) = await definitions.sources()
    assert (view.articles_day, view.articles_week, view.articles) == (2, 4, 5)


async def test_an_import_is_saved_in_steps_and_tells_how_far_it_is(definitions, monkeypatch):
    monkeypatch.setattr("services.desk.use_cases.definitions.IMPORTED_AT_ONCE", 2)
    entries = [ListedSource(f"line {n}", {"name": f"S{n}", "url": f"https://example.org/{n}"}) for n in range(5)]
    told: list[int] = []
    planned = await definitions.import_sources(entries, dry_run=True)
    assert [type(each) for each in planned] == [Added] * 5
    assert await definitions.sources() == []
    assert [type(each) for each in await definitions.import_sources(entries, told=told.append)] == [Added] * 5
    assert told == [2, 4, 5]
    assert [type(each) for each in await definitions.import_sources(entries)] == [Same] * 5
    assert len(await definitions.sources()) == 5


async def test_an_update_to_another_address_starts_afresh_and_keeps_the_old_ones_articles(definitions, database, clock):
    old = await definitions.add_source(HINDU)
    await an_article(database, old.source_id, old.name, Story())
    clock.at += timedelta(minutes=1)
    moved = ListedSource("line 1", {"name": HINDU.name, "url": "https://example.org/new.xml"})
    (outcome,) = await definitions.import_sources([moved], update=True)
    assert isinstance(outcome, Changed)
    (view,) = await definitions.sources()
    assert (view.source.url, view.articles) == ("https://example.org/new.xml", 0)
    assert view.source.source_id != old.source_id


async def test_selectors_are_changed_one_by_one(definitions):
    await definitions.add_source(replace(HINDU, kind="page", selectors={"item": "li", "date": "time"}))
    edited = await definitions.edit_source("The Hindu", selectors={"date": "", "title": "h2"})
    assert edited.selectors == {"item": "li", "title": "h2"}
    (view,) = await definitions.sources()
    assert view.source == edited


async def test_an_unknown_source_is_answered_with_the_nearest_name(definitions):
    await definitions.add_source(HINDU)
    with pytest.raises(WrongInput, match="Did you mean The Hindu"):
        await definitions.pause_source("The Hundu")


async def test_a_rule_that_is_heard_of_or_no_longer_is_read_again(definitions: Definitions, database: Database):
    view = await definitions.subscribe(SectorTarget("health"), "inbox")
    async with database.begin(Work) as work:
        assert await work.session.scalar(select(RuleRow.revision)) == await revision(database)
    await definitions.unsubscribe(view.subscription_id)
    async with database.begin(Work) as work:
        assert await work.session.scalar(select(RuleRow.revision)) == await revision(database)


async def test_a_webhook_is_told_its_secret_once(definitions, database):
    first = await definitions.subscribe(AgreementTarget("relos"), "webhook:https://example.org/hook")
    again = await definitions.subscribe(AgreementTarget("relos"), "webhook:https://example.org/hook")
    assert first.secret is not None
    assert first.secret.startswith("whsec_")
    assert len(base64.b64decode(first.secret.removeprefix("whsec_"))) == 32
    assert (again.subscription_id, again.already, again.secret) == (first.subscription_id, True, None)
    assert [view.secret for view in await definitions.subscriptions()] == [None]
    async with database.begin(Work) as work:
        assert await work.session.scalar(select(SubscriptionRow.secret)) == first.secret


async def test_a_subscription_to_an_agreement_implies_one_rule_of_a_stable_id(definitions, rules):
    await definitions.subscribe(AgreementTarget("relos"), "inbox")
    await definitions.subscribe(AgreementTarget("relos"), "mailto:desk@example.org")
    (rule,) = await rules.views()
    assert rule.rule_id == id_for("rule", "agreement", "relos")
    assert (rule.name, rule.query, rule.origin, rule.subscriptions) == (
        "Agreement: RELOS",
        "agreement:relos",
        "agreement",
        2,
    )


async def test_an_implied_rule_outlives_its_last_subscription_and_is_found_again(definitions, rules, clock):
    first = await definitions.subscribe(SectorTarget("health"), "inbox")
    await definitions.unsubscribe(first.subscription_id)
    (rule,) = await rules.views()
    assert (rule.name, rule.paused, rule.subscriptions) == ("Sector: Health", False, 0)
    clock.at += timedelta(minutes=1)
    second = await definitions.subscribe(SectorTarget("health"), "inbox")
    assert (second.rule_id, second.already) == (first.rule_id, False)
    assert second.subscription_id != first.subscription_id


async def test_two_agreements_of_one_short_name_get_two_rules(definitions, rules):
    await definitions.subscribe(AgreementTarget("twin-a"), "inbox")
    await definitions.subscribe(AgreementTarget("twin-b"), "inbox")
    assert [rule.name for rule in await rules.views()] == ["Agreement: Twin", "Agreement: Twin (twin-b)"]


@pytest.mark.parametrize(
    ("target", "says"),
    [
        (AgreementTarget("relo"), "Did you mean relos"),
        (AgreementTarget("health"), "Did you mean health-agreement-2025"),
        (SectorTarget("defense"), "Did you mean defence"),
        (SectorTarget("zzz"), "There is defence, finance, health"),
        (RuleTarget("Nothing"), "There is no rule yet"),
    ],
)
async def test_an_unknown_target_is_answered_with_the_nearest(definitions, target, says):
    with pytest.raises(WrongInput, match=says):
        await definitions.subscribe(target, "inbox")


async def test_a_subscription_is_ended_by_the_beginning_of_its_id(definitions):
    view = await definitions.subscribe(SectorTarget("health"), "inbox")
    ended = (await definitions.unsubscribe(str(view.subscription_id)[:10])).subscription
    assert ended.subscription_id == view.subscription_id
    with pytest.raises(WrongInput, match="begins no"):
        await definitions.unsubscribe(str(view.subscription_id))


async def test_a_beginning_of_an_id_that_is_too_short_is_refused(definitions):
    with pytest.raises(WrongInput, match="too short"):
        await definitions.unsubscribe("")


@pytest.mark.parametrize(
    ("state", "cancelled"),
    [("pending", 1), ("retry", 1), ("sending", 0), ("sent", 0), ("failed", 0), ("unknown", 0), ("cancelled", 0)],
)
async def test_an_ended_subscription_tells_how_many_deliveries_waited_for_it(definitions, database, state, cancelled):
    source = await definitions.add_source(HINDU)
    view = await definitions.subscribe(AgreementTarget("relos"), "webhook:https://example.org/hook")
    other = await definitions.subscribe(AgreementTarget("relos"), "mailto:desk@example.org")
    story = Story()
    verdict_id = await an_article(database, source.source_id, source.name, story)
    alert_id = await an_alert(database, verdict_id=verdict_id, story=story, rule_id=view.rule_id)
    await a_delivery(database, alert_id=alert_id, subscription_id=view.subscription_id, state=state)
    assert (await definitions.unsubscribe(other.subscription_id)).cancelled == 0
    assert (await definitions.unsubscribe(view.subscription_id)).cancelled == cancelled
