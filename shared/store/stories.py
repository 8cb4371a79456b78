"""Owner: scraper. What is kept of each story's first text, so that its copies are known when they come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base


class StorySketchRow(Base):
    """The sketch of a story's first text, while copies may come.

    `long_marks` and `short_marks` stand in the order of the text, `lead_marks` says how many of the long ones begin in
    its first paragraphs. `last_copy_at` has no index, so that a copy that comes rewrites nothing but its row.
    """

    __tablename__ = "story_sketches"
    __table_args__ = ({"postgresql_with": {"fillfactor": 90}},)  # leaves room for `last_copy_at` to move

    story_id: Mapped[UUID] = mapped_column(primary_key=True)
    host: Mapped[str]
    title: Mapped[str]
    published_at: Mapped[datetime | None]
    lead_marks: Mapped[int] = mapped_column(Integer())
    long_marks: Mapped[list[int]] = mapped_column(ARRAY(Integer()))
    short_marks: Mapped[list[int]] = mapped_column(ARRAY(Integer()))
    figures: Mapped[list[int]] = mapped_column(ARRAY(Integer()))
    last_copy_at: Mapped[datetime]


class StoryKeyRow(Base):
    """A mark that a story is found by; the index holds all of the row."""

    __tablename__ = "story_keys"
    __table_args__ = (Index("ix_story_keys_story_id", "story_id"),)

    mark: Mapped[int] = mapped_column(Integer(), primary_key=True)
    story_id: Mapped[UUID] = mapped_column(primary_key=True)


class CommonMarkRow(Base):
    """A mark that led so many stories that it tells none from another: an agency's or an outlet's formula."""

    __tablename__ = "common_marks"

    mark: Mapped[int] = mapped_column(Integer(), primary_key=True, autoincrement=False)
    noted_at: Mapped[datetime]
