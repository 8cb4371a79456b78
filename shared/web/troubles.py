"""What went wrong, in one word and one sentence: the libraries' exceptions read as our own kinds of trouble."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpx

from shared.kit.errors import WrongInput
from shared.web.backend import UnknownHost
from shared.web.guard import BlockedAddress
from shared.web.looks import Failed, Trouble

OUTSIDE_TROUBLE = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, WrongInput, OSError, ValueError)
_TLS_MEND = "If the site uses a private authority, give its certificate in SSL_CERT_FILE."
_LONGEST_REASON_CHARACTERS = 300


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def trouble_of(error: BaseException, url: str) -> Failed:
    """Return the outcome that an exception from httpx, httpcore or ours stands for."""
    for cause in _causes(error):
        match cause:
            case BlockedAddress() | WrongInput():
                return Failed("blocked", str(cause), permanent=True)
            case UnknownHost():
                return Failed("dns", str(cause))
            case ssl.SSLError():
                return Failed("tls", f"{url}: the secure connection failed: {_reason(cause)}. {_TLS_MEND}")
            case _:
                pass
    kind, said = _kind_of(error)
    return Failed(kind, f"{url}: {said}: {_reason(error)}.", permanent=isinstance(error, httpx.InvalidURL))


def _kind_of(error: BaseException) -> tuple[Trouble, str]:
    match error:
        case httpx.TimeoutException():
            return "timeout", "the server took too long"
        case httpx.ConnectError():
            return "connect", "no connection"
        case httpx.NetworkError() | OSError():
            return "connect", "the connection broke off"
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return "protocol", "not an address that can be asked for"
        case _:
            return "protocol", "the server did not speak proper HTTP"


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:_LONGEST_REASON_CHARACTERS].rstrip(".")
