"""A file of rules and lists: its entries with the place they stand at, and what an import makes of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from services.desk.domain.rules import Rule
from services.desk.domain.source_list import BadEntry
from services.desk.domain.word_lists import WordList

Fate = Literal["added", "changed", "proposed", "kept", "same"]
DEFAULT_NAME = "Agreement: "


@dataclass(frozen=True, slots=True)
class ListedRule:
    """One rule of a file: `where` is its place for a person ("line 12"), `fields` are those that it gives.

    `agreement` names the catalogue's rule that it is; None for a rule of people's own.
    """

    where: str
    fields: Mapping[str, Any]
    agreement: str | None = None

    @property
    def name(self) -> str:
        """What the entry calls the rule."""
        return str(self.fields["name"])


@dataclass(frozen=True, slots=True)
class ListedWords:
    """One list of a file."""

    where: str
    name: str
    members: tuple[str, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What a file holds."""

    lists: tuple[ListedWords, ...] = ()
    rules: tuple[ListedRule, ...] = ()
    bad: tuple[BadEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an entry: `kept` differs in `fields` and was left as it is, since it may be somebody's edit."""

    kind: Literal["rule", "list"]
    name: str
    fate: Fate
    fields: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


RuleOutcome = Taken | BadEntry


def differing(given: Mapping[str, Any], known: Rule | WordList) -> tuple[str, ...]:
    """Return the given fields that the known one has differently; what is not given is no difference."""
    return tuple(field for field, value in given.items() if getattr(known, field) != value)


def fates(outcomes: Iterable[RuleOutcome], fate: Fate) -> int:
    """Return how many entries met this fate."""
    return sum(isinstance(each, Taken) and each.fate == fate for each in outcomes)


def is_as_the_catalogue_says(rule: Rule) -> bool:
    """Tell whether nobody made anything of a rule of the catalogue: there is nothing of it to carry elsewhere."""
    return (
        rule.query == rule.taken_query
        and rule.name.startswith(DEFAULT_NAME)
        and (rule.policy, rule.severity, rule.owner, rule.note, rule.paused) == ("each_story", "normal", "", "", False)
    )
