"""The source tree as the checks see it: files, their syntax, and places a reader can jump to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("shared", "services", "migrations")


def sources(*folders: str) -> list[Path]:
    """Every Python file of these folders of the checkout."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """The file's name as people write it, for example `shared/kit/clock.py`."""
    return path.relative_to(ROOT).as_posix()


def place(path: Path, node: ast.AST) -> str:
    """Where a reader finds it, for example `shared/kit/clock.py:22`."""
    return f"{name_of(path)}:{getattr(node, 'lineno', 1)}"


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Every call of a file with what is called, as written: `datetime.now`, `session.commit`."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def imported(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Every import of a file, in full: `from a import b` is `a.b`."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((node, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{each.name}") for each in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file, also those inside others."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
