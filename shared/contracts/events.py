"""What services say to each other: facts, in the past tense, frozen, versioned.

An event announces; the database holds the truth. So an event carries the ids of its facts and what a reader of the
bus needs at a glance, never an article's body. A field may be added with a default; any other change is a new
version (`…v2`) beside the old one, and consumers take both until the old one has left the stream.
`tests/contracts/golden/` keeps one message of each version for ever.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from shared.contracts.verdict import Frozen


class Event(Frozen):
    """What every event carries.

    `event_id` is derived from the fact (`shared.kit.ids.id_for`), so that the same fact is the same event;
    `correlation_id` follows one article from its poll to its last delivery.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1

    event_id: UUID
    occurred_at: AwareDatetime
    correlation_id: UUID

    @classmethod
    def type_name(cls) -> str:
        """Return the CloudEvents type, for example `pactwatch.article.published.v1`."""
        return f"pactwatch.{cls.name}.v{cls.version}"

    @classmethod
    def subject(cls) -> str:
        """Return the NATS subject that carries this event, for example `events.article.published.v1`."""
        return f"events.{cls.name}.v{cls.version}"


class ArticlePublished(Event):
    """The scraper stored an article that it had not seen before, or a new version of one that its source rewrote.

    `alertable` is false for a new source's old news. `revision` counts the versions of the article, from 1.
    """

    name = "article.published"

    article_id: UUID
    story_id: UUID
    source_name: str
    url: str
    title: str
    published_at: datetime | None = None
    alertable: bool = True
    revision: int = 1


class ArticleWithdrawn(Event):
    """The source took an article down: its page answered twice, an hour apart, that it is gone.

    `revision` is that of the article's last version.
    """

    name = "article.withdrawn"

    article_id: UUID
    url: str
    revision: int = 1


class ArticleClassified(Event):
    """The classifier stored its verdict on an article.

    `revision` is that of the version of the article; `rejudged` tells that no word of it is new, only the judgement.
    """

    name = "article.classified"

    article_id: UUID
    story_id: UUID
    verdict_id: UUID
    relevant: bool
    sectors: tuple[str, ...] = ()
    agreements: tuple[str, ...] = ()
    alertable: bool = True
    revision: int = 1
    rejudged: bool = False


class AlertRaised(Event):
    """A rule matched: the alert and its deliveries are stored, and wait to be sent."""

    name = "alert.raised"

    alert_id: UUID
    article_id: UUID
    rule_name: str
    deliveries: int = 0


class AlertDelivered(Event):
    """One delivery of an alert reached its channel."""

    name = "alert.delivered"

    alert_id: UUID
    delivery_id: UUID
    channel: str
    attempts: int


class AlertAbandoned(Event):
    """One delivery of an alert was given up after its last attempt; it is listed and can be replayed."""

    name = "alert.abandoned"

    alert_id: UUID
    delivery_id: UUID
    channel: str
    attempts: int
    reason: str


class FeedPushed(Event):
    """A feed's WebSub hub called, and its signature held: the source has news."""

    name = "feed.pushed"

    source_id: UUID


class TroubleChanged(Event):
    """Something that operators should know of began, or is over.

    `kind` is what it is about ("source", "language"), `about` which one by name, `state` how it stands in one word,
    `sentence` what happened, `mend` what to do about it; `since` names the trouble: the same one has the same moment.
    """

    name = "trouble.changed"

    kind: str
    about: str
    state: str
    sentence: str
    mend: str = ""
    since: AwareDatetime
    over: bool = False


EVENTS: tuple[type[Event], ...] = (
    ArticlePublished,
    ArticleClassified,
    AlertRaised,
    AlertDelivered,
    AlertAbandoned,
    FeedPushed,
    TroubleChanged,
    ArticleWithdrawn,
)
