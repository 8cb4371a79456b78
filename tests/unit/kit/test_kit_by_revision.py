"""What was made of one revision is kept until another is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from shared.kit.by_revision import ByRevision


class Kept:
    """Makes a new thing each time it is asked to, of revisions that come one after the other."""

    def __init__(self, revisions: Sequence[int | None]) -> None:
        self._revisions = iter(revisions)
        self._kept: ByRevision[str] = ByRevision()
        self.made = 0

    async def current(self) -> str:
        return await self._kept.current(self._revision, self._make)

    async def _revision(self) -> int | None:
        await asyncio.sleep(0)
        return next(self._revisions)

    async def _make(self) -> str:
        self.made += 1
        await asyncio.sleep(0)
        return f"copy {self.made}"


@pytest.mark.parametrize(
    ("revisions", "copies"),
    [
        ([4, 4, 4], ["copy 1", "copy 1", "copy 1"]),
        ([4, 5, 5], ["copy 1", "copy 2", "copy 2"]),
        ([4, 2, 2], ["copy 1", "copy 2", "copy 2"]),  # a database restored from a backup goes back
        ([None, None, 1], ["copy 1", "copy 2", "copy 3"]),  # changes that are not counted cannot be told apart
    ],
)
async def test_a_copy_stands_while_its_revision_does(revisions: Sequence[int | None], copies: Sequence[str]):
    kept = Kept(revisions)
    assert [await kept.current() for _ in revisions] == copies


async def test_callers_at_once_share_one_copy():
    kept = Kept([7] * 5)
    assert set(await asyncio.gather(*(kept.current() for _ in range(5)))) == {"copy 1"}
    assert kept.made == 1


async def test_a_later_revision_changes_the_copy_and_one_that_went_back_makes_it_anew():
    kept: ByRevision[str] = ByRevision()
    seen = []
    for number in (4, 4, 6, 2, None, 3):

        async def revision(number: int | None = number) -> int | None:
            return number

        async def made(number: int | None = number) -> str:
            return f"made at {number}"

        async def changed(copy: str, since: int) -> str:
            return f"{copy}, changed since {since}"

        seen.append(await kept.current(revision, made, changed))
    first, later = "made at 4", "made at 4, changed since 4"
    assert seen == [first, first, later, "made at 2", "made at None", "made at 3"]


async def test_a_change_that_fails_leaves_the_copy_and_is_tried_again():
    kept: ByRevision[str] = ByRevision()
    numbers = iter((1, 2, 2))

    async def revision() -> int:
        return next(numbers)

    async def made() -> str:
        return "first"

    async def failing(_copy: str, _since: int) -> str:
        raise OSError("the database went away")

    async def changed(copy: str, since: int) -> str:
        return f"{copy}, changed since {since}"

    await kept.current(revision, made, changed)
    with pytest.raises(OSError, match="went away"):
        await kept.current(revision, made, failing)
    assert await kept.current(revision, made, changed) == "first, changed since 1"
