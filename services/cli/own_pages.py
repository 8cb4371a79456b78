"""The desk's pages of one's own alerts, on the house's database."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from services.desk.adapters.inbox_queries import InboxQueries
from services.desk.use_cases.inbox import Inbox
from shared.kit.clock import Clock
from shared.store.unit_of_work import Database


def inbox_on(database: Database, clock: Clock, agreements: Mapping[str, str]) -> Inbox:
    """Return what shows people their own alerts on this database."""
    return Inbox(partial(database.begin, InboxQueries), clock, agreements)
