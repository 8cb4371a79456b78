"""Logs for people on a terminal, JSON lines elsewhere; each line carries the correlation id of its article."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog


def set_up_logging(level: str, style: str) -> None:
    """Send every log line to stderr. `style` is json, console, or auto (console on a terminal)."""
    as_console = style == "console" or (style == "auto" and sys.stderr.isatty())
    before: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if as_console
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    final: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if not as_console:
        final.append(structlog.processors.format_exc_info)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=[*final, renderer]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy, at_least in _QUIET.items():
        logging.getLogger(noisy).setLevel(max(logging.getLevelName(at_least), root.level))


_QUIET: dict[str, Literal["WARNING", "ERROR"]] = {
    "httpx": "WARNING",
    "httpcore": "WARNING",
    "trafilatura": "ERROR",
    "htmldate": "ERROR",
    "alembic": "WARNING",
    "uvicorn.access": "WARNING",
    "asyncio": "WARNING",
}
