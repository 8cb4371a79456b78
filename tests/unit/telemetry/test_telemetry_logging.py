"""Log lines: one JSON object each for programs, with the correlation id of the article; quiet libraries."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from shared.telemetry.logging import set_up_logging


@pytest.fixture(autouse=True)
def the_loggers_as_they_were() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {
        name: logging.getLogger(name).level for name in ("httpx", "httpcore", "trafilatura", "htmldate", "alembic")
    }
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    out, err = captured.readouterr()
    assert not out
    return [json.loads(line) for line in err.splitlines()]


@pytest.mark.parametrize("style", ["json", "auto"])
def test_a_line_for_programs_is_one_json_object(style: str, capsys: pytest.CaptureFixture[str]):
    set_up_logging("info", style)
    logging.getLogger("clerk").info("source %s:\n%s", "समाचार", "two lines")
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["logger"]) == ("source समाचार:\ntwo lines", "info", "clerk")
    assert line["timestamp"].endswith("Z")


def test_a_line_carries_the_correlation_id_of_what_is_in_hand(capsys: pytest.CaptureFixture[str]):
    set_up_logging("info", "json")
    with structlog.contextvars.bound_contextvars(correlation_id="7"):
        logging.getLogger("clerk").info("taken")
    logging.getLogger("clerk").info("idle")
    taken, idle = lines(capsys)
    assert taken["correlation_id"] == "7"
    assert "correlation_id" not in idle


def test_an_exception_is_told_whole_in_its_line(capsys: pytest.CaptureFixture[str]):
    set_up_logging("info", "json")
    try:
        int("a bug")
    except ValueError:
        logging.getLogger("clerk").exception("failed")
    (line,) = lines(capsys)
    assert "Traceback" in line["exception"]
    assert "ValueError: invalid literal" in line["exception"]


def test_what_is_below_the_level_is_not_told(capsys: pytest.CaptureFixture[str]):
    set_up_logging("warning", "json")
    logging.getLogger("clerk").info("chatter")
    logging.getLogger("httpx").info("GET http://example.org/?token=1")
    assert not lines(capsys)


@pytest.mark.parametrize("level", ["debug", "info"])
def test_libraries_are_quiet_at_every_level(level: str, capsys: pytest.CaptureFixture[str]):
    set_up_logging(level, "json")
    logging.getLogger("httpx").info("GET http://example.org/?token=1")
    logging.getLogger("trafilatura").warning("discarding data")
    assert not lines(capsys)


def test_a_line_for_people_is_no_json(capsys: pytest.CaptureFixture[str]):
    set_up_logging("info", "console")
    logging.getLogger("clerk").warning("the bus is away")
    err = capsys.readouterr().err
    assert "the bus is away" in err
    assert not err.startswith("{")


def test_setting_up_twice_does_not_tell_twice(capsys: pytest.CaptureFixture[str]):
    set_up_logging("info", "json")
    set_up_logging("info", "json")
    logging.getLogger("clerk").info("once")
    assert len(lines(capsys)) == 1
