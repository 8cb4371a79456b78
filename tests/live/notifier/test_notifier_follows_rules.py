"""A changed rule counts at once, on every notifier, without a new start."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.notifier.schedule import follow_rules_forever
from services.notifier.use_cases.rulebook import MOST_RULES
from shared.store.definitions import DefinitionsRevisionRow, RuleRow
from shared.store.rules_in_force import RulesInForce
from shared.store.unit_of_work import Database, Work
from tests.live.notifier import notifier_rows as rows
from tests.waiting import eventually

pytestmark = pytest.mark.live


async def judged(database: Database, notifier) -> list[tuple[str, int]]:
    """Let the notifier judge an article; returns the rules that alerted, with their versions."""
    event = await rows.a_classified_article(database)
    await notifier.raise_alerts(event)
    alerts = [alert for alert in await rows.alerts(database) if alert.article_id == event.article_id]
    return sorted((alert.rule_name, alert.rule_version) for alert in alerts)


async def test_what_begins_after_a_change_is_judged_by_it_on_each_notifier(database, make_notifier):
    rule = await rows.a_rule(database, name="R")
    notifiers = [make_notifier(), make_notifier()]
    for version in range(2, 12):
        await rows.change_rule(database, rule, query=f"agreement:relos AND NOT word{version}")
        for each in notifiers:
            assert await judged(database, each) == [("R", version)]


async def test_two_rules_changed_in_one_revision_both_count(database, notifier):
    first, second = await rows.a_rule(database, name="A"), await rows.a_rule(database, name="B")
    assert await judged(database, notifier) == [("A", 1), ("B", 1)]
    async with database.begin(Work) as work:
        revision = await rows.counted(work)
        changed = {"version": 2, "revision": revision}
        await work.session.execute(update(RuleRow).where(RuleRow.rule_id == first).values(query="zebra", **changed))
        await work.session.execute(update(RuleRow).where(RuleRow.rule_id == second).values(query="relos", **changed))
    assert await judged(database, notifier) == [("B", 2)]


async def test_a_rule_may_be_paused_removed_and_brought_back(database, notifier):
    rule = await rows.a_rule(database, name="R")
    seen = []
    for change in ({"paused": True}, {"paused": False}, {"removed_at": func.now()}, {"removed_at": None}):
        await rows.change_rule(database, rule, **change)
        seen.append(await judged(database, notifier))
    assert seen == [[], [("R", 3)], [], [("R", 5)]]


async def test_a_broken_rule_is_mended_by_the_list_it_waits_for_and_follows_its_changes(database, notifier):
    await rows.a_rule(database, name="R", query="@pacts")
    assert await judged(database, notifier) == []
    pacts = await rows.save_list(database, "pacts", ["visa", "RELOS"])
    assert await judged(database, notifier) == [("R", 1)]
    await rows.save_list(database, "pacts", ["visa"], list_id=pacts)
    assert await judged(database, notifier) == []


async def test_a_list_stands_ready_when_a_notifier_starts(database, notifier):
    await rows.save_list(database, "pacts", ["RELOS"])
    await rows.a_rule(database, name="R", query="@pacts")
    assert await judged(database, notifier) == [("R", 1)]


async def test_a_database_restored_from_a_backup_is_read_anew(database, notifier):
    rule = await rows.a_rule(database, name="R", version=7)
    for _ in range(3):
        await rows.count_a_change(database)
    assert await judged(database, notifier) == [("R", 7)]
    await rows.run(database, "UPDATE rules SET version = 5, revision = 1 WHERE rule_id = :id", id=rule)
    await rows.run(database, "UPDATE definitions_revision SET revision = 2")
    assert await judged(database, notifier) == [("R", 5)]


async def test_only_what_was_saved_since_is_read_and_the_rules_that_subscriptions_bring(database):
    old = await rows.a_rule(database, name="old")
    implied = await rows.a_rule(database, name="implied", origin="sector")
    removed = await rows.a_rule(database, name="removed", removed_at=func.now())
    await rows.save_list(database, "early", ["a"])
    async with database.begin(RulesInForce) as work:
        whole = await work.saved_rules()
        since = await work.definitions_revision()
    assert {each.rule_id: each.live for each in whole.rules} == {old: True, implied: False}
    assert [each.name for each in whole.lists] == ["early"]

    await rows.a_subscription(database, implied, channel="inbox")
    new = await rows.a_rule(database, name="new", policy="each_article", severity="high")
    await rows.change_rule(database, removed, paused=True)
    async with database.begin(RulesInForce) as work:
        changed = await work.saved_rules(since, [implied])
    assert {each.rule_id: each.live for each in changed.rules} == {implied: True, new: True, removed: False}
    [saved] = [each for each in changed.rules if each.rule_id == new]
    assert (saved.policy, saved.severity) == ("each_article", "high")
    assert changed.lists == ()


async def test_rows_from_before_revisions_were_kept_count_from_the_start(database, notifier):
    await rows.run(
        database,
        "INSERT INTO rules (rule_id, name, query, created_at, changed_at) "
        "VALUES (:id, 'old', 'agreement:relos', now(), now())",
        id=uuid4(),
    )
    assert await judged(database, notifier) == [("old", 1)]  # there is no revision yet
    await rows.a_rule(database, name="new")
    assert await judged(database, notifier) == [("new", 1), ("old", 1)]
    await rows.a_rule(database, name="newer")
    assert await judged(database, notifier) == [("new", 1), ("newer", 1), ("old", 1)]


async def test_a_change_by_code_of_the_version_before_counts_at_once(database, notifier):
    """During an update the older desk runs on: it counts its change after it, and gives the rule no revision."""
    rule = await rows.a_rule(database, name="R")
    assert await judged(database, notifier) == [("R", 1)]
    seen = []
    for paused in (True, False):
        async with database.begin(Work) as work:
            older = {"rule_id": rule, "name": "R", "query": "agreement:relos", "paused": paused, "version": 1}
            await _upserted_as_before(work, older)
            await rows.counted(work)
        seen.append(await judged(database, notifier))
    async with database.begin(Work) as work:
        await _upserted_as_before(work, {"rule_id": uuid4(), "name": "S", "query": "agreement:relos", "version": 1})
        await rows.counted(work)
    seen.append(await judged(database, notifier))
    assert seen == [[], [("R", 1)], [("R", 1), ("S", 1)]]


async def _upserted_as_before(work: Work, values: dict[str, object]) -> None:
    kept = insert(RuleRow).values(created_at=func.now(), changed_at=func.now(), **values)
    await work.session.execute(kept.on_conflict_do_update(index_elements=["rule_id"], set_=values))


async def test_a_change_of_the_version_before_is_seen_though_another_is_counted_before_it_ends(database):
    rule = await rows.a_rule(database, name="R")
    async with database.begin(Work) as older:
        await older.session.execute(update(RuleRow).where(RuleRow.rule_id == rule).values(query="zebra"))
        newer = asyncio.create_task(rows.a_rule(database, name="S"))
        await asyncio.wait([newer], timeout=0.2)
        async with database.begin(RulesInForce) as reader:
            since = await reader.definitions_revision()
        await rows.counted(older)
    await newer
    async with database.begin(RulesInForce) as reader:
        assert {each.name for each in (await reader.saved_rules(since)).rules} == {"R", "S"}


async def test_an_article_under_way_during_a_change_is_judged_by_one_of_both(database, make_notifier):
    """The change commits between the reading of the revision and that of the rules: it is seen, and seen whole."""
    rule = await rows.a_rule(database, name="R")
    notifier = make_notifier()
    assert await judged(database, notifier) == [("R", 1)]
    await rows.count_a_change(database)
    async with database.begin(RulesInForce) as work:
        before = await work.definitions_revision()
        await _changed_elsewhere(database, rule)
        saved = await work.saved_rules(before)
    assert [(each.version, each.query) for each in saved.rules] == [(2, "@pacts")]
    assert [each.members for each in saved.lists] == [("RELOS",)]
    assert await judged(database, notifier) == [("R", 2)]


async def _changed_elsewhere(database: Database, rule: UUID) -> None:
    async with database.begin(Work) as work:
        revision = await rows.counted(work)
        changed = {"version": 2, "query": "@pacts", "revision": revision}
        await work.session.execute(update(RuleRow).where(RuleRow.rule_id == rule).values(**changed))
        values = "VALUES (:id, 'pacts', '[\"RELOS\"]', :revision, now(), now())"
        await work.session.execute(
            rows.text(f"INSERT INTO word_lists (list_id, name, members, revision, created_at, changed_at) {values}"),
            {"id": uuid4(), "revision": revision},
        )
        assert await work.session.scalar(select(DefinitionsRevisionRow.revision)) == revision


async def test_rules_are_compiled_before_an_article_needs_them(database, notifier, caplog):
    await rows.a_rule(database, name="Broken", query="agreement:left-the-catalogue")
    stop = asyncio.Event()
    with caplog.at_level(logging.ERROR, logger="services.notifier"):
        following = asyncio.create_task(follow_rules_forever(notifier, stop))

        async def told() -> bool:
            return any("Broken" in record.getMessage() for record in caplog.records)

        await eventually(told)
    stop.set()
    await following


async def test_more_rules_than_an_article_waits_for_are_compiled_beside_it(database, notifier):
    await rows.a_rule(database, name="R")
    assert await judged(database, notifier) == [("R", 1)]
    await rows.many_rules(database, MOST_RULES + 100)
    await rows.a_rule(database, name="S")
    assert await judged(database, notifier) == [("R", 1), ("S", 1)]
