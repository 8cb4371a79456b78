"""A named list of terms that rules use as `@name`; each save makes its next version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.desk.domain.signatures import AnotherVersion, Signature
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.kit.text import one_line, storable

LONGEST_LIST_NAME_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class WordList:
    """A named list as it stands: the newest of its versions. Each member is written as a term of a rule."""

    list_id: UUID
    name: str
    members: tuple[str, ...]
    note: str
    version: int
    created_at: datetime
    changed_at: datetime
    removed_at: datetime | None = None

    @property
    def removed(self) -> bool:
        """Whether it was ended."""
        return self.removed_at is not None


@dataclass(frozen=True, slots=True)
class ListVersion:
    """What a list held at one of its versions, who saved it, and why."""

    list_id: UUID
    version: int
    name: str
    members: tuple[str, ...]
    note: str
    removed: bool
    author: str
    reason: str
    saved_at: datetime


def new_list(name: str, members: Iterable[str], note: str, now: datetime) -> WordList:
    """Return the first version of a list; name and members are checked by the language."""
    return WordList(
        list_id=id_for("word-list", name, now),
        name=name,
        members=cleaned(members),
        note=note,
        version=1,
        created_at=now,
        changed_at=now,
    )


def next_list(old: WordList, changed: WordList, now: datetime) -> WordList:
    """Return what `old` becomes when it is saved as `changed`: its next version."""
    return replace(changed, list_id=old.list_id, version=old.version + 1, created_at=old.created_at, changed_at=now)


def list_version_of(words: WordList, by: Signature) -> ListVersion:
    """Return the version that the list is at, as it is kept."""
    return ListVersion(
        list_id=words.list_id,
        version=words.version,
        name=words.name,
        members=words.members,
        note=words.note,
        removed=words.removed,
        author=by.author,
        reason=by.reason,
        saved_at=words.changed_at,
    )


def cleaned(members: Iterable[str]) -> tuple[str, ...]:
    """Return the members, each on one line and once, in their order."""
    return tuple(dict.fromkeys(filter(None, (one_line(storable(member)) for member in members))))


def with_members(old: Sequence[str], add: Iterable[str], drop: Iterable[str]) -> tuple[str, ...]:
    """Return the members with some more and some fewer. Raises WrongInput for one to drop that is not among them."""
    known = {each.casefold(): each for each in old}
    dropped: set[str] = set()
    for each in cleaned(drop):
        if each.casefold() not in known:
            mend = "Give it as the list has it: pactwatch list show NAME"
            raise WrongInput("--drop", each, "is no member of the list", mend=mend)
        dropped.add(known[each.casefold()])
    return tuple(dict.fromkeys([*(each for each in old if each not in dropped), *cleaned(add)]))


def refuse_known_list(name: str, others: Iterable[WordList]) -> None:
    """Raise WrongInput when another list has this name."""
    for other in others:
        if other.name.casefold() == name.casefold():
            mend = f"Choose another name, or edit that list: pactwatch list edit {other.name} --add MEMBER"
            raise WrongInput("name", name, "is already the name of a list", mend=mend)


def refuse_another_list_version(words: WordList, expected: int | None) -> None:
    """Raise AnotherVersion when the list is no longer at the version that somebody changes."""
    if expected is not None and words.version != expected:
        mend = f"See what it holds now (pactwatch list show {words.name}), and save again over {words.version}."
        raise AnotherVersion("--at-version", expected, f"is not the list's version: that is {words.version}", mend=mend)


def members_by_name(lists: Iterable[WordList]) -> Mapping[str, tuple[str, ...]]:
    """Return the lists as the rule language takes them."""
    return {each.name: each.members for each in lists}
