"""The operators' pages on the house's database: the scraper's and the notifier's use cases in the desk's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING
from uuid import UUID

from fastapi import APIRouter

from migrations.upgrade import newest_revision
from services.cli.address_cautions import address_caution
from services.cli.engine_urls import find_engines
from services.cli.examination import examine, taker_counts
from services.cli.set_aside import Replays
from services.desk.adapters.operating_queries import OperatingQueries
from services.desk.adapters.pipeline_queries import PipelineQueries
from services.desk.domain.operating import ChannelState, GivenUp, Stops, StopSwitch
from services.desk.domain.pipeline import Consumer, Finding
from services.desk.pages.channels import channel_pages
from services.desk.pages.pipeline import pipeline_pages
from services.desk.pages.set_aside import set_aside_pages
from services.desk.pages.sources import source_pages
from services.desk.pages.templates import Templates
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.operating import Channels, ReplaysMessages, SetAside
from services.desk.use_cases.pipeline import Built, Pipeline
from services.desk.use_cases.source_keeping import Scraping, SourceKeeping, Tried
from services.notifier.adapters.work import DatabaseWork
from services.notifier.domain.delivery import State
from services.notifier.domain.holding import Scope
from services.notifier.domain.overview import ChannelGlance, DeliveryGlance, channel_id, shown_lane
from services.notifier.domain.standing import Lane
from services.notifier.use_cases.sending import HeldBack, Sending
from services.scraper.app import look_soon, try_source
from shared.hosting.service import Ground
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database
from shared.web.guard import AllowedHosts

if TYPE_CHECKING:
    from shared.catalogue.entries import Catalogue
    from shared.web.client import WebClient

_SCOPES = {Stops.ALL: Scope.ALL, Stops.RULE: Scope.RULE, Stops.CHANNEL: Scope.CHANNEL}
Pages = Callable[[Templates], APIRouter]


def operating_pages(ground: Ground, definitions: Definitions) -> tuple[Pages, ...]:
    """Return the operators' pages on this ground."""
    allowed = AllowedHosts.parse(ground.settings.allowed_private_hosts)
    replays = Replays(ground.database, lambda: find_engines(ground.settings).nats_url, name="pactwatch-desk")
    scraping = scraping_on(ground.database, ground.web, ground.catalogue, allowed)
    keeping = SourceKeeping(definitions, partial(ground.database.begin, OperatingQueries), scraping, ground.clock)
    built = Built(version("pactwatch"), newest_revision(), definitions.schema_revision)
    flow = Pipeline(partial(ground.database.begin, PipelineQueries), House(ground.settings), ground.clock, built)
    return (source_pages(keeping), *sending_pages(ground.database, replays), pipeline_pages(flow))


def sending_pages(database: Database, replays: ReplaysMessages) -> tuple[Pages, ...]:
    """Return the pages of what was set aside and of channels."""
    begin, sending = partial(database.begin, OperatingQueries), DeskSending(database)
    return (set_aside_pages(SetAside(begin, replays, sending)), channel_pages(Channels(begin, sending)))


def scraping_on(database: Database, web: WebClient, catalogue: Catalogue, allowed: AllowedHosts) -> Scraping:
    """Return what the scraper does for who keeps sources."""

    async def tries(url: str, *, kind: str | None, selectors: Mapping[str, str], country: str | None) -> Tried:
        return await try_source(web, url, kind=kind, selectors=selectors, country=country, catalogue=catalogue)

    return Scraping(tries, partial(look_soon, database), lambda url: address_caution(url, allowed))


class House:
    """The bus and the engines, found where the settings say, each time anew."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def consumers(self) -> Sequence[Consumer]:
        """Return the takers of events, and what waits for each. Raises PactwatchError where the bus is away."""
        url = find_engines(self._settings).nats_url
        return [Consumer(name, waiting, in_hand) for name, waiting, in_hand in await taker_counts(url)]

    async def examine(self) -> Sequence[Finding]:
        """Return what an examination of the whole house finds, as the doctor does."""
        return [Finding(each.check, each.state, each.says, each.mend) for each in await examine(self._settings)]


class DeskSending:
    """The notifier's sending, in the desk's words: addresses are masked before they reach a page."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sending = Sending(partial(database.begin, DatabaseWork))

    async def channels(self) -> Sequence[ChannelState]:
        """Return every address that somebody subscribes with, or that something waits for."""
        async with self._database.begin(OperatingQueries) as work:
            sent = await work.last_sent()
        return [_channel(glance, sent) for glance in await self._sending.channels()]

    async def stops(self) -> Sequence[StopSwitch]:
        """Return the stop switches that are thrown."""
        return [_switch(each) for each in await self._sending.paused()]

    async def given_up(self, limit: int) -> Sequence[GivenUp]:
        """Return deliveries that were given up, those that were touched last first."""
        glances = await self._sending.deliveries((State.FAILED, State.UNKNOWN), None, limit)
        return [_given_up(glance) for glance in glances]

    async def disable(self, channel_id: str, *, by: str, reason: str) -> str:
        """Send nothing to an address until somebody enables it; return the address, masked."""
        return shown_lane(await self._sending.disable_channel(channel_id, by=by, reason=reason))

    async def enable(self, channel_id: str) -> tuple[str, int]:
        """Send to an address again; return it, masked, and how many held messages go out."""
        lane, released = await self._sending.enable_channel(channel_id)
        return shown_lane(lane), released

    async def stop(self, scope: Stops, about: str, *, by: str, reason: str) -> StopSwitch:
        """Throw a stop switch: on all sending, on a rule by its name, on a channel by its kind or an address's id."""
        return _switch(await self._sending.pause(_SCOPES[scope], about, reason=reason, by=by))

    async def end_stop(self, stop_id: UUID, *, by: str, drop: bool) -> tuple[str, int]:
        """End a stop switch; return its label and how many held messages go out, or were dropped."""
        ended = await self._sending.end_hold(stop_id, by=by, drop=drop)
        return ended.hold.label, ended.held

    async def replay(self, delivery_id: UUID | None) -> int:
        """Put deliveries that were given up back in line: this one, or all; return how many."""
        return await self._sending.replay(delivery_id)


def _channel(glance: ChannelGlance, sent: Mapping[tuple[str, str], datetime]) -> ChannelState:
    lane, standing = glance.lane, glance.standing
    return ChannelState(
        channel_id=channel_id(lane).hex,
        kind=lane.channel,
        shown=shown_lane(lane),
        state="disabled" if standing.disabled else "failing" if standing.failures else "well",
        since=standing.disabled_at or standing.failing_since,
        by=standing.disabled_by,
        why=standing.disabled_why,
        last_error=standing.last_error or "",
        failures=standing.failures,
        probe_at=standing.probe_at,
        last_sent_at=sent.get((lane.channel, lane.address)),
        subscriptions=glance.subscriptions,
        waiting=glance.waiting,
        held=glance.held,
    )


def _switch(held_back: HeldBack) -> StopSwitch:
    hold = held_back.hold
    return StopSwitch(hold.hold_id, hold.label, hold.reason, hold.placed_by, hold.placed_at, held_back.held)


def _given_up(glance: DeliveryGlance) -> GivenUp:
    return GivenUp(
        delivery_id=glance.delivery_id,
        receiver=shown_lane(Lane(glance.channel, glance.address)),
        about=glance.about,
        title=glance.title,
        attempts=glance.attempts,
        raised_at=glance.raised_at,
        last_try_at=glance.next_try_at,
        last_error=glance.last_error or "",
        may_have_arrived=glance.state == "unknown",
        more=glance.more,
    )
