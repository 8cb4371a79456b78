"""What the demo defines: all of it once, also when its first start is cut off, and never again what people changed."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.cli.definitions import definitions_on, names_of
from services.cli.demo import OPERATORS, kept_newsroom, watch_newsroom
from services.cli.newsroom.site import RULES, SOURCES, SUBSCRIPTIONS
from services.desk.adapters.work import desk_transactions
from services.desk.ports import DeskWork
from services.desk.use_cases.definitions import Definitions
from shared.catalogue.loader import load_catalogue
from shared.kit.clock import SystemClock
from shared.store.unit_of_work import Database

pytestmark = pytest.mark.live
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
READS = 2  # a start first asks for the sources and the rules that stand
SUBSCRIBED = len(RULES) + len(SUBSCRIPTIONS) + len(OPERATORS)
WRITES = len(SOURCES) + len(RULES) + SUBSCRIBED


class CutOffError(Exception):
    """The process ended here."""


def cut_off_after(transactions: int, database: Database) -> Definitions:
    """Definitions of a process that ends when it begins one transaction more."""
    opened = 0

    def begin() -> AbstractAsyncContextManager[DeskWork]:
        nonlocal opened
        opened += 1
        if opened > transactions:
            raise CutOffError
        return desk_transactions(database)()

    agreements, sectors = names_of(load_catalogue())
    return Definitions(
        begin=begin, clock=SystemClock(), agreements=agreements, sectors=sectors, check_query=lambda _query: None
    )


async def everything_is_defined(definitions: Definitions) -> None:
    assert {view.source.name for view in await definitions.sources()} == {sample.name for sample in SOURCES}
    assert {rule.name for rule in RULES} <= {view.name for view in await definitions.rules()}
    assert len(await definitions.subscriptions()) == SUBSCRIBED


@pytest.mark.parametrize("writes", [0, 1, len(SOURCES), len(SOURCES) + 1, len(SOURCES) + 4, WRITES - 1])
async def test_a_first_start_that_was_cut_off_is_completed_by_the_next(database, tmp_path: Path, writes: int):
    with pytest.raises(CutOffError):
        await watch_newsroom(cut_off_after(READS + writes, database), kept_newsroom(tmp_path, NOON))
    definitions = definitions_on(database, load_catalogue())
    assert await watch_newsroom(definitions, kept_newsroom(tmp_path, NOON)) == (
        len(SOURCES), SUBSCRIBED,
    )  # fmt: skip
    await everything_is_defined(definitions)
    assert kept_newsroom(tmp_path, NOON).defined


async def test_what_a_person_changed_in_the_demo_stays_changed(database, tmp_path: Path):
    definitions = definitions_on(database, load_catalogue())
    await watch_newsroom(definitions, kept_newsroom(tmp_path, NOON))
    await definitions.remove_source(SOURCES[0].name)
    await definitions.remove_rule(RULES[0].name)
    await definitions.edit_rule(RULES[1].name, query="RELOS")
    before = (await definitions.sources(), await definitions.rules(), await definitions.subscriptions())
    await watch_newsroom(definitions, kept_newsroom(tmp_path, NOON))
    assert (await definitions.sources(), await definitions.rules(), await definitions.subscriptions()) == before


async def test_a_demo_of_the_first_versions_is_not_defined_again(database, tmp_path: Path):
    definitions = definitions_on(database, load_catalogue())
    await watch_newsroom(definitions, kept_newsroom(tmp_path, NOON))
    await definitions.remove_source(SOURCES[0].name)
    (tmp_path / "newsroom.json").write_text(f'{{"started_at": "{NOON.isoformat()}"}}', encoding="utf-8")
    await watch_newsroom(definitions, kept_newsroom(tmp_path, NOON))
    assert len(await definitions.sources()) == len(SOURCES) - 1


async def test_a_demo_beside_a_persons_own_rule_of_the_same_name_leaves_that_rule_alone(database, tmp_path: Path):
    definitions = definitions_on(database, load_catalogue())
    await definitions.add_rule(RULES[0].name.upper(), "RELOS")
    await watch_newsroom(definitions, kept_newsroom(tmp_path, NOON))
    assert [view.query for view in await definitions.rules() if view.name == RULES[0].name.upper()] == ["RELOS"]


async def test_a_demo_on_an_emptied_database_begins_anew(database, tmp_path: Path):
    definitions = definitions_on(database, load_catalogue())
    newsroom = kept_newsroom(tmp_path, NOON)
    newsroom.remember()
    (tmp_path / "newsroom.json").write_text(
        f'{{"started_at": "{NOON.isoformat()}", "defined": true}}', encoding="utf-8"
    )
    await watch_newsroom(definitions, kept_newsroom(tmp_path, NOON))
    await everything_is_defined(definitions)
