"""What a command prints: tables on a terminal, plain lines in a pipe, JSON where a program reads.

Rich is imported where it paints: a command in a pipe does not pay for it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from shared.kit.errors import PactwatchError, WrongInput

T = TypeVar("T")

# Escape and its like: C0 without tab and new line, delete, C1.
_CONTROLS = {code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(127, 160)) if code not in (9, 10)}

FAILED = 1
WRONG_USE = 2


def say(line: str) -> None:
    """Print one line on stdout, at once."""
    sys.stdout.write(_harmless(line) + "\n")
    sys.stdout.flush()


def say_json(value: object) -> None:
    """Print a value as JSON."""
    say(json.dumps(value, ensure_ascii=False, indent=2, default=_spelled))


def _spelled(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def say_table(columns: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str) -> None:
    """Print rows: a table on a terminal, tab-separated lines in a pipe.

    For none, `empty` says what to do next; in a pipe it goes to stderr, because a program would read it as a row.
    """
    if not rows:
        (sys.stdout if sys.stdout.isatty() else sys.stderr).write(empty + "\n")
        return
    cells = [["" if cell is None else _cell(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in cells:
            say("\t".join(" ".join(cell.split()) for cell in row))
        return
    _paint_table(columns, cells)


def _paint_table(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def _cell(value: object) -> str:
    return f"{value.astimezone():%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else _harmless(str(value))


def _harmless(text: str) -> str:
    """Return the text without what a terminal obeys: strangers' words (headlines, notes) come through here."""
    return text.translate(_CONTROLS)


def complain(error: PactwatchError) -> None:
    """Say on stderr what went wrong, and what mends it."""
    from rich.console import Console
    from rich.text import Text

    stderr = Console(stderr=True, highlight=False, soft_wrap=True)
    stderr.print(Text.assemble(("Error: ", "bold red"), error.sentence))
    if error.mend:
        stderr.print(Text(error.mend))


def warn(line: str, *, about: str = "") -> None:
    """Say on stderr what somebody should know; the command goes on."""
    sys.stderr.write(f"{about}: {line}\n" if about else f"{line}\n")
    sys.stderr.flush()


def give_up(error: PactwatchError) -> NoReturn:
    """Say what went wrong and end: with 2 for wrong use, 1 for anything else."""
    complain(error)
    raise SystemExit(WRONG_USE if isinstance(error, WrongInput) else FAILED)


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a command's coroutine; an error that a person can meet becomes a sentence and an exit code."""
    try:
        return asyncio.run(work())
    except PactwatchError as error:
        give_up(error)
    except OSError as error:
        give_up(PactwatchError(f"{error}.", mend="Run `pactwatch doctor` to see what is away."))
    except Exception as error:  # noqa: BLE001  (what is no refusal is raised again)
        give_up(_told(error))


def _told(error: BaseException) -> PactwatchError:
    """Return an error as a person can meet it; raises it again when it is a defect of ours."""
    from services.cli.database_refusals import refusal_of  # late: a command without a database does not pay for it

    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    if isinstance(error, PactwatchError):
        return error
    refusal = refusal_of(error)
    if refusal is None:
        raise error
    return refusal
