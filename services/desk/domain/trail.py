"""The audit trail: who did what to whom, what it was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

THE_CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a name, and the address it came from ("console": the command line)."""

    name: str
    address: str = THE_CONSOLE


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of the trail. `before` and `after` name the fields that changed; secrets are never among them."""

    actor: Actor
    action: str
    subject: str
    at: datetime
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
