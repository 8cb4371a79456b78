"""Answers to "why not?": what keeps an address from becoming an article that is judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.desk.domain.moments import utc
from services.desk.domain.outcomes import Outcome
from services.desk.domain.source_views import state_words


@dataclass(frozen=True, slots=True)
class NoSource(Outcome):
    """No source is of this host; `removed` names the one that was, if any."""

    code: ClassVar[str] = "no_source"
    host: str
    removed: str | None = None
    removed_at: datetime | None = None

    @property
    def sentence(self) -> str:
        """Say what happened."""
        gone = f' Its source "{self.removed}" was removed at {utc(self.removed_at)}.' if self.removed else ""
        return f"Nobody looks at {self.host}: no source is of that host.{gone}"

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return f"Find its feed: pactwatch source test https://{self.host}/ Then: pactwatch source add NAME FEED"


@dataclass(frozen=True, slots=True)
class SourcePaused(Outcome):
    """The source of this host is paused."""

    code: ClassVar[str] = "source_paused"
    source: str

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return f'No source has listed this address; "{self.source}", which is of its host, is paused.'

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return f"Look at it again: pactwatch source resume '{self.source}'"


@dataclass(frozen=True, slots=True)
class SourceInTrouble(Outcome):
    """The source of this host does not give its news; `advice` says what mends it."""

    code: ClassVar[str] = "source_in_trouble"
    source: str
    state: str
    since: datetime | None
    why: str
    advice: str

    @property
    def sentence(self) -> str:
        """Say what happened."""
        why = f": {self.why}" if self.why else "."
        since = f" since {utc(self.since)}" if self.since else ""
        return f'"{self.source}" has not listed this address; it is {state_words(self.state)}{since}{why}'

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return self.advice


@dataclass(frozen=True, slots=True)
class SourceNotLookedAt(Outcome):
    """The source of this host is new: its first look is still to come."""

    code: ClassVar[str] = "source_not_looked_at"
    source: str

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return f'"{self.source}" has not listed this address: nobody has looked at it yet.'

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "Its first look comes within seconds while the scraper runs; see: pactwatch doctor"


@dataclass(frozen=True, slots=True)
class NeverListed(Outcome):
    """Sources of this host are looked at and well, and none of them has listed the address."""

    code: ClassVar[str] = "never_listed"
    sources: tuple[str, ...]
    last_look_at: datetime | None

    @property
    def sentence(self) -> str:
        """Say what happened."""
        names = ", ".join(f'"{name}"' for name in self.sources)
        return f"{names} is looked at and well (last look {utc(self.last_look_at)}), and has not listed this address."

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        first = self.sources[0]
        return (
            "The article may stand in another of the site's feeds (pactwatch source test of its home page), or be "
            f"older than what is listed (pactwatch backfill '{first}' --since DATE)."
        )


@dataclass(frozen=True, slots=True)
class PageWaits(Outcome):
    """The address is listed, and its page still to be read; `why` says what it waits for, where that is known."""

    code: ClassVar[str] = "page_waits"
    source: str
    found_at: datetime
    next_try_at: datetime
    why: str = ""

    @property
    def sentence(self) -> str:
        """Say what happened."""
        why = f" {self.why}" if self.why else ""
        return f'"{self.source}" listed it; its page is still to be read, from {utc(self.next_try_at)} on.{why}'

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "It is read as soon as its host's turn comes; if it stays so, see: pactwatch doctor"


@dataclass(frozen=True, slots=True)
class PageBeingRead(Outcome):
    """Its page is being read this very moment."""

    code: ClassVar[str] = "page_being_read"
    source: str
    found_at: datetime

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return f'"{self.source}" listed it, and its page is being read now.'

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "Ask again in a minute."


@dataclass(frozen=True, slots=True)
class PageFails(Outcome):
    """Its page could not be read so far."""

    code: ClassVar[str] = "page_fails"
    source: str
    failures: int
    why: str
    next_try_at: datetime

    @property
    def sentence(self) -> str:
        """Say what happened."""
        tries = f"{self.failures} {'try' if self.failures == 1 else 'tries'}"
        why = self.why or "no reason was kept."
        return f'"{self.source}" listed it, and its page could not be read after {tries}: {why}'

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return f"It is tried again at {utc(self.next_try_at)} by itself; in the end its feed's own words are taken."


@dataclass(frozen=True, slots=True)
class HeldByGate(Outcome):
    """The relevance gate kept the article to ourselves."""

    code: ClassVar[str] = "held_by_the_gate"
    reason: str
    at: datetime

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return f"The relevance gate holds it back: {self.reason}"

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return (
            "A rule whose words it holds opens the gate for it; after saving one: pactwatch article judge-again "
            "(within 30 days)"
        )


@dataclass(frozen=True, slots=True)
class TooOld(Outcome):
    """The article is older than what its source, or the backfill that found it, may alert on."""

    code: ClassVar[str] = "too_old"
    source: str
    published_at: datetime | None
    alert_since: datetime | None
    from_backfill: bool

    @property
    def sentence(self) -> str:
        """Say what happened."""
        published = f"was published at {utc(self.published_at)}" if self.published_at else "has no date"
        whose = f'the backfill of "{self.source}"' if self.from_backfill else f'"{self.source}"'
        since = f" since {utc(self.alert_since)}" if self.alert_since else ""
        return f"It {published}, and {whose} may alert only on news{since}: it is kept without an alert."

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        if self.from_backfill:
            return f"To hear of old news too: pactwatch backfill '{self.source}' --since DATE --alerts DATE --again"
        return f"For the future: pactwatch source edit '{self.source}' --alert-since all"


@dataclass(frozen=True, slots=True)
class NotJudgedYet(Outcome):
    """The article waits for the classifier: on the bus, or still before it."""

    code: ClassVar[str] = "not_judged_yet"
    since: datetime | None
    on_the_bus: bool

    @property
    def sentence(self) -> str:
        """Say what happened."""
        where = "waits on the bus for the classifier" if self.on_the_bus else "waits for the bus to take its news"
        return f"It is stored, and {where} since {utc(self.since)}."

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return "This takes seconds. If it stays so: pactwatch doctor says what is away."


@dataclass(frozen=True, slots=True)
class InQuarantine(Outcome):
    """A service could not digest the article's news: it was set aside with the reason."""

    code: ClassVar[str] = "in_quarantine"
    service: str
    reason: str
    at: datetime
    quarantine_id: UUID

    @property
    def sentence(self) -> str:
        """Say what happened."""
        return f"The {self.service} could not digest it, and set it aside at {utc(self.at)}: {self.reason}"

    @property
    def mend(self) -> str:
        """Say what can be done about it."""
        return f"Once what ails it is mended: pactwatch quarantine replay {self.quarantine_id}"
