"""What a rule may name besides words: the ids of the catalogue, and the lists that admins keep."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from shared.rules.lists import members_of
from shared.rules.query import Named, Place
from shared.rules.terms import Term

NO_LISTS: Mapping[str, Collection[str]] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The names that exist.

    `stages` and `sources` may be None: then any is taken, and one that does not exist matches nothing. `lists` maps the
    name of a list, without the @, to its members, each written as a term of a rule.
    """

    agreements: Collection[str]
    sectors: Collection[str]
    stages: Collection[str] | None = None
    sources: Collection[str] | None = None
    lists: Mapping[str, Collection[str]] = field(default_factory=lambda: NO_LISTS)
    _read_lists: dict[str, tuple[Term, ...]] = field(default_factory=dict, init=False, repr=False)

    def ids_of(self, name: str) -> Mapping[str, str] | None:
        """The true spellings of a field's values by their case-folded form; None where any value is taken."""
        return self._ids.get(name)

    def list_named(self, name: str) -> str | None:
        """How the list of this name is spelt; None where there is none."""
        return self._list_names.get(name.casefold())

    def members(self, list_name: str) -> tuple[Term, ...]:
        """The members of a list, by its true name, read once. Raises WrongInput for one that is no term."""
        if list_name not in self._read_lists:
            self._read_lists[list_name] = members_of(list_name, self.lists[list_name])
        return self._read_lists[list_name]

    @cached_property
    def _ids(self) -> Mapping[str, Mapping[str, str]]:
        given = {
            "agreement": self.agreements,
            "sector": self.sectors,
            "stage": self.stages,
            "source": self.sources,
        }
        return {
            name: {" ".join(each.casefold().split()): each for each in ids}
            for name, ids in given.items()
            if ids is not None
        }

    @cached_property
    def _list_names(self) -> Mapping[str, str]:
        return {name.casefold(): name for name in self.lists}


def flat(places: Collection[Place]) -> tuple[Term, ...]:
    """The terms of these places, a list replaced by its members; each once."""
    terms: dict[Term, None] = {}
    for place in places:
        for term in place.members if isinstance(place, Named) else (place,):
            terms.setdefault(term)
    return tuple(terms)
