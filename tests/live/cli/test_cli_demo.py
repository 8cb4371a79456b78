"""What the demo defines: all of it once, also when its first start is cut off, and never again what people changed."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.cli.definitions import definitions_on, language_of, names_of, rules_on, take_default_rules
from services.cli.demo import OPERATORS, kept_newsroom, watch_newsroom
from services.cli.newsroom.site import RULES, SOURCES, SUBSCRIPTIONS
from services.desk.adapters.work import desk_transactions
from services.desk.domain.saving import HouseRules
from services.desk.domain.signatures import Signature
from services.desk.ports import DeskWork
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.rule_keeping import RuleKeeping
from services.desk.use_cases.rules import Rules
from services.desk.use_cases.writing import Writing
from shared.catalogue.loader import load_catalogue
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database

pytestmark = pytest.mark.live
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
READS = 2  # a start first asks for the sources and the rules that stand
SUBSCRIBED = len(RULES) + len(SUBSCRIPTIONS) + len(OPERATORS)
WRITES = len(SOURCES) + 2 * len(RULES) + SUBSCRIBED  # of a rule the lists are read first
ASHA = Signature("Asha")


class CutOffError(Exception):
    """The process ended here."""


def cut_off_after(transactions: int, database: Database) -> tuple[Definitions, Rules]:
    """What defines, of a process that ends when it begins one transaction more."""
    opened = 0

    def begin() -> AbstractAsyncContextManager[DeskWork]:
        nonlocal opened
        opened += 1
        if opened > transactions:
            raise CutOffError
        return desk_transactions(database)()

    catalogue, writing = load_catalogue(), Writing(begin, SystemClock())
    agreements, sectors = names_of(catalogue)
    keeping = RuleKeeping(writing, language_of(catalogue), HouseRules())
    return Definitions(writing, agreements=agreements, sectors=sectors), Rules(keeping, agreements)


def whole(database: Database) -> tuple[Definitions, Rules]:
    catalogue = load_catalogue()
    return definitions_on(database, catalogue), rules_on(database, catalogue, Settings()).rules


async def everything_is_defined(definitions: Definitions, rules: Rules) -> None:
    assert {view.source.name for view in await definitions.sources()} == {sample.name for sample in SOURCES}
    assert {rule.name for rule in RULES} <= {view.name for view in await rules.views()}
    assert len(await definitions.subscriptions()) == SUBSCRIBED


@pytest.mark.parametrize("writes", [0, 1, len(SOURCES), len(SOURCES) + 1, len(SOURCES) + 4, WRITES - 1])
async def test_a_first_start_that_was_cut_off_is_completed_by_the_next(database, tmp_path: Path, writes: int):
    with pytest.raises(CutOffError):
        await watch_newsroom(*cut_off_after(READS + writes, database), kept_newsroom(tmp_path, NOON))
    definitions, rules = whole(database)
    assert await watch_newsroom(definitions, rules, kept_newsroom(tmp_path, NOON)) == (
        len(SOURCES), SUBSCRIBED,
    )  # fmt: skip
    await everything_is_defined(definitions, rules)
    assert kept_newsroom(tmp_path, NOON).defined


async def test_what_a_person_changed_in_the_demo_stays_changed(database, tmp_path: Path):
    definitions, rules = whole(database)
    await watch_newsroom(definitions, rules, kept_newsroom(tmp_path, NOON))
    await definitions.remove_source(SOURCES[0].name)
    await rules.remove(RULES[0].name, ASHA)
    await rules.edit(RULES[1].name, ASHA, query="RELOS")
    before = (await definitions.sources(), await rules.views(), await definitions.subscriptions())
    await watch_newsroom(definitions, rules, kept_newsroom(tmp_path, NOON))
    assert (await definitions.sources(), await rules.views(), await definitions.subscriptions()) == before


async def test_a_demo_of_the_first_versions_is_not_defined_again(database, tmp_path: Path):
    definitions, rules = whole(database)
    await watch_newsroom(definitions, rules, kept_newsroom(tmp_path, NOON))
    await definitions.remove_source(SOURCES[0].name)
    (tmp_path / "newsroom.json").write_text(f'{{"started_at": "{NOON.isoformat()}"}}', encoding="utf-8")
    await watch_newsroom(definitions, rules, kept_newsroom(tmp_path, NOON))
    assert len(await definitions.sources()) == len(SOURCES) - 1


async def test_a_demo_beside_a_persons_own_rule_of_the_same_name_leaves_that_rule_alone(database, tmp_path: Path):
    definitions, rules = whole(database)
    await rules.add(RULES[0].name.upper(), "RELOS", ASHA)
    await watch_newsroom(definitions, rules, kept_newsroom(tmp_path, NOON))
    assert [view.query for view in await rules.views() if view.name == RULES[0].name.upper()] == ["RELOS"]


async def test_a_demo_on_an_emptied_database_begins_anew(database, tmp_path: Path):
    definitions, rules = whole(database)
    await take_default_rules(database, load_catalogue())
    newsroom = kept_newsroom(tmp_path, NOON)
    newsroom.remember()
    (tmp_path / "newsroom.json").write_text(
        f'{{"started_at": "{NOON.isoformat()}", "defined": true}}', encoding="utf-8"
    )
    await watch_newsroom(definitions, rules, kept_newsroom(tmp_path, NOON))
    await everything_is_defined(definitions, rules)
