"""A desk on a real, empty database, with a small catalogue and a clock that the test winds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from fastapi import FastAPI

from services.cli.account_desk import AccountDesk
from services.desk.adapters.rule_language import CatalogueLanguage
from services.desk.adapters.work import desk_transactions
from services.desk.app import build_desk
from services.desk.domain.saving import HouseRules
from services.desk.domain.signatures import Signature
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.rule_keeping import RuleKeeping
from services.desk.use_cases.rules import Rules
from services.desk.use_cases.word_lists import WordLists
from services.desk.use_cases.writing import Writing
from shared.store.unit_of_work import Database
from shared.web.client import WebClient, make_client
from shared.web.guard import AllowedHosts
from tests.live.desk.account_house import PUBLIC, NewVisitor
from tests.live.desk.desk_rows import AGREEMENTS, MORNING, SECTORS
from tests.live.desk.door_keeping import account_desk
from tests.live.desk.reading_house import reading_desk
from tests.live.desk.visiting import Visiting

LANGUAGE = CatalogueLanguage(
    agreements=AGREEMENTS, sectors=SECTORS, stages=("announced", "signed", "in_force"), stages_of={}
)
ASHA = Signature("Asha", "A test.")
RAVI = Signature("Ravi", "Another test.")


class WoundClock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> WoundClock:
    return WoundClock(MORNING)


@pytest.fixture
def writing(database: Database, clock: WoundClock) -> Writing:
    return Writing(desk_transactions(database), clock)


@pytest.fixture
def definitions(writing: Writing) -> Definitions:
    return Definitions(writing, agreements=AGREEMENTS, sectors=SECTORS)


@pytest.fixture
def keeping(writing: Writing) -> RuleKeeping:
    return RuleKeeping(writing, LANGUAGE, HouseRules())


@pytest.fixture
def rules(keeping: RuleKeeping) -> Rules:
    return Rules(keeping, AGREEMENTS)


@pytest.fixture
def lists(writing: Writing) -> WordLists:
    return WordLists(writing, LANGUAGE)


@pytest.fixture
def house(database: Database, clock) -> AccountDesk:
    return account_desk(database, clock=clock)


@pytest.fixture
def app(database: Database, definitions: Definitions, house: AccountDesk, clock: WoundClock) -> FastAPI:
    """The desk that `house` lets people into."""
    doors = house.doors
    pages = reading_desk(database, definitions, doors, clock).pages
    return build_desk(definitions, doors, agreements=AGREEMENTS, sectors=SECTORS, base_url=PUBLIC, pages=pages)


@pytest.fixture
async def web() -> AsyncIterator[WebClient]:
    """The one door to HTTP, open to this machine."""
    client = make_client(allowed=AllowedHosts.parse("127.0.0.1"), user_agent="Pactwatch/test")
    yield client
    await client.aclose()


@pytest.fixture
async def new_visitor(app: FastAPI) -> AsyncIterator[NewVisitor]:
    made: list[Visiting] = []

    def new(**options: str) -> Visiting:
        made.append(Visiting(app, **options))
        return made[-1]

    yield new
    for each in made:
        await each.aclose()


@pytest.fixture
def visitor(new_visitor: NewVisitor) -> Visiting:
    return new_visitor()
