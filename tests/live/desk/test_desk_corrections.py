"""Corrections come in over the API, are kept side by side, and a page elsewhere cannot send one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.desk.adapters.correction_queries import CorrectionQueries
from services.desk.app import build_desk
from services.desk.domain.corrections import CatalogueIds
from services.desk.domain.sources import NewSource
from services.desk.use_cases.correcting import Corrections
from services.desk.use_cases.definitions import Definitions
from shared.store.harvest import ArticleRevisionRow, ArticleRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.desk_rows import AGREEMENTS, SECTORS, Story, an_article
from tests.live.desk.door_keeping import doors_on

pytestmark = pytest.mark.live

STAGES = ("signed", "in_force")


@pytest.fixture
def corrections(database: Database, clock: Any) -> Corrections:
    known = CatalogueIds(SECTORS.keys(), AGREEMENTS.keys(), STAGES)
    return Corrections(partial(database.begin, CorrectionQueries), clock, known)


@pytest.fixture
async def caller(
    definitions: Definitions, database: Database, corrections: Corrections
) -> AsyncIterator[httpx.AsyncClient]:
    app = build_desk(definitions, doors_on(database), agreements=AGREEMENTS, sectors=SECTORS, corrections=corrections)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
async def article(definitions: Definitions, database: Database) -> UUID:
    source = await definitions.add_source(NewSource("Courier", "https://example.org/feed"))
    story = Story()
    await an_article(database, source.source_id, "Courier", story)
    return story.article_id


async def test_a_correction_is_kept_with_who_said_it_and_what_it_corrects(caller, article: UUID):
    said = {"by": "Asha", "relevant": True, "agreements": ["relos"], "stages": {"relos": "in_force"}, "note": "para 2"}
    answer = await caller.post(f"/api/v1/articles/{article}/corrections", json=said)
    assert answer.status_code == 201
    (kept,) = (await caller.get(f"/api/v1/articles/{article}/corrections")).json()
    assert kept == answer.json()
    assert (kept["by"], kept["stages"], kept["note"]) == ("Asha", {"relos": "in_force"}, "para 2")
    assert kept["sectors"] is None
    assert kept["classifier"]


async def test_the_next_correction_stands_beside_the_first_and_the_newest_of_each_kind_is_given_out(
    caller, clock, article: UUID, corrections: Corrections
):
    for said in ({"relevant": True, "sectors": ["defence"]}, {"sectors": []}):
        clock.at += timedelta(minutes=1)
        answer = await caller.post(f"/api/v1/articles/{article}/corrections", json={"by": "Asha", **said})
        assert answer.status_code == 201
    assert len((await caller.get("/api/v1/corrections")).json()) == 2
    (labelled,) = [each async for each in corrections.labelled()]
    assert (labelled.article_id, labelled.relevant, labelled.sectors, labelled.agreements) == (article, True, (), None)
    assert labelled.title
    assert labelled.text


async def test_a_correction_speaks_of_the_version_that_was_read(
    caller, clock, database: Database, article: UUID, corrections: Corrections
):
    async def say(**said: object) -> httpx.Response:
        clock.at += timedelta(minutes=1)
        return await caller.post(f"/api/v1/articles/{article}/corrections", json={"by": "Asha", **said})

    assert (await say(sectors=["defence"])).json()["revision"] == 1
    await rewritten(database, article, title="Rewritten", text="Other words.")
    assert (await say(sectors=[])).json()["revision"] == 2
    assert (await say(relevant=True, revision=1)).json()["revision"] == 1  # read before it was rewritten
    refused = await say(relevant=True, revision=3)
    assert (refused.status_code, refused.json()["field"]) == (422, "revision")
    assert "versions 1 to 2" in refused.text

    first, second = [each async for each in corrections.labelled()]
    assert (first.revision, first.is_newest, first.sectors, first.relevant) == (1, False, ("defence",), True)
    assert (second.revision, second.is_newest, second.sectors, second.relevant) == (2, True, (), None)
    assert (second.title, second.text) == ("Rewritten", "Other words.")
    assert first.title != second.title


async def rewritten(database: Database, article: UUID, *, title: str, text: str) -> None:
    """Have the article's source rewrite it."""
    async with database.begin(Work) as work:
        row = await work.session.get_one(ArticleRow, article)
        work.session.add(
            ArticleRevisionRow(
                article_id=article,
                revision=row.revision,
                title=row.title,
                text=row.text,
                published_at=row.published_at,
                seen_at=row.fetched_at,
            )
        )
        row.title, row.text, row.revision = title, text, row.revision + 1


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"by": "Asha"}, "says nothing"),
        ({"by": " ", "relevant": True}, "by"),
        ({"relevant": True}, "by"),
        ({"by": "Asha", "relevant": "perhaps"}, "relevant"),
        ({"by": "Asha", "sectors": ["cookery"]}, "cookery"),
        ({"by": "Asha", "sector": ["defence"]}, "sector"),
        ({"by": "Asha", "stages": {"relos": "sined"}}, "sined"),
    ],
)
async def test_what_is_wrong_is_refused_as_a_problem_that_names_it(said, word: str, caller, article: UUID):
    answer = await caller.post(f"/api/v1/articles/{article}/corrections", json=said)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert word in answer.json()["detail"]
    assert (await caller.get("/api/v1/corrections")).json() == []


async def test_an_article_that_nobody_knows_is_not_found(caller):
    answer = await caller.post(f"/api/v1/articles/{uuid4()}/corrections", json={"by": "Asha", "relevant": True})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "application/json", "sec-fetch-site": "cross-site"}, 403),
        ({"content-type": "application/json", "sec-fetch-site": "same-site"}, 403),
    ],
)
async def test_a_page_of_another_site_cannot_send_one(headers: dict[str, str], status: int, caller, article: UUID):
    body = b'{"by": "Eve", "relevant": false}'
    answer = await caller.post(f"/api/v1/articles/{article}/corrections", content=body, headers=headers)
    assert answer.status_code == status
    assert (await caller.get("/api/v1/corrections")).json() == []


async def test_a_body_that_never_ends_is_read_no_further_than_a_correction_is_long(caller, article: UUID):
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 10_000
            yield b" " * 10_000

    headers = {"content-type": "application/json"}
    answer = await caller.post(f"/api/v1/articles/{article}/corrections", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert sent <= 100_000


async def test_what_a_page_elsewhere_sends_is_not_read_at_all(caller, article: UUID):
    asked = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal asked
        asked = True
        yield b"{}"

    headers = {"content-type": "application/json", "sec-fetch-site": "cross-site"}
    answer = await caller.post(f"/api/v1/articles/{article}/corrections", content=body(), headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert not asked


async def test_the_same_said_twice_at_once_is_said_once(caller, article: UUID):
    said = {"by": "Asha", "relevant": True}
    answers = [await caller.post(f"/api/v1/articles/{article}/corrections", json=said) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert len((await caller.get("/api/v1/corrections")).json()) == 1
    other = await caller.post(f"/api/v1/articles/{article}/corrections", json={**said, "note": "why"})
    assert other.status_code == 201
    assert len((await caller.get("/api/v1/corrections")).json()) == 2


async def test_a_database_that_is_away_is_told_to_a_program_as_a_problem(caller, database: Database, monkeypatch):
    def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(CorrectionQueries, "corrections", away)
    answer = await caller.get("/api/v1/corrections")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.headers["retry-after"]
