"""Habits that no import rule sees: who reads the clock, who commits, who publishes, and how tests wait."""

from __future__ import annotations

import ast

import pytest

from shared.kit.failpoints import Step
from tests.architecture.tree import PRODUCT, ROOT, calls, imported, name_of, parsed, place, sources

WALL_CLOCKS = {
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "date.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
# Tests stand outside: they say what time it is, so they may read the wall clock. In the product only these do.
MAY_READ_THE_CLOCK = {
    "shared/kit/clock.py": "the one reader of wall time",
    "services/cli/examination.py": "compares this machine's clock with the database's",
}

# Who may sleep in the tests, and why an event cannot be waited for; each entry must still be needed.
MAY_SLEEP = {
    "tests/waiting.py": "the one wait: looks again until it is true, or its deadline passes",
    "tests/unit/web/test_web_client.py": "a server that drips: the pause is what the client is tried on",
    "tests/live/engines/guests.py": "asks engines of another process until they answer; the test has the deadline",
    "tests/live/engines/conftest.py": "waits for another process where no event loop runs",
}

MAY_PUBLISH = ("shared/messaging/",)
MAY_COMMIT = ("shared/store/unit_of_work.py",)
MAY_ACKNOWLEDGE = ("shared/messaging/",)


def called(*folders: str) -> list[tuple[str, str, ast.Call, str]]:
    """Every call below these folders: file, place, call, and what is called as written."""
    return [(name_of(path), place(path, call), call, what) for path in sources(*folders) for call, what in calls(path)]


def test_one_place_reads_the_wall_clock():
    readers = {name: where for name, where, _, what in called(*PRODUCT) if what in WALL_CLOCKS}
    assert set(readers) == set(MAY_READ_THE_CLOCK), readers


def test_tests_wait_on_what_happened_and_do_not_sleep():
    sleepers = {
        name: where
        for name, where, call, what in called("tests")
        if what.rpartition(".")[2] == "sleep"
        and [ast.unparse(argument) for argument in call.args] != ["0"]  # one turn of the loop is no wait
    }
    assert set(sleepers) == set(MAY_SLEEP), sleepers


def test_fakes_are_written_and_not_mocked():
    found = [
        place(path, node)
        for path in sources(*PRODUCT, "tests", "benchmarks")
        for node, name in imported(path)
        if name.split(".")[0] == "mock" or name.startswith("unittest")
    ]
    assert not found


def test_one_place_commits():
    found = [
        where
        for name, where, _, what in called(*PRODUCT)
        if what.rpartition(".")[2] in ("commit", "rollback") and name not in MAY_COMMIT
    ]
    assert not found


def test_news_leaves_by_the_outbox_alone():
    found = [
        where
        for name, where, _, what in called(*PRODUCT)
        if what.rpartition(".")[2] in ("publish", "publish_async") and not name.startswith(MAY_PUBLISH)
    ]
    assert not found


def test_nobody_but_messaging_spells_an_ack_policy():
    found = [
        place(path, node)
        for path in sources(*PRODUCT)
        if not name_of(path).startswith(MAY_ACKNOWLEDGE)
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Name) and node.id == "AckPolicy")
        or (isinstance(node, ast.Attribute) and node.attr in ("AckPolicy", "NACK_ON_ERROR", "REJECT_ON_ERROR"))
        or (isinstance(node, ast.alias) and node.name == "AckPolicy")
        or (isinstance(node, ast.keyword) and node.arg == "ack_policy")
    ]
    assert not found


def test_ids_are_made_of_facts_and_not_of_chance():
    found = [where for _, where, _, what in called(*PRODUCT) if what.rpartition(".")[2] in ("uuid1", "uuid4")]
    assert not found


@pytest.mark.parametrize("step", Step)
def test_every_failpoint_is_passed_where_its_name_says(step):
    room = {"relay": "shared/messaging/"}.get(step.value.partition(".")[0], f"services/{step.value.partition('.')[0]}/")
    passed = [
        where
        for _, where, call, what in called(*PRODUCT)
        if what.rpartition(".")[2] == "passing" and [ast.unparse(each) for each in call.args] == [f"Step.{step.name}"]
    ]
    assert passed, f"nobody passes Step.{step.name}"
    assert all(where.startswith(room) for where in passed), passed


def test_no_file_of_ours_speaks_of_the_machine_it_was_written_on():
    pages = [*sources(*PRODUCT, "tests", "benchmarks"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    found = [name_of(path) for path in pages if "/work/" + "shared" in path.read_text(encoding="utf-8")]
    assert not found
