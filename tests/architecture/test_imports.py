"""Who may import whom: the tree keeps every rule, and every rule bites when somebody breaks it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.offences import OFFENCES
from tests.architecture.tree import PRODUCT, ROOT, imported, place, sources

LINTER: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in LINTER["contracts"]}


def lint(tree: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a tree, on these contracts or on all."""
    chosen = [argument for each in contracts for argument in ("--contract", each)]
    program = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--no-logo", *chosen],
        cwd=tree,
        env={"COLUMNS": "240", "PYTHONPATH": str(tree), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of our Python sources and of the rules, to be spoiled."""
    for folder in PRODUCT:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=_all_but_python)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _all_but_python(folder: str, names: list[str]) -> list[str]:
    return [
        name for name in names if name == "__pycache__" or not (name.endswith(".py") or Path(folder, name).is_dir())
    ]


def test_the_tree_keeps_every_rule():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout[-6000:] + result.stderr[-2000:]
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in result.stdout


def test_every_rule_has_offences_that_prove_it():
    assert set(OFFENCES) == set(CONTRACTS)


@pytest.mark.parametrize("contract", OFFENCES)
def test_an_offence_is_caught_and_named(contract, tree):
    for offence in OFFENCES[contract]:
        offence.commit(tree)
    result = lint(tree, contract)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{CONTRACTS[contract]['name']} BROKEN" in result.stdout
    named = {word.strip("-,():") for word in result.stdout.split()}
    for offence in OFFENCES[contract]:
        assert (offence.named or offence.module) in named, f"{offence} was not caught:\n{result.stdout}"


def test_every_service_but_the_command_line_has_rooms():
    services = {path.parent.name for path in (ROOT / "services").glob("*/__init__.py")}
    assert {name.removeprefix("services.") for name in CONTRACTS["rooms"]["containers"]} == services - {"cli"}


def test_use_cases_and_doors_take_from_the_store_only_the_word_for_an_outage():
    rooms = ("use_cases", "ports", "handlers", "schedule", "pages")
    found = [
        place(path, node) + f" imports {name}"
        for path in sources("services")
        if any(room in path.with_suffix("").parts for room in rooms)
        for node, name in imported(path)
        if name.startswith("shared.store.") and not name.endswith(".is_outage")
    ]
    assert not found


# What import-linter sees only by its first name, or not at all because nobody has it: each has a door of ours instead.
CLOSED_DOORS = {
    "urllib.request": "shared.web",
    "http.client": "shared.web",
    "requests": "shared.web",
    "aiohttp": "shared.web",
    "urllib3": "shared.web",
    "ftplib": "shared.web",
    "smtplib": "services.notifier.adapters.mail",
    "psycopg": "shared.store",
    "sqlite3": "shared.store",
}


def test_nobody_goes_out_by_a_side_door():
    found = [
        f"{place(path, node)} imports {name}; go through {CLOSED_DOORS[door]}"
        for path in sources(*PRODUCT)
        for node, name in imported(path)
        for door in CLOSED_DOORS
        if name == door or name.startswith(f"{door}.")
    ]
    assert not found
