"""The catalogue's rules at the start of a service: taken over once the database answers, and waited for until then."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import cast

import pytest
from sqlalchemy import func, select, text

from services.cli.default_rules import NOT_TAKEN, rules_taken_over, take_rules_over
from services.cli.definitions import rules_on
from services.desk.domain.signatures import Signature
from shared.catalogue.entries import Catalogue
from shared.catalogue.loader import catalogue_from, load_catalogue, shipped_files
from shared.hosting.service import Ground
from shared.kit.settings import Settings
from shared.store.definitions import RuleRow
from shared.store.unit_of_work import Database, Work
from tests.waiting import eventually

pytestmark = pytest.mark.live


@dataclass(frozen=True)
class Standing:
    """What of a ground the start of a service looks at."""

    database: Database
    catalogue: Catalogue


def with_watch(query: str) -> Catalogue:
    texts = shipped_files()
    own = texts["agreements.yaml"].replace("- id: relos\n", f"- id: relos\n  watch: '{query}'\n")
    return catalogue_from({**texts, "agreements.yaml": own})


async def test_a_service_that_starts_takes_the_rules_over(database: Database):
    await rules_taken_over(cast(Ground, Standing(database, load_catalogue())), asyncio.Event())
    async with database.begin(Work) as work:
        assert await work.session.scalar(select(func.count()).select_from(RuleRow)) == 68


async def test_a_service_waits_for_a_database_that_is_away_until_it_is_stopped(caplog: pytest.LogCaptureFixture):
    away = Database("postgresql://nobody@127.0.0.1:1/none")
    stop = asyncio.Event()
    waiting = asyncio.create_task(rules_taken_over(cast(Ground, Standing(away, load_catalogue())), stop))

    async def told() -> bool:
        return "the database does not answer yet" in caplog.text

    await eventually(told)
    assert not waiting.done()
    stop.set()
    await waiting
    await away.close()


async def test_conflicts_and_wrong_queries_are_told_in_the_log(database: Database, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.WARNING)
    await take_rules_over(database, load_catalogue())
    assert caplog.text == ""
    rules = rules_on(database, load_catalogue(), Settings()).rules
    await rules.edit("Agreement: RELOS", Signature("Asha"), query="agreement:relos -LEMOA")
    await take_rules_over(database, with_watch("agreement:relos OR RELOS"))
    assert "a rule was changed by people and by the catalogue" in caplog.text
    assert "Agreement: RELOS" in caplog.text
    await take_rules_over(database, with_watch("(agreement:relos"))
    assert "relos watch: '(agreement:relos' has an unclosed parenthesis" in caplog.text


async def test_what_goes_wrong_with_the_rules_is_told_and_the_house_starts(
    database: Database, caplog: pytest.LogCaptureFixture
):
    async with database.begin(Work) as work:  # an error that stays
        await work.session.execute(text("ALTER TABLE rule_versions ADD CONSTRAINT ck_none CHECK (version < 1)"))
    await rules_taken_over(cast(Ground, Standing(database, load_catalogue())), asyncio.Event())
    assert "the catalogue's rules cannot be taken over" in caplog.text
    assert await take_rules_over(database, load_catalogue()) == NOT_TAKEN
