"""Owner: desk. What people did with the alerts that reached them: read, or put off until later."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base


class InboxMarkRow(Base):
    """What one person did with one alert; one that nobody touched has no row, and is unread.

    `read_at` is when they last read it: what was said of it later (a correction) is unread again. Until `snoozed_until`
    it is out of their sight; then it is unread again, unless they read it after that.
    """

    __tablename__ = "inbox_marks"
    __table_args__ = (CheckConstraint("num_nonnulls(read_at, snoozed_until) > 0", name="says_something"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.person_id"), primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.alert_id"), primary_key=True)
    read_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
