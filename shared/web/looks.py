"""What a look at the web can come back with: outcomes as types, so that callers `match` and never `except`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Trouble = Literal[
    "blocked",
    "connect",
    "content_type",
    "dns",
    "http",
    "protocol",
    "redirects",
    "robots",
    "timeout",
    "tls",
    "too_large",
]


@dataclass(frozen=True)
class Fetched:
    """The server answered 2xx. `body` is decompressed; `headers` have lower-case names.

    `moved_permanently_to` is where the address asked for lives from now on (301 or 308), None if it has not moved.
    """

    url_final: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    moved_permanently_to: str | None = None


@dataclass(frozen=True)
class NotModified:
    """The server answered 304: what we have is what there is."""

    headers: Mapping[str, str]


@dataclass(frozen=True)
class Throttled:
    """The server asked us to come less often (429, or 503 with Retry-After)."""

    retry_after_seconds: int | None
    status: int


@dataclass(frozen=True)
class Failed:
    """Nothing came back that we can use; `permanent` means that asking again will not help."""

    kind: Trouble
    sentence: str
    status: int | None = None
    permanent: bool = False


@dataclass(frozen=True)
class NotYet:
    """Nothing was asked: the host rests between two requests, or was promised to be left alone until then.

    Come back after `wait_seconds`; what is left of the rest by then is waited for within the look.
    """

    wait_seconds: float
    sentence: str


Look = Fetched | NotModified | Throttled | Failed | NotYet


@dataclass(frozen=True)
class Answered:
    """The receiver answered our POST; `body_start` is at most 4 kB. Redirects are not followed: 3xx is no success."""

    status: int
    headers: Mapping[str, str]
    body_start: bytes
    retry_after_seconds: int | None = None

    @property
    def accepted(self) -> bool:
        """Tell whether the receiver took it (2xx)."""
        return 200 <= self.status < 300


@dataclass(frozen=True)
class NotSent:
    """Not one byte of the request left: sending again cannot repeat anything."""

    kind: Trouble
    sentence: str
    permanent: bool = False


@dataclass(frozen=True)
class Unknown:
    """The request left, its fate is not known: sending again may repeat it."""

    sentence: str


Answer = Answered | NotSent | Unknown
