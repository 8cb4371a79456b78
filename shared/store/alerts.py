"""Owner: notifier. Alerts, what operators are told, the delivery ledger, every attempt to send, and what holds sending.

A delivery is one effect and is never forgotten: `pending → sending(lease) → sent | retry(at) | failed | unknown`; what
a stop switch or a disabled channel keeps back is `held`. An alert that is to be told later is a waiting alert until it
is gathered into a delivery.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from shared.store.base import Base


class AlertRow(Base):
    """A rule matched a story: what fired, on which words, under which versions, so that "why?" can be answered."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_raised_at", "raised_at"),
        Index("ix_alerts_article_id", "article_id"),
        Index("ix_alerts_story_id", "story_id", "raised_at"),
        UniqueConstraint("rule_id", "story_id", "fact"),
    )

    alert_id: Mapped[UUID] = mapped_column(primary_key=True)
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("rules.rule_id"))
    rule_name: Mapped[str]
    rule_query: Mapped[str]
    rule_version: Mapped[int]
    matcher_version: Mapped[str]
    policy: Mapped[str] = mapped_column(server_default="each_story")
    severity: Mapped[str] = mapped_column(server_default="normal")
    story_id: Mapped[UUID]
    fact: Mapped[str]
    article_id: Mapped[UUID] = mapped_column(ForeignKey("articles.article_id"))
    verdict_id: Mapped[UUID] = mapped_column(ForeignKey("verdicts.verdict_id"))
    agreement: Mapped[str | None]
    stage: Mapped[str | None]
    sectors: Mapped[list[str]]
    evidence: Mapped[str]
    article: Mapped[dict[str, Any]] = mapped_column(JSONB)
    raised_at: Mapped[datetime]
    correlation_id: Mapped[UUID]


class OperatorAlertRow(Base):
    """A trouble of the house that operators were told of: a source's, or a whole language's.

    `state`, `sentence` and `mend` are as it began; `since` names it among those of the same `kind` and `about`.
    `over_at` is when it was over, or another trouble took its place; `over_sentence` is what is said of its end.
    """

    __tablename__ = "operator_alerts"
    __table_args__ = (
        UniqueConstraint("kind", "about", "since"),
        Index("ix_operator_alerts_opened_at", "opened_at"),
        Index("ix_operator_alerts_open", "kind", "about", postgresql_where=text("over_at IS NULL")),
    )

    operator_alert_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    about: Mapped[str]
    state: Mapped[str]
    sentence: Mapped[str]
    mend: Mapped[str]
    since: Mapped[datetime]
    opened_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    over_sentence: Mapped[str | None]
    correlation_id: Mapped[UUID]


