"""A notifier killed between any two of its steps loses nothing, and repeats only what nobody knew the fate of."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from shared.kit.failpoints import Step
from tests.live.notifier import killable_notifier
from tests.live.notifier import notifier_rows as rows
from tests.live.notifier.conftest import send_all_due

pytestmark = pytest.mark.live

ROOT = Path(killable_notifier.__file__).parents[3]
STEPS = [step for step in Step if step.value.startswith("notifier.")]
REPEATED = {Step.DELIVERY_SENT}  # it had arrived, and only the dead process knew
UNKNOWN = {Step.DELIVERY_CLAIMED, Step.DELIVERY_SENT}


async def walk_until_killed(database_url: str, event, step: Step) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        killable_notifier.__name__,
        database_url,
        event.model_dump_json(),
        cwd=ROOT,
        env={**os.environ, "PACTWATCH_FAIL_AT": step.value},
    )
    assert await process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("step", STEPS)
async def test_a_notifier_killed_at_any_step_is_made_good_by_another(database, database_url, notifier, receiver, step):
    await rows.a_subscription(database, await rows.a_rule(database), address=receiver.url("/hook"))
    event = await rows.a_classified_article(database)
    await walk_until_killed(database_url, event, step)
    await rows.lease_ended(database)

    await notifier.raise_alerts(event)  # the bus brings it again
    for raised in await rows.raised_events(database):
        await notifier.deliver_alert(raised)
    await send_all_due(notifier)

    assert len(await rows.alerts(database)) == 1
    delivery = await rows.the_delivery(database)
    assert (delivery.state, delivery.unknowns) == ("sent", int(step in UNKNOWN))
    assert len(receiver.received) == (2 if step in REPEATED else 1)
    assert len({request.headers["webhook-id"] for request in receiver.received}) == 1
    assert await rows.announced(database) == ["alert.raised", "alert.delivered"]


@pytest.mark.parametrize("step", [Step.DELIVERY_CLAIMED, Step.DELIVERY_SENT])
async def test_a_digest_whose_notifier_is_killed_after_gathering_is_sent_by_another(
    database, database_url, notifier, receiver, step
):
    rule = await rows.a_rule(database)
    await rows.a_subscription(database, rule, address=receiver.url("/hook"), schedule="hourly")
    events = [await rows.a_classified_article(database) for _ in range(2)]
    for event in events:
        await notifier.raise_alerts(event)
    await rows.run(database, "UPDATE waiting_alerts SET waits_since = waits_since - interval '1 hour'")
    await walk_until_killed(database_url, events[0], step)
    await rows.lease_ended(database)

    assert (await notifier.gather_due()).gathered == 0, "what was gathered stays gathered"
    await send_all_due(notifier)
    assert (await rows.the_delivery(database)).state == "sent"
    assert len(await rows.told_beside(database)) == 1
    assert len(receiver.received) == (2 if step in REPEATED else 1)
    assert len({request.headers["webhook-id"] for request in receiver.received}) == 1
