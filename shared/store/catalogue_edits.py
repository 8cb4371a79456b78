"""Owner: desk. What people changed of the catalogue: an edit for each agreement, and every version of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base


class CatalogueEditRow(Base):
    """What people changed of one agreement, as it stands: `added` and `dropped` hold texts by field.

    `revision` is that of `DefinitionsRevisionRow` at its last change: numbers rise in the order of commits.
    """

    __tablename__ = "catalogue_edits"

    agreement_id: Mapped[str] = mapped_column(primary_key=True)
    added: Mapped[dict[str, Any]]
    dropped: Mapped[dict[str, Any]]
    version: Mapped[int]
    revision: Mapped[int]
    changed_at: Mapped[datetime]


class CatalogueEditVersionRow(Base):
    """What was changed of an agreement at one version, who saved it and why: every save is kept."""

    __tablename__ = "catalogue_edit_versions"

    agreement_id: Mapped[str] = mapped_column(ForeignKey("catalogue_edits.agreement_id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    added: Mapped[dict[str, Any]]
    dropped: Mapped[dict[str, Any]]
    author: Mapped[str]
    reason: Mapped[str]
    saved_at: Mapped[datetime]
