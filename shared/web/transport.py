"""httpx on top of our guarded pool: the same transport, but every connection it opens passes the guard."""

from __future__ import annotations

import os
import ssl

import certifi
import httpcore
import httpx

from shared.web.backend import GuardedBackend

_KEEPALIVE_SECONDS = 30.0  # most servers close idle connections after 5 to 75 s; polls come every minute or so


class GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport with its pool replaced by one that connects through the guard; no proxies, HTTP/1.1.

    `_pool` is httpx's private name: httpx is pinned to 0.28, and a test fails if the guard is not in force.
    """

    def __init__(
        self, backend: GuardedBackend, tls: ssl.SSLContext, *, most_connections: int, most_kept_alive: int
    ) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=most_connections,
            max_keepalive_connections=most_kept_alive,
            keepalive_expiry=_KEEPALIVE_SECONDS,
            network_backend=backend,
        )


def system_tls() -> ssl.SSLContext:
    """Return a context that checks names and certificates.

    With SSL_CERT_FILE or SSL_CERT_DIR set, exactly those authorities count (OpenSSL's own convention); else those of
    the system and of certifi's bundle, which a slim image may have alone.
    """
    context = ssl.create_default_context()
    if not (os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR")):
        context.load_verify_locations(cafile=certifi.where())
    return context
