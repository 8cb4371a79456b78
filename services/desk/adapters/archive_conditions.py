"""Conditions on the terms of an article, as Postgres understands them."""

from __future__ import annotations

from shared.rules.archive_query import ALWAYS, NEVER, Condition, Every, Having, Some, Without

_NO_TERM = "'!never'"  # no article has it


def as_tsquery(condition: Condition) -> str | None:
    """Return the condition as the text of a tsquery; None for the one that is true of every article."""
    return None if condition == ALWAYS else _spelt(condition)


def _spelt(condition: Condition) -> str:
    if condition in {ALWAYS, NEVER}:
        return f"!{_NO_TERM}" if condition == ALWAYS else _NO_TERM
    match condition:
        case Having(term, is_beginning):
            quoted = term.replace("\\", "\\\\").replace("'", "''")
            return f"'{quoted}':*" if is_beginning else f"'{quoted}'"
        case Without(part):
            return f"!({_spelt(part)})"
        case Every(parts):
            return _joined([_spelt(part) for part in parts], "&")
        case Some(parts):
            return _joined([_spelt(part) for part in parts], "|")


def _joined(parts: list[str], by: str) -> str:
    """Join them in pairs, and these in pairs: a long list must not nest as deep as it is long."""
    while len(parts) > 1:
        parts = [
            f"({f' {by} '.join(parts[at : at + 2])})" if at + 1 < len(parts) else parts[at]
            for at in range(0, len(parts), 2)
        ]
    return parts[0]
