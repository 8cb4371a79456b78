"""What people define, and what they ask to see. Every change is one transaction, one writer at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import datetime
from typing import Unpack
from uuid import UUID

from services.desk.domain.channels import FIELD, Subscription, parse_channel
from services.desk.domain.choices import advice, listed
from services.desk.domain.importing import Added, Changed, Outcome, SourceBook
from services.desk.domain.lookup import custom, named, one_by_prefix, refuse_known_rule, refuse_known_source
from services.desk.domain.names import checked_rule_name
from services.desk.domain.rules import (
    AgreementTarget,
    ImpliedOrigin,
    OperatorsTarget,
    Rule,
    RuleTarget,
    SectorTarget,
    Target,
    implied_rule,
)
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
    FrontPage,
    OperatorAlertView,
    QuarantinedView,
    RuleView,
    SubscriptionView,
)
from services.desk.ports import Begin, DeskWork
from services.desk.use_cases.secret_keeping import SecretKeeper, new_webhook_secret
from shared.kit.clock import Clock
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.kit.sealing import Seals

IMPORTED_AT_ONCE = 250  # sources in one transaction: others may change definitions in between, progress is seen
MOST_TROUBLES_SHOWN = 5  # sources on the first page; a broken network troubles all of them
MOST_ROWS = 500  # one page of a list; older rows are asked for with `before`


class Definitions:
    """Sources, rules and subscriptions as people define them, and the lists that show what came of them.

    `agreements` and `sectors` map the catalogue's ids to short names; `check_query` raises WrongInput for a query
    that is not in the rule language. `seals` seal what is secret before it is stored.
    """

    def __init__(
        self,
        *,
        begin: Begin,
        clock: Clock,
        agreements: Mapping[str, str],
        sectors: Mapping[str, str],
        check_query: Callable[[str], object],
        seals: Seals | None = None,
    ) -> None:
        self._begin = begin
        self._clock = clock
        self._catalogue = {"agreement": agreements, "sector": sectors}
        self._check_query = check_query
        self._secrets = SecretKeeper(begin, clock, seals)

    async def add_source(self, new: NewSource) -> Source:
        """Define a source; the scraper looks at it as soon as it sees it. Raises WrongInput."""
        now = self._clock.now()
        source = new_source(checked_fields(asdict(new), now), now)
        async with self._writing() as work:
            refuse_known_source(source, await work.live_sources())
            await work.save_source(source)
        return source

    async def edit_source(self, name: str, **changes: Unpack[SourceChanges]) -> Source:
        """Change what is given and nothing else; articles of an address that is given up stay. Raises WrongInput."""
        now = self._clock.now()
        async with self._writing() as work:
            live = await work.live_sources()
            old = named(name, live, "source")
            if "selectors" in changes:
                changes["selectors"] = merged_selectors(old.selectors, changes["selectors"])
            edited = edited_source(old, changes, now)
            refuse_known_source(edited, [each for each in live if each is not old])
            await _save_edited(work, old, edited, now)
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
            now = self._clock.now()
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
            view = named(name, await work.source_views(self._clock.now()), "source")
            return await work.source_details(view)

    async def pause_source(self, name: str) -> None:
        """Stop looking at the source until it is resumed. Raises WrongInput for an unknown name."""
        await self._change_source(name, lambda source: replace(source, paused=True))

    async def resume_source(self, name: str) -> None:
        """Look at the source again. Raises WrongInput for an unknown name."""
        await self._change_source(name, lambda source: replace(source, paused=False))

    async def remove_source(self, name: str) -> None:
        """Stop looking at the source for good; its articles and alerts stay. Raises WrongInput for an unknown name."""
        now = self._clock.now()
        await self._change_source(name, lambda source: replace(source, removed_at=now))

    async def sources(self) -> list[SourceView]:
        """Return the sources with how they fare, by name."""
        async with self._begin() as work:
            return await work.source_views(self._clock.now())

    async def add_rule(self, name: str, query: str) -> Rule:
        """Define a watch rule. Raises WrongInput for a name in use and for a query not in the rule language."""
        self._check_query(query)
        now = self._clock.now()
        clean = checked_rule_name(name, field="name")
        rule = Rule(
            rule_id=id_for("rule", "custom", clean, now),
            name=clean,
            query=query,
            origin="custom",
            version=1,
            paused=False,
            created_at=now,
            changed_at=now,
        )
        async with self._writing() as work:
            refuse_known_rule(clean, await work.live_rules())
            await work.save_rule(rule)
        return rule

    async def edit_rule(self, name: str, query: str | None = None, new_name: str | None = None) -> Rule:
        """Save a new version of a custom rule; every version is kept. Raises WrongInput."""
        if query is not None:
            self._check_query(query)
        clean = None if new_name is None else checked_rule_name(new_name, field="name")
        async with self._writing() as work:
            live = await work.live_rules()
            old = custom(named(name, live, "rule"))
            if clean is not None:
                refuse_known_rule(clean, [each for each in live if each is not old])
            edited = replace(old, name=clean or old.name, query=old.query if query is None else query)
            if edited != old:
                edited = replace(edited, version=old.version + 1, changed_at=self._clock.now())
                await work.save_rule(edited)
        return edited

    async def pause_rule(self, name: str) -> None:
        """Raise no alerts for the rule until it is resumed. Raises WrongInput."""
        await self._save_rule(name, paused=True)

    async def resume_rule(self, name: str) -> None:
        """Raise alerts for the rule again. Raises WrongInput."""
        await self._save_rule(name, paused=False)

    async def remove_rule(self, name: str) -> int:
        """End the rule and its subscriptions; its alerts stay. Raises WrongInput.

        Returns how many deliveries waited for those subscriptions: they are cancelled.
        """
        now = self._clock.now()
        async with self._writing() as work:
            rule = custom(named(name, await work.live_rules(), "rule"))
            hearing = [each for each in await work.subscription_views() if each.rule_id == rule.rule_id]
            ids = [each.subscription_id for each in hearing]
            cancelled = await work.waiting_deliveries(ids)
            await work.end_subscriptions(ids, now)
            await work.save_rule(replace(rule, removed_at=now, changed_at=now))
        return cancelled

    async def rules(self) -> list[RuleView]:
        """Return the rules, by name; one that can no longer be read says why."""
        async with self._begin() as work:
            views = await work.rule_views()
        return [replace(view, broken=self._complaint(view.query)) for view in views]

    async def subscribe(self, target: Target, channel: str) -> SubscriptionView:
        """Send a rule's, an agreement's or a sector's alerts, or what operators should know, to a channel.

        A subscription that stands already is returned as it is (`already`). The view of a new webhook carries its
        signing secret, this once. Raises WrongInput for an unknown target, naming the nearest, and for a wrong channel.
        """
        way = parse_channel(channel)
        if way.kind == "feed" and isinstance(target, OperatorsTarget):
            raise WrongInput(
                FIELD, channel, "tells of alerts, not of troubles", mend="Give mailto:, webhook: or inbox."
            )
        now = self._clock.now()
        async with self._writing() as work:
            rule = await self._rule_of(target, work, now)
            rule_id = None if rule is None else rule.rule_id
            standing = await work.live_subscription(rule_id, way)
            if standing is not None:
                return SubscriptionView.of(standing, rule, already=True, feed_token=self._secrets.feed_token(standing))
            signing = new_webhook_secret() if way.kind == "webhook" else None
            new = Subscription(
                subscription_id=id_for("subscription", rule_id, way.kind, way.address, now.isoformat()),
                rule_id=rule_id,
                channel=way,
                secret=await self._secrets.kept(way.secret or signing, work),
                created_at=now,
            )
            await work.save_subscription(new)
        return SubscriptionView.of(new, rule, secret=signing, feed_token=self._secrets.feed_token(new))

    async def unsubscribe(self, subscription_id: UUID | str) -> Ended:
        """End a subscription, given its id or the beginning of it; returns what was ended. Raises WrongInput."""
        async with self._writing() as work:
            ended = one_by_prefix(str(subscription_id), await work.subscription_views())
            cancelled = await work.waiting_deliveries([ended.subscription_id])
            await work.end_subscriptions([ended.subscription_id], self._clock.now())
        return Ended(ended, cancelled)

    async def subscriptions(self) -> list[SubscriptionView]:
        """Return the live subscriptions, oldest first."""
        async with self._begin() as work:
            return await work.subscription_views()

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
        if agreement_id not in self._catalogue["agreement"]:
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

    async def front_page(self, limit: int = 50) -> FrontPage:
        """Return the newest alerts and articles and the counts, all of one moment."""
        async with self._begin() as work:
            return FrontPage(
                counts=await work.counts(),
                alerts=await work.alert_views(_rows(limit), None),
                articles=await work.article_views(_rows(limit)),
                troubled=await work.troubled_sources(MOST_TROUBLES_SHOWN),
            )

    async def schema_revision(self) -> str | None:
        """Return the revision of the database's tables; None for a database without any."""
        async with self._begin() as work:
            return await work.schema_revision()

    def _complaint(self, query: str) -> str | None:
        try:
            self._check_query(query)
        except WrongInput as wrong:
            return wrong.sentence
        return None

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[DeskWork]:
        async with self._begin() as work:
            await work.only_writer()
            yield work

    async def _change_source(self, name: str, changed: Callable[[Source], Source]) -> None:
        async with self._writing() as work:
            await work.save_source(changed(named(name, await work.live_sources(), "source")))

    async def _save_rule(self, name: str, *, paused: bool) -> None:
        async with self._writing() as work:
            rule = custom(named(name, await work.live_rules(), "rule"))
            if rule.paused != paused:
                await work.save_rule(replace(rule, paused=paused, changed_at=self._clock.now()))

    async def _rule_of(self, target: Target, work: DeskWork, now: datetime) -> Rule | None:
        match target:
            case OperatorsTarget():
                return None
            case RuleTarget(name):
                return named(name, await work.live_rules(), "rule")
            case AgreementTarget(item_id):
                return await self._implied("agreement", item_id, work, now)
            case SectorTarget(item_id):
                return await self._implied("sector", item_id, work, now)

    async def _implied(self, origin: ImpliedOrigin, item_id: str, work: DeskWork, now: datetime) -> Rule:
        known = self._catalogue[origin]
        if item_id not in known:
            mend = advice(item_id, known, otherwise=f"There is {listed(known)}.")
            raise WrongInput(f"--{origin}", item_id, f"is no {origin} of the catalogue", mend=mend)
        rule = implied_rule(origin, item_id, known[item_id], now)
        live = await work.live_rules()
        for each in live:
            if each.rule_id == rule.rule_id:
                return each
        if any(each.name == rule.name for each in live):  # two items of the catalogue share a short name
            rule = replace(rule, name=f"{rule.name} ({item_id})")
        await work.save_rule(rule)
        return rule


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
