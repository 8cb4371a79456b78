"""A desk on a real, empty database, with a small catalogue and a clock that the test winds."""

from __future__ import annotations

from datetime import datetime

import pytest

from services.desk.adapters.work import desk_transactions
from services.desk.use_cases.definitions import Definitions
from shared.kit.errors import WrongInput
from shared.store.unit_of_work import Database
from tests.live.desk.desk_rows import AGREEMENTS, MORNING, SECTORS


class WoundClock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


def only_words(query: str) -> None:
    """Stand for the rule language: refuses an unclosed bracket."""
    if query.count("(") != query.count(")"):
        raise WrongInput("--query", query, "has an unclosed bracket", mend="Close it.")


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock(MORNING)


@pytest.fixture
def definitions(database: Database, clock: WoundClock) -> Definitions:
    return Definitions(
        begin=desk_transactions(database),
        clock=clock,
        agreements=AGREEMENTS,
        sectors=SECTORS,
        check_query=only_words,
    )
