"""What the desk reads to answer "why?" and "why not?". Read-only."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select

from services.desk.adapters.trace_queries import TraceQueries, kept_version
from services.desk.domain.alert_reasons import FiredAlert
from services.desk.domain.site_names import is_of_host
from services.desk.domain.source_views import CALM, SourceView
from services.desk.domain.traces import RuleVersionTrace, SourceTrace
from shared.contracts.saved_rules import Policy, Severity
from shared.kit.urls import host_of
from shared.store.alerts import AlertRow
from shared.store.definitions import RuleRow, RuleVersionRow, SourceRow
from shared.store.harvest import ArticleRow, EntryRow

_GIVES_NEWS = CALM | {"moved"}


class AskingQueries(TraceQueries):
    """Reads what an alert rests on, and the sources that an address may be of."""

    async def sources_of(self, host: str, now: datetime) -> tuple[SourceTrace, ...]:
        """Return the sources of this host, and those that have listed addresses of it; removed ones come last."""
        listing = set(await self.session.scalars(select(EntryRow.source_id).where(EntryRow.host == host).distinct()))
        views = await self.source_views(now)
        live = [
            _source_trace(view)
            for view in views
            if view.source.source_id in listing or is_of_host(host, host_of(view.source.url))
        ]
        removed = await self.session.scalars(
            select(SourceRow).where(SourceRow.removed_at.is_not(None)).order_by(SourceRow.removed_at.desc())
        )
        gone = [_removed(row) for row in removed if is_of_host(host, host_of(row.url))]
        return (*live, *gone)

    async def fired_alert(self, alert_id: UUID) -> FiredAlert | None:
        """Return the alert with what it rests on; None for an unknown one."""
        reasons = await self.alert_reasons(alert_id)
        row = await self.session.get(AlertRow, alert_id)
        if reasons is None or row is None:
            return None
        article_row = await self.session.get_one(ArticleRow, row.article_id)
        article = await self.article_trace(row.article_id)
        rule = await self.session.get_one(RuleRow, row.rule_id)
        return FiredAlert(
            alert=reasons.alert,
            policy=cast("Policy", row.policy),
            severity=cast("Severity", row.severity),
            fact=row.fact,
            verdict=next(each.verdict for each in article.verdicts if each.verdict_id == row.verdict_id),
            verdict_view=reasons.verdict,
            article=article,
            fired=await self._fired(row),
            rule_now=rule.version,
            lists=await self.lists(),
            copies=await self._copies(article_row),
        )

    async def _fired(self, alert: AlertRow) -> RuleVersionTrace:
        """Return the version that fired, with the words that stand on the alert, whatever is kept of the rule."""
        kept = await self.session.get(RuleVersionRow, (alert.rule_id, alert.rule_version))
        known = None if kept is None else kept_version(kept)
        return RuleVersionTrace(
            version=alert.rule_version,
            name=alert.rule_name,
            query=alert.rule_query,
            policy=cast("Policy", alert.policy),
            severity=known.severity if known else cast("Severity", alert.severity),
            paused=False,
            removed=False,
            author=known.author if known else "",
            reason=known.reason if known else "",
            saved_at=known.saved_at if known else alert.raised_at,
        )


def _source_trace(view: SourceView) -> SourceTrace:
    return SourceTrace(
        name=view.name,
        url=view.source.url,
        paused=view.source.paused,
        removed_at=None,
        state=view.state,
        state_since=view.state_since,
        last_look_at=view.last_look_at,
        last_error=view.last_error,
        in_trouble=view.state not in _GIVES_NEWS,
        mend=view.mend,
    )


def _removed(row: SourceRow) -> SourceTrace:
    return SourceTrace(
        name=row.name,
        url=row.url,
        paused=row.paused,
        removed_at=row.removed_at,
        state="removed",
        state_since=row.removed_at,
        last_look_at=None,
        last_error=None,
        in_trouble=False,
        mend="",
    )
