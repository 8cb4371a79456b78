"""Sources and subscriptions as people define them, and what they ask to see. Rules and lists are kept next door."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Unpack
from uuid import UUID

from services.desk.domain.importing import Added, Changed, Outcome, SourceBook
from services.desk.domain.lookup import named, refuse_known_source
from services.desk.domain.rules import Target
from services.desk.domain.selectors import merged_selectors
from services.desk.domain.source_list import ListedSource
from services.desk.domain.source_views import SourceDetails, SourceView
from services.desk.domain.sources import (
    NewSource,
    Source,
    SourceChanges,
    checked_fields,
    edited_source,
    new_source,
)
from services.desk.domain.views import (
    AlertReasons,
    AlertView,
    ArticleView,
    Ended,
    OperatorAlertView,
    QuarantinedView,
    SubscriptionView,
)
from services.desk.ports import DeskWork
from services.desk.use_cases.renaming import follow_to_its_new_name
from services.desk.use_cases.subscriptions import Subscriptions
from services.desk.use_cases.targets import NO_QUERIES, Targets
from services.desk.use_cases.writing import Writing
from shared.kit.errors import WrongInput
from shared.kit.sealing import Seals

IMPORTED_AT_ONCE = 250  # sources in one transaction: others may change definitions in between, progress is seen
MOST_ROWS = 500  # one page of a list; older rows are asked for with `before`


class Definitions:
    """Sources and subscriptions as people define them, and the lists that show what came of them.

    `agreements` and `sectors` map the catalogue's ids to short names, `stages` are its stages; `queries` gives what the
    catalogue says that the rule of an agreement asks for, where that is more than the agreement itself; `seals` seal
    what is secret before it is stored. `hearing` keeps the subscriptions.
    """

    def __init__(
        self,
        writing: Writing,
        *,
        agreements: Mapping[str, str],
        sectors: Mapping[str, str],
        stages: Collection[str] = (),
        queries: Mapping[str, str] = NO_QUERIES,
        seals: Seals | None = None,
    ) -> None:
        self._begin = writing.begin
        self._writing = writing.writing
        self._now = writing.now
        self._agreements = agreements
        self.hearing = Subscriptions(writing, Targets(agreements, sectors, stages, queries), seals)

    async def add_source(self, new: NewSource) -> Source:
        """Define a source; the scraper looks at it as soon as it sees it. Raises WrongInput."""
        now = self._now()
        source = new_source(checked_fields(asdict(new), now), now)
        async with self._writing() as work:
            refuse_known_source(source, await work.live_sources())
            await work.save_source(source)
        return source

    async def edit_source(self, name: str, **changes: Unpack[SourceChanges]) -> Source:
        """Change what is given and nothing else; articles of an address that is given up stay. Raises WrongInput."""
        now = self._now()
        async with self._writing() as work:
            live = await work.live_sources()
            old = named(name, live, "source")
            if "selectors" in changes:
                changes["selectors"] = merged_selectors(old.selectors, changes["selectors"])
            edited = edited_source(old, changes, now)
            refuse_known_source(edited, [each for each in live if each is not old])
            await _save_edited(work, old, edited, now)
            if edited.name != old.name:
                await follow_to_its_new_name(work, old.name, edited.name, now)
        return edited

    async def import_sources(
        self,
        entries: Sequence[ListedSource],
        *,
        update: bool = False,
        dry_run: bool = False,
        told: Callable[[int], None] = lambda _done: None,
    ) -> list[Outcome]:
        """Take a list of sources; what is there stays as it is unless `update` says otherwise.

        Each step of entries is one transaction, so that an import that is broken off can be run again; `told` hears
        how many entries are done. A `dry_run` saves nothing. Bad entries are among the outcomes; nothing is raised.
        """
        outcomes: list[Outcome] = []
        step = max(len(entries), 1) if dry_run else IMPORTED_AT_ONCE
        for start in range(0, len(entries), step):
            now = self._now()
            async with self._writing() as work:
                book = SourceBook(await work.live_sources())
                for entry in entries[start : start + step]:
                    outcomes.append(book.take(entry, now, update=update))
                    if not dry_run:
                        await _save_outcome(work, outcomes[-1], now)
            told(len(outcomes))
        return outcomes

    async def source_details(self, name: str) -> SourceDetails:
        """Return everything about one source. Raises WrongInput for an unknown name."""
        async with self._begin() as work:
            view = named(name, await work.source_views(self._now()), "source")
            return await work.source_details(view)

    async def pause_source(self, name: str) -> None:
        """Stop looking at the source until it is resumed. Raises WrongInput for an unknown name."""
        await self._change_source(name, lambda source: replace(source, paused=True))

    async def resume_source(self, name: str) -> None:
        """Look at the source again. Raises WrongInput for an unknown name."""
        await self._change_source(name, lambda source: replace(source, paused=False))

    async def remove_source(self, name: str) -> None:
        """Stop looking at the source for good; its articles and alerts stay. Raises WrongInput for an unknown name."""
        now = self._now()
        await self._change_source(name, lambda source: replace(source, removed_at=now))

    async def sources(self) -> list[SourceView]:
        """Return the sources with how they fare, by name."""
        async with self._begin() as work:
            return await work.source_views(self._now())

    async def subscribe(self, target: Target, channel: str) -> SubscriptionView:
        """Send a rule's, an agreement's or a sector's alerts, or what operators should know, to a channel.

        See `Subscriptions.subscribe`, which can do more.
        """
        return await self.hearing.subscribe(target, channel)

    async def unsubscribe(self, subscription_id: UUID | str) -> Ended:
        """End a subscription, given its id or the beginning of it; returns what was ended. Raises WrongInput."""
        return await self.hearing.unsubscribe(subscription_id)

    async def subscriptions(self) -> list[SubscriptionView]:
        """Return the live subscriptions, oldest first."""
        return await self.hearing.views()

    async def alerts(self, limit: int = 50, before: UUID | None = None) -> list[AlertView]:
        """Return alerts, newest first; `before` is the last alert of the page before this one.

        Raises WrongInput for a `before` that is no alert.
        """
        async with self._begin() as work:
            views = await work.alert_views(_rows(limit), before)
            if before is not None and not views and await work.alert_reasons(before) is None:
                mend = "Take the id of an alert of the page before (`alerts list --json`)."
                raise WrongInput("--before", str(before), "is no alert", mend=mend)
        return views

    async def alerts_about(self, agreement_id: str, limit: int = 50) -> list[AlertView] | None:
        """Return the newest alerts of one agreement; None for one that the catalogue does not have."""
        if agreement_id not in self._agreements:
            return None
        async with self._begin() as work:
            return await work.alert_views(_rows(limit), None, agreement_id)

    async def operator_alerts(self, limit: int = 50) -> list[OperatorAlertView]:
        """Return what operators were told, newest first."""
        async with self._begin() as work:
            return await work.operator_alert_views(_rows(limit))

    async def why(self, alert_id: UUID) -> AlertReasons | None:
        """Return everything that made this alert fire, and every attempt to deliver it; None for an unknown one."""
        async with self._begin() as work:
            return await work.alert_reasons(alert_id)

    async def articles(self, limit: int = 50) -> list[ArticleView]:
        """Return articles with their newest verdict, last fetched first."""
        async with self._begin() as work:
            return await work.article_views(_rows(limit))

    async def quarantined(self, limit: int = 50) -> list[QuarantinedView]:
        """Return the messages set aside and not yet replayed, newest first."""
        async with self._begin() as work:
            return await work.quarantined_views(_rows(limit))

    async def schema_revision(self) -> str | None:
        """Return the revision of the database's tables; None for a database without any."""
        async with self._begin() as work:
            return await work.schema_revision()

    async def _change_source(self, name: str, changed: Callable[[Source], Source]) -> None:
        async with self._writing() as work:
            await work.save_source(changed(named(name, await work.live_sources(), "source")))


async def _save_edited(work: DeskWork, old: Source, edited: Source, now: datetime) -> None:
    """Save the change; a source of another address takes the place of the old one."""
    if edited.source_id != old.source_id:
        await work.save_source(replace(old, removed_at=now))
    await work.save_source(edited)


async def _save_outcome(work: DeskWork, outcome: Outcome, now: datetime) -> None:
    match outcome:
        case Added(source):
            await work.save_source(source)
        case Changed(old, source):
            await _save_edited(work, old, source, now)


def _rows(limit: int) -> int:
    return max(1, min(limit, MOST_ROWS))
