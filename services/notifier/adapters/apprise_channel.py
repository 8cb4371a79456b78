"""Sends a message through apprise, to the services that the house has no channel of its own for."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from services.notifier.adapters.letters import Letters
from services.notifier.domain.delivery import Delivered, Fault, Outcome, Refused, Unknown, outcome_of_status
from services.notifier.domain.letter_text import plain_text
from services.notifier.domain.parcel import Parcel
from shared.contracts.apprise_addresses import SERVICES, checked_apprise
from shared.kit.clock import Clock
from shared.kit.errors import WrongInput
from shared.kit.text import clip, one_line
from shared.web.forward_proxy import Errand, GuardedProxy
from shared.web.retry_after import retry_after_seconds

CHILDREN = 4  # at once: each takes half a second of a core, and some 60 MB
_CHILD = "services.notifier.adapters.apprise_child"
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "TZ")
_LEFT_FOR_THE_END_SECONDS = 2.0  # of the limit: apprise ends by itself, with a better reason, before it is killed
_SHORTEST_SECRET_CHARACTERS = 5
_SHOWN_CHARACTERS = 300
# The request had not left us. ProxyError is not among them: a connection that breaks later is one as well.
_BEFORE_SENDING = frozenset({"ConnectTimeout", "InvalidURL", "InvalidSchema"})

Report = dict[str, Any]


class AppriseChannel:
    """Hands each message to a child that can reach our guarded proxy alone, and is killed when it takes too long.

    apprise knows no ids of messages: one that was cut off may come twice.
    """

    def __init__(self, proxy: GuardedProxy, letters: Letters, clock: Clock, *, limit_seconds: float) -> None:
        self._proxy = proxy
        self._letters = letters
        self._clock = clock
        self._limit_seconds = limit_seconds
        self._turns = asyncio.Semaphore(CHILDREN)

    async def send(self, parcel: Parcel) -> Outcome:
        """Send the message once."""
        address = parcel.secret
        if not address:
            why = "The address of this channel is missing. End the subscription, and subscribe it anew."
            return Refused(why, fault=Fault.ADDRESS)
        try:
            service = SERVICES[checked_apprise(address)]
        except WrongInput as wrong:
            return Refused(str(wrong), fault=Fault.ADDRESS)
        letter = self._letters.of(parcel)
        errand = {"url": address, "title": letter.subject, "body": plain_text(letter)}
        ends = asyncio.get_running_loop().time() + self._limit_seconds
        try:
            async with asyncio.timeout_at(ends):
                await self._turns.acquire()
        except TimeoutError:
            return Refused(f"{service} was not asked: too many messages go through apprise at once.")
        try:
            async with self._proxy.opened() as way:
                report = await _reported(errand, way, ends)
        finally:
            self._turns.release()
        return _outcome(report, way, service, address, self._clock.now())


async def _reported(errand: dict[str, str], way: Errand, ends: float) -> Report | None:
    """Return what the child tells; None where it was killed, or died."""
    left = ends - asyncio.get_running_loop().time()
    told = json.dumps(errand | {"port": way.port, "read_seconds": max(1.0, left - _LEFT_FOR_THE_END_SECONDS)})
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        _CHILD,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=_environment(way),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout_at(ends):
            answer, _ = await process.communicate(told.encode())
        report = json.loads(answer)
    except (TimeoutError, ValueError, OSError):
        return None
    finally:
        await _ended(process)
    return report if isinstance(report, dict) else None


async def _ended(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _environment(way: Errand) -> dict[str, str]:
    """Return the child's environment: the proxy as its only way, the authorities that we trust, and no secrets."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    trusted = os.environ.get("SSL_CERT_FILE")
    return (
        passed | {"HTTPS_PROXY": way.url, "HTTP_PROXY": way.url} | ({"REQUESTS_CA_BUNDLE": trusted} if trusted else {})
    )


def _outcome(report: Report | None, way: Errand, service: str, address: str, now: datetime) -> Outcome:
    if report is None:
        if way.connected:
            return Unknown(f"{service} did not answer in time; the message may have arrived.")
        return Refused(f"{service} could not be reached in time. {way.refused or ''}".rstrip())
    if not report.get("installed"):
        return Refused("apprise is not installed here. Install it where the notifier runs: pip install apprise")
    if not report.get("readable"):
        why = f"apprise cannot read this address of {service}. End the subscription, and subscribe it anew."
        return Refused(why, fault=Fault.ADDRESS)
    exchanges = report.get("exchanges") or []
    if report.get("taken"):
        status = exchanges[-1].get("status") if exchanges else None
        return Delivered(f"{service} took it" + (f" ({status})." if status else "."))
    return _failed(exchanges, way, service, address, now)


def _failed(exchanges: list[Report], way: Errand, service: str, address: str, now: datetime) -> Outcome:
    if way.refused is not None:
        return Refused(f"{service} was not reached. {way.refused}")
    wrong = next((each for each in exchanges if not 200 <= each.get("status", 0) < 300), None)
    if wrong is None:
        if not exchanges:
            return Refused(f"apprise sent nothing to {service}. Is the address whole?", fault=Fault.ADDRESS)
        return Unknown(f"{service} answered, and apprise could not read what.")
    if "error" in wrong:
        return _broken_off(wrong, way, service)
    status = int(wrong["status"])
    said = clip(_masked(one_line(str(wrong.get("said") or "")), address), _SHOWN_CHARACTERS)
    if 300 <= status < 400:
        said = "redirects are not followed; subscribe the address it leads to"
    wait = retry_after_seconds(wrong.get("retry_after"), now=now)
    return outcome_of_status(status, f"{service} answered {status}" + (f": {said}" if said else "."), wait, said)


def _broken_off(exchange: Report, way: Errand, service: str) -> Outcome:
    """Return what it means that no answer came: nothing had left us, or nobody can know."""
    trouble = exchange["error"]
    if exchange.get("handshake"):
        return Refused(f"{service} has no certificate that we trust, or speaks no TLS. Nothing was sent.")
    if not way.connected or trouble in _BEFORE_SENDING:
        return Refused(f"{service} could not be spoken to: {trouble}.")
    return Unknown(f"{service} took the message, then the connection broke: {trouble}.")


def _masked(said: str, address: str) -> str:
    """Return what a service says without the parts of our address, any of which may be a password."""
    parts = urlsplit(address)
    pieces = [*parts.path.split("/"), *parts.netloc.replace("@", ":").split(":")]
    pieces += [value for _, value in parse_qsl(parts.query)]
    for piece in sorted({*pieces, *map(unquote, pieces)}, key=len, reverse=True):
        if len(piece) >= _SHORTEST_SECRET_CHARACTERS:
            said = said.replace(piece, "…")
    return said
