"""Sources as operators keep them on pages: seen, tried, added, changed, paused and removed, each by its id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from services.desk.domain.figures import SPARKLINE_HEIGHT, Drawing, Figure, drawn
from services.desk.domain.operating import DAYS_OF_A_LINE, SourceList
from services.desk.domain.source_forms import SourceForm, WrongField, WrongFields
from services.desk.domain.source_views import SourceDetails, SourceView, in_state
from services.desk.domain.sources import NewSource, Source
from services.desk.use_cases.definitions import Definitions
from shared.kit.clock import Clock
from shared.kit.errors import WrongInput


class CountsArticles(Protocol):
    """One transaction that counts what sources bring."""

    async def articles_by_day(self, since: datetime, source_id: UUID | None) -> Mapping[UUID, Mapping[date, int]]:
        """Return how many articles were fetched each day (UTC) since then: of this source, or of each."""


class Tried(Protocol):
    """What one look at an address found."""

    @property
    def url(self) -> str:
        """The address."""

    @property
    def title(self) -> str:
        """What it calls itself; may be empty."""

    @property
    def kind(self) -> str:
        """What it is; empty where nothing can be watched there."""

    @property
    def entries(self) -> Sequence[object]:
        """What would be taken."""


class TriesSources(Protocol):
    """Looks at an address once, as the scraper would, and keeps nothing."""

    async def __call__(self, url: str, *, kind: str | None, selectors: Mapping[str, str], country: str | None) -> Tried:
        """Return what was found. Raises PactwatchError where there is nothing to watch."""


BeginCounting = Callable[[], AbstractAsyncContextManager[CountsArticles]]


@dataclass(frozen=True, slots=True)
class Scraping:
    """What the scraper does for who keeps sources: a trial, a look at once, a word on an address it will refuse."""

    tries: TriesSources
    look_soon: Callable[[str], Awaitable[None]]
    caution: Callable[[str], str | None]


class SourceKeeping:
    """Shows and keeps sources."""

    def __init__(self, definitions: Definitions, begin: BeginCounting, scraping: Scraping, clock: Clock) -> None:
        self._definitions = definitions
        self._begin = begin
        self._scraping = scraping
        self._clock = clock

    async def listed(self, state: str, words: str) -> SourceList:
        """Return the sources in this state (empty: in any) that have these words in name or address.

        Raises WrongInput for a word that is no state.
        """
        views = await self._definitions.sources()
        found = in_state(views, state) if state else views
        wanted = words.casefold().split()
        shown = tuple(each for each in found if all(word in _spelt(each) for word in wanted))
        return SourceList(
            views=shown,
            known=len(views),
            in_trouble=sum(view.in_trouble for view in views),
            states=Counter(view.state for view in views),
            lines=await self._lines(None),
        )

    async def details(self, source_id: UUID) -> tuple[SourceDetails, Drawing] | None:
        """Return everything about one source, and its articles a day; None for an unknown one."""
        name = await self._name(source_id)
        if name is None:
            return None
        details = await self._definitions.source_details(name)
        lines = await self._lines(source_id)
        return details, lines.get(source_id) or self._line({})

    def caution(self, url: str) -> str | None:
        """Return why the scraper will not go to an address; None where nothing is known against it."""
        return self._scraping.caution(url)

    async def try_it(self, form: SourceForm) -> Tried:
        """Look at the address once. Raises WrongFields, or PactwatchError where there is nothing to watch."""
        wanted = SourceForm(**{**_only(form, "url", "kind", "country"), "name": "a trial", **form.selectors()})
        checked = wanted.checked(self._clock.now())
        selectors = {name: css for name, css in form.selectors().items() if css}
        try:
            return await self._scraping.tries(
                checked["url"], kind=checked["kind"], selectors=selectors, country=checked["country"]
            )
        except WrongInput as wrong:
            raise WrongFields(WrongField.of("url", wrong)) from wrong

    async def add(self, form: SourceForm) -> Source:
        """Define a source; it is looked at within seconds. Raises WrongFields."""
        form.checked(self._clock.now())
        try:
            return await self._definitions.add_source(NewSource(**form.values(), selectors=form.selectors()))
        except WrongInput as wrong:
            raise WrongFields(_known(wrong)) from wrong

    async def change(self, source_id: UUID, form: SourceForm) -> Source | None:
        """Change the source to what the form says, and look at it now; None for an unknown one. Raises WrongFields."""
        form.checked(self._clock.now())
        old = await self._view(source_id)
        if old is None:
            return None
        before, changes = SourceForm.of(old.source), form.values()
        if form.alert_since == before.alert_since:
            del changes["alert_since"]
        changes["new_name"] = changes.pop("name")
        try:
            edited = await self._definitions.edit_source(old.name, **changes, selectors=form.selectors())
        except WrongInput as wrong:
            raise WrongFields(_known(wrong)) from wrong
        await self._scraping.look_soon(edited.name)
        return edited

    async def pause(self, source_id: UUID) -> bool:
        """Stop looking at the source until it is resumed; False for an unknown one."""
        return await self._done(source_id, self._definitions.pause_source)

    async def resume(self, source_id: UUID) -> bool:
        """Look at the source again, now; False for an unknown one."""
        return await self._done(source_id, self._definitions.resume_source) and await self.look_now(source_id)

    async def remove(self, source_id: UUID) -> bool:
        """Stop looking at the source for good; its articles and alerts stay. False for an unknown one."""
        return await self._done(source_id, self._definitions.remove_source)

    async def look_now(self, source_id: UUID) -> bool:
        """Make the source due; False for an unknown one."""
        return await self._done(source_id, self._scraping.look_soon)

    async def _done(self, source_id: UUID, deed: Callable[[str], Awaitable[None]]) -> bool:
        name = await self._name(source_id)
        if name is not None:
            await deed(name)
        return name is not None

    async def _name(self, source_id: UUID) -> str | None:
        view = await self._view(source_id)
        return None if view is None else view.name

    async def _view(self, source_id: UUID) -> SourceView | None:
        views = await self._definitions.sources()
        return next((view for view in views if view.source.source_id == source_id), None)

    async def _lines(self, source_id: UUID | None) -> dict[UUID, Drawing]:
        async with self._begin() as work:
            counts = await work.articles_by_day(_midnight(self._clock.now()) - _REACH, source_id)
        return {each: self._line(days) for each, days in counts.items()}

    def _line(self, days: Mapping[date, int]) -> Drawing:
        first = (_midnight(self._clock.now()) - _REACH).date()
        dates = [first + timedelta(days=each) for each in range(DAYS_OF_A_LINE)]
        return drawn([Figure(f"{each:%d.%m.}", days.get(each, 0)) for each in dates], SPARKLINE_HEIGHT)


_REACH = timedelta(days=DAYS_OF_A_LINE - 1)
_FIELDS = {"--every": "every", "--kind": "kind", "--country": "country", "--language": "language"}


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _spelt(view: SourceView) -> str:
    return f"{view.name} {view.source.url}".casefold()


def _only(form: SourceForm, *names: str) -> dict[str, Any]:
    return {name: getattr(form, name) for name in names}


def _known(wrong: WrongInput) -> WrongField:
    """Return what only shows when a source is saved: that there is one of this name or address."""
    return WrongField.of(_FIELDS.get(wrong.field, wrong.field), wrong)
