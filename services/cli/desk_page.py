"""The desk's web application on a ground."""

from __future__ import annotations

from fastapi import FastAPI

from migrations.upgrade import newest_revision
from services.cli.account_desk import AccountDesk
from services.cli.asking import asking_on
from services.cli.definitions import corrections_on, definitions_on, names_of, readers_on
from services.cli.operating_desk import operating_pages
from services.cli.reading_desk import ReadingDesk
from services.desk.app import build_desk
from services.scraper.app import hub_door
from shared.hosting.service import Ground


def desk_application(ground: Ground, base_url: str | None, desk: AccountDesk, reading: ReadingDesk) -> FastAPI:
    """Return the desk's pages on this ground; `desk` lets people in, `reading` shows the news."""
    agreements, sectors = names_of(ground.catalogue)
    definitions = definitions_on(ground.database, ground.catalogue, ground.seals)
    return build_desk(
        definitions,
        desk.doors,
        agreements=agreements,
        sectors=sectors,
        base_url=base_url,
        expected_revision=newest_revision(),
        hubs=hub_door(ground.database, ground.clock),
        corrections=corrections_on(ground.database, ground.catalogue),
        asking=asking_on(ground.database, ground.catalogue),
        readers=readers_on(ground.database, ground.catalogue, ground.seals),
        pages=[*reading.pages, *operating_pages(ground, definitions)],
    )
