"""Owner: classifier. What was judged of each article, with the version that judged."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base


class VerdictRow(Base):
    """One verdict per article and classifier version; `findings` is a `shared.contracts.verdict.Verdict` as JSON."""

    __tablename__ = "verdicts"
    __table_args__ = (Index("ix_verdicts_newest", "article_id", "judged_at"),)

    verdict_id: Mapped[UUID] = mapped_column(primary_key=True)
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.article_id"))
    relevant: Mapped[bool]
    relevance: Mapped[float]
    language: Mapped[str]
    findings: Mapped[dict[str, Any]]
    classifier: Mapped[str]
    judged_at: Mapped[datetime]
