"""What an alert tells, where more than the rules must know it: the fact that a story only tells again."""

from __future__ import annotations

from uuid import UUID

_RETOLD = "retold:"


def retold_fact(story_id: UUID) -> str:
    """Return the fact that a story tells again what a rule for new facts has told."""
    return f"{_RETOLD}{story_id}"


def is_retold(fact: str) -> bool:
    """Tell whether a fact is that a story tells again what was told."""
    return fact.startswith(_RETOLD)
