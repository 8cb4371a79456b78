"""Owner: classifier. The searchable archive: one row for each published article, by which rules are tried."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base

# The index holds the terms; the row holds them as plain text, for which there is room outside of the row.
ARCHIVE_TERMS = "array_to_tsvector(string_to_array(ltrim((facts || terms) || words), ' '::text))"


class ArchivedArticleRow(Base):
    """A published article, its newest text and verdict, as `shared.rules.archived` says.

    `moment` is when it was published, or else fetched; `form` the form of the terms, so that those of an earlier one
    are known and filed again; `revision` that of the article, `judged_at` when its verdict was kept (None: by a version
    that did not say). `words` are kept unpacked (STORAGE EXTERNAL) and `joins`
    in the row (MAIN), since both are read of each article in question for phrases and NEAR.
    """

    __tablename__ = "archived_articles"
    __table_args__ = (
        Index("ix_archived_articles_terms", text(ARCHIVE_TERMS), postgresql_using="gin"),
        {"postgresql_with": {"toast_tuple_target": 256}},  # what is not looked at for a count stays out of the way
    )

    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.article_id"), primary_key=True)
    revision: Mapped[int]
    judged_at: Mapped[datetime | None]
    form: Mapped[int] = mapped_column(Integer())
    moment: Mapped[datetime]
    source: Mapped[str]
    title: Mapped[str]
    facts: Mapped[str]
    terms: Mapped[str]
    words: Mapped[str]
    joins: Mapped[str]
