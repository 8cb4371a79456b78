"""A classified article becomes alerts, and each alert what somebody is told: one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from services.notifier.domain.alert import (
    Alert,
    Article,
    Occasion,
    compose_alerts,
    document_of,
    retellings,
    teller_of,
)
from services.notifier.ports import Begin, WatchWork
from services.notifier.use_cases.addressing import Addresser
from services.notifier.use_cases.correcting import Corrector
from services.notifier.use_cases.rulebook import Rulebook
from shared.contracts.events import ArticleClassified
from shared.contracts.severity import NO_STAGES, StageSeverities
from shared.contracts.streams import NOTIFIER_MATCH
from shared.contracts.verdict import Verdict
from shared.kit.by_revision import MuchChanged
from shared.kit.clock import Clock
from shared.kit.errors import Later, Never
from shared.kit.failpoints import Step, passing
from shared.rules import FRESH_DAYS, RULE_LANGUAGE_VERSION, Told, claimed_agreement, percolate
from shared.telemetry.metrics import ALERTS, ARTICLE_TO_ALERT_SECONDS

_CLAIMS_LAST = timedelta(days=FRESH_DAYS)
_MOST_RENEWALS = 5  # in a row, for one article: rules by the hundred are not imported every second


class AlertRaiser:
    """Matches articles against what is watched."""

    def __init__(
        self,
        begin: Begin,
        rulebook: Rulebook,
        corrector: Corrector,
        clock: Clock,
        addresser: Addresser,
        stages: StageSeverities = NO_STAGES,
    ) -> None:
        self._begin = begin
        self._addresser = addresser
        self._rulebook = rulebook
        self._corrector = corrector
        self._clock = clock
        self._stages = stages

    async def raise_alerts(self, event: ArticleClassified) -> bool:
        """Raise an alert for every rule that the article matches, where it tells what the rule has not told yet.

        What that is, the rule's policy says (`shared/rules/facts.py`). An event taken before raises none. Returns
        whether somebody is to be told later. Raises Later while the rules are being compiled.

        Raises Never when the database does not know the article or its verdict.
        """
        for _ in range(_MOST_RENEWALS):
            try:
                return await self._raise_alerts(event)
            except MuchChanged:
                await self._rulebook.renew()
        raise Later("Rules change faster than they can be compiled.")

    async def follow_rules(self) -> None:
        """Take up what changed in the rules, so that no article has to wait for it. Raises Later when it takes long."""
        await self._rulebook.renew()

    async def _raise_alerts(self, event: ArticleClassified) -> bool:
        raised: tuple[Alert, ...] = ()
        some_wait = False
        async with self._begin() as work:
            if not await work.take(event.event_id, NOTIFIER_MATCH.name):
                return False
            passing(Step.VERDICT_TAKEN)
            if event.alertable or event.revision > 1:
                article, verdict = await _loaded(work, event)
                await self._corrector.hold_against(work, event, article, verdict)
            if event.alertable:
                raised, some_wait = await self._matched(work, event, article, verdict)
            if raised and event.revision < article.revision:
                await self._corrector.catch_up(work, event, article)
            if raised and article.withdrawn:
                await self._corrector.tell_withdrawn(work, article, event.correlation_id)
        if raised:
            passing(Step.ALERT_SAVED)
            ALERTS.inc(len(raised))
            ARTICLE_TO_ALERT_SECONDS.observe((raised[0].raised_at - article.fetched_at).total_seconds())
        return some_wait

    async def _matched(
        self, work: WatchWork, event: ArticleClassified, article: Article, verdict: Verdict
    ) -> tuple[tuple[Alert, ...], bool]:
        """Return the new alerts, and whether somebody is to be told later."""
        rules = await self._rulebook.current(work)
        # In a thread: a very long article takes a second to read, in which sends under way must go on.
        found = await asyncio.to_thread(percolate, rules, document_of(article, verdict))
        occasion = Occasion(
            article,
            event.verdict_id,
            verdict,
            str(RULE_LANGUAGE_VERSION),
            self._clock.now(),
            event.correlation_id,
            self._stages,
        )
        alerts = [alert for match in found for alert in compose_alerts(match, occasion)]
        if not alerts:
            return (), False
        # Two articles that tell one fact may be matched at once: rows inserted in the same order cannot deadlock.
        alerts.sort(key=lambda alert: alert.alert_id)
        told = [*await work.told({alert.rule_id for alert in alerts}, article), *await self._claims_told(work, alerts)]
        tellers = {alert.alert_id: teller_of(alert, told) for alert in alerts}
        again = retellings(alerts, told, tellers)
        new_ids = await work.add_alerts([*(alert for alert in alerts if tellers[alert.alert_id] is None), *again])
        new = tuple(alert for alert in (*alerts, *again) if alert.alert_id in new_ids)
        old = [alert for alert in alerts if alert.alert_id not in new_ids]
        told_again = [replace(alert, alert_id=tellers[alert.alert_id] or alert.alert_id) for alert in old]
        plan = await self._addresser.address(work, new, told_again)
        return new, bool(plan.waiting)

    async def _claims_told(self, work: WatchWork, alerts: Sequence[Alert]) -> Sequence[Told]:
        """Return the claims that may be those of these alerts: lately told by the same rules."""
        named = {(alert.rule_id, claimed_agreement(alert.fact)) for alert in alerts}
        claims = {(rule_id, agreement) for rule_id, agreement in named if agreement is not None}
        return await work.claims_told(claims, self._clock.now() - _CLAIMS_LAST) if claims else ()


async def _loaded(work: WatchWork, event: ArticleClassified) -> tuple[Article, Verdict]:
    article = await work.article(event.article_id)
    if article is None:
        raise Never(f"Article {event.article_id} is not in the database.")
    try:
        verdict = await work.verdict(event.verdict_id)
    except ValueError as wrong:
        raise Never(f"Verdict {event.verdict_id} cannot be read: {wrong}") from wrong
    if verdict is None:
        raise Never(f"Verdict {event.verdict_id} is not in the database.")
    return article, verdict
