"""The clockwork gathers what is told later at its moment, without being asked."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.notifier.schedule import dispatch_forever, gather_forever
from tests.live.notifier import notifier_rows as rows

pytestmark = pytest.mark.live


async def test_what_waits_is_told_when_its_hold_ends(database, make_notifier, receiver):
    until = datetime.now(UTC) + timedelta(seconds=1)
    rule = await rows.a_rule(database)
    await rows.a_subscription(database, rule, address=receiver.url("/a"), muted_until=until)
    notifiers, stop = [make_notifier(), make_notifier()], asyncio.Event()
    works = [asyncio.create_task(run(each, stop)) for each in notifiers for run in (dispatch_forever, gather_forever)]
    try:
        for _ in range(2):
            await notifiers[0].raise_alerts(await rows.a_classified_article(database))
        async with asyncio.timeout(10):
            await receiver.has(1)
        assert datetime.now(UTC) - until < timedelta(seconds=3)
    finally:
        stop.set()
        await asyncio.gather(*works)
    assert len(receiver.received) == 1
    assert len(await rows.told_beside(database)) == 1
