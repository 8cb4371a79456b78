"""Stop switches: what somebody holds back, why, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.kit.ids import id_for


class Scope(StrEnum):
    """How much a stop switch stops."""

    ALL = "all"
    RULE = "rule"
    CHANNEL = "channel"
    ADDRESS = "address"


@dataclass(frozen=True)
class Hold:
    """A stop switch that is thrown.

    `about` is empty for all sending, else the rule's id, the channel's name or `channel:address`; `label` is what
    people see.
    """

    hold_id: UUID
    scope: Scope
    about: str
    label: str
    reason: str
    placed_by: str
    placed_at: datetime


def new_hold(scope: Scope, about: str, label: str, *, reason: str, by: str, now: datetime) -> Hold:
    """Return a stop switch that is thrown now."""
    return Hold(id_for("sending-hold", scope, about, now.isoformat()), scope, about, label, reason, by, now)
