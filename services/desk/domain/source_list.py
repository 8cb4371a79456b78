"""A list of sources as a file or the catalogue gives it: entries with the place they stand at, good or bad."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.catalogue.entries import Source as CatalogueSource
from shared.kit.errors import WrongInput


@dataclass(frozen=True, slots=True)
class ListedSource:
    """One entry: `where` is its place for a person ("line 12"), `fields` are those of `NewSource` that it gives.

    `at_first` are fields that count only where the source is new: later they are an administrator's.
    """

    where: str
    fields: Mapping[str, Any]
    at_first: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return what the entry calls the source, for messages; empty where it does not."""
        return str(self.fields.get("name") or "")


@dataclass(frozen=True, slots=True)
class BadEntry:
    """An entry that cannot be taken: where it stands, what it is called, and what is wrong with it."""

    where: str
    name: str
    wrong: WrongInput


@dataclass(frozen=True, slots=True)
class SourceList:
    """What a file holds; `repeated` counts entries that say again what an earlier one said."""

    entries: tuple[ListedSource, ...]
    bad: tuple[BadEntry, ...] = ()
    repeated: int = 0


def catalogue_list(sources: Iterable[CatalogueSource]) -> SourceList:
    """Return the catalogue's sources: looked at from the start only where the address is of high confidence."""
    return SourceList(tuple(_from_catalogue(source) for source in sources))


def _from_catalogue(source: CatalogueSource) -> ListedSource:
    return ListedSource(
        where=f"sources.yaml {source.id}",
        fields={
            "name": source.name,
            "url": source.url,
            "kind": source.kind,
            "country": source.country,
            "language": ",".join(source.language),
            "owner": source.owner,
            "confidence": source.feed_confidence,
            "quirks": source.quirks or None,
        },
        at_first={"paused": source.feed_confidence != "high"},
    )


def spelled_wrong(wrong: WrongInput, where: str) -> WrongInput:
    """Return the refusal of a field as it stands in a file: "line 12: country", not "--country"."""
    return WrongInput(f"{where}: {wrong.field.lstrip('-')}", wrong.value, wrong.why, mend=wrong.mend)
