"""What commands print: tables for people, plain lines and JSON for programs, one sentence and its mend for errors."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.cli import output
from services.cli.output import give_up, run, say_json, say_table
from shared.kit.errors import Later, PactwatchError, WrongInput

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
COLUMNS = ("Name", "At")


class Terminal(io.StringIO):
    """A stdout on which somebody looks."""

    def isatty(self) -> bool:
        return True


def test_in_a_pipe_rows_are_lines_and_cells_are_tabbed(capsys: pytest.CaptureFixture[str]):
    say_table(COLUMNS, [("one\ttab\nand line", None), (UUID(int=1), 7)], empty="none")
    assert capsys.readouterr().out == f"one tab and line\t\n{UUID(int=1)}\t7\n"


def test_on_a_terminal_rows_are_a_table_with_a_head(monkeypatch: pytest.MonkeyPatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    say_table(COLUMNS, [("[bold]not markup[/bold]", NOON), ("समाचार", None)], empty="none")
    head, first, second = terminal.getvalue().splitlines()
    assert "Name" in head
    assert "[bold]not markup[/bold]" in first
    assert "2026-11-2" in first
    assert "समाचार" in second


def test_no_rows_in_a_pipe_say_what_to_do_where_no_program_reads(capsys: pytest.CaptureFixture[str]):
    say_table(COLUMNS, [], empty="Add one.")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "Add one.\n")


@dataclass(frozen=True)
class Thing:
    name: str
    at: datetime


def test_json_spells_moments_ids_and_values(capsys: pytest.CaptureFixture[str]):
    say_json([Thing("भारत", NOON), {"id": UUID(int=1), "none": None, "several": ("a",)}])
    said = capsys.readouterr().out
    assert "भारत" in said
    assert json.loads(said) == [
        {"name": "भारत", "at": "2026-11-22T12:00:00+00:00"},
        {"id": str(UUID(int=1)), "none": None, "several": ["a"]},
    ]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WrongInput("--every", "x", "is no number", mend="Give seconds."), 2),
        (PactwatchError("The bus is away.", mend="Start it."), 1),
        (Later("Not ready."), 1),
    ],
)
def test_an_error_is_its_sentence_its_mend_and_a_code(
    error: PactwatchError, code: int, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as end:
        give_up(error)
    said = capsys.readouterr()
    assert end.value.code == code
    assert said.out == ""
    assert said.err == "\n".join(filter(None, (f"Error: {error.sentence}", error.mend))) + "\n"


def test_a_long_error_is_not_broken_into_lines_and_nothing_in_it_is_markup(capsys: pytest.CaptureFixture[str]):
    value = "[red]" + "word " * 60
    with pytest.raises(SystemExit):
        give_up(PactwatchError(value.strip()))
    assert capsys.readouterr().err == f"Error: {value.strip()}\n"


@pytest.mark.parametrize("error", [WrongInput("f", 1, "is wrong", mend="Mend."), ConnectionRefusedError("refused")])
def test_an_error_of_a_command_is_no_traceback(error: Exception, capsys: pytest.CaptureFixture[str]):
    async def work() -> None:
        raise error

    with pytest.raises(SystemExit) as end:
        run(work)
    assert end.value.code == (2 if isinstance(error, WrongInput) else 1)
    assert capsys.readouterr().err.startswith("Error: ")


def test_a_bug_is_a_traceback():
    async def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(work)


def test_what_is_said_is_out_at_once(monkeypatch: pytest.MonkeyPatch):
    flushed: list[str] = []

    class Pipe(io.StringIO):
        def flush(self) -> None:
            flushed.append(self.getvalue())

    monkeypatch.setattr("sys.stdout", Pipe())
    output.say("ready")
    assert flushed[-1] == "ready\n"
