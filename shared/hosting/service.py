"""`Ground` is what every service stands on; `Service` is what it brings to the process that hosts it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.catalogue.entries import Catalogue
from shared.contracts.streams import Durable
from shared.kit.clock import Clock
from shared.kit.sealing import Seals
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database
from shared.web.client import WebClient

if TYPE_CHECKING:
    from shared.messaging.broker import Handler  # FastStream is slow to import, and half of the commands need no bus

Loop = Callable[[asyncio.Event], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Ground:
    """Settings, database, clock, the catalogue and the one door to HTTP.

    `seals` open stored secrets; None where there is no key, and then only what was never sealed can be used.
    """

    settings: Settings
    database: Database
    clock: Clock
    catalogue: Catalogue
    web: WebClient
    seals: Seals | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its handlers for events, and its loops, each of which runs until the event it is given is set."""

    name: str
    handlers: tuple[tuple[Durable, Handler], ...] = ()
    loops: tuple[tuple[str, Loop], ...] = field(default=())
