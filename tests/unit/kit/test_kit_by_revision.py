"""What was made of one revision is kept, and brought up to date when another is seen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from shared.kit.by_revision import ByRevision, MuchChanged, Stored

WHOLE = 50  # what it takes to make a copy anew, counted as the effort of making it is


class Store:
    """What is stored at a revision; counts the transactions that are open."""

    def __init__(self, revision: int | None) -> None:
        self.revision = revision
        self.much = 0
        self.open = 0
        self.reading = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    def stored(self) -> Stored[str, str]:
        async def revision() -> int | None:
            await asyncio.sleep(0)
            return self.revision

        async def read(kept: str | None, since: int | None) -> str:
            assert (kept is None) == (since is None)
            self.reading.set()
            await self.go_on.wait()
            return f"all at {self.revision}" if since is None else f"since {since}"

        return Stored(revision, read)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Stored[str, str]]:
        self.open += 1
        yield self.stored()
        self.open -= 1


class Made:
    """Makes copies, in threads; holds still while it is told to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.made = 0
        self.began = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.fails = False
        self.open_meanwhile: list[int] = []

    def build(self, kept: str | None, saved: str) -> str:
        self.open_meanwhile.append(self._store.open)
        self.began.set()
        assert self.go_on.wait(10)
        if self.fails:
            raise OSError("no memory")
        self.made += 1
        return saved if kept is None else f"{kept}, {saved}"

    def effort(self, kept: str | None, _saved: str) -> int:
        return WHOLE if kept is None else self._store.much


def kept_of(store: Store) -> tuple[ByRevision[str, str], Made]:
    made = Made(store)
    return ByRevision(made.build, made.effort), made


async def seen(revisions: Sequence[int | None]) -> list[str]:
    store = Store(None)
    kept, _ = kept_of(store)
    copies = []
    for revision in revisions:
        store.revision = revision
        copies.append(await kept.current(store.stored()))
    return copies


@pytest.mark.parametrize(
    ("revisions", "copies"),
    [
        ([4, 4], ["all at 4", "all at 4"]),
        ([4, 6, 6], ["all at 4", "all at 4, since 4", "all at 4, since 4"]),
        ([4, 2, 2], ["all at 4", "all at 2", "all at 2"]),  # a database restored from a backup goes back
        ([None, None, 1], ["all at None", "all at None", "all at 1"]),  # changes that are not counted
        ([1, None, 2], ["all at 1", "all at None", "all at 2"]),
    ],
)
async def test_a_copy_stands_while_its_revision_does(revisions: Sequence[int | None], copies: Sequence[str]):
    assert await seen(revisions) == copies


async def test_callers_at_once_share_one_copy():
    store = Store(7)
    kept, made = kept_of(store)
    assert set(await asyncio.gather(*(kept.current(store.stored()) for _ in range(5)))) == {"all at 7"}
    assert made.made == 1


async def test_what_takes_long_is_made_outside_of_the_transaction_that_needs_it():
    store = Store(1)
    kept, made = kept_of(store)
    with pytest.raises(MuchChanged):
        await kept.current(store.stored(), most=10)
    await asyncio.gather(*(kept.renew(store.transaction) for _ in range(3)))
    assert (made.made, made.open_meanwhile) == (1, [0])
    assert await kept.current(store.stored(), most=10) == "all at 1"

    store.revision, store.much = 2, 11
    with pytest.raises(MuchChanged):
        await kept.current(store.stored(), most=10)
    store.much = 10
    assert await kept.current(store.stored(), most=10) == "all at 1, since 1"


async def test_what_is_not_counted_is_made_wherever_it_is_needed():
    store = Store(None)
    kept, _ = kept_of(store)
    assert await kept.current(store.stored(), most=10) == "all at None"


async def test_nobody_waits_in_a_transaction_for_what_takes_long():
    store = Store(1)
    kept, made = kept_of(store)
    made.go_on.clear()
    renewing = asyncio.create_task(kept.renew(store.transaction))
    assert await asyncio.to_thread(made.began.wait, 10)
    with pytest.raises(MuchChanged):
        await kept.current(store.stored(), most=10)
    made.go_on.set()
    await renewing


async def test_what_a_caller_that_was_cut_off_began_is_taken_up_by_the_next():
    store = Store(1)
    kept, made = kept_of(store)
    made.go_on.clear()
    renewing = asyncio.create_task(kept.renew(store.transaction))
    assert await asyncio.to_thread(made.began.wait, 10)
    renewing.cancel()
    await asyncio.gather(renewing, return_exceptions=True)
    made.go_on.set()
    await kept.renew(store.transaction)
    assert made.made == 1
    assert await kept.current(store.stored(), most=10) == "all at 1"


async def test_a_copy_that_cannot_be_made_leaves_the_one_that_stands_and_is_tried_again():
    store = Store(1)
    kept, made = kept_of(store)
    await kept.current(store.stored())
    store.revision, made.fails = 2, True
    with pytest.raises(OSError, match="no memory"):
        await kept.current(store.stored())
    made.fails = False
    assert await kept.current(store.stored()) == "all at 1, since 1"


async def test_nobody_waits_in_a_transaction_while_much_is_read():
    store = Store(1)
    kept, _ = kept_of(store)
    store.go_on.clear()
    renewing = asyncio.create_task(kept.renew(store.transaction))
    early = asyncio.create_task(kept.current(store.stored(), most=10))  # asks before there is anything to see
    await store.reading.wait()
    with pytest.raises(MuchChanged):
        await asyncio.wait_for(kept.current(store.stored(), most=10), 10)
    with pytest.raises(MuchChanged):
        await asyncio.wait_for(early, 10)
    store.go_on.set()
    await renewing
    assert await kept.current(store.stored(), most=10) == "all at 1"


async def test_nobody_waits_in_a_transaction_for_what_a_caller_that_was_cut_off_began():
    store = Store(1)
    kept, made = kept_of(store)
    made.go_on.clear()
    renewing = asyncio.create_task(kept.renew(store.transaction))
    assert await asyncio.to_thread(made.began.wait, 10)
    renewing.cancel()
    await asyncio.gather(renewing, return_exceptions=True)
    with pytest.raises(MuchChanged):
        await asyncio.wait_for(kept.current(store.stored(), most=10), 10)
    made.go_on.set()
    await kept.renew(store.transaction)
    assert await kept.current(store.stored(), most=10) == "all at 1"
    assert made.made == 1
