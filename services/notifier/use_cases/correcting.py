"""An article that is edited or withdrawn corrects the alerts that it raised, to those who got them: one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.notifier.domain.alert import Alert, Article, document_of
from services.notifier.domain.correction import Correction, Edited, Raised, correction_of, withdrawal_of
from services.notifier.domain.parcel import (
    Subscription,
    ToldTo,
    correction_deliveries,
    listening_first,
)
from services.notifier.domain.quiet import free_from
from services.notifier.ports import Begin, CorrectionWork
from shared.contracts.events import ArticleClassified, ArticleWithdrawn
from shared.contracts.streams import NOTIFIER_WITHDRAWN
from shared.contracts.verdict import Verdict
from shared.kit.errors import Never
from shared.rules import CompileRules, Rule, percolate
from shared.telemetry.metrics import CORRECTIONS


class Corrector:
    """Holds what was told against what the article says now.

    The alerts are locked first. A delivery that is written or claimed meanwhile waits for that or is waited for, so
    everybody who hears of the alert is told of the correction, with the alert or after it.
    """

    def __init__(self, begin: Begin, compile_rules: CompileRules) -> None:
        self._begin = begin
        self._compile_rules = compile_rules

    async def hold_against(
        self, work: CorrectionWork, event: ArticleClassified, article: Article, verdict: Verdict
    ) -> int:
        """Correct the alerts of an article whose newest version was judged; return how many corrections are new.

        A first version corrects nothing, nor does one that has been followed by another, nor a mere second judgement.
        """
        if event.revision < 2 or event.rejudged or event.revision != article.revision:
            return 0
        raised = await work.raised_by(article.article_id)
        if not raised:
            return 0
        edited = Edited(article, verdict, await work.clock(), event.correlation_id)
        # In a thread: a very long article takes a second to read, in which sends under way must go on.
        found = await asyncio.to_thread(self._corrections, raised, edited, await work.lists_named())
        return await _tell(work, raised, found)

    async def catch_up(self, work: CorrectionWork, event: ArticleClassified, article: Article) -> int:
        """Correct what was raised by a version that has been followed by another, if that was judged already.

        Its own news may have come first, when there was nothing to correct yet.
        """
        newest = await work.newest_verdict(article.article_id)
        verdict = None if newest in (None, event.verdict_id) else await work.verdict(newest)
        if verdict is None:
            return 0
        judged = {"verdict_id": newest, "revision": article.revision, "rejudged": False}
        return await self.hold_against(work, event.model_copy(update=judged), article, verdict)

    async def withdraw(self, event: ArticleWithdrawn) -> int:
        """Tell those who got its alerts that an article was withdrawn; return how many corrections are new.

        Raises Never when the database does not know the article.
        """
        async with self._begin() as work:
            if not await work.take(event.event_id, NOTIFIER_WITHDRAWN.name):
                return 0
            article = await work.article(event.article_id)
            if article is None:
                raise Never(f"Article {event.article_id} is not in the database.")
            return await self.tell_withdrawn(work, replace(article, revision=event.revision), event.correlation_id)

    async def tell_withdrawn(self, work: CorrectionWork, article: Article, correlation_id: UUID) -> int:
        """Correct what this article raised: its source has taken it down."""
        raised = await work.raised_by(article.article_id)
        now = await work.clock()
        found = [withdrawal_of(each, article, now, correlation_id) for each in raised]
        return await _tell(work, raised, [each for each in found if each is not None])

    def _corrections(
        self, raised: Sequence[Raised], edited: Edited, lists: Mapping[str, Collection[str]]
    ) -> list[Correction]:
        """Return what is to be corrected, by the rules as they fired; one that cannot be read any more says nothing."""
        # Each alert's rule goes by the id of its alert: one rule may have fired at several of its versions.
        asked = [
            Rule(each.alert.alert_id, each.alert.rule_name, each.alert.rule_query, each.alert.rule_version)
            for each in raised
        ]
        rules = self._compile_rules(asked, lists=lists)
        read = {rule.rule_id for rule in rules.rules}
        found = percolate(rules, document_of(edited.article, edited.verdict))
        matches = {match.rule.rule_id: match for match in found}
        corrections = (
            correction_of(each, edited, matches.get(each.alert.alert_id), rule_is_read=each.alert.alert_id in read)
            for each in raised
        )
        return [each for each in corrections if each is not None]


async def _tell(work: CorrectionWork, raised: Sequence[Raised], corrections: Sequence[Correction]) -> int:
    """Store corrections, and write their deliveries: to each address that may have got the alert, once."""
    if not corrections:
        return 0
    new = await work.add_corrections(corrections)
    fresh = [each for each in corrections if each.correction_id in new]
    told = await work.told_to({each.alert_id for each in fresh})
    alerts = {each.alert.alert_id: each.alert for each in raised}
    listening = await work.live_subscriptions({alerts[each.alert_id].rule_id for each in told})
    ways = listening_first(told, alerts, listening)
    due = _due(alerts, ways, listening, await work.clock())
    await work.add_deliveries(correction_deliveries(fresh, ways, due))
    CORRECTIONS.inc(len(fresh))
    return len(fresh)


def _due(
    alerts: Mapping[UUID, Alert], told: Sequence[ToldTo], listening: Sequence[Subscription], now: datetime
) -> Mapping[ToldTo, datetime]:
    """Return when those who want to be left alone now are told: after quiet hours, a mute, a vacation.

    For a digest nobody waits with what they were told wrongly.
    """
    by_way = {(each.subscription_id, each.channel, each.address): each for each in listening}
    found: dict[ToldTo, datetime] = {}
    for each in told:
        subscription = by_way.get((each.subscription_id, each.channel, each.address))
        if subscription is not None:
            moment = free_from(alerts[each.alert_id], subscription, now).at
            if moment > now:
                found[each] = moment
    return found
