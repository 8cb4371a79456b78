"""What operators hear of a channel: that it was disabled, and that it takes messages again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.notifier.domain.overview import channel_id, shown_lane
from services.notifier.domain.standing import Lane, Standing
from shared.contracts.events import TroubleChanged
from shared.kit.ids import id_for

KIND = "channel"
_MOST_NAMES = 5


def disabled_news(lane: Lane, standing: Standing, listeners: Sequence[str], held: int, now: datetime) -> TroubleChanged:
    """Return what is told when the house disables an address: why, whose alerts wait, and how it is enabled again."""
    since = standing.disabled_at or now
    begun = standing.failing_since or now
    names = ", ".join(listeners[:_MOST_NAMES]) + (" and others" if len(listeners) > _MOST_NAMES else "")
    sentence = (
        f"Nothing is sent to {shown_lane(lane)} any more: {standing.disabled_why} "
        f"It has failed since {begun:%Y-%m-%d %H:%M} UTC, last with: {standing.last_error} "
        f"{held} messages are held for it." + (f" Who listens there: {names}." if names else "")
    )
    again = "It is tried again now and then by itself." if standing.probe_at else "It is not tried again by itself."
    return TroubleChanged(
        event_id=id_for("channel.disabled", channel_id(lane), since.isoformat()),
        occurred_at=now,
        correlation_id=channel_id(lane),
        kind=KIND,
        about=shown_lane(lane),
        state="disabled",
        sentence=sentence,
        mend=f"{again} Once it takes messages: pactwatch channel enable {channel_id(lane)}",
        since=since,
    )


def enabled_news(lane: Lane, since: datetime, sentence: str, now: datetime) -> TroubleChanged:
    """Return what is told when an address that was disabled since then is enabled again."""
    return TroubleChanged(
        event_id=id_for("channel.enabled", channel_id(lane), since.isoformat()),
        occurred_at=now,
        correlation_id=channel_id(lane),
        kind=KIND,
        about=shown_lane(lane),
        state="disabled",
        sentence=f"{shown_lane(lane)} takes messages again. {sentence}",
        since=since,
        over=True,
    )
