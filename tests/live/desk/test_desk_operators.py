"""Operators among the definitions: subscriptions of no rule."""

from __future__ import annotations

import pytest

from services.desk.adapters.reading_records import ReadingWork
from services.desk.domain.rules import OperatorsTarget, SectorTarget
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.rules import Rules
from shared.store.unit_of_work import Database
from tests.live.desk.desk_rows import MORNING

pytestmark = pytest.mark.live


async def test_an_operators_subscription_is_of_no_rule(definitions: Definitions, rules: Rules):
    made = await definitions.subscribe(OperatorsTarget(), "webhook:https://ops.example.org/hook")
    assert (made.rule_id, made.rule_name, made.origin, made.already) == (None, "operators", "operators", False)
    assert made.secret is not None
    again = await definitions.subscribe(OperatorsTarget(), "webhook:https://ops.example.org/hook")
    assert (again.subscription_id, again.already, again.secret) == (made.subscription_id, True, None)
    assert [view.subscription_id for view in await definitions.subscriptions()] == [made.subscription_id]
    assert await rules.views() == []


async def test_one_address_may_hear_of_a_sector_and_of_troubles(definitions: Definitions, database: Database):
    await definitions.subscribe(SectorTarget("health"), "inbox")
    await definitions.subscribe(OperatorsTarget(), "inbox")
    assert {view.origin for view in await definitions.subscriptions()} == {"sector", "operators"}
    async with database.begin(ReadingWork) as work:
        assert (await work.house(MORNING)).subscriptions == 1, "the front page counts who hears of news"


async def test_a_subscription_is_of_a_rule_or_of_operators_and_never_of_both(database: Database):
    strange = (
        "INSERT INTO subscriptions (subscription_id, topic, rule_id, channel, address, created_at) "
        "VALUES (gen_random_uuid(), 'rule', NULL, 'inbox', '', now())"
    )
    async with database.engine.connect() as connection:
        with pytest.raises(Exception, match="ck_subscriptions_topic"):
            await connection.exec_driver_sql(strange)
