"""What people change of the catalogue, and every version of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from services.desk.adapters.definition_changes import FRESH, DefinitionChanges
from services.desk.adapters.work import WRITER_LOCK
from services.desk.domain.catalogue_versions import EditVersion
from shared.contracts.catalogue_edits import Edit
from shared.store.catalogue_edits import CatalogueEditRow, CatalogueEditVersionRow
from shared.store.catalogue_in_force import CatalogueInForce


class CatalogueEditRecords(DefinitionChanges, CatalogueInForce):
    """Reads and writes edits of the catalogue."""

    async def only_writer(self) -> None:
        """Wait until no other transaction changes definitions, and be the only one that does until the end."""
        await self.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})

    async def edit_versions(self, agreement_id: str) -> Sequence[EditVersion]:
        """Return the versions of what was changed of an agreement, the first one first."""
        row = CatalogueEditVersionRow
        mine = select(row).where(row.agreement_id == agreement_id).order_by(row.version)
        return [_version_of(each) for each in await self.session.scalars(mine, execution_options=FRESH)]

    async def edited(self) -> Mapping[str, int]:
        """Return the agreements that people changed, with the version that each is at."""
        rows = await self.session.execute(select(CatalogueEditRow.agreement_id, CatalogueEditRow.version))
        return {row[0]: row[1] for row in rows}

    async def save_edit(self, version: EditVersion) -> None:
        """Keep the version, which must be a new one, and have the edit be at it."""
        revision = await self.count_change()
        texts = {"added": _listed(version.edit.added), "dropped": _listed(version.edit.dropped)}
        stands = {**texts, "version": version.version, "revision": revision, "changed_at": version.saved_at}
        keeping = insert(CatalogueEditRow).values(agreement_id=version.edit.agreement_id, **stands)
        await self.session.execute(keeping.on_conflict_do_update(index_elements=["agreement_id"], set_=stands))
        kept = {"version": version.version, "author": version.author, "reason": version.reason}
        values = {"agreement_id": version.edit.agreement_id, **texts, **kept, "saved_at": version.saved_at}
        await self.session.execute(insert(CatalogueEditVersionRow).values(values))


def _listed(texts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {name: list(each) for name, each in texts.items()}


def _version_of(row: CatalogueEditVersionRow) -> EditVersion:
    added = {name: tuple(each) for name, each in row.added.items()}
    dropped = {name: tuple(each) for name, each in row.dropped.items()}
    edit = Edit(row.agreement_id, added, dropped)
    return EditVersion(edit, row.version, row.author, row.reason, row.saved_at)
