"""`pactwatch backfill` on the command line: what it refuses, and what it lists."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from services.desk.adapters.work import desk_transactions
from services.scraper.adapters.work import ScraperWork
from services.scraper.domain.backfill import begun_walk
from shared.store.unit_of_work import Database
from tests.live.cli.conftest import Pactwatch

pytestmark = pytest.mark.live

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)

WRONG_USE = {
    "no source": (("--since", "2026-01-01"), "source: None does not say whose past to collect"),
    "an unknown source": (("Nobody", "--since", "2026-01-01"), "source: 'Nobody' is not known"),
    "no date": (("Courier",), "--since: None does not say how far to go back"),
    "a date that is none": (("Courier", "--since", "last year"), "--since: 'last year' is not a date"),
    "a date ahead": (("Courier", "--since", "2999-01-01"), "--since: '2999-01-01' is not in the past"),
    "alerts that are none": (("Courier", "--since", "2026-01-01", "--alerts", "x"), "--alerts: 'x' is not a date"),
    "a watched page": (("Page", "--since", "2026-01-01"), "source: 'Page' is a watched page, which has no past"),
}


def test_wrong_use_ends_with_2_and_begins_nothing(pactwatch: Pactwatch):
    pactwatch("source", "add", "Courier", "https://courier.example/feed")
    pactwatch("source", "add", "Page", "https://page.example/", "--kind", "watch")
    for name, (arguments, told) in WRONG_USE.items():
        ran = pactwatch("backfill", *arguments, code=None)
        assert (name, ran.code, ran.out) == (name, 2, "")
        assert told in " ".join(ran.err.split()), f"{name}: {ran.err}"
    assert pactwatch("backfill", "--status", "--json").json == []
    assert "Begin one" in pactwatch("backfill", "--status").err


def test_backfills_are_listed_with_how_far_they_are(pactwatch: Pactwatch):
    pactwatch("source", "add", "Courier", "https://courier.example/feed")
    pactwatch.with_database(partial(_begin, name="Courier"))
    (line,) = pactwatch("backfill", "--status", "--json").json
    assert (line["source"], line["state"], line["looks"], line["left"]) == ("Courier", "interrupted", 0, 1)
    ((source, state, since, *_),) = pactwatch("backfill", "--status").rows
    assert (source, state, since) == ("Courier", "interrupted", "2026-01-01")
    ran = pactwatch("backfill", "Courier", "--since", "2025-01-01", code=2)
    assert "differs from the unfinished walk's, which goes back to 2026-01-01" in " ".join(ran.err.split())


async def _begin(database: Database, *, name: str) -> None:
    async with desk_transactions(database)() as desk:
        (source,) = [each for each in await desk.live_sources() if each.name == name]
    walk = begun_walk(source.url, None, since=SINCE, alert_since=NOW, now=NOW)
    async with database.begin(ScraperWork) as work:
        await work.begin_walk(source.source_id, walk)
