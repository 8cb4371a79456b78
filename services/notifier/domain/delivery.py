"""The ledger's line as a state machine, and what an attempt to send can come back with.

    pending ──claim──▶ sending ──Delivered──▶ sent
       ▲                │  ▲ └──Rejected, or no wait left──▶ failed (unknown after an Unknown) ──replay──▶ retry
       │          Refused, Unknown
     raised             ▼  └─claim─┐
                      retry ───────┘           cancelled: the subscription ended before the alert was sent

Attempts are only ever counted up, and number the ledger's attempts for good. A *round* is one walk through all the
waits; a replay begins a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

MOST_RETRY_AFTER_SECONDS = 36_000.0  # the longest wait of the default schedule: more is a mistake or an attack
JITTER_SHARE = 0.2  # waits vary by a fifth either way, so that a thousand refused at once do not return at once
_GONE = 410  # the one status by which a receiver says "for ever" (RFC 9110, section 15.5.11)


@dataclass(frozen=True)
class Delivered:
    """The receiver took the message; `detail` is what it answered."""

    detail: str


@dataclass(frozen=True)
class Refused:
    """The receiver did not take it this time, and surely has not got it; it may name a wait."""

    sentence: str
    retry_after_seconds: float | None = None


@dataclass(frozen=True)
class Rejected:
    """The receiver will never take it as it is: trying again cannot help."""

    sentence: str


@dataclass(frozen=True)
class Unknown:
    """The message left us and nobody answered: it may have arrived. Sent again, it carries the same id."""

    sentence: str


Outcome = Delivered | Refused | Rejected | Unknown

SENDER_DIED = Unknown("The sender stopped before it could tell how the attempt ended.")


def outcome_of_status(status: int, sentence: str, retry_after_seconds: float | None = None) -> Outcome:
    """Return what an HTTP status says of a message; `sentence` tells a person what came back.

    2xx took it, 410 never will, anything else goes through the whole schedule: a receiver that is being replaced
    answers 404 for a minute, one whose password changed 401 for an hour. Redirects are not followed, but tried again.
    """
    if 200 <= status < 300:
        return Delivered(sentence)
    if status == _GONE:
        return Rejected(sentence)
    return Refused(sentence, retry_after_seconds)


def attempt_in_round(attempts: int, waits_seconds: Sequence[float]) -> int:
    """Return which attempt of its round (1 …) the newest one is."""
    return (attempts - 1) % (len(waits_seconds) + 1) + 1


def wait_before_retry(attempts: int, outcome: Outcome, waits_seconds: Sequence[float], jitter: float) -> float | None:
    """Return the seconds until the next attempt, None where there is none.

    `attempts` counts the one that just ended, `jitter` is 0 … 1. A Retry-After is honoured where it asks for more
    than our own wait: never sooner than asked, never hammering, and at most `MOST_RETRY_AFTER_SECONDS`.
    """
    if isinstance(outcome, (Delivered, Rejected)):
        return None
    position = attempt_in_round(attempts, waits_seconds) - 1
    if position >= len(waits_seconds):
        return None
    own = waits_seconds[position] * (1 - JITTER_SHARE + 2 * JITTER_SHARE * jitter)
    asked = outcome.retry_after_seconds if isinstance(outcome, Refused) else None
    return max(own, min(asked or 0.0, MOST_RETRY_AFTER_SECONDS))


class State(StrEnum):
    """Where a delivery stands; the words of the table's column."""

    PENDING = "pending"
    SENDING = "sending"
    RETRY = "retry"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


WAITING = frozenset({State.PENDING, State.RETRY})
GIVEN_UP = frozenset({State.FAILED, State.UNKNOWN})


class WrongTurn(ValueError):
    """A step that the state machine does not have."""


@dataclass(frozen=True)
class Line:
    """One line of the ledger. `wait_seconds` is how long a retry waits; `reason` is the last thing that went wrong.

    `unknowns` counts attempts of which nobody can know whether they arrived: what a receiver may have got twice.
    """

    state: State = State.PENDING
    attempts: int = 0
    unknowns: int = 0
    wait_seconds: float = 0.0
    reason: str | None = None


def claim(line: Line) -> Line:
    """Begin the next attempt. Raises WrongTurn for a delivery that does not wait for one."""
    if line.state not in WAITING:
        raise WrongTurn(f"a delivery that is {line.state} cannot be claimed")
    return replace(line, state=State.SENDING, attempts=line.attempts + 1, wait_seconds=0.0)


def settle(line: Line, outcome: Outcome, waits_seconds: Sequence[float], jitter: float) -> Line:
    """End the attempt with its outcome. Raises WrongTurn for a delivery that is not being sent."""
    if line.state is not State.SENDING:
        raise WrongTurn(f"a delivery that is {line.state} has no attempt to end")
    if isinstance(outcome, Delivered):
        return replace(line, state=State.SENT, reason=None)
    ambiguous = isinstance(outcome, Unknown)
    told = replace(line, unknowns=line.unknowns + ambiguous, reason=outcome.sentence)
    wait_seconds = wait_before_retry(line.attempts, outcome, waits_seconds, jitter)
    if wait_seconds is not None:
        return replace(told, state=State.RETRY, wait_seconds=wait_seconds)
    return replace(told, state=State.UNKNOWN if ambiguous else State.FAILED)


def cancel(line: Line) -> Line:
    """End a delivery that nobody wants any more. Raises WrongTurn for one that does not wait."""
    if line.state not in WAITING:
        raise WrongTurn(f"a delivery that is {line.state} cannot be cancelled")
    return replace(line, state=State.CANCELLED, wait_seconds=0.0)


def next_step(line: Line, waits_seconds: Sequence[float], *, wanted: bool) -> Line:
    """Return what becomes of a delivery whose time has come: it is sent, cancelled, or (its sender dead) given up.

    A sender that died leaves an unknown outcome; its lease was the wait, so the next attempt begins at once.
    Raises WrongTurn for a delivery that has ended.
    """
    if line.state is State.SENDING:
        line = settle(line, SENDER_DIED, waits_seconds, 0.0)
        if line.state in GIVEN_UP:
            return line
    return claim(line) if wanted else cancel(line)


def replay(line: Line) -> Line:
    """Put a delivery that was given up back in line. Raises WrongTurn for any other."""
    if line.state not in GIVEN_UP:
        raise WrongTurn(f"a delivery that is {line.state} was not given up")
    return replace(line, state=State.RETRY, wait_seconds=0.0)
