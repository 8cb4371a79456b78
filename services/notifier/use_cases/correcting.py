"""An article that is edited or withdrawn corrects the alerts that it raised, to those who got them: one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from services.notifier.domain.alert import Article, document_of
from services.notifier.domain.correction import Correction, Edited, Raised, correction_of, withdrawal_of
from services.notifier.domain.parcel import correction_deliveries
from services.notifier.ports import Begin, CorrectionWork
from shared.contracts.events import ArticleClassified, ArticleWithdrawn
from shared.contracts.streams import NOTIFIER_WITHDRAWN
from shared.contracts.verdict import Verdict
from shared.kit.errors import Never
from shared.rules import CompileRules, Match, Rule, percolate
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
        matches, read = await self._matches(raised, article, verdict, await work.lists_named())
        found = [
            correction_of(each, edited, matches.get(each.alert.alert_id), rule_is_read=each.alert.alert_id in read)
            for each in raised
        ]
        return await _tell(work, [each for each in found if each is not None])

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
        return await _tell(work, [each for each in found if each is not None])

    async def _matches(
        self, raised: Sequence[Raised], article: Article, verdict: Verdict, lists: Mapping[str, Collection[str]]
    ) -> tuple[dict[UUID, Match], frozenset[UUID]]:
        """Return how the rules as they fired match now, by alert, and which of them can be read."""
        # Each alert's rule goes by the id of its alert: one rule may have fired at several of its versions.
        asked = [
            Rule(each.alert.alert_id, each.alert.rule_name, each.alert.rule_query, each.alert.rule_version)
            for each in raised
        ]
        rules = self._compile_rules(asked, lists=lists)
        # In a thread: a very long article takes a second to read, in which sends under way must go on.
        found = await asyncio.to_thread(percolate, rules, document_of(article, verdict))
        return {match.rule.rule_id: match for match in found}, frozenset(rule.rule_id for rule in rules.rules)


async def _tell(work: CorrectionWork, corrections: Sequence[Correction]) -> int:
    """Store corrections, and write their deliveries: to each address that may have got the alert, once."""
    if not corrections:
        return 0
    new = await work.add_corrections(corrections)
    fresh = [each for each in corrections if each.correction_id in new]
    told = await work.told_to({each.alert_id for each in fresh})
    await work.add_deliveries(correction_deliveries(fresh, told))
    CORRECTIONS.inc(len(fresh))
    return len(fresh)
