"""How sources fare, as the desk shows it: a state in one word, since when, why, and what mends it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.desk.domain.choices import advice, listed
from services.desk.domain.sources import Source
from shared.kit.errors import WrongInput

TROUBLE = "trouble"  # what people ask for when they mean any state that is not calm
CALM = frozenset({"new", "fine", "paused"})
_WORDS = {"not_a_feed": "not a feed", "other_language": "other language", "robots": "robots.txt"}
_TRY = "See what it says now: pactwatch source test {url}"
_EDIT = "pactwatch source edit {name}"
_MENDS = {
    "paused": "Look at it again: pactwatch source resume {name}",
    "empty": f"Its news may have moved to another address. {_TRY}",
    "silent": f"It answers and brings nothing new: it may have moved. {_TRY}",
    "failing": f"It is tried again by itself, less and less often. {_TRY}",
    "gone": f"Find its new address: pactwatch source test of the site's home page; then: {_EDIT} --url …",
    "blocked": f"The site lets no program in from here. {_TRY}; look for another feed of it, then: {_EDIT} --url …",
    "refused": "Its address leads into a private network. If this is meant, add the host to "
    f"PACTWATCH_ALLOWED_PRIVATE_HOSTS; else: {_EDIT} --url …",
    "robots": f"The site's robots.txt forbids this address. Ask the site, or take another one: {_EDIT} --url …",
    "moved": f"Take the new address: {_EDIT} --url {{moved_to}}",
    "not_a_feed": f"Its feed may have moved. {_TRY}",
    "other_language": f"Take the feed of the right language, or say what it writes in: {_EDIT} --language …",
    "throttled": f"It is asked less often by itself; to stay below its limit: {_EDIT} --every 900",
}


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source and how it fares.

    `state` is the scraper's word, "new" before its first look, or "paused"; `state_since` is when it began. Articles
    are counted by when they were fetched: all, those of the last day, and those of the last seven. `last_new_at` is
    when it last had news, `last_error` the sentence that says what is wrong.
    """

    source: Source
    state: str
    last_look_at: datetime | None
    next_look_at: datetime | None
    last_error: str | None
    articles: int
    articles_day: int = 0
    articles_week: int = 0
    state_since: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    interval_seconds: int | None = None
    failures: int = 0
    found_kind: str | None = None
    moved_to: str | None = None
    hub: str | None = None

    @property
    def name(self) -> str:
        """Return the source's name."""
        return self.source.name

    @property
    def in_trouble(self) -> bool:
        """Tell whether somebody should look at it."""
        return self.state not in CALM

    @property
    def mend(self) -> str:
        """Return what can be done about its state; empty where nothing needs to be."""
        if not self.in_trouble and self.state != "paused":
            return ""
        spelled = _MENDS.get(self.state, _TRY)
        name = f"'{self.name}'" if " " in self.name else self.name
        return spelled.format(name=name, url=self.source.url, moved_to=self.moved_to or "…")


@dataclass(frozen=True, slots=True)
class TroubledSource:
    """A source in trouble in short: its state, since when, and the sentence that says why (empty for none)."""

    name: str
    state: str
    since: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class HostView:
    """How the source's host wants to be treated; `robots_status` None while robots.txt could not be had at all.

    Until `next_request_at` nothing is asked of it, until `pages_rest_until` no article.
    """

    host: str
    robots_status: int | None
    robots_at: datetime | None
    robots_failing_since: datetime | None
    delay_seconds: float
    next_request_at: datetime | None
    pages_rest_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class HubView:
    """The source's WebSub subscription: asked for, active, refused or ended."""

    hub: str
    topic: str
    state: str
    asked_at: datetime | None
    ends_at: datetime | None
    pushes: int
    last_push_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True)
class SourceArticle:
    """One of the source's last articles; `held` is why the gate keeps it to ourselves, None for a published one."""

    article_id: UUID
    title: str
    url: str
    language: str | None
    published_at: datetime | None
    fetched_at: datetime
    held: str | None


@dataclass(frozen=True, slots=True)
class WaitingArticle:
    """An entry whose page is yet to be read."""

    title: str
    url: str
    failures: int
    next_try_at: datetime
    last_error: str | None


@dataclass(frozen=True, slots=True)
class SourceDetails:
    """Everything about one source; `waiting` are the next entries of `waiting_count` whose page is yet to be read."""

    view: SourceView
    host: HostView | None
    hub: HubView | None
    articles: tuple[SourceArticle, ...]
    waiting: tuple[WaitingArticle, ...]
    waiting_count: int


def state_words(state: str) -> str:
    """Return a source's state in words: `not_a_feed` reads "not a feed"."""
    return _WORDS.get(state, state.replace("_", " "))


def in_state(views: Iterable[SourceView], state: str) -> list[SourceView]:
    """Return the sources in this state, or in any that is trouble. Raises WrongInput for a word that is no state."""
    wanted = state.strip().lower().replace(" ", "_").replace("-", "_")
    if wanted == TROUBLE:
        return [view for view in views if view.in_trouble]
    found = [view for view in views if view.state == wanted]
    known = {*CALM, *_MENDS, *(view.state for view in views), TROUBLE}
    if not found and wanted not in known:
        raise WrongInput("--state", state, "is no state", mend=advice(state, known, otherwise=f"Give {listed(known)}."))
    return found
