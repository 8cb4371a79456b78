"""A notifier whose clock a test moves: alerts are raised, and what waits is gathered, when the test says it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.notifier.adapters.work import DatabaseWork
from services.notifier.app import build_notifier
from services.notifier.use_cases import Notifier
from services.notifier.use_cases.gathering import MOST_GATHERED, Gatherer
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database, is_outage
from shared.web.client import WebClient
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import SEALS

WINDOW = timedelta(minutes=10)


@dataclass
class MovedClock:
    """A clock that stands where it was put."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


class WorkAt(DatabaseWork):
    """The notifier's transaction in a database whose clock is moved, too."""

    def __init__(self, session: AsyncSession, clock: MovedClock) -> None:
        super().__init__(session)
        self._moved = clock

    async def clock(self) -> datetime:
        return self._moved.now()


@dataclass
class LaterHouse:
    """One notifier, and as many gatherers as a test wants."""

    database: Database
    web: WebClient
    clock: MovedClock
    options: dict[str, object] = field(default_factory=dict)
    notifier: Notifier = field(init=False)
    gatherer: Gatherer = field(init=False)

    def __post_init__(self) -> None:
        values = {"smtp_tls": "none", "mail_from": "Watch <watch@desk.example>", "base_url": "https://desk.example"}
        settings = Settings(**values | self.options)
        self.notifier = build_notifier(settings, self.database, self.clock, self.web, seals=SEALS)
        self.gatherer = self.another_gatherer()

    def another_gatherer(self, most: int = MOST_GATHERED) -> Gatherer:
        begin = lambda: self.database.begin(lambda session: WorkAt(session, self.clock))  # noqa: E731
        return Gatherer(begin, WINDOW, is_outage, most)

    async def raise_alert(self, at: datetime | None = None, **article: object) -> None:
        """Let an article come, at a moment or now."""
        self.clock.moment = at or self.clock.moment
        await self.notifier.raise_alerts(await rows.a_classified_article(self.database, **article))

    async def gather(self, at: datetime | None = None) -> int:
        """Gather at a moment, or now; returns how many messages were made."""
        self.clock.moment = at or self.clock.moment
        return (await self.gatherer.gather_due()).gathered

    async def live_until(self, moment: datetime) -> None:
        """Gather whenever something falls due, as the clockwork does."""
        while True:
            due_in = (await self.gatherer.gather_due()).due_in_seconds
            if due_in is None or self.clock.moment + timedelta(seconds=due_in) > moment:
                break
            self.clock.moment += timedelta(seconds=due_in)
        self.clock.moment = moment


def at(zone: str, spelled: str) -> datetime:
    """A moment as a zone's clocks show it."""
    return datetime.fromisoformat(spelled).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
