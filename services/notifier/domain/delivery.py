"""The ledger's line as a state machine, and what an attempt to send can come back with.

    pending ──claim──▶ sending ──Delivered──▶ sent
       ▲                │  ▲ └──Rejected, or no wait left──▶ failed (unknown after an Unknown) ──replay──▶ retry
       │          Refused, Unknown
     raised             ▼  └─claim─┐
                      retry ───────┘           cancelled: the subscription ended before the alert was sent

    pending, retry ──hold──▶ held ──release──▶ as before, ──drop──▶ cancelled; what fails on a channel that is
    disabled is held, too, and so is never given up while nobody could have got it

Attempts are only ever counted up, and number the ledger's attempts for good. A *round* is one walk through all the
waits; a replay begins a new one, and so does a channel that is enabled again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from shared.kit.text import storable

MOST_RETRY_AFTER_SECONDS = 36_000.0  # the longest wait of the default schedule: more is a mistake or an attack
JITTER_SHARE = 0.2  # waits vary by a fifth either way, so that a thousand refused at once do not return at once
_GONE = 410  # the one status by which a receiver says "for ever" (RFC 9110, section 15.5.11)
_BUSY = frozenset({408, 425, 429})  # "later", said in so many words (RFC 9110, 8470, 6585)
_OF_THE_MESSAGE = frozenset({400, 406, 411, 413, 414, 415, 422, 431})  # the same bytes will hardly do better
MOST_TRIES_OF_A_MESSAGE = 4  # the first three minutes: a receiver that is being replaced answers oddly meanwhile


class Fault(StrEnum):
    """What is in the way of a message that was refused, and so what can mend it."""

    TROUBLE = "trouble"  # it cannot be reached, or answers 5xx: passes by itself
    BUSY = "busy"  # it asks for time
    ADDRESS = "address"  # it answers, and wants nothing there: 401, 403, 404, a redirect; somebody must mend it
    MESSAGE = "message"  # it takes messages, but not this one


@dataclass(frozen=True)
class Delivered:
    """The receiver took the message; `detail` is what it answered, `answer` how that began in its own words."""

    detail: str
    answer: str = ""


@dataclass(frozen=True)
class Refused:
    """The receiver did not take it this time, and surely has not got it; it may name a wait."""

    sentence: str
    retry_after_seconds: float | None = None
    fault: Fault = Fault.TROUBLE
    answer: str = ""


@dataclass(frozen=True)
class Rejected:
    """The receiver will never take it as it is: trying again cannot help."""

    sentence: str
    answer: str = ""


@dataclass(frozen=True)
class Unknown:
    """The message left us and nobody answered: it may have arrived. Sent again, it carries the same id."""

    sentence: str


Outcome = Delivered | Refused | Rejected | Unknown

SENDER_DIED = Unknown("The sender stopped before it could tell how the attempt ended.")


def recordable(outcome: Outcome) -> Outcome:
    """Return the outcome as a ledger can keep it: what receivers answer may be no text, and no number of seconds.

    An outcome that cannot be written down would be sent again for ever.
    """
    match outcome:
        case Delivered(detail, answer):
            return Delivered(storable(detail), storable(answer))
        case Refused(sentence, asked, fault, answer):
            known = asked if asked is not None and math.isfinite(asked) and asked >= 0 else None
            return Refused(storable(sentence), known, fault, storable(answer))
        case Rejected(sentence, answer):
            return Rejected(storable(sentence), storable(answer))
        case Unknown(sentence):
            return Unknown(storable(sentence))


def outcome_of_status(
    status: int, sentence: str, retry_after_seconds: float | None = None, answer: str = ""
) -> Outcome:
    """Return what an HTTP status says of a message; `sentence` tells a person what came back, `answer` how it began.

    2xx took it, 410 never will. Anything else is tried again: a receiver that is being replaced answers 404 for a
    minute, one whose password changed 401 for an hour. What is refused for the message's own sake (400, 413, 422 and
    their like) is tried for minutes only. Redirects are not followed, but tried again.
    """
    if 200 <= status < 300:
        return Delivered(sentence, answer)
    if status == _GONE:
        return Rejected(sentence, answer)
    return Refused(sentence, retry_after_seconds, _fault_of(status, retry_after_seconds), answer)


def _fault_of(status: int, retry_after_seconds: float | None) -> Fault:
    if status in _BUSY or (status == 503 and retry_after_seconds):
        return Fault.BUSY
    if status in _OF_THE_MESSAGE:
        return Fault.MESSAGE
    return Fault.ADDRESS if 300 <= status < 500 else Fault.TROUBLE


def wait_before_retry(tries: int, outcome: Outcome, waits_seconds: Sequence[float], jitter: float) -> float | None:
    """Return the seconds until the next attempt, None where there is none.

    `tries` counts those of this round with the one that just ended, `jitter` is 0 … 1. A Retry-After is honoured where
    it asks for more than our own wait: never sooner than asked, never hammering, and at most
    `MOST_RETRY_AFTER_SECONDS`.
    """
    if isinstance(outcome, (Delivered, Rejected)) or tries > len(waits_seconds):
        return None
    asked = 0.0
    if isinstance(outcome, Refused):
        if outcome.fault is Fault.MESSAGE and tries >= MOST_TRIES_OF_A_MESSAGE:
            return None
        asked = outcome.retry_after_seconds or 0.0
    own = waits_seconds[tries - 1] * (1 - JITTER_SHARE + 2 * JITTER_SHARE * jitter)
    return max(own, min(asked, MOST_RETRY_AFTER_SECONDS))


class State(StrEnum):
    """Where a delivery stands; the words of the table's column."""

    PENDING = "pending"
    SENDING = "sending"
    RETRY = "retry"
    HELD = "held"
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
    `earlier` of the attempts belong to earlier rounds.
    """

    state: State = State.PENDING
    attempts: int = 0
    unknowns: int = 0
    wait_seconds: float = 0.0
    reason: str | None = None
    earlier: int = 0


def claim(line: Line) -> Line:
    """Begin the next attempt. Raises WrongTurn for a delivery that does not wait for one."""
    if line.state not in WAITING:
        raise WrongTurn(f"a delivery that is {line.state} cannot be claimed")
    return replace(line, state=State.SENDING, attempts=line.attempts + 1, wait_seconds=0.0)


def settle(
    line: Line, outcome: Outcome, waits_seconds: Sequence[float], jitter: float, *, disabled: bool = False
) -> Line:
    """End the attempt with its outcome; on a channel that is disabled nothing that may arrive yet is given up.

    Raises WrongTurn for a delivery that is not being sent.
    """
    if line.state is not State.SENDING:
        raise WrongTurn(f"a delivery that is {line.state} has no attempt to end")
    if isinstance(outcome, Delivered):
        return replace(line, state=State.SENT, reason=None)
    ambiguous = isinstance(outcome, Unknown)
    told = replace(line, unknowns=line.unknowns + ambiguous, reason=outcome.sentence)
    if disabled and not isinstance(outcome, Rejected):
        return replace(told, state=State.HELD)
    wait_seconds = wait_before_retry(line.attempts - line.earlier, outcome, waits_seconds, jitter)
    if wait_seconds is not None:
        return replace(told, state=State.RETRY, wait_seconds=wait_seconds)
    return replace(told, state=State.UNKNOWN if ambiguous else State.FAILED)


def cancel(line: Line) -> Line:
    """End a delivery that nobody wants any more. Raises WrongTurn for one that does not wait."""
    if line.state not in WAITING and line.state is not State.HELD:
        raise WrongTurn(f"a delivery that is {line.state} cannot be cancelled")
    return replace(line, state=State.CANCELLED, wait_seconds=0.0)


def hold(line: Line) -> Line:
    """Keep a delivery back. Raises WrongTurn for one that does not wait."""
    if line.state not in WAITING:
        raise WrongTurn(f"a delivery that is {line.state} cannot be held")
    return replace(line, state=State.HELD, wait_seconds=0.0)


def postpone(line: Line, wait_seconds: float) -> Line:
    """Let a delivery wait for so long. Raises WrongTurn for one that does not wait for an attempt."""
    if line.state not in WAITING:
        raise WrongTurn(f"a delivery that is {line.state} cannot be postponed")
    return replace(line, wait_seconds=wait_seconds)


def release(line: Line) -> Line:
    """Let a delivery that was held go on, in a new round. Raises WrongTurn for any other."""
    if line.state is not State.HELD:
        raise WrongTurn(f"a delivery that is {line.state} is not held")
    state = State.RETRY if line.attempts else State.PENDING
    return replace(line, state=state, wait_seconds=0.0, earlier=line.attempts)


def next_step(line: Line, waits_seconds: Sequence[float], *, wanted: bool, held: bool = False) -> Line:
    """Return what becomes of a delivery whose time has come: it is sent, held, cancelled, or (sender dead) given up.

    A sender that died leaves an unknown outcome; its lease was the wait, so the next attempt begins at once.
    Raises WrongTurn for a delivery that has ended.
    """
    if line.state is State.SENDING:
        line = settle(line, SENDER_DIED, waits_seconds, 0.0)
        if line.state in GIVEN_UP:
            return line
    if not wanted:
        return cancel(line)
    return hold(line) if held else claim(line)


def replay(line: Line) -> Line:
    """Put a delivery that was given up back in line, in a new round. Raises WrongTurn for any other."""
    if line.state not in GIVEN_UP:
        raise WrongTurn(f"a delivery that is {line.state} was not given up")
    return replace(line, state=State.RETRY, wait_seconds=0.0, earlier=line.attempts)
