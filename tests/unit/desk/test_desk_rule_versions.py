"""Whatever is done to rules, in whatever order: versions without a gap, nothing lost, and any of them had back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.desk.domain.rule_versions import RuleVersion, content_of, who_paused
from services.desk.domain.signatures import signed
from shared.kit.errors import WrongInput
from tests.unit.desk.memory_desk import ASHA, MemoryDesk

NAMES = st.sampled_from(["Ports", "ports ", "Logistics", "Порты"])
QUERIES = st.sampled_from(["port", "port OR harbour", "agreement:relos -LEMOA", "(port", "NOT port"])
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "query": QUERIES,
        "new_name": NAMES,
        "severity": st.sampled_from(["low", "high", "urgent"]),
        "policy": st.sampled_from(["each_article", "new-facts"]),
        "owner": st.text(max_size=20),
        "note": st.text(max_size=20),
        "watches": st.sampled_from(["relos", "kudankulam", "", "relso"]),
        "paused": st.booleans(),
    },
)
STEPS = st.one_of(
    st.tuples(st.just("add"), NAMES, QUERIES),
    st.tuples(st.just("edit"), NAMES, FIELDS),
    st.tuples(st.sampled_from(["pause", "resume", "remove", "restore"]), NAMES),
    st.tuples(st.just("roll_back"), NAMES, st.integers(0, 6)),
)


async def done(desk: MemoryDesk, step: tuple[Any, ...]) -> None:
    what, name, *more = step
    match what:
        case "add":
            await desk.rules.add(name, more[0], ASHA)
        case "edit":
            await desk.rules.edit(name, ASHA, **more[0])
        case "roll_back":
            await desk.rules.roll_back(name, more[0], ASHA)
            await it_says_what_it_said(desk, name, more[0])
        case _:
            await getattr(desk.rules, what)(name, ASHA)


async def refused(desk: MemoryDesk, step: tuple[Any, ...]) -> WrongInput | None:
    try:
        await done(desk, step)
    except WrongInput as wrong:
        return wrong
    return None


async def it_says_what_it_said(desk: MemoryDesk, name: str, number: int) -> None:
    wanted = name.strip().casefold()
    rules = [each for each in desk.work.rules.values() if not each.removed]
    for rule in rules:
        versions = await desk.work.rule_versions(rule.rule_id)
        if not 0 < number <= len(versions):
            continue
        had_the_name = any(each.name.casefold() == wanted for each in versions)
        now, then = content_of(versions[-1]), content_of(versions[number - 1])
        if had_the_name and now == then | {"paused": rule.paused}:
            return
    raise AssertionError(f"{name} is not like its version {number}")


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_any_sequence_of_saves_keeps_every_version(steps: list[tuple[Any, ...]]):
    async def all_of_them() -> None:
        desk = MemoryDesk()
        for step in steps:
            before = dict(desk.work.versions)
            refusal = await refused(desk, step)
            assert refusal is None or (refusal.mend and desk.work.versions == before)
            assert before.items() <= desk.work.versions.items(), "what was saved stays as it was"
            assert len(desk.work.versions) - len(before) in (0, 1)
            for rule in desk.work.rules.values():
                versions = await desk.work.rule_versions(rule.rule_id)
                assert [each.version for each in versions] == list(range(1, rule.version + 1))
                assert content_of(versions[-1]) == content_of(rule)

    asyncio.run(all_of_them())


def a_version(number: int, *, paused: bool, author: str) -> RuleVersion:
    at = datetime(2026, 11, 22, tzinfo=UTC) + timedelta(minutes=number)
    return RuleVersion(
        UUID(int=1), number, "Ports", "port", paused, None, "each_story", "normal", "", "", False, author, "", at
    )


@pytest.mark.parametrize(
    ("saves", "who"),
    [
        ([(False, "A")], None),
        ([(False, "A"), (True, "B"), (True, "C")], "B"),
        ([(True, "A"), (False, "B"), (True, "C")], "C"),
        ([(True, "A"), (False, "B")], None),
        ([], None),
    ],
)
def test_a_rule_is_paused_by_whoever_paused_it_since_it_last_ran(saves: list[tuple[bool, str]], who: str | None):
    versions = [a_version(n, paused=paused, author=author) for n, (paused, author) in enumerate(saves, 1)]
    assert who_paused(versions) == who


@pytest.mark.parametrize("author", ["", "  ", "x" * 81, "Catalogue", "subscription"])
def test_a_save_is_signed_by_a_person(author: str):
    with pytest.raises(WrongInput):
        signed(author)


def test_a_signature_is_on_one_line():
    assert signed(" Asha\nRao ", "because\tso").author == "Asha Rao"
    with pytest.raises(WrongInput, match="--reason"):
        signed("Asha", "x" * 501)


@pytest.mark.parametrize("paused", [False, True])
def test_a_rule_rolled_back_runs_or_stays_paused_as_it_was(paused: bool):
    async def rolled_back() -> bool:
        desk = MemoryDesk()
        await desk.rules.add("Ports", "port", ASHA, paused=not paused)
        await desk.rules.edit("Ports", ASHA, query="harbour", paused=paused)
        await desk.rules.roll_back("Ports", 1, ASHA)
        (rule,) = desk.work.rules.values()
        assert rule.query == "port"
        return rule.paused

    assert asyncio.run(rolled_back()) is paused
