"""The one door to HTTP: bounded in bytes, seconds, hops and connections, and guarded at every connection.

httpx's own limits are not enough: its read timeout begins again at every byte (a drip of one byte a second holds a
call for ever), its redirects are followed unchecked by the caller, and its decoded reading inflates a few hundred
bytes to hundreds of megabytes. Hence one deadline around everything, own redirects, and own bounded decompression.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import httpx

from shared.kit.clock import Clock, SystemClock
from shared.kit.urls import checked_url, host_of
from shared.web.backend import GuardedBackend, Resolver, SystemResolver
from shared.web.bodies import MOST_PIECES, TooManyPieces, Wish, bounded_body, start_of_body
from shared.web.content_types import is_no_text
from shared.web.decompression import ACCEPT_ENCODING, TooLarge, Undecodable
from shared.web.forward_proxy import GuardedProxy
from shared.web.guard import AllowedHosts
from shared.web.heads import bounded_head
from shared.web.looks import Answer, Answered, Failed, Fetched, Look, NotModified, NotSent, Throttled, Unknown
from shared.web.retry_after import retry_after_seconds
from shared.web.room import MOST_LARGE_BODIES, Permit
from shared.web.transport import GuardedTransport, system_tls
from shared.web.troubles import OUTSIDE_TROUBLE, trouble_of

MOST_BYTES = 10_000_000  # the largest feed seen in the field is 8 MB
MOST_GET_SECONDS = 30.0
MOST_POST_SECONDS = 15.0  # what receivers of webhooks are commonly given
MOST_HOPS = 5
_CONNECT_SECONDS = 10.0
_SILENCE_SECONDS = 20.0  # between two bytes; the deadline around everything is the real limit
_PERMANENT_REDIRECTS = frozenset({301, 308})
_REDIRECTS = _PERMANENT_REDIRECTS | {302, 303, 307}
_PERMANENT_REFUSALS = frozenset({401, 403, 404, 405, 406, 410, 414, 451})  # asking again will not help
_FOR_ONE_SERVER_ONLY = frozenset({"authorization", "cookie", "proxy-authorization"})  # never carried to another

BeforeHop = Callable[[str], Awaitable["Look | None"]]
"""Asked before a redirect is followed; an outcome that it returns ends the walk in its place."""


@dataclass(frozen=True)
class _Hop:
    """The server sent us on to `url`."""

    url: str
    permanent: bool


async def _always(url: str) -> None:
    """Let every redirect be followed."""


class _HostSlots:
    """At most so many requests at once to one host; a host's slots are forgotten when nobody holds them."""

    def __init__(self, per_host: int) -> None:
        self._per_host = per_host
        self._slots: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def taking(self, url: str) -> AsyncIterator[None]:
        host = host_of(url)
        slots = self._slots.get(host)
        if slots is None:
            slots = self._slots[host] = asyncio.Semaphore(self._per_host)
        async with slots:
            yield


