"""What people changed of an agreement of the catalogue: what was added and taken away, never the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Texts: TypeAlias = Mapping[str, tuple[str, ...]]
"""Texts by field (`shared.catalogue.edits` names them); a milestone is a line: date | stage | source | note."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What people changed of one agreement, by field."""

    agreement_id: str
    added: Texts = field(default_factory=dict)
    dropped: Texts = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Tell whether the agreement is as the catalogue has it."""
        return not any(self.added.values()) and not any(self.dropped.values())