class DeliveryRow(Base):
    """One message to one address: the ledger's line. `unknowns` counts attempts whose outcome nobody could know.

    `earlier_attempts` are those of earlier rounds: a replay, or a channel enabled again, begins a new walk through all
    waits. It tells of an alert, or (never both) of an operator alert: that it began, or with `over` that it is over.

    `kind`: `alert` (of one article; the other rules of the receiver that it matched are in `delivery_alerts`), `digest`
    (what was gathered in `delivery_alerts`, `alert_id` being the first) or `correction` (`correction_id` says of what).
    `member_id` is whom of a team it is for, where a subscription of the team's goes to each of them. A digest too long
    for one message is `part` of so many `parts`.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "uq_deliveries_alert",
            "alert_id",
            "subscription_id",
            "channel",
            "address",
            "correction_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            # What operators are told has none, and its end is another delivery than its beginning.
            postgresql_where=text("alert_id IS NOT NULL"),
        ),
        UniqueConstraint(
            "operator_alert_id", "over", "subscription_id", "channel", "address", name="uq_deliveries_operator_alert"
        ),
        CheckConstraint("num_nonnulls(alert_id, operator_alert_id) = 1", name="one_message"),
        CheckConstraint("kind IN ('alert', 'digest', 'correction')", name="kind"),
        CheckConstraint("(kind = 'correction') = (correction_id IS NOT NULL)", name="correction"),
        Index("ix_deliveries_due", "next_try_at", postgresql_where=text("state IN ('pending', 'sending', 'retry')")),
        Index(
            "ix_deliveries_lane",
            "channel",
            "address",
            "next_try_at",
            postgresql_where=text("state IN ('pending', 'sending', 'retry')"),
        ),
        Index("ix_deliveries_subscription_id", "subscription_id"),
        Index("ix_deliveries_address", "address", "channel"),
        Index("ix_deliveries_held", "channel", "address", "next_try_at", postgresql_where=text("state = 'held'")),
        Index("ix_deliveries_given_up", "next_try_at", postgresql_where=text("state IN ('failed', 'unknown')")),
        CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'retry', 'held', 'failed', 'unknown', 'cancelled')", name="state"
        ),
    )

    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID | None] = mapped_column(ForeignKey("alerts.alert_id"))
    operator_alert_id: Mapped[UUID | None] = mapped_column(ForeignKey("operator_alerts.operator_alert_id"))
    over: Mapped[bool] = mapped_column(server_default=text("false"))
    kind: Mapped[str] = mapped_column(server_default="alert")
    correction_id: Mapped[UUID | None] = mapped_column(ForeignKey("alert_corrections.correction_id"))
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscriptions.subscription_id"))
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.person_id"))
    channel: Mapped[str]
    address: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(server_default="0")
    earlier_attempts: Mapped[int] = mapped_column(server_default="0")
    unknowns: Mapped[int] = mapped_column(server_default="0")
    part: Mapped[int] = mapped_column(server_default="1")
    parts: Mapped[int] = mapped_column(server_default="1")
    next_try_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    correlation_id: Mapped[UUID]


class DeliveryAlertRow(Base):
    """An alert that a delivery tells beside its first: of another rule on the same article, or of a digest.

    `place` orders them; `subscription_id` is the one by which the receiver hears of it.
    """

    __tablename__ = "delivery_alerts"
    __table_args__ = (Index("ix_delivery_alerts_alert_id", "alert_id"),)

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("deliveries.delivery_id"), primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.alert_id"), primary_key=True)
    place: Mapped[int]
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscriptions.subscription_id"))


class WaitingAlertRow(Base):
    """An alert that a subscription tells later: at its digest's hour, after quiet hours, or in the bundle of a burst.

    When that is follows from what the subscription and its person want now, so a change of theirs counts at once.
    `why` is what it waited for first. It ends by `delivery_id` (gathered) or by `ended_at` alone (nobody wants it).
    """

    __tablename__ = "waiting_alerts"
    __table_args__ = (
        Index("ix_waiting_alerts_open", "channel", "address", postgresql_where=text("ended_at IS NULL")),
        Index("ix_waiting_alerts_delivery_id", "delivery_id"),
        CheckConstraint("why IN ('digest', 'quiet', 'muted', 'away', 'burst')", name="why"),
        CheckConstraint("delivery_id IS NULL OR ended_at IS NOT NULL", name="gathered"),
    )

    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.alert_id"), primary_key=True)
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("subscriptions.subscription_id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.person_id"))
    why: Mapped[str]
    waits_since: Mapped[datetime]
    delivery_id: Mapped[UUID | None] = mapped_column(ForeignKey("deliveries.delivery_id"))
    ended_at: Mapped[datetime | None]


class AlertCorrectionRow(Base):
    """What an alert told has changed at its source: the article was edited so that it no longer holds, or withdrawn.

    `sentence` says it to a person; `before` and `after` are the sentences of the article (`after` None: it is gone).
    `stands` and `stage` are what is left of what the alert told: whether the article still says so, and of which stage.
    """

    __tablename__ = "alert_corrections"
    __table_args__ = (
        UniqueConstraint("alert_id", "kind", "revision"),
        CheckConstraint("kind IN ('changed', 'withdrawn')", name="kind"),
    )

    correction_id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alerts.alert_id"))
    kind: Mapped[str]
    revision: Mapped[int]
    sentence: Mapped[str]
    before: Mapped[str]
    after: Mapped[str | None]
    stands: Mapped[bool] = mapped_column(server_default=text("false"))
    stage: Mapped[str | None]
    corrected_at: Mapped[datetime]
    correlation_id: Mapped[UUID]


class AttemptRow(Base):
    """One attempt to send a delivery: when, how it ended in words, how long the send took, and how the answer began."""

    __tablename__ = "attempts"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("deliveries.delivery_id"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    detail: Mapped[str | None]
    latency_milliseconds: Mapped[int | None]
    answer: Mapped[str | None]


class ChannelStateRow(Base):
    """How an address fares that has failed, or that somebody disabled; one that is well has no row.

    `address` is empty for a whole channel: the mail server is one for all mails. `failures` counts those since the last
    success. `quiet_until`: it asked to be left alone (Retry-After). While `disabled_at` is set nothing is sent and what
    is for it is held; `disabled_by` is who did it, empty for the house itself, which then probes at `probe_at`.
    """

    __tablename__ = "channel_states"

    channel: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(server_default="0")
    failing_since: Mapped[datetime | None]
    last_error: Mapped[str | None]
    quiet_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_by: Mapped[str] = mapped_column(server_default="")
    disabled_why: Mapped[str] = mapped_column(server_default="")
    probe_at: Mapped[datetime | None]
    probes: Mapped[int] = mapped_column(server_default="0")


class SendingHoldRow(Base):
    """A stop switch that somebody threw: of all sending, one rule, one channel or one address; open while not ended.

    `about` is empty, the rule's id, the channel's name, or `channel:address`; `label` is how it is shown.
    """

    __tablename__ = "sending_holds"
    __table_args__ = (
        Index("uq_sending_holds_open", "scope", "about", unique=True, postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("scope IN ('all', 'rule', 'channel', 'address')", name="scope"),
        CheckConstraint("ending IS NULL OR ending IN ('resumed', 'dropped')", name="ending"),
        CheckConstraint("(ending IS NULL) = (ended_at IS NULL)", name="ended"),
    )

    hold_id: Mapped[UUID] = mapped_column(primary_key=True)
    scope: Mapped[str]
    about: Mapped[str]
    label: Mapped[str]
    reason: Mapped[str]
    placed_by: Mapped[str]
    placed_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[str | None]
