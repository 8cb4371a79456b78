"""Named lists of terms, and their versions."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.desk.adapters.definition_changes import FRESH, DefinitionChanges
from services.desk.adapters.records import list_of, list_version_of_row
from services.desk.domain.signatures import Signature
from services.desk.domain.word_lists import ListVersion, WordList, list_version_of
from shared.store.definitions import WordListRow, WordListVersionRow


class ListRecords(DefinitionChanges):
    """Reads and writes lists."""

    async def live_lists(self) -> list[WordList]:
        """Return the lists that are not removed, by name."""
        statement = select(WordListRow).where(WordListRow.removed_at.is_(None)).order_by(func.lower(WordListRow.name))
        return [list_of(row) for row in await self.session.scalars(statement, execution_options=FRESH)]

    async def removed_lists(self) -> list[WordList]:
        """Return the removed lists, the last removed first."""
        statement = select(WordListRow).where(WordListRow.removed_at.is_not(None))
        return [
            list_of(row)
            for row in await self.session.scalars(
                statement.order_by(WordListRow.removed_at.desc()), execution_options=FRESH
            )
        ]

    async def list_versions(self, list_id: UUID) -> list[ListVersion]:
        """Return the versions of the list, the first one first."""
        mine = select(WordListVersionRow).where(WordListVersionRow.list_id == list_id)
        rows = await self.session.scalars(mine.order_by(WordListVersionRow.version), execution_options=FRESH)
        return [list_version_of_row(row) for row in rows]

    async def save_list(self, words: WordList, by: Signature) -> None:
        """Insert or update the list, and keep the version that it is at, which must be a new one."""
        revision = await self.count_change()
        members = {"members": list(words.members)}
        await self.upsert(WordListRow, "list_id", asdict(words) | members | {"revision": revision})
        version = asdict(list_version_of(words, by)) | members
        await self.session.execute(insert(WordListVersionRow).values(version))
