"""What an alert told and is no longer so stands at the alert, and in the feeds of those who got it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import feedparser
import pytest
from sqlalchemy import update

from shared.store.alerts import AlertCorrectionRow, DeliveryRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.desk_rows import MORNING, a_delivery, save
from tests.live.desk.test_desk_readers import a_told_feed, reader, sealing  # noqa: F401  (fixtures)

pytestmark = pytest.mark.live


async def correct(database: Database, **changed: object) -> UUID:
    """Correct the one alert that there is, for the one feed."""
    async with database.begin(Work) as work:
        told = (await work.session.execute(DeliveryRow.__table__.select())).one()
    values = {
        "correction_id": uuid4(),
        "alert_id": told.alert_id,
        "kind": "changed",
        "revision": 2,
        "sentence": "The article was edited: it said signed, now it says negotiation.",
        "before": "It was signed.",
        "after": "It is <b>to be</b> signed.",
        "corrected_at": MORNING + timedelta(hours=1),
        "correlation_id": told.correlation_id,
    }
    correction = AlertCorrectionRow(**values | changed)
    await save(database, correction)
    delivery_id = await a_delivery(
        database, alert_id=told.alert_id, subscription_id=told.subscription_id, channel="feed", address="other"
    )
    async with database.begin(Work) as work:
        kind = {"kind": "correction", "correction_id": correction.correction_id}
        await work.session.execute(update(DeliveryRow).where(DeliveryRow.delivery_id == delivery_id).values(kind))
    return correction.alert_id


async def test_a_feed_has_the_correction_as_an_entry_above_its_alert(sealing, database, reader):  # noqa: F811
    view = await a_told_feed(sealing, database)
    await correct(database)
    atom = await reader.get(f"/feeds/{view.feed_token}.atom")
    first, second = feedparser.parse(atom.content).entries
    assert (first.title, second.title) == (
        "Correction of: “RELOS: signed”, says Courier",
        "RELOS: signed, says Courier",
    )
    assert first.id != second.id


@pytest.mark.parametrize(
    ("kind", "after", "shown"), [("changed", "It is <b>to be</b> signed.", True), ("withdrawn", None, False)]
)
async def test_the_pages_of_an_alert_say_what_has_become_of_it(kind, after, shown, sealing, database, reader):  # noqa: F811
    await a_told_feed(sealing, database)
    alert_id = await correct(database, kind=kind, after=after)
    here = "http://127.0.0.1"  # who sits at the machine reads a desk that nobody owns
    for address in (f"{here}/", f"{here}/alerts/{alert_id}"):
        assert "it said signed, now it says negotiation" in (await reader.get(address)).text
    page = (await reader.get(f"{here}/alerts/{alert_id}")).text
    assert ("It is &lt;b&gt;to be&lt;/b&gt; signed." in page) is shown
