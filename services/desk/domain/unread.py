"""Why an address has become no article, or none that is judged."""

from __future__ import annotations

from services.desk.domain.not_read import (
    HeldByGate,
    InQuarantine,
    NeverListed,
    NoSource,
    NotJudgedYet,
    PageBeingRead,
    PageFails,
    PageWaits,
    SourceInTrouble,
    SourceNotLookedAt,
    SourcePaused,
    TooOld,
)
from services.desk.domain.outcomes import Outcome
from services.desk.domain.traces import ArticleTrace, EntryTrace, SourceTrace, Trace


def why_no_article(trace: Trace) -> Outcome:
    """Return why there is no article of this address."""
    if trace.entry is not None:
        return _why_unread(trace.entry)
    live = [each for each in trace.sources if each.removed_at is None]
    looked_at = [each for each in live if not each.paused]
    if not live:
        gone = [(each.name, each.removed_at) for each in trace.sources]
        return NoSource(trace.host, *(gone[0] if gone else ()))
    if not looked_at:
        return SourcePaused(live[0].name)
    return _why_unlisted(looked_at)


def _why_unread(entry: EntryTrace) -> Outcome:
    if entry.being_read:
        return PageBeingRead(entry.source_name, entry.found_at)
    why = entry.last_error or ""
    if entry.failures:
        return PageFails(entry.source_name, entry.failures, why, entry.next_try_at)
    return PageWaits(entry.source_name, entry.found_at, entry.next_try_at, why)


def _why_unlisted(sources: list[SourceTrace]) -> Outcome:
    """A source in trouble is the likelier cause than a well one that does not list all it has."""
    for source in sources:
        if source.in_trouble:
            why = source.last_error or ""
            return SourceInTrouble(source.name, source.state, source.state_since, why, source.mend)
    looks = [source.last_look_at for source in sources if source.last_look_at is not None]
    if not looks:
        return SourceNotLookedAt(sources[0].name)
    return NeverListed(tuple(source.name for source in sources), max(looks))


def why_not_judged(article: ArticleTrace, entry: EntryTrace | None) -> Outcome | None:
    """Return what keeps the article from being judged, or from alerting at all; None for nothing."""
    if article.gate is not None:
        return HeldByGate(article.gate, article.fetched_at)
    if not article.alertable:
        since, from_backfill = (entry.alert_since, entry.from_backfill) if entry else (None, False)
        return TooOld(article.source_name, article.published_at, since, from_backfill)
    if article.verdicts:
        return None
    if article.set_aside is not None:
        aside = article.set_aside
        return InQuarantine("classifier", aside.reason, aside.at, aside.quarantine_id)
    news = article.news
    return NotJudgedYet(news.written_at if news else article.fetched_at, news is not None and news.sent_at is not None)
