"""The `pactwatch` command on a real, empty database; its bus is an address where nobody listens."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from typer.testing import CliRunner

from services.cli.app import app
from shared.store.unit_of_work import Database

T = TypeVar("T")


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said where."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def rows(self) -> list[list[str]]:
        """Its lines as a program reads them: by tabs."""
        return [line.split("\t") for line in self.out.splitlines()]


class Pactwatch:
    """Runs commands in this process; what they leave behind is in their database."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url

    def __call__(self, *arguments: str, given: str | bytes | None = None, code: int | None = 0) -> Ran:
        """Run a command; fails unless it ends with this code (None: any)."""
        result = CliRunner().invoke(app, arguments, input=given)
        ran = Ran(result.exit_code, result.stdout, result.stderr)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert code is None or ran.code == code, ran
        return ran

    def with_database(self, work: Callable[[Database], Coroutine[Any, Any, T]]) -> T:
        """Do something with the command's database, as a service would."""

        async def done() -> T:
            database = Database(self.database_url)
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(done())


@pytest.fixture
def pactwatch(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Pactwatch:
    for name in [name for name in os.environ if name.startswith("PACTWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PACTWATCH_DATABASE_URL", database_url)
    monkeypatch.setenv("PACTWATCH_NATS_URL", "nats://hush@127.0.0.1:1")
    return Pactwatch(database_url)
