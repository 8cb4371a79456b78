"""Owner: desk. What people say that an article is about, where the classifier said something else."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base


class CorrectionRow(Base):
    """One person's labels of one article; a label that is NULL was not spoken of. The newest of each label holds.

    `sectors` and `agreements` are whole lists of ids; `stages` maps ids of agreements to stages. `classifier` is the
    version whose verdict the person saw, NULL where there was none yet; `revision` the version of the article's text.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        Index("ix_corrections_article_id", "article_id", "created_at"),
        Index("ix_corrections_newest", "created_at", "correction_id"),
    )

    correction_id: Mapped[UUID] = mapped_column(primary_key=True)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.article_id"))
    author: Mapped[str]
    note: Mapped[str]
    relevant: Mapped[bool | None]
    sectors: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    agreements: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    stages: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    classifier: Mapped[str | None]
    revision: Mapped[int]
    created_at: Mapped[datetime]
