"""Owner: desk. How accounts read: the views that they saved, and until when they have looked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base


class SavedViewRow(Base):
    """A question to the stories that an account keeps under a name of its own.

    `query` is in the rule language, or empty; `alerted` asks for stories with an alert alone, `everything` also for
    what is about neither country.
    """

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    view_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.account_id"))
    name: Mapped[str]
    query: Mapped[str]
    alerted: Mapped[bool] = mapped_column(server_default=text("false"))
    everything: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]


class LookRow(Base):
    """When an account looked at the stories last; `before_at` is when its visit before that one ended."""

    __tablename__ = "looks"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.account_id"), primary_key=True)
    looked_at: Mapped[datetime]
    before_at: Mapped[datetime | None]
