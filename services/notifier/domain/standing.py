"""How a channel's address stands: well, failing, told to be left alone, or disabled; values in, values out.

An address that has failed for hours is disabled: what is for it is held instead of being worn out, and now and then one
held delivery probes it. So an outage of a week costs nobody an alert, and ends without a hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.notifier.domain.delivery import (
    MOST_RETRY_AFTER_SECONDS,
    Delivered,
    Fault,
    Outcome,
    Refused,
    Rejected,
)

EVERY_ADDRESS = ""  # the address of a whole channel
SHARED_WAYS = frozenset({"mailto"})  # channels whose addresses are all reached through one server of ours

FAILURES_UNTIL_DISABLED = 8  # in a row; one delivery alone makes as many within five hours
FAILING_UNTIL_DISABLED = timedelta(hours=4)  # longer than a night's maintenance, far less than a round of attempts
MISTAKEN_UNTIL_DISABLED = timedelta(hours=1)  # where it answers that it wants nothing there: no outage passes by itself
FAILURES_OF_AN_OUTAGE = 3  # fewer are a bad message, and no reason to hurry anything when the next one arrives
_FIRST_PROBE = timedelta(minutes=15)
_LONGEST_PROBE = timedelta(hours=2)


@dataclass(frozen=True)
class Lane:
    """One address of one channel, or (`EVERY_ADDRESS`) all of a channel that share a server."""

    channel: str
    address: str


@dataclass(frozen=True)
class Standing:
    """How it fares since its last success; the beginning is that of an address that is well.

    `disabled_by` is empty where the house disabled it by itself; `probe_at` is None where only a person enables it.
    """

    failures: int = 0
    failing_since: datetime | None = None
    last_error: str | None = None
    quiet_until: datetime | None = None
    disabled_at: datetime | None = None
    disabled_by: str = ""
    disabled_why: str = ""
    probe_at: datetime | None = None
    probes: int = 0

    @property
    def disabled(self) -> bool:
        """Tell whether nothing is sent there."""
        return self.disabled_at is not None


WELL = Standing()


def answerable(lane: Lane, outcome: Outcome) -> tuple[Lane, ...]:
    """Return whose success or failure an outcome is: the address's, and its server's where one serves all.

    A mail server that is away is no fault of a mailbox, and a mailbox that does not exist none of the server.
    """
    if lane.channel not in SHARED_WAYS:
        return (lane,)
    server = Lane(lane.channel, EVERY_ADDRESS)
    if isinstance(outcome, Rejected):
        return (lane,)
    return (lane, server) if isinstance(outcome, Delivered) else (server,)


def after(standing: Standing, outcome: Outcome, now: datetime) -> Standing:
    """Return how the address stands after an attempt that ended so."""
    if isinstance(outcome, Delivered):
        return standing if standing.disabled_by else WELL
    worse = replace(
        standing,
        failures=standing.failures + 1,
        failing_since=standing.failing_since or now,
        last_error=outcome.sentence,
        quiet_until=_quiet_until(outcome, now) or standing.quiet_until,
    )
    if worse.disabled:
        return worse
    if isinstance(outcome, Rejected):
        return replace(worse, disabled_at=now, disabled_why="It said that it is gone for good.")
    return _disabled(worse, now) if _hopeless(worse, outcome, now) else worse


def probed(standing: Standing, now: datetime) -> Standing:
    """Return how it stands once a probe has begun: the next one is due ever later, up to two hours."""
    probes = standing.probes + 1
    wait = min(_FIRST_PROBE * 2 ** min(probes, 8), _LONGEST_PROBE)
    return replace(standing, probes=probes, probe_at=now + wait)


def disable(standing: Standing, by: str, why: str, now: datetime) -> Standing:
    """Return how it stands once a person has disabled it: until a person enables it."""
    return replace(standing, disabled_at=now, disabled_by=by, disabled_why=why, probe_at=None)


def recovered(before: Standing, now_is: Standing) -> bool:
    """Tell whether an outage is over, so that what waits for its next attempt need not wait any longer."""
    return now_is == WELL and (before.disabled or before.failures >= FAILURES_OF_AN_OUTAGE)


def _quiet_until(outcome: Outcome, now: datetime) -> datetime | None:
    if not isinstance(outcome, Refused) or outcome.fault is not Fault.BUSY or not outcome.retry_after_seconds:
        return None
    return now + timedelta(seconds=min(outcome.retry_after_seconds, MOST_RETRY_AFTER_SECONDS))


def _hopeless(standing: Standing, outcome: Outcome, now: datetime) -> bool:
    mistaken = isinstance(outcome, Refused) and outcome.fault is Fault.ADDRESS
    patience = MISTAKEN_UNTIL_DISABLED if mistaken else FAILING_UNTIL_DISABLED
    since = standing.failing_since or now
    return standing.failures >= FAILURES_UNTIL_DISABLED and now - since >= patience


def _disabled(standing: Standing, now: datetime) -> Standing:
    why = f"{standing.failures} attempts in a row failed."
    return replace(standing, disabled_at=now, disabled_why=why, probe_at=now + _FIRST_PROBE, probes=0)
