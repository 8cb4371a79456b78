"""The stream, its subjects and its durable consumers: named once, with the settings that were measured.

LIMITS retention (a work-queue stream forgets its deduplication ids at a restart), file storage, `discard: new`
(`old` drops unread messages without a word), no consumer back-off (it answers silence, not a nak, and the two must
not be combined), no server-side delivery limit (a message over it would vanish; `messaging.redelivery` counts).
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.contracts.events import (
    AlertRaised,
    ArticleClassified,
    ArticlePublished,
    ArticleWithdrawn,
    Event,
    FeedPushed,
    TroubleChanged,
)

STREAM = "PACTWATCH"
SUBJECTS = ("events.>",)
KEEP_SECONDS = 7 * 86_400  # a week covers any outage; the database announces again what is older
KEEP_BYTES = 1 << 30  # refuses (and the outbox waits) before it fills the volume
DUPLICATE_WINDOW_SECONDS = 600  # longer than the relay's own retry of an ambiguous publish
HANDLER_LIMIT_SECONDS = 45  # a handler that takes longer is cut off and tried again
ACK_WAIT_SECONDS = 10  # how long the messages in a dead process's hands stay away; a living handler keeps its own
IN_PROGRESS_SECONDS = 3  # … by saying so this often: three times in a wait, so that one lost word costs nothing
MAX_ACK_PENDING = 256  # poison that waits for its next try counts, so leave room for the healthy behind it


@dataclass(frozen=True, slots=True)
class Durable:
    """One durable consumer: which service listens to which event, under which name on the server."""

    name: str
    event: type[Event]


CLASSIFIER = Durable("classifier", ArticlePublished)
NOTIFIER_MATCH = Durable("notifier-match", ArticleClassified)
NOTIFIER_DELIVER = Durable("notifier-deliver", AlertRaised)
SCRAPER_WAKE = Durable("scraper-wake", FeedPushed)
NOTIFIER_OPERATORS = Durable("notifier-operators", TroubleChanged)
NOTIFIER_WITHDRAWN = Durable("notifier-withdrawn", ArticleWithdrawn)

DURABLES: tuple[Durable, ...] = (
    CLASSIFIER,
    NOTIFIER_MATCH,
    NOTIFIER_DELIVER,
    SCRAPER_WAKE,
    NOTIFIER_OPERATORS,
    NOTIFIER_WITHDRAWN,
)


def takers_of(subject: str) -> tuple[str, ...]:
    """Return the names of the durables that must take up an event of this subject."""
    return tuple(durable.name for durable in DURABLES if durable.event.subject() == subject)
