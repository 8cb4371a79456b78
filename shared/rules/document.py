"""One article as the rules see it: its words, cut once for all rules, the verdict on it, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TypeVar
from urllib.parse import urlsplit

from shared.contracts.verdict import AgreementFinding, SectorFinding, Verdict
from shared.rules.field_values import host_of, same_name
from shared.rules.passage import Passage

_Finding = TypeVar("_Finding", AgreementFinding, SectorFinding)


@dataclass(frozen=True)
class Origin:
    """Where an article comes from, as far as it is known; what is not known matches no clause.

    `source` is the name of the source, `country` its two letters, `url` the article's own address, `published` aware;
    `language` is of the text, and where it is None the verdict's counts.
    """

    source: str = ""
    country: str | None = None
    url: str = ""
    published: datetime | None = None
    language: str | None = None


NOWHERE = Origin()


@dataclass(frozen=True, eq=False)
class Document:
    """An article's title and text, what the classifier found in it, and its origin.

    The findings of an article that was judged irrelevant count for nothing here.
    """

    title: str
    text: str
    verdict: Verdict
    origin: Origin = NOWHERE

    @cached_property
    def passages(self) -> tuple[Passage, Passage]:
        """The title, which is one sentence, and the body."""
        title = self.title.strip()
        before = len(self.title) - len(self.title.lstrip())
        return Passage(title, [(0, len(title))], offset=before), Passage(self.text)

    @cached_property
    def agreements(self) -> Mapping[str, AgreementFinding]:
        """The agreements that the article is about, by id, the surest first."""
        return _by_id(self.verdict.agreements) if self.verdict.relevant else {}

    @cached_property
    def sectors(self) -> Mapping[str, SectorFinding]:
        """The sectors that the article belongs to, by id, the surest first."""
        return _by_id(self.verdict.sectors) if self.verdict.relevant else {}

    @cached_property
    def facts(self) -> Mapping[str, frozenset[str]]:
        """For each field that asks for a value, the values that the article has: of a host its parents too."""
        origin = self.origin
        return {
            "agreement": frozenset(self.agreements),
            "stage": frozenset(found.stage for found in self.agreements.values() if found.stage is not None),
            "sector": frozenset(self.sectors),
            "source": frozenset({same_name(origin.source)} if origin.source else ()),
            "country": frozenset({origin.country.upper()} if origin.country else ()),
            "lang": frozenset({self.language}),
            "outlet": frozenset(self._hosts),
        }

    @property
    def language(self) -> str:
        """The language of the text."""
        return self.origin.language or self.verdict.language

    @cached_property
    def host(self) -> str | None:
        """The host of the article's address, in the form in which hosts are compared."""
        try:
            return host_of(urlsplit(self.origin.url).hostname or "")
        except ValueError:
            return None

    @cached_property
    def day(self) -> date | None:
        """The day of publication, in UTC."""
        published = self.origin.published
        if published is None or published.tzinfo is None:
            return published and published.date()
        return published.astimezone(UTC).date()

    @property
    def _hosts(self) -> Sequence[str]:
        labels = (self.host or "").split(".")
        return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def value_key(name: str, value: str) -> str:
    """A value as a rule says it in the form in which `Document.facts` holds it."""
    return same_name(value) if name == "source" else value


def _by_id(findings: Sequence[_Finding]) -> Mapping[str, _Finding]:
    by_id: dict[str, _Finding] = {}
    for finding in findings:
        by_id.setdefault(finding.id, finding)
    return by_id
