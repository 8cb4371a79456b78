"""What guards every answer: strict headers, and a refusal of names that are not ours (DNS rebinding)."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.desk.domain.hosts import is_answered

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SAFE_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
# Asked by machines under whatever name their network gives us; they tell nothing that a page must not.
ANY_NAME_PATHS = frozenset({"/health", "/metrics"})


class Guarded:
    """The outermost layer: answers only to our own names, and adds the safe headers to everything."""

    def __init__(self, app: ASGIApp, *, names: frozenset[str], refuse: Callable[[Request], Response]) -> None:
        self._app = app
        self._names = names
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        known = scope["path"] in ANY_NAME_PATHS or is_answered(Headers(scope=scope).get("host", ""), self._names)
        answer = self._app if known else self._refuse(Request(scope))
        await answer(scope, receive, send_guarded)
