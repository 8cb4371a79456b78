"""Every route of the whole desk, asked by every role and by somebody who is not signed in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from functools import partial
from http import HTTPStatus

import pytest
from fastapi import FastAPI

from services.cli.account_desk import AccountDesk
from services.cli.asking import asking_on
from services.cli.rule_room import catalogue_on, keeping_pages, rule_room_on
from services.desk.adapters.correction_queries import CorrectionQueries
from services.desk.adapters.reader_queries import ReaderQueries
from services.desk.app import build_desk
from services.desk.domain.accounts import Role
from services.desk.domain.corrections import CatalogueIds
from services.desk.domain.permissions import GRANTED, Door, Permission
from services.desk.pages.needs import SAFE_METHODS, TERMS, Proof, served, terms_of, undeclared
from services.desk.use_cases.correcting import Corrections
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.readers import Readers
from services.desk.use_cases.writing import Writing
from services.scraper.app import hub_door
from shared.catalogue.loader import load_catalogue
from shared.kit.clock import SystemClock
from shared.kit.sealing import Seals
from shared.kit.settings import load_settings
from shared.store.unit_of_work import Database
from shared.web.client import WebClient
from tests.live.desk.account_house import CONSOLE, set_up
from tests.live.desk.desk_rows import AGREEMENTS, SECTORS
from tests.live.desk.door_keeping import account_desk
from tests.live.desk.operating_house import operating_pages_of
from tests.live.desk.own_desk import own_pages_of
from tests.live.desk.reading_house import reading_desk
from tests.live.desk.visiting import PASSWORD, Visiting, token_of

pytestmark = pytest.mark.live

PUBLIC = "https://desk.example.org"
AN_ID = "582ae0b5-f8b5-48e5-8943-d00c7e41750a"
# What must stay open to strangers, and nothing else: a route that is added here is a decision (docs/security.md).
PUBLIC_ROUTES = {
    *(
        "GET /login",
        "POST /login",
        "POST /login/code",
        "GET /setup/{token}",
        "POST /setup/{token}",
        "GET /invite/{token}",
    ),
    *("POST /invite/{token}", "GET /reset", "POST /reset", "GET /reset/{token}", "POST /reset/{token}"),
    *(
        "GET /u/{token}",
        "GET /u/mail/{token}",
        "POST /u/mail/{token}",
        "GET /u/{token}/{member}",
        "POST /u/{token}/{member}",
        "POST /u/{token}",
        "GET /f/{token}/{agreement_id}",
        "POST /f/{token}/{agreement_id}",
        "GET /feeds/{token}.atom",
        "GET /feeds/{token}.json",
    ),
    *("GET /websub/{token}", "POST /websub/{token}", "GET /health", "GET /static", "GET /language/{code}"),
}
SIGNED_OUT = "signed out"


@pytest.fixture
def house(database: Database) -> AccountDesk:
    return account_desk(database, home_url=PUBLIC)


@pytest.fixture
def app(database: Database, definitions: Definitions, writing: Writing, house: AccountDesk, web: WebClient) -> FastAPI:
    """The desk with everything that it can have."""
    catalogue = load_catalogue()
    room = rule_room_on(database, catalogue, load_settings())
    keeping = keeping_pages(room, catalogue_on(database, catalogue))
    own = own_pages_of(database, writing, SystemClock())
    operating = operating_pages_of(database, definitions, SystemClock(), web)
    known = CatalogueIds(SECTORS.keys(), AGREEMENTS.keys(), ("signed",))
    reading = reading_desk(database, definitions, house.doors, SystemClock())
    reading.live.close()  # a stream that is let in ends at once
    return build_desk(
        definitions,
        house.doors,
        agreements=AGREEMENTS,
        sectors=SECTORS,
        base_url=PUBLIC,
        hubs=hub_door(database, SystemClock()),
        corrections=Corrections(partial(database.begin, CorrectionQueries), SystemClock(), known),
        asking=asking_on(database, load_catalogue()),
        readers=Readers(writing, partial(database.begin, ReaderQueries), Seals((b"k" * 32,))),
        pages=[*reading.pages, *own.pages, *keeping, *operating],
        noting=own.noting,
    )


@pytest.fixture
async def visitors(app: FastAPI, house: AccountDesk) -> AsyncIterator[Mapping[str, Visiting]]:
    """A browser for each role, and one that is not signed in."""
    browsers = {name: Visiting(app, home=PUBLIC, address="203.0.113.9") for name in (*Role, SIGNED_OUT)}
    await set_up(house, browsers[Role.OWNER])
    for role in (Role.OFFICER, Role.ADMIN, Role.OPERATOR):
        invited = await house.accounts.invite(f"The {role}", role, CONSOLE)
        form = {"password": PASSWORD, "again": PASSWORD}
        assert (await browsers[role].fill_in(f"/invite/{token_of(invited.address)}", form)).status_code == 303
    yield browsers
    for browser in browsers.values():
        await browser.aclose()


async def ask(visitor: Visiting, method: str, path: str) -> int:
    address = re.sub(r"\{(\w+)\}", lambda found: AN_ID if found[1].endswith("_id") else "made-up", path)
    address = "/static/desk.css" if path == "/static" else address
    if method in SAFE_METHODS:
        return (await visitor.client.request(method, address)).status_code
    return (await visitor.post(address, {"some": "thing"})).status_code


def is_let_in(status: int, method: str) -> bool:
    """What the guard lets through is answered by the route, with whatever it says; or it lacks the form's proof."""
    if method in SAFE_METHODS:
        return status not in (HTTPStatus.SEE_OTHER, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    return status not in (HTTPStatus.SEE_OTHER, HTTPStatus.UNAUTHORIZED)


def test_every_route_says_what_it_needs_and_nothing_in_the_table_is_gone(app):
    assert undeclared(app.routes) == []
    there = {f"{'GET' if method == 'HEAD' else method} {path}" for method, path in served(app.routes)}
    assert there == set(TERMS)


def test_a_route_that_says_nothing_keeps_the_desk_from_starting(app):
    @app.get("/new")
    async def new() -> None: ...

    assert undeclared(app.routes) == ["GET /new"]


async def test_a_route_that_says_nothing_is_not_served_either(app, visitors):
    @app.get("/new")
    async def new() -> None: ...

    assert (await visitors[Role.OWNER].get("/new")).status_code == 500


def test_only_what_must_be_open_to_strangers_is():
    assert {address for address, terms in TERMS.items() if terms.need is Door.ANYBODY} == PUBLIC_ROUTES


def test_every_form_of_ours_is_proven():
    exempt = {
        "POST /u/{token}",
        "POST /u/mail/{token}",
        "POST /u/{token}/{member}",
        "POST /f/{token}/{agreement_id}",
        "POST /websub/{token}",
    }  # called by programs of strangers, with secrets of their own
    unproven = {
        address for address, terms in TERMS.items() if not address.startswith("GET ") and terms.proof is Proof.NONE
    }
    assert unproven == exempt


@pytest.mark.parametrize("who", [*Role, SIGNED_OUT])
async def test_every_route_lets_in_who_may_and_nobody_else(app, visitors, who):
    for method, path in served(app.routes):
        terms = terms_of(method, path)
        assert terms is not None
        granted = GRANTED[Role(who)] if who != SIGNED_OUT else frozenset()
        match terms.need:
            case Door.ANYBODY:
                expected = True
            case Door.MACHINES:
                expected = Permission.OPERATE in granted
            case permission:
                expected = permission in granted
        status = await ask(visitors[who], method, path)
        if terms.need is Door.ANYBODY:
            assert status not in (HTTPStatus.SEE_OTHER, HTTPStatus.UNAUTHORIZED), (who, method, path, status)
        elif method in SAFE_METHODS:
            assert is_let_in(status, method) is expected, (who, method, path, status)
        else:  # the form that is sent holds no proof: whoever may is refused for that alone
            refused = {True: HTTPStatus.FORBIDDEN, False: _turned_away(who, path)}[expected]
            assert status == refused, (who, method, path, status)


def _turned_away(who: str, path: str) -> int:
    if who != SIGNED_OUT:
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.UNAUTHORIZED if path.startswith("/api/") else HTTPStatus.SEE_OTHER


async def test_who_may_not_is_told_who_may(visitors):
    answer = await visitors[Role.OFFICER].get("/metrics")
    assert answer.status_code == 403
    assert "It is for operators and owners." in answer.text


async def test_a_program_without_a_login_gets_a_problem_and_not_a_page(visitors):
    answer = await visitors[SIGNED_OUT].get(f"/api/v1/alerts/{AN_ID}/why")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert "/login" in answer.json()["mend"]


@pytest.mark.parametrize(
    ("home", "address", "headers", "status"),
    [
        ("http://desk:8080", "172.18.0.5", {}, 200),  # Prometheus on the inner network, by a name of the inner network
        ("http://127.0.0.1:8080", "127.0.0.1", {}, 200),
        (PUBLIC, "172.18.0.5", {}, 401),
        ("http://127.0.0.1:8080", "127.0.0.1", {"x-forwarded-for": "203.0.113.9"}, 401),
        ("http://127.0.0.1:8080", "203.0.113.9", {}, 401),
    ],
)
async def test_metrics_are_for_machines_beside_the_desk(app, visitors, home, address, headers, status):
    machine = Visiting(app, home=home, address=address)
    assert (await machine.get("/metrics", **headers)).status_code == status
    await machine.aclose()


async def test_a_correction_by_cookie_needs_the_token_of_a_page(visitors):
    officer = visitors[Role.OFFICER]
    shown = (await officer.get("/")).text
    proof = shown.partition('name="csrf-token" content="')[2].partition('"')[0]
    address = f"/api/v1/articles/{AN_ID}/corrections"
    for headers, status in (({}, 403), ({"x-csrf-token": "0" * 64}, 403), ({"x-csrf-token": proof}, 404)):
        sent = {"sec-fetch-site": "same-origin", **headers}
        answer = await officer.client.post(address, json={"by": "Asha", "relevant": True}, headers=sent)
        assert answer.status_code == status


async def test_nothing_of_a_page_is_shown_to_who_may_not_see_it(visitors):
    answer = await visitors[SIGNED_OUT].get("/")
    assert answer.text == ""
    assert "RELOS" not in (await visitors[SIGNED_OUT].get("/fragments/today")).text
