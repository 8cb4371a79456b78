"""How long the notifier waits for what."""

from __future__ import annotations

from dataclasses import dataclass

TRANSACTION_LIMIT_SECONDS = 20.0  # a database that swallows packets would hold us for hours; it counts as away
MOST_SEND_SECONDS = 15.0  # for a whole send; what receivers of webhooks are commonly given
_SEND_SHARE_OF_LEASE = 0.5  # a send ends well before its lease, else another sender would repeat it


@dataclass(frozen=True)
class Patience:
    """How long we wait for what, in seconds."""

    retry_waits: tuple[float, ...]
    lease: float
    outage_wait: float

    @property
    def send(self) -> float:
        """How long a channel has for one send."""
        return min(MOST_SEND_SECONDS, self.lease * _SEND_SHARE_OF_LEASE)
