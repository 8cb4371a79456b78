"""One transaction, one commit: what is announced leaves with its fact or not at all."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import select

from shared.contracts.events import ArticlePublished
from shared.kit.clock import SystemClock
from shared.kit.errors import WrongInput
from shared.store.address import asyncpg_url
from shared.store.outbox import OutboxRow
from shared.store.unit_of_work import Database, Work

pytestmark = pytest.mark.live


def an_event() -> ArticlePublished:
    return ArticlePublished(
        event_id=uuid4(),
        occurred_at=SystemClock().now(),
        correlation_id=uuid4(),
        article_id=uuid4(),
        story_id=uuid4(),
        source_name="Courier",
        url="https://example.org/a",
        title="A pact",
    )


async def outbox_size(database: Database) -> int:
    async with database.begin(Work) as work:
        return len((await work.session.scalars(select(OutboxRow))).all())


async def test_an_event_is_in_the_outbox_when_its_transaction_commits(database: Database) -> None:
    async with database.begin(Work) as work:
        await work.announce(an_event())

    assert await outbox_size(database) == 1


async def test_an_event_is_gone_when_its_transaction_fails(database: Database) -> None:
    with pytest.raises(RuntimeError, match="on purpose"):
        async with database.begin(Work) as work:
            await work.announce(an_event())
            raise RuntimeError("on purpose")

    assert await outbox_size(database) == 0


async def test_the_same_event_announced_twice_is_one_row(database: Database) -> None:
    event = an_event()
    for _ in range(2):
        async with database.begin(Work) as work:
            await work.announce(event)

    assert await outbox_size(database) == 1


async def test_the_relay_is_nudged_after_the_commit_and_only_when_something_was_announced(database: Database) -> None:
    seen: list[int] = []
    database.after_announcing(lambda: seen.append(1))
    async with database.begin(Work):
        pass
    assert seen == []
    async with database.begin(Work) as work:
        await work.announce(an_event())
        assert seen == []
    assert seen == [1]


async def test_of_two_that_take_the_same_event_at_once_one_is_told_no(database: Database) -> None:
    event_id = uuid4()
    first_has_taken, first_may_commit = asyncio.Event(), asyncio.Event()

    async def first() -> bool:
        async with database.begin(Work) as work:
            taken = await work.take(event_id, "classifier")
            first_has_taken.set()
            await first_may_commit.wait()
            return taken

    async def second() -> bool:
        await first_has_taken.wait()
        async with database.begin(Work) as work:
            asyncio.get_running_loop().call_soon(first_may_commit.set)
            return await work.take(event_id, "classifier")

    assert await asyncio.gather(first(), second()) == [True, False]


async def test_an_event_whose_taker_failed_can_be_taken_again(database: Database) -> None:
    event_id = uuid4()
    with pytest.raises(RuntimeError):
        async with database.begin(Work) as work:
            assert await work.take(event_id, "classifier")
            raise RuntimeError
    async with database.begin(Work) as work:
        assert await work.take(event_id, "classifier")


def test_another_sql_dialect_is_refused_by_name() -> None:
    with pytest.raises(WrongInput, match="PACTWATCH_DATABASE_URL.*not a Postgres address"):
        asyncpg_url("sqlite:///x.db")


def test_parameters_of_managed_databases_are_taken_and_unknown_ones_named() -> None:
    given = "postgresql://a:b@db.example/pactwatch?sslmode=require&channel_binding=require"
    assert asyncpg_url(given) == "postgresql+asyncpg://a:b@db.example/pactwatch?ssl=require"
    with pytest.raises(WrongInput, match=r"\?foo=…' is no parameter we know"):
        asyncpg_url("postgresql://a:b@db.example/pactwatch?foo=bar")
