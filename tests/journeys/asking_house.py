"""A house whose services run in this process on a real Postgres and a real bus, and that can be asked why not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.cli.asking import asking_on
from services.cli.process import services_named
from services.desk.domain.outcomes import Answer, Outcome
from shared.catalogue.loader import load_catalogue
from shared.hosting.host import Host
from shared.hosting.service import Ground
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.store.definitions import (
    DefinitionsRevisionRow,
    RuleRow,
    RuleVersionRow,
    SourceRow,
    SubscriptionRow,
)
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Database, Work
from shared.web.client import make_client
from shared.web.guard import AllowedHosts
from tests.live.scraper.newsstand import Item, Newsstand, a_newsstand
from tests.waiting import eventually

OutcomeT = TypeVar("OutcomeT", bound=Outcome)

RELOS = (
    (
        "NEW DELHI: India and Russia today signed a protocol to RELOS, the Reciprocal Exchange of Logistics Support "
        "agreement between the two countries, officials of the Indian Ministry of Defence said on Friday."
    ),
    (
        "The protocol names the Russian and Indian ports where warships of both navies may refuel, and the airfields "
        "where transport aircraft of either side may take on fuel, water and spare parts against a bill."
    ),
    (
        "A joint committee is to meet twice a year. Its first meeting will be held within ninety days in Vladivostok, "
        "where the accounts of the first exercises under the agreement will be looked at by both ministries."
    ),
)
HOSPITAL = (
    (
        "The mayor opened a new hospital in the north of the city on Friday, with two hundred beds and a school for "
        "nurses beside it. The building had taken four years, and cost a little more than was planned."
    ),
    (
        "Patients from the old wards will move in the coming weeks. The mayor thanked the builders, and promised that "
        "the old building would become a library for the whole quarter by the end of next year."
    ),
)
DRILLS = (
    (
        "VLADIVOSTOK: China and Russia have begun drills in the Sea of Japan, with anti-submarine, air defence and sea "
        "combat exercises over three days, the Chinese defence ministry said. Four ships of each fleet take part."
    ),
    (
        "Observers from Indonesia, Brazil and India follow the manoeuvres from the shore, as they did before. "
        "The fleets will part after a parade off the coast, the ministry of Beijing added in its statement."
    ),
)


def now() -> datetime:
    return datetime.now(UTC)


class AskingHouse:
    """Services that are started one after the other, sources and rules as the desk saves them, and questions."""

    def __init__(self, database: Database, ground: Ground, nats_url: str, running: AsyncExitStack) -> None:
        self.database = database
        self._ground = ground
        self._nats_url = nats_url
        self._running = running
        self._asking = asking_on(database, ground.catalogue)
        self._stop = asyncio.Event()

    async def start(self, *names: str) -> None:
        """Start these services; they run until the end."""
        host = Host(services_named(names, self._ground), self._ground, self._nats_url)
        run = asyncio.create_task(host.run(self._stop))

        async def ended() -> None:
            self._stop.set()
            await run

        self._running.push_async_callback(ended)
        await host.ready.wait()

    async def newsstand(self, *items: Item, source: str, **fields: object) -> Newsstand:
        """Open a site with a feed of these articles, each of RELOS unless told otherwise, and its source."""
        stand = await self._running.enter_async_context(a_newsstand())
        for item in items:
            stand.serve_article(item.path, item.title, *RELOS)
        stand.serve_feed("/feed", *items)
        values = {"url": stand.url("/feed"), "every_seconds": 1, "created_at": now(), "country": "IN", **fields}
        await self.save(SourceRow(source_id=uuid4(), name=source, **values))
        return stand

    async def save(self, *rows: object) -> None:
        async with self.database.begin(Work) as work:
            work.session.add_all(rows)

    async def article_at(self, url: str) -> UUID:
        """The id of the article at an address."""
        async with self.database.begin(Work) as work:
            found = select(ArticleRow.article_id).where(ArticleRow.url == url)
            return (await work.session.execute(found)).scalar_one()

    async def sql(self, statement: str, **values: object) -> None:
        async with self.database.begin(Work) as work:
            await work.session.execute(text(statement), values)

    async def save_rule(self, name: str, query: str, *, rule_id: UUID | None = None, **fields: object) -> UUID:
        """Save a rule, or its next version, as the desk does."""
        async with self.database.begin(Work) as work:
            revision = await self._counted(work)
            version = 1
            if rule_id is not None:
                known = select(RuleRow.version).where(RuleRow.rule_id == rule_id)
                version = (await work.session.execute(known)).scalar_one() + 1
            saved = {"name": name, "query": query, "version": version, "rule_id": rule_id or uuid4()}
            state = {key: value for key, value in fields.items() if key not in ("author", "reason", "removed")}
            gone = now() if fields.get("removed") else None
            rows = {"created_at": now(), "changed_at": now(), "revision": revision, "removed_at": gone}
            kept = insert(RuleRow).values(**saved, **state, **rows)
            await work.session.execute(
                kept.on_conflict_do_update(index_elements=["rule_id"], set_=saved | state | rows)
            )
            kept_state = {key: value for key, value in fields.items() if key != "origin"}
            await work.session.execute(insert(RuleVersionRow).values(**saved, **kept_state, saved_at=now()))
        return saved["rule_id"]

    async def subscribe(self, rule_id: UUID, channel: str, address: str = "") -> UUID:
        """Let somebody hear of a rule."""
        async with self.database.begin(Work) as work:
            await self._counted(work)
            row = SubscriptionRow(
                subscription_id=uuid4(), rule_id=rule_id, channel=channel, address=address, created_at=now()
            )
            work.session.add(row)
        return row.subscription_id

    async def unsubscribe(self, subscription_id: UUID) -> None:
        """End a subscription."""
        async with self.database.begin(Work) as work:
            await self._counted(work)
            of_it = SubscriptionRow.subscription_id == subscription_id
            await work.session.execute(update(SubscriptionRow).where(of_it).values(removed_at=func.clock_timestamp()))

    async def _counted(self, work: Work) -> int:
        first = insert(DefinitionsRevisionRow).values(one=1, revision=1)
        set_ = {"revision": DefinitionsRevisionRow.revision + 1}
        later = first.on_conflict_do_update(index_elements=["one"], set_=set_)
        return (await work.session.execute(later.returning(DefinitionsRevisionRow.revision))).scalar_one()

    async def ask(self, url: str, rule: str, reader: str | None = None) -> Answer:
        """Ask why the rule did not tell of an address."""
        return await self._asking.why_not(url, rule, reader)

    async def answered(self, kind: type[OutcomeT], url: str, rule: str, reader: str | None = None) -> OutcomeT:
        """Ask until the answer is of this kind, and return it."""
        last: list[Outcome] = []

        async def look() -> OutcomeT | None:
            outcome = (await self.ask(url, rule, reader)).outcome
            last[:] = [outcome]
            return outcome if isinstance(outcome, kind) else None

        try:
            return await eventually(look)
        except AssertionError:
            raise AssertionError(f"{url}: no {kind.__name__}, but {last[0]}") from None


@asynccontextmanager
async def an_asking_house(database: Database, nats_url: str) -> AsyncIterator[AskingHouse]:
    """Open a house in which no service runs yet."""
    settings = Settings(
        sweep_seconds=0.1,
        handler_waits_seconds=(0.05,),
        delivery_waits_seconds=(3600,),
        lease_seconds=60,
    )
    async with AsyncExitStack() as stack:
        web = make_client(allowed=AllowedHosts.parse("127.0.0.1"), user_agent="Pactwatch/test")
        stack.push_async_callback(web.aclose)
        running = await stack.enter_async_context(AsyncExitStack())
        ground = Ground(settings, database, SystemClock(), load_catalogue(), web)
        yield AskingHouse(database, ground, nats_url, running)


def an_item(slug: str, title: str, *, days_ago: float = 0, summary: str = "India and Russia said so.") -> Item:
    """An entry of a feed."""
    return Item(f"/{slug}", title, summary, published=now().replace(microsecond=0) - timedelta(days=days_ago))