class WebClient:
    """Looks at pages and feeds and posts to webhooks; see `make_client`. No method raises for outside trouble."""

    def __init__(
        self,
        reading: httpx.AsyncClient,
        posting: httpx.AsyncClient,
        slots: _HostSlots,
        posting_slots: _HostSlots,
        clock: Clock,
        resolver: Resolver,
        allowed: AllowedHosts,
        most_get_seconds: float,
    ) -> None:
        self._reading = reading
        self._posting = posting
        self._slots = slots
        self._posting_slots = posting_slots
        self._clock = clock
        self._resolver = resolver
        self._allowed = allowed
        self._most_get_seconds = most_get_seconds
        self._room = asyncio.Semaphore(MOST_LARGE_BODIES)

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        limit_bytes: int = MOST_BYTES,
        total_seconds: float | None = None,
        cut: bool = False,
        before_hop: BeforeHop = _always,
    ) -> Look:
        """Look at an address: at most 5 hops, `limit_bytes` decoded, `total_seconds` for everything together (else 30).

        A larger body is Failed, or with `cut` its beginning. `before_hop` is asked before each redirect is followed.
        """
        most_seconds = self._most_get_seconds if total_seconds is None else total_seconds
        try:
            async with asyncio.timeout(most_seconds) as deadline:
                wish = Wish(limit_bytes, cut, deadline)
                return await self._follow(url, dict(headers or {}), wish, before_hop)
        except TimeoutError:
            return Failed("timeout", f"{url}: no whole answer within {most_seconds:g} seconds.")
        except OUTSIDE_TROUBLE as error:
            return trouble_of(error, url)

    def proxy(self) -> GuardedProxy:
        """Return a way out for programs that make their own connections, behind the same guard."""
        return GuardedProxy(self._allowed, self._resolver)

    def opened(self, url: str) -> bool:
        """Tell whether an administrator opened this very host, or its literal address. Raises WrongInput."""
        parts = urlsplit(checked_url(url))
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return self._allowed.names_host(parts.hostname or "", port)

    async def _follow(self, url: str, headers: dict[str, str], wish: Wish, before_hop: BeforeHop) -> Look:
        cookies = httpx.Cookies()  # some sites send a cookie and redirect to themselves; kept for this walk only
        here, moved_to, all_permanent = url, None, True
        for _ in range(MOST_HOPS + 1):
            checked_url(here)
            outcome = await self._ask_patiently(here, headers, cookies, wish, moved_to)
            if not isinstance(outcome, _Hop):
                return outcome
            hindrance = await before_hop(outcome.url)
            if hindrance is not None:
                return hindrance
            if host_of(outcome.url) != host_of(here):
                headers = {name: value for name, value in headers.items() if name.lower() not in _FOR_ONE_SERVER_ONLY}
            here = outcome.url
            all_permanent = all_permanent and outcome.permanent
            moved_to = here if all_permanent else moved_to
        return Failed("redirects", f"{url}: sent on more than {MOST_HOPS} times, last to {here}.")

    async def _ask_patiently(
        self, url: str, headers: dict[str, str], cookies: httpx.Cookies, wish: Wish, moved_to: str | None
    ) -> Look | _Hop:
        """Ask; once more where a kept connection turned out to be closed (a GET may be repeated)."""
        try:
            return await self._ask(url, headers, cookies, wish, moved_to)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return await self._ask(url, headers, cookies, wish, moved_to)

    async def _ask(
        self, url: str, headers: dict[str, str], cookies: httpx.Cookies, wish: Wish, moved_to: str | None
    ) -> Look | _Hop:
        wanted = {"accept": "*/*", **headers, "accept-encoding": ACCEPT_ENCODING}
        request = self._reading.build_request("GET", url, headers=_encoded(wanted))
        cookies.set_cookie_header(request)
        async with self._slots.taking(url):
            with bounded_head():
                response = await self._reading.send(request, stream=True)
            try:
                cookies.extract_cookies(response)
                return await self._read(url, response, wish, moved_to)
            finally:
                await response.aclose()

    async def _read(self, url: str, response: httpx.Response, wish: Wish, moved_to: str | None) -> Look | _Hop:
        status, location = response.status_code, response.headers.get("location")
        if status in _REDIRECTS and location:
            return _Hop(checked_url(_joined(url, location), field="location"), status in _PERMANENT_REDIRECTS)
        if not 200 <= status < 300:
            return self._without_body(url, response)
        content_type = response.headers.get("content-type", "")
        if is_no_text(content_type):
            said = f"{url}: {content_type[:80]}, which is no text to read."
            return Failed("content_type", said, status, permanent=True)
        permit = Permit(self._room, wish.deadline)
        try:
            body = await _body_of(url, response, wish, permit)
        except BaseException:
            permit.give_back()
            raise
        if isinstance(body, Failed):
            permit.give_back()
            return body
        headers = dict(response.headers.items())  # not `dict(response.headers)`: of thousands that takes seconds
        fetched = Fetched(url, status, headers, body, moved_to)
        permit.hold_with(fetched)
        return fetched

    def _without_body(self, url: str, response: httpx.Response) -> Look:
        status, retry_after = response.status_code, response.headers.get("retry-after")
        if status == 304:
            return NotModified(dict(response.headers.items()))
        if status == 429 or (status == 503 and retry_after):
            return Throttled(retry_after_seconds(retry_after, now=self._clock.now()), status)
        return Failed("http", f"{url}: the server answered {status}.", status, permanent=status in _PERMANENT_REFUSALS)

    async def post(
        self, url: str, *, content: bytes, headers: Mapping[str, str], total_seconds: float = MOST_POST_SECONDS
    ) -> Answer:
        """Post to a webhook over a connection of its own, so that "not sent" and "fate unknown" can be told apart."""
        left = asyncio.Event()  # set when the first byte of the request is about to be written
        try:
            return await self._deliver(url, content, headers, left, total_seconds)
        except TimeoutError:
            trouble = Failed("timeout", f"{url}: no answer within {total_seconds:g} seconds.")
        except OUTSIDE_TROUBLE as error:
            trouble = trouble_of(error, url)
        if left.is_set():
            return Unknown(trouble.sentence)
        return NotSent(trouble.kind, trouble.sentence, trouble.permanent)

    async def _deliver(
        self, url: str, content: bytes, headers: Mapping[str, str], left: asyncio.Event, total_seconds: float
    ) -> Answer:
        async def watch(event_name: str, _info: Mapping[str, object]) -> None:
            if event_name == "http11.send_request_headers.started":
                left.set()

        checked_url(url)
        wanted = {"accept": "*/*", **headers, "accept-encoding": "identity"}
        request = self._posting.build_request(
            "POST", url, content=content, headers=_encoded(wanted), extensions={"trace": watch}
        )
        async with asyncio.timeout(total_seconds), self._posting_slots.taking(url):
            with bounded_head():
                response = await self._posting.send(request, stream=True)
        try:  # outside the deadline: the status is the answer, and a body that drips must not make it unknown
            start = await start_of_body(response)
        finally:
            await response.aclose()
        retry_after = retry_after_seconds(response.headers.get("retry-after"), now=self._clock.now())
        return Answered(response.status_code, dict(response.headers.items()), start, retry_after)

    async def aclose(self) -> None:
        """Close every connection and end the look-up threads."""
        await self._reading.aclose()
        await self._posting.aclose()
        if isinstance(self._resolver, SystemResolver):
            self._resolver.close()


