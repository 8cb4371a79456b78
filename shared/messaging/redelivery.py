"""What happens to a message whose handler failed: a spaced try again, or quarantine with the reason.

One middleware decides for every consumer. A bare nak comes straight back, and a server-side delivery limit drops the
message without a word; so naks carry growing waits, and the last try writes a quarantine row before it lets go.
Being away is nobody's fault: while the database is out, tries do not count.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from faststream import BaseMiddleware, ContextRepo
from faststream.exceptions import HandlerException, NackMessage, RejectMessage
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from pydantic import ValidationError
from structlog.contextvars import bound_contextvars

from shared.contracts.streams import HANDLER_LIMIT_SECONDS, IN_PROGRESS_SECONDS
from shared.kit.errors import Later, Never
from shared.messaging.quarantine import Quarantine, Undigested
from shared.store.unit_of_work import is_outage
from shared.telemetry import metrics

logger = logging.getLogger(__name__)

LONGEST_OUTAGE_WAIT_SECONDS = 60.0  # soon enough after the database is back, rare enough while it is not
MOST_DELIVERIES = 200  # a message that kills its reader is never naked: it comes back by AckWait, until this says stop
MOST_REMEMBERED = 10_000  # messages whose failures this process counts; the oldest are forgotten first


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Deliver the message again after the wait."""

    wait_seconds: float


@dataclass(frozen=True, slots=True)
class SetAside:
    """Put the message in quarantine."""

    reason: str


def judge(
    error: BaseException,
    *,
    failures: int,
    deliveries: int,
    waits_seconds: tuple[float, ...],
    outage_wait_seconds: float,
) -> TryAgain | SetAside:
    """Decide about a message whose handler raised `error`.

    `failures` counts how often a handler failed on it, this time included and outages left out; `deliveries` is the
    broker's own count, which grows with outages and restarts too, and only says how long to wait out an outage.
    """
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, (ValidationError, json.JSONDecodeError, UnicodeDecodeError, RecursionError)):
        return SetAside(f"cannot be decoded: {said}")
    if isinstance(error, Never):
        return SetAside(str(error))
    if is_outage_of(error):
        grown = outage_wait_seconds * 2 ** min(deliveries - 1, 6)
        return TryAgain(min(grown, max(LONGEST_OUTAGE_WAIT_SECONDS, outage_wait_seconds)))
    if failures > len(waits_seconds):
        return SetAside(f"failed {failures} times, at last with {said}")
    return TryAgain(waits_seconds[failures - 1])


def is_outage_of(error: BaseException) -> bool:
    """Tell whether an error says that an engine is away, which is nobody's fault and does not count."""
    return isinstance(error, Later) or (is_outage(error) and not isinstance(error, TooSlow))


class TooSlow(Exception):
    """The handler did not end within its limit: a failure like any other, and no outage."""


