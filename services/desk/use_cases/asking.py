"""Why was I told, and why was I not told? Answered from what the house has written down, without changing anything."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.desk.domain.alert_reasons import AlertWhy, FiredAlert, why
from services.desk.domain.article_views import SharedAddress
from services.desk.domain.choices import advice, listed
from services.desk.domain.clauses import Vocabulary
from services.desk.domain.outcomes import Answer
from services.desk.domain.traces import (
    AlertTrace,
    ArticleTrace,
    DeliveryTrace,
    EntryTrace,
    ListVersionTrace,
    RuleTrace,
    SourceTrace,
    Trace,
    WaitingTrace,
)
from services.desk.domain.tracing import answer
from shared.kit.clock import Clock
from shared.kit.errors import WrongInput
from shared.kit.urls import canonical_url, checked_url, host_of

_SCHEMES = {"http": "https", "https": "http"}


class AskingWork(Protocol):
    """One transaction that reads traces."""

    async def rule_names(self) -> list[str]:
        """Return the names of the live rules."""

    async def rule_trace(self, name: str) -> RuleTrace | None:
        """Return the rule of this name: the live one, else the one that was removed last."""

    async def address_of(self, article_id: UUID) -> str | None:
        """Return the address of an article; None for an unknown one."""

    async def sharing(self, canonicals: Collection[str], urls: Collection[str]) -> list[SharedAddress]:
        """Return the articles of an address that is spelt in one of these ways."""

    async def article_trace(self, article_id: UUID) -> ArticleTrace:
        """Return the article, its versions and verdicts, and what became of the news of each."""

    async def entry_trace(
        self, canonicals: Collection[str], host: str, urls: Collection[str], article_id: UUID | None
    ) -> EntryTrace | None:
        """Return the entry that names the address, or that became the article."""

    async def sources_of(self, host: str, now: datetime) -> tuple[SourceTrace, ...]:
        """Return the sources of this host, and those that have listed addresses of it."""

    async def judge_now(self) -> str | None:
        """Return the version that the newest verdict of the house is of."""

    async def lists(self) -> tuple[ListVersionTrace, ...]:
        """Return all versions of all named lists."""

    async def told(self, rule_id: UUID, article: ArticleTrace) -> tuple[AlertTrace, ...]:
        """Return the rule's alerts on the article, on its story, and on claims that it makes too."""

    async def waiting_traces(self, alert_ids: Collection[UUID], now: datetime) -> tuple[WaitingTrace, ...]:
        """Return what of these alerts is, or was, to be told later."""
        ...

    async def delivery_traces(self, alert_ids: Collection[UUID]) -> tuple[DeliveryTrace, ...]:
        """Return the deliveries of these alerts with every attempt."""

    async def fired_alert(self, alert_id: UUID) -> FiredAlert | None:
        """Return the alert with what it rests on; None for an unknown one."""


BeginAsking = Callable[[], AbstractAsyncContextManager[AskingWork]]


class Asking:
    """Answers "why?" and "why not?"."""

    def __init__(self, begin: BeginAsking, clock: Clock, vocabulary: Vocabulary) -> None:
        self._begin = begin
        self._clock = clock
        self._vocabulary = vocabulary

    async def why(self, alert_id: UUID) -> AlertWhy | None:
        """Return everything that made this alert fire, and what followed; None for an unknown one."""
        async with self._begin() as work:
            fired = await work.fired_alert(alert_id)
        return None if fired is None else why(fired, self._vocabulary)

    async def why_not(self, address: str, rule_name: str, asked_for: str | None = None) -> Answer:
        """Follow an address, or an article by its id, through the house; say what stopped it from being told.

        `asked_for` names one who hears of the rule: a channel, an address, or the beginning of a subscription's id.
        Raises WrongInput for what is no address, an id that is no article's, an address of several articles, and a rule
        that nobody knows.
        """
        async with self._begin() as work:
            spelt, article_id = await _which(work, address)
            rule = await _known_rule(work, rule_name)
            trace = await _traced(work, spelt, rule, article_id, self._clock.now())
        return answer(trace, self._vocabulary, asked_for or None)


@dataclass(frozen=True, slots=True)
class _Spellings:
    """An address in the ways in which it may be known: with either scheme, and in its canonical form."""

    url: str
    host: str
    urls: tuple[str, ...]
    canonicals: tuple[str, ...]


def _spellings(address: str) -> _Spellings:
    url = checked_url(address.strip(), field="URL")
    scheme, rest = url.split(":", 1)
    urls = (url, f"{_SCHEMES[scheme.lower()]}:{rest}")
    return _Spellings(url, host_of(url), urls, tuple(canonical_url(each) for each in urls))


async def _which(work: AskingWork, address: str) -> tuple[_Spellings, UUID | None]:
    """Return the address, and the article there, if any. Raises WrongInput."""
    article_id = _as_id(address)
    if article_id is not None:
        known = await work.address_of(article_id)
        if known is None:
            mend = "Give the article's address, or an id of `pactwatch article show URL --json`."
            raise WrongInput("URL", address, "is the id of no article", mend=mend)
        return _spellings(known), article_id
    spelt = _spellings(address)
    sharing = await work.sharing(spelt.canonicals, spelt.urls)
    if len(sharing) > 1:
        choice = "\n".join(f"{each.article_id}  {each.title}" for each in sharing)
        why = f"is the address of {len(sharing)} articles"
        raise WrongInput("URL", address, why, mend=f"Give the id of one of them:\n{choice}")
    return spelt, sharing[0].article_id if sharing else None


async def _known_rule(work: AskingWork, name: str) -> RuleTrace:
    rule = await work.rule_trace(name)
    if rule is None:
        names = await work.rule_names()
        otherwise = f"There is {listed(names)}." if names else "There is no rule yet: pactwatch rule add NAME QUERY"
        raise WrongInput("rule", name, "is not known", mend=advice(name, names, otherwise=otherwise))
    return rule


async def _traced(
    work: AskingWork, spelt: _Spellings, rule: RuleTrace, article_id: UUID | None, now: datetime
) -> Trace:
    entry = await work.entry_trace(spelt.canonicals, spelt.host, spelt.urls, article_id)
    trace = Trace(spelt.url, spelt.host, rule, entry=entry)
    if article_id is None:
        return trace if entry is not None else replace(trace, sources=await work.sources_of(spelt.host, now))
    article = await work.article_trace(article_id)
    alerts = await work.told(rule.rule_id, article)
    mine = [alert.alert_id for alert in alerts if alert.article_id == article_id]
    return replace(
        trace,
        article=article,
        alerts=alerts,
        lists=await work.lists(),
        judge_now=await work.judge_now(),
        deliveries=await work.delivery_traces(mine),
        waiting=await work.waiting_traces(mine, now),
    )


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None
