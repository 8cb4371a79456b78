"""Declares the stream and its durable consumers, and puts right what drifted; safe to run from every service.

FastStream is told not to declare anything: it leaves an existing durable with its old settings, and a consumer that
somebody deleted stalls without a word. So every service runs `ensure` at start, at reconnect and every few seconds.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
    StreamInfo,
)
from nats.js.errors import NotFoundError

from shared.contracts import streams
from shared.contracts.streams import Durable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StreamState:
    """Which stream this is and how far it has come: a wiped broker has another generation, or a lower sequence."""

    generation: str
    last_sequence: int


def stream_config() -> StreamConfig:
    """Return the settings of the one stream (see `shared.contracts.streams` for each reason)."""
    return StreamConfig(
        name=streams.STREAM,
        subjects=list(streams.SUBJECTS),
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_age=streams.KEEP_SECONDS,
        max_bytes=streams.KEEP_BYTES,
        duplicate_window=streams.DUPLICATE_WINDOW_SECONDS,
    )


def consumer_config(durable: Durable) -> ConsumerConfig:
    """Return the settings of one durable; a new object each time, because the client changes the one it is given."""
    return ConsumerConfig(
        name=durable.name,
        durable_name=durable.name,
        filter_subject=durable.event.subject(),
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=streams.ACK_WAIT_SECONDS,
        max_deliver=-1,
        max_ack_pending=streams.MAX_ACK_PENDING,
    )


async def ensure(js: JetStreamContext) -> StreamState:
    """Make the stream and its consumers what the code says, and tell which stream it is.

    Raises nats.errors.Error when the broker does not answer.
    """
    info = await _ensure_stream(js)
    for durable in streams.DURABLES:
        await _ensure_consumer(js, durable)
    created = info.created
    return StreamState(
        generation=f"{streams.STREAM}@{created.isoformat() if created is not None else 'unknown'}",
        last_sequence=info.state.last_seq,
    )


async def _ensure_stream(js: JetStreamContext) -> StreamInfo:
    wanted = stream_config()
    try:
        info = await js.stream_info(streams.STREAM)
    except NotFoundError:
        logger.info("stream %s is not there: making it", streams.STREAM)
        return await js.add_stream(wanted)
    if _drifted(wanted, info.config):
        logger.info("stream %s has other settings: putting them right", streams.STREAM)
        wanted.num_replicas = info.config.num_replicas
        return await js.update_stream(wanted)
    return info


async def _ensure_consumer(js: JetStreamContext, durable: Durable) -> None:
    wanted = consumer_config(durable)
    try:
        info = await js.consumer_info(streams.STREAM, durable.name)
    except NotFoundError:
        logger.info("consumer %s is not there: making it", durable.name)
    else:
        if not _drifted(wanted, info.config):
            return
        logger.info("consumer %s has other settings: putting them right", durable.name)
    await js.add_consumer(streams.STREAM, wanted)


def _drifted(wanted: StreamConfig | ConsumerConfig, found: StreamConfig | ConsumerConfig | None) -> bool:
    if found is None:
        return True
    # what we leave open (the number of replicas, say) is the operator's
    said = {name: value for name, value in vars(wanted).items() if value is not None}
    return any(getattr(found, name) != value for name, value in said.items())