async def _body_of(url: str, response: httpx.Response, wish: Wish, permit: Permit) -> bytes | Failed:
    status = response.status_code
    try:
        return await bounded_body(response, wish, permit)
    except TooLarge:
        return Failed("too_large", f"{url}: larger than {wish.limit_bytes:,} bytes.", status, permanent=True)
    except TooManyPieces:
        return Failed("too_large", f"{url}: more than {MOST_PIECES:,} pieces.", status, permanent=True)
    except Undecodable as wrong:
        return Failed("protocol", f"{url}: the body cannot be unpacked: {wrong}.", status)


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return headers as bytes: httpx would refuse an ETag with a letter outside ASCII."""
    return [(name.encode("utf-8", "replace"), value.encode("utf-8", "replace")) for name, value in headers.items()]


def _joined(url: str, location: str) -> str:
    return str(httpx.URL(url).join(location.strip()).copy_with(fragment=None))


def make_client(
    *,
    allowed: AllowedHosts,
    user_agent: str,
    clock: Clock | None = None,
    resolve: Resolver | None = None,
    tls: ssl.SSLContext | None = None,
    most_connections: int = 100,
    most_per_host: int = 4,
    most_posts: int = 256,
    most_posts_per_host: int = 16,
    most_get_seconds: float = MOST_GET_SECONDS,
) -> WebClient:
    """Return the door: `user_agent` is sent as it is, `resolve` and `tls` default to the system's.

    `most_per_host` requests run at once to one host (others wait within their deadline): politeness, and one slow
    host cannot hold every connection. `most_posts` and `most_posts_per_host` bound what is posted, apart from it.
    """
    resolver = resolve or SystemResolver()
    backend = GuardedBackend(allowed, resolver)
    context = tls or system_tls()

    def client(most_connections: int, most_kept_alive: int) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=GuardedTransport(
                backend, context, most_connections=most_connections, most_kept_alive=most_kept_alive
            ),
            headers={"user-agent": user_agent},
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),  # nothing is remembered between looks
            timeout=httpx.Timeout(_SILENCE_SECONDS, connect=_CONNECT_SECONDS, pool=_SILENCE_SECONDS),
            trust_env=False,
            follow_redirects=False,
        )

    reading = client(most_connections, most_kept_alive=most_connections // 4)
    # A fresh connection for every post: none that the receiver just closed.
    posting = client(most_posts, most_kept_alive=0)
    return WebClient(
        reading,
        posting,
        _HostSlots(most_per_host),
        _HostSlots(most_posts_per_host),
        clock or SystemClock(),
        resolver,
        allowed,
        most_get_seconds,
    )
