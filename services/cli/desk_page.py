"""The desk's web application on a ground."""

from __future__ import annotations

from fastapi import FastAPI

from migrations.upgrade import newest_revision
from services.cli.account_desk import AccountDesk
from services.cli.asking import asking_on
from services.cli.definitions import corrections_on, definitions_on, local_names_of, names_of, readers_on, writing_on
from services.cli.operating_desk import operating_pages
from services.cli.own_pages import own_pages_on
from services.cli.reading_desk import ReadingDesk
from services.cli.rule_room import catalogue_on, keeping_pages, rule_room_on
from services.desk.app import build_desk
from services.desk.pages.rule_pages import waiting_counter
from services.scraper.app import hub_door
from shared.hosting.service import Ground


def desk_application(ground: Ground, base_url: str | None, desk: AccountDesk, reading: ReadingDesk) -> FastAPI:
    """Return the desk's pages on this ground; `desk` lets people in, `reading` shows the news."""
    agreements, sectors = names_of(ground.catalogue)
    own = own_pages_on(ground, writing_on(ground.database))
    room = rule_room_on(ground.database, ground.catalogue, ground.settings)
    definitions = definitions_on(ground.database, ground.catalogue, ground.seals)
    return build_desk(
        definitions,
        desk.doors,
        agreements=agreements,
        sectors=sectors,
        local=local_names_of(ground.catalogue),
        base_url=base_url,
        expected_revision=newest_revision(),
        hubs=hub_door(ground.database, ground.clock),
        corrections=corrections_on(ground.database, ground.catalogue),
        asking=asking_on(ground.database, ground.catalogue),
        readers=readers_on(ground.database, ground.catalogue, ground.seals),
        pages=[
            *reading.pages,
            *own.pages,
            *keeping_pages(room, catalogue_on(ground.database, ground.catalogue)),
            *operating_pages(ground, definitions),
        ],
        noting=[*own.noting, waiting_counter(room)],
    )
