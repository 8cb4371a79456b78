"""The shape of the code: doorways are doorways, files and functions fit a reader's head, names say what things are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from shared.contracts.events import EVENTS
from tests.architecture.tree import PRODUCT, ROOT, functions, name_of, parsed, place, sources

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60  # a test that needs more tells two stories

# A file that may be longer, with the reason; each entry must still be needed.
LONGER_FILES: dict[str, str] = {}

# Words that name nothing: whatever such a file holds has a better one.
EMPTY_WORDS = {"manager", "helper", "helpers", "util", "utils", "common", "misc", "stuff", "data", "info"}

HANDLERS = [path for path in sources("services") if path.name == "handlers.py" or path.parent.name == "handlers"]


def is_a_migration(path: Path) -> bool:
    """Migrations list tables; they are written once, read once, and never changed."""
    return path.is_relative_to(ROOT / "migrations" / "versions")


def doorways(path: Path) -> list[ast.AsyncFunctionDef]:
    return [each for each in functions(path) if isinstance(each, ast.AsyncFunctionDef)]


def spoken(function: ast.AsyncFunctionDef) -> list[ast.stmt]:
    """The statements of a function, without its docstring."""
    described = ast.get_docstring(function) is not None
    return function.body[1:] if described else function.body


def test_services_have_doorways():
    assert {path.parent.name for path in HANDLERS} >= {"classifier", "notifier"}


@pytest.mark.parametrize("path", HANDLERS, ids=name_of)
def test_a_handler_is_a_doorway_of_one_awaiting_statement(path):
    assert doorways(path)
    for handler in doorways(path):
        assert handler.name.startswith("on_"), f"{place(path, handler)}: {handler.name} does not begin with on_"
        statements = spoken(handler)
        one_await = (
            len(statements) == 1
            and isinstance(statements[0], ast.Expr)
            and isinstance(statements[0].value, ast.Await)
            and isinstance(statements[0].value.value, ast.Call)
        )
        assert one_await, f"{place(path, handler)}: {handler.name} is more than one awaiting statement"


def test_only_doorways_and_desk_answers_are_named_on_something():
    rooms = ("domain", "parsing", "use_cases", "ports", "adapters")
    found = [
        f"{place(path, each)} {each.name}"
        for path in sources("services")
        for each in functions(path)
        if each.name.startswith("on_") and any(room in path.with_suffix("").parts for room in rooms)
    ]
    assert not found


def test_events_are_facts_in_the_past_tense():
    assert all(event.__name__.endswith(("ed", "drawn")) for event in EVENTS)


def test_files_fit_a_readers_head():
    long = {
        name_of(path): lines
        for path in sources(*PRODUCT, "tests", "benchmarks")
        if not is_a_migration(path)
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES_OF_A_FILE
    }
    assert set(long) == set(LONGER_FILES), long


def test_functions_fit_on_a_screen():
    found = [
        f"{place(path, each)} {each.name}: {lines} lines"
        for path in sources(*PRODUCT, "tests", "benchmarks")
        if not is_a_migration(path)
        for each in functions(path)
        if (lines := (each.end_lineno or each.lineno) - each.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    ]
    assert not found


def test_no_file_is_named_by_a_word_that_names_nothing():
    assert not [name_of(path) for path in sources(*PRODUCT) if EMPTY_WORDS & set(path.stem.split("_"))]


def test_every_product_file_opens_with_what_it_is_for():
    found = [
        name_of(path)
        for path in sources(*PRODUCT)
        if parsed(path).body and not is_a_migration(path) and ast.get_docstring(parsed(path)) is None
    ]
    assert not found


@pytest.mark.parametrize(
    ("table_module", "owner"),
    [
        ("outbox", "messaging"),
        ("definitions", "desk"),
        ("harvest", "scraper"),
        ("verdicts", "classifier"),
        ("archive", "classifier"),
        ("alerts", "notifier"),
        ("accounts", "desk"),
        ("reading", "desk"),
        ("inboxes", "desk"),
    ],
)
def test_a_table_module_names_its_owner_first(table_module, owner):
    docstring = ast.get_docstring(parsed(ROOT / "shared" / "store" / f"{table_module}.py")) or ""
    assert docstring.startswith(f"Owner: {owner}.")


def test_every_table_stands_in_a_module_with_an_owner():
    homeless = [
        place(path, node)
        for path in sources(*PRODUCT)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef)
        and "Base" in {ast.unparse(base) for base in node.bases}
        and not (ast.get_docstring(parsed(path)) or "").startswith("Owner: ")
    ]
    assert not homeless
