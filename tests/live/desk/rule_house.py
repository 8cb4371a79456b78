"""A desk with the pages of rules, lists and catalogue, on the shipped catalogue, and an admin before it."""

from __future__ import annotations

import re
from html import unescape

import httpx
from fastapi import FastAPI

from services.cli.account_desk import AccountDesk
from services.cli.definitions import definitions_on, names_of
from services.cli.rule_room import catalogue_on, keeping_pages, rule_room_on
from services.desk.app import build_desk
from services.desk.domain.accounts import Role
from services.desk.pages.rule_pages import waiting_counter
from services.desk.pages.rule_room import RuleRoom
from shared.catalogue.loader import load_catalogue
from shared.kit.clock import SystemClock
from shared.kit.settings import load_settings
from shared.store.unit_of_work import Database
from tests.live.desk.account_house import invite, set_up
from tests.live.desk.reading_house import reading_desk
from tests.live.desk.visiting import Visiting


def room_on(database: Database, **settings: object) -> RuleRoom:
    """The use cases behind the pages."""
    return rule_room_on(database, load_catalogue(), load_settings(**settings))


def desk_with_rules(database: Database, house: AccountDesk, room: RuleRoom) -> FastAPI:
    """A desk that serves them."""
    catalogue = load_catalogue()
    agreements, sectors = names_of(catalogue)
    definitions = definitions_on(database, catalogue)
    reading = reading_desk(database, definitions, house.doors, SystemClock())
    return build_desk(
        definitions,
        house.doors,
        agreements=agreements,
        sectors=sectors,
        pages=[*reading.pages, *keeping_pages(room, catalogue_on(database, catalogue))],
        noting=[waiting_counter(room)],
    )


async def an_owner_and_an_admin(house: AccountDesk, owner: Visiting, admin: Visiting) -> None:
    """Asha Rao owns the desk, Meera Nair keeps its rules."""
    await set_up(house, owner)
    await invite(house, admin, "Meera Nair", Role.ADMIN)


def read(page: str) -> str:
    """The page as it is read."""
    text = re.sub(r"<(script|style|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", text)).split())


async def sent(visitor: Visiting, address: str, **form: str) -> httpx.Response:
    """Send a form as the pages make it, with the proof that they hold."""
    proof = re.search(r'name="csrf-token" content="([^"]*)"', (await visitor.get("/account")).text)
    assert proof is not None
    return await visitor.post(address, {"proof": proof[1], **form})
