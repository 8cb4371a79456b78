"""One message through apprise, in a process of its own: `python -m services.notifier.adapters.apprise_child`.

apprise makes its own connections, so this process has one way out alone: the proxy that its parent opened. It gets the
errand as JSON on its standard input, tells what came back as JSON on its standard output, and writes nothing else.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Any

MOST_MEMORY_BYTES = 1_000_000_000  # address space: an answer that never ends must end
_SHOWN_CHARACTERS = 300
_MOST_EXCHANGES = 20
_CONNECT_SECONDS = 8.0  # through the proxy: its own limits come first
_NO_HANDSHAKE = ("CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER", "HANDSHAKE_FAILURE", "UNKNOWN_CA")
_NEVER = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "pty.spawn"})


def main() -> None:
    """Do the errand."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)  # whatever others print
    errand = json.load(sys.stdin)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or soft > MOST_MEMORY_BYTES:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, hard))
    sys.addaudithook(_only_to(int(errand["port"])))
    with answers:
        json.dump(_sent(errand), answers)


def _sent(errand: dict[str, Any]) -> dict[str, Any]:
    try:
        apprise = importlib.import_module("apprise")
        requests = importlib.import_module("requests")
    except ImportError:
        return {"installed": False}
    exchanges: list[dict[str, Any]] = []
    requests.Session.send = _watched(requests.Session.send, requests.RequestException, exchanges)
    # Nothing is kept between two messages, no key is made, no redirect followed.
    asset = apprise.AppriseAsset(http_redirects=False, pgp_autogen=False, pem_autogen=False)
    service = apprise.Apprise.instantiate(errand["url"], asset=asset, suppress_exceptions=True)
    if not service:
        return {"installed": True, "readable": False}
    service.socket_connect_timeout = _CONNECT_SECONDS
    service.socket_read_timeout = float(errand["read_seconds"])
    service.overflow_mode = apprise.OverflowMode.TRUNCATE  # one message, however long
    sender = apprise.Apprise(asset=asset)
    sender.add(service)
    taken = sender.notify(title=errand["title"], body=errand["body"], body_format=apprise.NotifyFormat.TEXT)
    return {"installed": True, "readable": True, "taken": bool(taken), "exchanges": exchanges[:_MOST_EXCHANGES]}


def _only_to(port: int) -> Callable[[str, tuple[Any, ...]], None]:
    """Return an audit hook (PEP 578) that lets this process reach the proxy and nothing else."""

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _NEVER:
            raise PermissionError(f"{event} is not for this process.")
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg") and arguments[1] != ("127.0.0.1", port):
            raise PermissionError("Only the proxy is reached from this process.")
        if event in ("socket.getaddrinfo", "socket.gethostbyname") and arguments[0] != "127.0.0.1":
            raise PermissionError("Names are looked up by the proxy.")

    return watch


def _watched(send: Callable[..., Any], trouble: type[Exception], exchanges: list[dict[str, Any]]) -> Callable[..., Any]:
    """Return the sending of requests, which notes what comes back, and follows nobody."""

    def watched(session: object, request: object, **how: object) -> object:
        try:
            answer = send(session, request, **how | {"allow_redirects": False})
        except trouble as wrong:
            handshake = any(sign in str(wrong) for sign in _NO_HANDSHAKE)
            exchanges.append({"error": type(wrong).__name__, "handshake": handshake})
            raise
        said = answer.content[: 4 * _SHOWN_CHARACTERS].decode("utf-8", "replace")[:_SHOWN_CHARACTERS]
        retry_after = answer.headers.get("retry-after")
        exchanges.append({"status": answer.status_code, "said": said, "retry_after": retry_after})
        return answer

    return watched


if __name__ == "__main__":
    main()
