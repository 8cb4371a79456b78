"""The two cookies: of a session, and of a form that somebody fills in before they are signed in.

Over https their names begin with `__Host-`: a browser then takes them from this very host alone, whole, and sends them
back encrypted only (RFC 6265bis). No script reads them, and another site's forms do not carry them.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

_HOST_ONLY = "__Host-"
_SESSION = "pactwatch"
_FORM = "pactwatch-form"
_FORM_SECONDS = 24 * 3600
_LONGEST_TOKEN_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and sets cookies; `public_url` is where the desk is reached from elsewhere, through a proxy perhaps."""

    public_url: str | None
    session_seconds: int

    def session(self, request: Request) -> str | None:
        """Return the token of the session, if the request carries one."""
        return self._read(request, _SESSION)

    def form(self, request: Request) -> str | None:
        """Return the token of forms of somebody who is not signed in."""
        return self._read(request, _FORM)

    def keep_session(self, request: Request, response: Response, token: str) -> None:
        """Have the browser keep the session, and forget the token of forms."""
        self._keep(request, response, _SESSION, token, self.session_seconds)
        self._drop(request, response, _FORM)

    def drop_session(self, request: Request, response: Response) -> None:
        """Have the browser forget the session."""
        self._drop(request, response, _SESSION)

    def keep_form(self, request: Request, response: Response, token: str) -> None:
        """Have the browser keep the token of forms."""
        self._keep(request, response, _FORM, token, _FORM_SECONDS)

    def _read(self, request: Request, name: str) -> str | None:
        told = request.cookies.get(self._name(request, name), "")
        return told if 0 < len(told) <= _LONGEST_TOKEN_CHARACTERS and told.isascii() else None

    def _keep(self, request: Request, response: Response, name: str, token: str, seconds: int) -> None:
        response.set_cookie(
            self._name(request, name),
            token,
            max_age=seconds,
            path="/",
            secure=self._is_secure(request),
            httponly=True,
            samesite="lax",
        )

    def _drop(self, request: Request, response: Response, name: str) -> None:
        secure = self._is_secure(request)
        response.delete_cookie(self._name(request, name), path="/", secure=secure, httponly=True, samesite="lax")

    def _name(self, request: Request, name: str) -> str:
        return _HOST_ONLY + name if self._is_secure(request) else name

    def _is_secure(self, request: Request) -> bool:
        """Tell whether the browser speaks https: with us, or with a proxy under our public name."""
        if request.url.scheme == "https":
            return True
        public = urlsplit(self.public_url or "")
        return public.scheme == "https" and request.headers.get("host", "").lower() == public.netloc.lower()
