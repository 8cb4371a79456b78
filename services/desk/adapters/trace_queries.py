"""What the house has written down of an address and of a rule, read for "why?" and "why not?". Read-only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import and_, func, or_, select

from services.desk.adapters.article_queries import ArticleQueries
from services.desk.adapters.opt_outs import opt_outs_of
from services.desk.adapters.queries import DeskQueries
from services.desk.domain.article_views import SharedAddress
from services.desk.domain.channels import masked
from services.desk.domain.traces import (
    AlertTrace,
    ArticleTrace,
    DeliveryTrace,
    EntryTrace,
    ListVersionTrace,
    NewsTrace,
    RuleTrace,
    RuleVersionTrace,
    SetAside,
    SubscriptionTrace,
    VerdictTrace,
)
from shared.contracts.events import ArticleClassified, ArticlePublished
from shared.contracts.saved_rules import Policy, Severity
from shared.contracts.streams import CLASSIFIER, NOTIFIER_MATCH
from shared.contracts.told_facts import CLAIM
from shared.contracts.verdict import Language, Verdict
from shared.kit.ids import id_for
from shared.store.alerts import AlertRow, DeliveryAlertRow, DeliveryRow
from shared.store.definitions import (
    PersonRow,
    RuleRow,
    RuleVersionRow,
    SourceRow,
    SubscriptionRow,
    TeamRow,
    WordListRow,
    WordListVersionRow,
)
from shared.store.harvest import ArticleRow, EntryRow
from shared.store.outbox import InboxRow, OutboxRow, QuarantineRow
from shared.store.verdicts import VerdictRow

MOST_SHARING = 20
MOST_TOLD = 500  # alerts on claims of the same agreements


class TraceQueries(DeskQueries, ArticleQueries):
    """Reads the traces that an article and a rule leave."""

    async def rule_names(self) -> list[str]:
        """Return the names of the live rules."""
        return list(await self.session.scalars(select(RuleRow.name).where(RuleRow.removed_at.is_(None))))

    async def rule_trace(self, name: str) -> RuleTrace | None:
        """Return the rule of this name, compared without case: the live one, else the one that was removed last."""
        newest_first = (RuleRow.removed_at.is_(None).desc(), RuleRow.removed_at.desc())
        found = select(RuleRow).where(func.lower(RuleRow.name) == name.strip().lower()).order_by(*newest_first).limit(1)
        row = (await self.session.scalars(found)).one_or_none()
        return None if row is None else await self._rule_trace(row)

    async def address_of(self, article_id: UUID) -> str | None:
        """Return the address of an article; None for an unknown one."""
        return await self.session.scalar(select(ArticleRow.url).where(ArticleRow.article_id == article_id))

    async def sharing(self, canonicals: Collection[str], urls: Collection[str]) -> list[SharedAddress]:
        """Return the articles of an address that is spelt in one of these ways, the latest first."""
        rows = await self.session.execute(
            select(ArticleRow.article_id, ArticleRow.title)
            .where(or_(ArticleRow.canonical_url.in_(canonicals), ArticleRow.url.in_(urls)))
            .order_by(ArticleRow.canonical_url.in_(canonicals).desc(), ArticleRow.fetched_at.desc())
            .limit(MOST_SHARING)
        )
        return [SharedAddress(article_id, title) for article_id, title in rows]

    async def article_trace(self, article_id: UUID) -> ArticleTrace:
        """Return the article that has this id, its versions and verdicts, and what became of the news of each."""
        asked = select(ArticleRow, SourceRow.country).join(SourceRow, SourceRow.source_id == ArticleRow.source_id)
        row, country = (await self.session.execute(asked.where(ArticleRow.article_id == article_id))).one()
        events = await self._events(row.correlation_id)
        published = [each for each in events if each.type_name == ArticlePublished.type_name()]
        aside = await self._set_aside([each.event_id for each in published], CLASSIFIER.name)
        return ArticleTrace(
            article_id=row.article_id,
            story_id=row.story_id,
            source_name=row.source_name,
            source_country=country,
            url=row.url,
            language=row.language,
            text_from=row.text_from,
            published_at=row.published_at,
            fetched_at=row.fetched_at,
            alertable=row.alertable,
            gate=row.gate,
            versions=await self._versions(row),
            news=_news(published[-1]) if published else None,
            set_aside=aside,
            verdicts=await self._verdicts(row.article_id, events),
        )

    async def entry_trace(
        self, canonicals: Collection[str], host: str, urls: Collection[str], article_id: UUID | None
    ) -> EntryTrace | None:
        """Return the entry that names the address, or that became the article."""
        ids = [id_for("entry", canonical) for canonical in canonicals]
        if article_id is not None:
            own = select(ArticleRow.canonical_url).where(ArticleRow.article_id == article_id)
            ids.append(id_for("entry", (await self.session.execute(own)).scalar_one()))
        by_address = and_(EntryRow.host == host, EntryRow.url.in_(urls))
        now = func.clock_timestamp()
        row = (
            await self.session.execute(
                select(EntryRow, SourceRow, (EntryRow.leased_until > now).label("held"))
                .join(SourceRow, SourceRow.source_id == EntryRow.source_id)
                .where(EntryRow.entry_id.in_(ids) if article_id else or_(EntryRow.entry_id.in_(ids), by_address))
                .limit(1)
            )
        ).one_or_none()
        if row is None:
            return None
        entry, source, held = row
        return EntryTrace(
            source_name=source.name,
            found_at=entry.found_at,
            failures=entry.failures,
            next_try_at=entry.next_try_at,
            being_read=bool(held),
            last_error=entry.last_error,
            alert_since=entry.alert_since or source.alert_since,
            from_backfill=entry.alert_since is not None,
        )

    async def judge_now(self) -> str | None:
        """Return the version that the newest verdict of the house is of."""
        return await self.session.scalar(select(VerdictRow.classifier).order_by(VerdictRow.judged_at.desc()).limit(1))

    async def lists(self) -> tuple[ListVersionTrace, ...]:
        """Return all versions of all named lists, as far as they were kept."""
        kept = await self.session.scalars(select(WordListVersionRow))
        versions = {
            (row.list_id, row.version): ListVersionTrace(
                row.list_id, row.name, tuple(row.members), row.removed, row.saved_at
            )
            for row in kept
        }
        for row in await self.session.scalars(select(WordListRow)):
            gone = row.removed_at is not None
            now = ListVersionTrace(row.list_id, row.name, tuple(row.members), gone, row.removed_at or row.changed_at)
            versions.setdefault((row.list_id, row.version), now)
            if gone and not versions[row.list_id, row.version].removed:
                versions[row.list_id, row.version + 1] = now
        return tuple(versions.values())

    async def told(self, rule_id: UUID, article: ArticleTrace) -> tuple[AlertTrace, ...]:
        """Return the rule's alerts on the article, on its story, and on claims about the agreements it speaks of."""
        agreements = {found.id for each in article.verdicts for found in each.verdict.agreements}
        claims = and_(AlertRow.fact.startswith(CLAIM), AlertRow.agreement.in_(agreements))
        of_it = or_(AlertRow.article_id == article.article_id, AlertRow.story_id == article.story_id)
        rows = await self.session.execute(
            select(AlertRow, ArticleRow.url, ArticleRow.title, ArticleRow.source_name)
            .join(ArticleRow, ArticleRow.article_id == AlertRow.article_id)
            .where(
                AlertRow.rule_id == rule_id,
                or_(of_it, claims),
            )
            .order_by(of_it.desc(), AlertRow.raised_at.desc())
            .limit(MOST_TOLD)
        )
        return tuple(
            AlertTrace(
                row.alert_id,
                row.article_id,
                row.story_id,
                row.fact,
                title,
                url,
                source,
                row.rule_version,
                row.raised_at,
                cast("Severity", row.severity),
                row.article.get("language"),
            )
            for row, url, title, source in rows
        )

    async def delivery_traces(self, alert_ids: Collection[UUID]) -> tuple[DeliveryTrace, ...]:
        """Return the deliveries of these alerts with every attempt."""
        beside = and_(DeliveryAlertRow.delivery_id == DeliveryRow.delivery_id, DeliveryAlertRow.alert_id.in_(alert_ids))
        found = await self.session.execute(
            select(DeliveryRow, func.coalesce(DeliveryAlertRow.subscription_id, DeliveryRow.subscription_id))
            .outerjoin(DeliveryAlertRow, beside)
            .where(or_(DeliveryRow.alert_id.in_(alert_ids), DeliveryAlertRow.alert_id.is_not(None)))
            .where(DeliveryRow.kind != "correction")
            .order_by(DeliveryRow.channel, DeliveryRow.address)
        )
        rows = found.all()
        tries = await self._tries([row.delivery_id for row, _ in rows])
        return tuple(
            DeliveryTrace(
                delivery_id=row.delivery_id,
                subscription_id=subscription_id,
                channel=row.channel,
                address=row.address,
                masked_address=masked(row.channel, row.address),
                state=row.state,
                attempts=row.attempts,
                next_try_at=row.next_try_at,
                sent_at=row.sent_at,
                last_error=row.last_error,
                tries=tuple(tries[row.delivery_id]),
            )
            for row, subscription_id in rows
        )

    async def _rule_trace(self, row: RuleRow) -> RuleTrace:
        kept = await self.session.scalars(
            select(RuleVersionRow).where(RuleVersionRow.rule_id == row.rule_id).order_by(RuleVersionRow.version)
        )
        versions = [kept_version(each) for each in kept]
        now = _version_now(row)
        if not versions or (versions[-1].paused, versions[-1].removed, versions[-1].version) != (
            now.paused,
            now.removed,
            now.version,
        ):
            versions.append(now)  # from before every save was a version of its own
        heard = await self.session.execute(
            select(SubscriptionRow, func.coalesce(PersonRow.name, TeamRow.name, ""))
            .outerjoin(PersonRow, PersonRow.person_id == SubscriptionRow.person_id)
            .outerjoin(TeamRow, TeamRow.team_id == SubscriptionRow.team_id)
            .where(SubscriptionRow.rule_id == row.rule_id)
            .order_by(SubscriptionRow.created_at)
        )
        hearing = heard.all()
        opted_out = await opt_outs_of(self.session, [each.subscription_id for each, _ in hearing])
        return RuleTrace(
            rule_id=row.rule_id,
            name=row.name,
            origin=row.origin,
            versions=tuple(versions),
            subscriptions=tuple(
                SubscriptionTrace(
                    each.subscription_id,
                    each.channel,
                    each.address,
                    each.created_at,
                    each.removed_at,
                    cast("Severity", each.min_severity),
                    tuple(each.languages),
                    reader,
                    opted_out.get(each.subscription_id, ()),
                )
                for each, reader in hearing
            ),
        )

    async def _events(self, correlation_id: UUID) -> Sequence[OutboxRow]:
        """Return what was announced of the article, the oldest first, as far as it is kept."""
        names = (ArticlePublished.type_name(), ArticleClassified.type_name())
        asked = select(OutboxRow).where(OutboxRow.correlation_id == correlation_id, OutboxRow.type_name.in_(names))
        return list(await self.session.scalars(asked.order_by(OutboxRow.created_at)))

    async def _verdicts(self, article_id: UUID, events: Sequence[OutboxRow]) -> tuple[VerdictTrace, ...]:
        announced: defaultdict[str, list[OutboxRow]] = defaultdict(list)
        for event in events:
            announced[str(event.payload.get("verdict_id"))].append(event)
        rows = await self.session.scalars(
            select(VerdictRow).where(VerdictRow.article_id == article_id).order_by(VerdictRow.judged_at)
        )
        traces = []
        for row in rows.all():
            news = announced[str(row.verdict_id)]
            traces.append(
                VerdictTrace(
                    verdict_id=row.verdict_id,
                    verdict=_verdict(row),
                    classifier=row.classifier,
                    judged_at=row.judged_at,
                    news=_news(news[-1]) if news else None,
                    taken_at=await self._taken_at([each.event_id for each in news]),
                    set_aside=await self._set_aside([each.event_id for each in news], NOTIFIER_MATCH.name),
                )
            )
        return tuple(traces)

    async def _taken_at(self, event_ids: Sequence[UUID]) -> datetime | None:
        taken = select(func.max(InboxRow.taken_at)).where(
            InboxRow.event_id.in_(event_ids), InboxRow.taker == NOTIFIER_MATCH.name
        )
        return await self.session.scalar(taken)

    async def _set_aside(self, event_ids: Sequence[UUID], taker: str) -> SetAside | None:
        row = (
            await self.session.scalars(
                select(QuarantineRow)
                .where(
                    QuarantineRow.event_id.in_(event_ids),
                    QuarantineRow.taker == taker,
                    QuarantineRow.replayed_at.is_(None),
                )
                .order_by(QuarantineRow.quarantined_at.desc())
                .limit(1)
            )
        ).one_or_none()
        return None if row is None else SetAside(row.quarantine_id, row.reason, row.quarantined_at)


def _news(event: OutboxRow) -> NewsTrace:
    return NewsTrace(event.created_at, event.sent_at)


def _verdict(row: VerdictRow) -> Verdict:
    """Return the verdict; of one that this version cannot read, what stands in its columns."""
    try:
        return Verdict.model_validate(row.findings)
    except ValidationError:
        return Verdict(language=cast("Language", row.language), relevant=row.relevant, relevance=row.relevance)


def kept_version(row: RuleVersionRow) -> RuleVersionTrace:
    """Return the version of a rule that a row holds."""
    return RuleVersionTrace(
        version=row.version,
        name=row.name,
        query=row.query,
        policy=cast("Policy", row.policy),
        severity=cast("Severity", row.severity),
        paused=row.paused,
        removed=row.removed,
        author=row.author,
        reason=row.reason,
        saved_at=row.saved_at,
    )


def _version_now(row: RuleRow) -> RuleVersionTrace:
    return RuleVersionTrace(
        version=row.version,
        name=row.name,
        query=row.query,
        policy=cast("Policy", row.policy),
        severity=cast("Severity", row.severity),
        paused=row.paused,
        removed=row.removed_at is not None,
        author="",
        reason="",
        saved_at=row.changed_at,
    )
