"""What an import does to the sources that are there: adds, changes if told to, leaves alone what people edited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from services.desk.domain.lookup import refuse_known_source
from services.desk.domain.source_list import BadEntry, ListedSource, spelled_wrong
from services.desk.domain.sources import NewSource, Source, checked_fields, edited_source, new_source
from shared.kit.errors import WrongInput


@dataclass(frozen=True, slots=True)
class Added:
    """A source that was not there."""

    source: Source


@dataclass(frozen=True, slots=True)
class Changed:
    """A source that now says what the entry says; `fields` names what changed."""

    old: Source
    source: Source
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A source that differs from the entry in `fields` and was left as it is: it may be an administrator's edit."""

    source: Source
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Same:
    """A source that says what the entry says."""

    source: Source


Outcome = Added | Changed | Kept | Same | BadEntry


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of each entry, in the list's order; `repeated` entries said again what an earlier one said."""

    outcomes: tuple[Outcome, ...] = ()
    repeated: int = 0


class SourceBook:
    """The live sources while entries are gone through: each sees what the ones before it did."""

    def __init__(self, live: Iterable[Source] = ()) -> None:
        self._by_address: dict[str, Source] = {}
        self._by_name: dict[str, Source] = {}
        for source in live:
            self._note(source)

    def take(self, entry: ListedSource, now: datetime, *, update: bool) -> Outcome:
        """Return what becomes of an entry, and remember it. A source is known by its address, else by its name."""
        try:
            return self._take(entry, now, update=update)
        except WrongInput as wrong:
            return BadEntry(entry.where, entry.name, spelled_wrong(wrong, entry.where))

    def _take(self, entry: ListedSource, now: datetime, *, update: bool) -> Outcome:
        given = checked_fields(entry.fields, now)
        known = self._known(given["url"], given["name"])
        if known is None:
            return self._added(entry, now)
        differing = tuple(name for name, value in given.items() if getattr(known, name) != value)
        if not differing:
            return Same(known)
        if not update:
            return Kept(known, differing)
        changed = edited_source(known, {name: entry.fields[name] for name in differing}, now)
        refuse_known_source(changed, [each for each in self._by_address.values() if each is not known])
        del self._by_address[known.url], self._by_name[known.name.casefold()]
        self._note(changed)
        return Changed(known, changed, differing)

    def _known(self, url: str, name: str) -> Source | None:
        return self._by_address.get(url) or self._by_name.get(name.casefold())

    def _note(self, source: Source) -> None:
        self._by_address[source.url] = self._by_name[source.name.casefold()] = source

    def _added(self, entry: ListedSource, now: datetime) -> Added:
        whole = asdict(NewSource(entry.fields["name"], entry.fields["url"]))
        added = new_source(checked_fields({**whole, **entry.fields, **entry.at_first}, now), now)
        self._note(added)
        return Added(added)


def count_of(outcomes: Iterable[Outcome], kind: type[Outcome]) -> int:
    """Return how many outcomes are of this kind."""
    return sum(isinstance(each, kind) for each in outcomes)
