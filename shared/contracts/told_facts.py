"""How the facts that alerts tell begin, for those who look for them: queries of the notifier and of the desk."""

from __future__ import annotations

from uuid import UUID

CLAIM = "claim:"
RETOLD = "retold:"


def retold_fact(story_id: UUID) -> str:
    """Return the fact that a story tells again what a rule for new facts has told."""
    return f"{RETOLD}{story_id}"


def is_retold(fact: str) -> bool:
    """Tell whether a fact is that a story tells again what was told."""
    return fact.startswith(RETOLD)
