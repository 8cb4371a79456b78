"""What people changed of the catalogue: read by whoever judges by it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from shared.contracts.catalogue_edits import Edit
from shared.store.catalogue_edits import CatalogueEditRow
from shared.store.unit_of_work import Work


class CatalogueInForce(Work):
    """Reads the edits, and the number that tells when to read them again."""

    async def catalogue_revision(self) -> int | None:
        """Return the number of the newest edit of the catalogue; 0 for none."""
        return await self.session.scalar(select(func.coalesce(func.max(CatalogueEditRow.revision), 0)))

    async def catalogue_edits(self) -> Sequence[Edit]:
        """Return what people changed of the catalogue."""
        rows = await self.session.execute(
            select(CatalogueEditRow.agreement_id, CatalogueEditRow.added, CatalogueEditRow.dropped).order_by(
                CatalogueEditRow.agreement_id
            )
        )
        return [
            Edit(
                agreement_id,
                {name: tuple(texts) for name, texts in added.items()},
                {name: tuple(texts) for name, texts in dropped.items()},
            )
            for agreement_id, added, dropped in rows
        ]