class SpacedRedelivery:
    """The middleware's factory: one for each broker."""

    def __init__(self, quarantine: Quarantine, *, waits_seconds: tuple[float, ...], outage_wait_seconds: float) -> None:
        self._quarantine = quarantine
        self._waits_seconds = waits_seconds
        self._outage_wait_seconds = outage_wait_seconds
        self._failures: dict[tuple[str, int], int] = {}
        self._outages: dict[tuple[str, int], int] = {}

    def __call__(self, msg: Msg | None, /, *, context: ContextRepo) -> _Attempt:
        """Return the middleware of one message."""
        return _Attempt(msg, context=context, policy=self)

    async def consume(self, call_next: Callable[[Any], Awaitable[Any]], message: Any) -> Any:  # noqa: ANN401
        """Run the handler within its time limit; turn whatever it raises into a nak with a wait, or into quarantine."""
        raw: Msg = message.raw_message
        deliveries, taker = raw.metadata.num_delivered, raw.metadata.consumer
        with bound_contextvars(correlation_id=message.correlation_id, taker=taker):
            keeping = asyncio.create_task(_keep(raw))
            try:
                _refuse_a_killer(deliveries - self._outages.get(_key_of(raw), 0))
                result = await _within_limit(call_next, message)
            except HandlerException:
                raise
            except Exception as error:  # noqa: BLE001  (this is the one place where every failure is decided)
                await self._decide(raw, error, deliveries, taker)
            else:
                metrics.MESSAGES.labels(taker, "handled").inc()
                self._forget(raw)
                return result
            finally:
                keeping.cancel()

    def _forget(self, raw: Msg) -> None:
        self._failures.pop(_key_of(raw), None)
        self._outages.pop(_key_of(raw), None)

    def _failures_of(self, raw: Msg, error: Exception) -> int:
        """Count this failure, unless it is an outage. A restart forgets the count, which only means more tries."""
        key = _key_of(raw)
        counts = self._outages if is_outage_of(error) else self._failures
        while len(counts) >= MOST_REMEMBERED:
            counts.pop(next(iter(counts)))
        counts[key] = counts.get(key, 0) + 1
        return self._failures.get(key, 0)

    async def _decide(self, raw: Msg, error: Exception, deliveries: int, taker: str) -> None:
        decision = judge(
            error,
            failures=self._failures_of(raw, error),
            deliveries=deliveries,
            waits_seconds=self._waits_seconds,
            outage_wait_seconds=self._outage_wait_seconds,
        )
        if isinstance(decision, SetAside):
            try:
                await self._quarantine.put(Undigested.of(raw, reason=decision.reason))
            except Exception as away:
                logger.exception("quarantine could not be written; the message will come back")
                raise NackMessage(delay=self._outage_wait_seconds) from away
            self._forget(raw)
            metrics.MESSAGES.labels(taker, "quarantined").inc()
            logger.error("message on %s set aside: %s", raw.subject, decision.reason, exc_info=error)
            raise RejectMessage from error
        metrics.MESSAGES.labels(taker, "retried").inc()
        logger.warning(
            "message on %s failed on delivery %d, again in %.1f s: %s",
            raw.subject,
            deliveries,
            decision.wait_seconds,
            f"{type(error).__name__}: {error}",
        )
        raise NackMessage(delay=decision.wait_seconds) from error


def _key_of(raw: Msg) -> tuple[str, int]:
    return raw.metadata.consumer, raw.metadata.sequence.stream


def _refuse_a_killer(deliveries: int) -> None:
    """Raise Never for a message that came so often that nothing but its reader's death explains it."""
    if deliveries > MOST_DELIVERIES:
        raise Never(f"Delivered {deliveries} times and never answered: it may be killing its reader.")


async def _within_limit(call_next: Callable[[Any], Awaitable[Any]], message: Any) -> Any:  # noqa: ANN401
    """Run the handler; raises TooSlow when it does not end in time."""
    limit = asyncio.timeout(HANDLER_LIMIT_SECONDS)
    try:
        async with limit:
            return await call_next(message)
    except TimeoutError:
        if limit.expired():
            raise TooSlow(f"the handler did not end within {HANDLER_LIMIT_SECONDS} s") from None
        raise


async def _keep(raw: Msg) -> None:
    """Tell the broker now and then that the message is in living hands, or it would give it to others."""
    while True:
        await asyncio.sleep(IN_PROGRESS_SECONDS)
        with suppress(NatsError):
            await raw.in_progress()


class _Attempt(BaseMiddleware[Any, Any]):
    """The middleware of one message; FastStream makes one for each."""

    __slots__ = ("_policy",)

    def __init__(self, msg: Msg | None, /, *, context: ContextRepo, policy: SpacedRedelivery) -> None:
        super().__init__(msg, context=context)
        self._policy = policy

    async def consume_scope(self, call_next: Callable[[Any], Awaitable[Any]], msg: Any) -> Any:  # noqa: ANN401
        return await self._policy.consume(call_next, msg)
