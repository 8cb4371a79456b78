"""What every writer of definitions needs: rows put in place, and the change counted, so that readers see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from shared.store.definitions import DefinitionsRevisionRow, RuleRow, SourceRow, WordListRow
from shared.store.unit_of_work import Work

FRESH = {"populate_existing": True}  # rows are written past the session, which would answer with what it read before


class DefinitionChanges(Work):
    """Writes rows of definitions under the revision of their transaction."""

    async def upsert(self, table: type[SourceRow | RuleRow | WordListRow], key: str, values: dict[str, Any]) -> None:
        """Insert the row, or update the one of this key; what it was created at stays."""
        changed = {name: value for name, value in values.items() if name not in (key, "created_at")}
        statement = insert(table).values(values)
        await self.session.execute(statement.on_conflict_do_update(index_elements=[key], set_=changed))

    async def count_change(self) -> int:
        """Count the definitions' revision up and return it: the change of this transaction carries it."""
        first = insert(DefinitionsRevisionRow).values(one=1, revision=1)
        counted = {"revision": DefinitionsRevisionRow.revision + 1}
        counting = first.on_conflict_do_update(index_elements=["one"], set_=counted)
        revision = await self.session.scalar(counting.returning(DefinitionsRevisionRow.revision))
        return int(revision or 0)

    async def have_read_again(self, rule_ids: Sequence[UUID | None]) -> None:
        """Have these rules read again: one that a subscription implies is in force only while it has one."""
        revision = await self.count_change()
        touched = update(RuleRow).where(RuleRow.rule_id.in_([each for each in rule_ids if each is not None]))
        await self.session.execute(touched.values(revision=revision))
