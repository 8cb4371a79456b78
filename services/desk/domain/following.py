"""What a subscription follows: agreements, sectors, stages, sources and countries, and the rule that asks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from services.desk.domain.names import LONGEST_NAME_CHARACTERS
from services.desk.domain.rules import Rule
from shared.kit.ids import id_for
from shared.kit.text import clip

RELEVANT_FROM = 0.5  # as the classifier takes an article to be about both countries
_PREFIX = "Follows: "
_FIELDS = (
    ("agreements", "agreement"),
    ("sectors", "sector"),
    ("stages", "stage"),
    ("sources", "source"),
    ("countries", "country"),
)


@dataclass(frozen=True, slots=True)
class Follows:
    """Any of these agreements, and any of these sectors, and so on; an empty kind asks for nothing.

    Agreements, sectors and stages by their ids in the catalogue, sources by name, countries by two letters.
    """

    agreements: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    @classmethod
    def stored(cls, kept: Mapping[str, Any] | None) -> Self | None:
        """Return what was stored; None for nothing."""
        if not kept:
            return None
        return cls(**{each.name: tuple(map(str, kept.get(each.name, ()))) for each in fields(cls)})

    def as_stored(self) -> dict[str, list[str]]:
        """Return the kinds that something is asked of, as they are stored."""
        return {name: list(getattr(self, name)) for name, _ in _FIELDS if getattr(self, name)}

    @property
    def only_origin(self) -> bool:
        """Whether it asks for nothing that an article says, only for where it comes from."""
        return not (self.agreements or self.sectors or self.stages)

    @property
    def one_item(self) -> tuple[str, str] | None:
        """The kind and id of the one agreement or sector that is all it asks for; None for anything more."""
        kept = self.as_stored()
        if len(kept) != 1 or not (self.agreements or self.sectors):
            return None
        ((kind, ids),) = kept.items()
        return (kind.removesuffix("s"), ids[0]) if len(ids) == 1 else None


def query_of(follows: Follows) -> str:
    """Return the query in its canonical spelling: OR within a kind, AND between kinds.

    Where only the origin is asked for, the article must be about both countries: a paper writes of much else.
    """
    from shared.rules import Field, Query, Relevance, Stage, show  # late: the rule language takes a while to load
    from shared.rules.query import all_of, any_of

    parts: list[Query] = []
    for name, field in _FIELDS:
        values: Sequence[str] = getattr(follows, name)
        if values:
            parts.append(any_of(Stage(each) if field == "stage" else Field(field, each) for each in values))
    if follows.only_origin:
        parts.append(Relevance(">=", RELEVANT_FROM))
    return show(all_of(parts))


def follows_rule_id(query: str) -> UUID:
    """Return the id of the rule that was first made for this query: the same wish has the same rule."""
    return id_for("rule", "follows", query)


def follows_rule(rule_id: UUID, name: str, query: str, now: datetime) -> Rule:
    """Return the first version of the rule that asks for what somebody follows."""
    return Rule(
        rule_id=rule_id,
        name=name,
        query=query,
        origin="sector",
        version=1,
        paused=False,
        created_at=now,
        changed_at=now,
    )


def follows_name(follows: Follows, names: Mapping[str, Mapping[str, str]], taken: set[str], rule_id: UUID) -> str:
    """Return a name for the rule that nobody has yet; `names` are those of agreements and sectors, by id.

    `taken` are case-folded.
    """
    kinds = [
        " or ".join(names.get(name, {}).get(each, each.replace("_", " ")) for each in getattr(follows, name))
        for name, _ in _FIELDS
        if getattr(follows, name)
    ]
    name = clip(_PREFIX + "; ".join(kinds), LONGEST_NAME_CHARACTERS)
    if name.casefold() not in taken:
        return name
    ending = f" ({rule_id.hex[:8]})"
    return clip(name, LONGEST_NAME_CHARACTERS - len(ending)) + ending
