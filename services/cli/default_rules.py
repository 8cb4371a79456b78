"""The catalogue's rules at the start of the house: taken over by whichever process comes first."""

from __future__ import annotations

import asyncio
import logging

from services.cli.definitions import take_default_rules
from services.desk.use_cases.default_rules import TakenOver
from shared.catalogue.entries import Catalogue
from shared.hosting.service import Ground
from shared.kit.waiting import pause
from shared.store.unit_of_work import Database, is_outage

logger = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 1.0


NOT_TAKEN = "not taken over from the catalogue; those that stand are in force (see the log)"


async def take_rules_over(database: Database, catalogue: Catalogue) -> str:
    """Take the catalogue's rules over, and tell in the log what an administrator should look at.

    Returns what came of it, in a line. Raises where the database is away; whatever else goes wrong is told, and the
    rules stay as they are: a house that watches by yesterday's catalogue is better than one that does not start.
    """
    try:
        taken = await take_default_rules(database, catalogue)
    except Exception as error:
        if is_outage(error):
            raise
        logger.exception("the catalogue's rules cannot be taken over; those that stand are in force")
        return NOT_TAKEN
    _tell(taken)
    return taken.sentence


def _tell(taken: TakenOver) -> None:
    for wrong in taken.wrong:
        logger.warning("a query of the catalogue cannot be taken: %s %s", wrong.sentence, wrong.mend)
    if taken.conflicts:
        logger.warning(
            "%s changed by people and by the catalogue (`pactwatch rule conflicts`): %s",
            "a rule was" if len(taken.conflicts) == 1 else f"{len(taken.conflicts)} rules were",
            ", ".join(taken.conflicts),
        )


async def rules_taken_over(ground: Ground, stop: asyncio.Event) -> None:
    """Take the catalogue's rules over as soon as the database answers."""
    while not stop.is_set():
        try:
            await take_rules_over(ground.database, ground.catalogue)
        except Exception as error:
            if not is_outage(error):
                raise
            logger.warning("the database does not answer yet (%s)", type(error).__name__)
        else:
            return
        await pause(TRY_AGAIN_SECONDS, stop)
