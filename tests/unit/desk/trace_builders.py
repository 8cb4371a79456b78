"""Traces of an article that went the whole way, with every part sensible until a test says otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.desk.domain.article_views import ArticleVersion
from services.desk.domain.clauses import Vocabulary
from services.desk.domain.outcomes import Outcome
from services.desk.domain.traces import (
    AlertTrace,
    ArticleTrace,
    DeliveryTrace,
    EntryTrace,
    NewsTrace,
    RuleTrace,
    RuleVersionTrace,
    SourceTrace,
    SubscriptionTrace,
    Trace,
    VerdictTrace,
    WaitingTrace,
)
from services.desk.domain.tracing import answer
from services.desk.domain.views import AttemptView
from shared.contracts.verdict import AgreementFinding, Claim, SectorFinding, Verdict
from shared.rules import alert_id_of

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://news.example/relos"
SENTENCE = "The RELOS agreement entered into force on Monday."
VOCABULARY = Vocabulary(
    {"relos": ("RELOS", "logistics pact"), "instc": ("INSTC",)}, ("defence", "trade"), ("signed", "in_force")
)


def an_id(number: int) -> UUID:
    return UUID(int=number)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def a_source(**changed: object) -> SourceTrace:
    values = {
        "name": "Courier",
        "url": "https://news.example/feed.xml",
        "paused": False,
        "removed_at": None,
        "state": "fine",
        "state_since": at(-600),
        "last_look_at": at(-1),
        "last_error": None,
        "in_trouble": False,
        "mend": "",
    }
    return SourceTrace(**values | changed)


def an_entry(**changed: object) -> EntryTrace:
    values = {
        "source_name": "Courier",
        "found_at": at(0),
        "failures": 0,
        "next_try_at": at(1),
        "being_read": False,
        "last_error": None,
        "alert_since": None,
        "from_backfill": False,
    }
    return EntryTrace(**values | changed)


def a_verdict(*, stage: str = "in_force", relevant: bool = True, sector: str = "defence") -> Verdict:
    claim = Claim(stage=stage, date="2026-11-20", evidence=SENTENCE)
    found = AgreementFinding(id="relos", score=0.9, evidence=SENTENCE, stage=stage, claims=(claim,))
    return Verdict(
        language="en",
        relevant=relevant,
        relevance=0.9 if relevant else 0.1,
        agreements=(found,),
        sectors=(SectorFinding(id=sector, score=0.8, evidence=SENTENCE),),
    )


def judged(verdict: Verdict | None = None, *, minutes: float = 3, **changed: object) -> VerdictTrace:
    values = {
        "verdict_id": an_id(30),
        "verdict": verdict or a_verdict(),
        "classifier": "7/abc",
        "judged_at": at(minutes),
        "news": NewsTrace(at(minutes), at(minutes)),
        "taken_at": at(minutes + 0.5),
        "set_aside": None,
    }
    return VerdictTrace(**values | changed)


def an_article(**changed: object) -> ArticleTrace:
    values = {
        "article_id": an_id(1),
        "story_id": an_id(2),
        "source_name": "Courier",
        "source_country": "IN",
        "url": URL,
        "language": "en",
        "text_from": "page",
        "published_at": at(-10),
        "fetched_at": at(2),
        "alertable": True,
        "gate": None,
        "versions": (ArticleVersion(1, "RELOS enters into force", SENTENCE, at(2)),),
        "news": NewsTrace(at(2), at(2)),
        "set_aside": None,
        "verdicts": (judged(),),
    }
    return ArticleTrace(**values | changed)


def a_version(
    version: int = 1, query: str = "agreement:relos", *, minutes: float = -100, **changed: object
) -> RuleVersionTrace:
    values = {
        "version": version,
        "name": "Pact",
        "query": query,
        "policy": "each_story",
        "severity": "normal",
        "paused": False,
        "removed": False,
        "author": "Asha",
        "reason": "first",
        "saved_at": at(minutes),
    }
    return RuleVersionTrace(**values | changed)


def a_subscription(
    number: int = 50, channel: str = "webhook", address: str = "https://hooks.example/a", **changed: object
) -> SubscriptionTrace:
    values = {"created_at": at(-50), "removed_at": None}
    return SubscriptionTrace(an_id(number << 100), channel, address, **values | changed)


def a_rule(*versions: RuleVersionTrace, origin: str = "custom", heard: tuple[SubscriptionTrace, ...] = ()) -> RuleTrace:
    return RuleTrace(an_id(11), "Pact", origin, versions or (a_version(),), heard or (a_subscription(),))


def an_alert(*, article: int = 1, fact: str = "story", story: int = 2, **changed: object) -> AlertTrace:
    values = {
        "alert_id": alert_id_of(an_id(11), an_id(story), fact),
        "article_id": an_id(article),
        "story_id": an_id(story),
        "fact": fact,
        "title": "RELOS in force",
        "url": "https://other.example/relos",
        "source_name": "Herald",
        "rule_version": 1,
        "raised_at": at(4),
    }
    return AlertTrace(**values | changed)


def a_delivery(
    state: str = "sent", *, number: int = 60, to: SubscriptionTrace | None = None, **changed: object
) -> DeliveryTrace:
    subscription = to or a_subscription()
    values = {
        "masked_address": "https://hooks.example/…",
        "attempts": 1,
        "next_try_at": at(9),
        "sent_at": at(5) if state == "sent" else None,
        "last_error": None if state == "sent" else "The receiver answered 503.",
        "tries": (AttemptView(1, at(4.5), at(5), "delivered" if state == "sent" else "refused", "503"),),
    }
    return DeliveryTrace(
        delivery_id=an_id(number),
        subscription_id=subscription.subscription_id,
        channel=subscription.channel,
        address=subscription.address,
        state=state,
        **values | changed,
    )


def a_waiting(*, to: SubscriptionTrace | None = None, **changed: object) -> WaitingTrace:
    subscription = to or a_subscription()
    values = {
        "alert_id": an_alert().alert_id,
        "subscription_id": subscription.subscription_id,
        "channel": subscription.channel,
        "masked_address": "https://hooks.example/…",
        "why": "digest",
        "schedule": "daily",
        "waits_since": at(4),
        "due_at": at(600),
        "ended_at": None,
        "gathered": False,
    }
    return WaitingTrace(**values | changed)


def a_trace(**changed: object) -> Trace:
    values = {
        "url": URL,
        "host": "news.example",
        "rule": a_rule(),
        "sources": (a_source(),),
        "entry": an_entry(),
        "article": an_article(),
    }
    return Trace(**values | changed)


def unlisted(*sources: SourceTrace) -> Trace:
    return a_trace(entry=None, article=None, sources=sources)


def outcome(trace: Trace, asked_for: str | None = None) -> Outcome:
    return answer(trace, VOCABULARY, asked_for).outcome


def with_article(**changed: object) -> Trace:
    return replace(a_trace(), article=an_article(**changed))


def with_rule(*versions: RuleVersionTrace, **changed: object) -> Trace:
    return replace(a_trace(), rule=a_rule(*versions, **changed))
