"""The API that answers "why?" and "why not?"."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from services.cli.asking import asking_on
from services.desk.app import build_desk
from services.desk.use_cases.definitions import Definitions
from shared.catalogue.loader import load_catalogue
from shared.store.definitions import SourceRow
from shared.store.unit_of_work import Database
from tests.live.desk import desk_rows
from tests.live.desk.desk_rows import AGREEMENTS, SECTORS, Story
from tests.live.desk.door_keeping import doors_on
from tests.live.notifier import notifier_rows

pytestmark = pytest.mark.live


@pytest.fixture
async def api(database: Database, definitions: Definitions) -> AsyncIterator[httpx.AsyncClient]:
    asking = asking_on(database, load_catalogue())
    desk = build_desk(definitions, doors_on(database), agreements=AGREEMENTS, sectors=SECTORS, asking=asking)
    transport = httpx.ASGITransport(app=desk, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


async def test_why_not_is_answered_as_json(database: Database, api: httpx.AsyncClient):
    await notifier_rows.a_rule(database, name="Pact")
    answer = await api.get("/api/v1/why-not", params={"url": "https://nobody.example/a", "rule": "pact"})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["outcome"], said["told"], said["rule"]) == ("no_source", False, "Pact")
    assert said["facts"]["host"] == "nobody.example"
    assert [step["what"].partition(" ")[0] for step in said["steps"]] == ["rule"]


@pytest.mark.parametrize(
    ("asked", "field", "mend"),
    [
        ({"url": "nobody.example", "rule": "Pact"}, "URL", "https://"),
        ({"url": "https://nobody.example", "rule": "Pcat"}, "rule", "Did you mean Pact?"),
        ({"url": "https://nobody.example"}, None, None),
        ({"url": "https://nobody.example", "rule": "x" * 5000}, None, None),
    ],
)
async def test_a_question_that_cannot_be_asked_is_a_problem(
    database: Database, api: httpx.AsyncClient, asked, field, mend
):
    await notifier_rows.a_rule(database, name="Pact")
    answer = await api.get("/api/v1/why-not", params=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    if field is not None:
        assert answer.json()["field"] == field
        assert mend in answer.json()["mend"]


async def test_why_is_answered_for_a_known_alert_alone(database: Database, api: httpx.AsyncClient):
    story = Story()
    rule = await notifier_rows.a_rule(database, name="Pact", query="RELOS")
    source = uuid4()
    await desk_rows.save(
        database, SourceRow(source_id=source, name="S", url="https://s.example", created_at=desk_rows.MORNING)
    )
    verdict = await desk_rows.an_article(database, source, "S", story)
    alert = await desk_rows.an_alert(database, verdict_id=verdict, story=story, rule_id=rule)
    said = (await api.get(f"/api/v1/alerts/{alert}/why")).json()
    assert said["explanation"]["holds"] is True
    assert said["explanation"]["hits"] == ["RELOS"]
    assert said["verdict"]["classifier"] == "1"
    assert (await api.get(f"/api/v1/alerts/{uuid4()}/why")).status_code == 404
