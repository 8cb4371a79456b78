"""Ids of facts: the same fact always has the same id, so that a repeat finds its row already there."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID, uuid5

NAMESPACE = UUID("5f1ac0de-7d1a-5b8e-9c55-70ac7a11e275")  # ours alone: a random value, frozen for ever


def id_for(kind: str, *parts: str | int | UUID | datetime | None) -> UUID:
    """Return the id of a fact: a version 5 UUID (RFC 9562) over its kind and the parts that make it that fact.

    Parts are written as JSON, so `("a", "bc")` and `("ab", "c")` differ.
    """
    spelled = [part if part is None or isinstance(part, (str, int)) else str(part) for part in parts]
    return uuid5(NAMESPACE, json.dumps([kind, *spelled], ensure_ascii=False, separators=(",", ":")))
