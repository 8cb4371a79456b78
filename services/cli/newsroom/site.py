"""The sample newsroom as a web site: outlets, feeds and article pages, served from this machine.

Articles whose moment has not come are not shown anywhere: the last one arrives while the viewer is looking.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.cli.newsroom import rendering
from services.cli.newsroom.articles import SampleArticle, load_articles
from services.cli.newsroom.conditional import conditional_response
from services.cli.newsroom.outlets import OUTLET_BY_SLUG, OUTLETS, Outlet, SourceKind
from services.cli.newsroom.rendering import Printed
from services.cli.newsroom.watch_list import RULES, SUBSCRIPTIONS, SampleRule, SampleSubscription
from shared.kit.clock import SystemClock
from shared.kit.errors import WrongInput

__all__ = [
    "RULES",
    "SOURCES",
    "SUBSCRIPTIONS",
    "SampleRule",
    "SampleSource",
    "SampleSubscription",
    "newsroom_app",
]

_STYLE = (rendering.TEMPLATES_FOLDER / "newsroom.css").read_text(encoding="utf-8")
# Our own style sheet and nothing else: the pages ask the network for nothing.
_HEADERS = (
    (b"content-security-policy", b"default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_SYSTEM_CLOCK = SystemClock()
_MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml"}


@dataclass(frozen=True)
class SampleSource:
    """One source for the demo to register; `path` is appended to the address the newsroom is served at."""

    name: str
    path: str
    kind: SourceKind
    country: str
    language: str
    outlet: str


SOURCES = tuple(
    SampleSource(each.name, each.source_path, each.kind, each.country, each.language, each.slug) for each in OUTLETS
)


@dataclass(frozen=True)
class _Desk:
    """What the newsroom prints, by the time its clock tells."""

    articles: tuple[SampleArticle, ...]
    started_at: datetime
    now: Callable[[], datetime]

    def printed(self) -> tuple[Printed, ...]:
        """Return what has been published by now, newest first."""
        now = self.now()
        dated = (Printed(article, article.published_at(self.started_at)) for article in self.articles)
        return tuple(sorted((each for each in dated if each.published_at <= now), key=_newest_first))

    async def front(self, request: Request) -> Response:
        """Show all outlets."""
        return conditional_response(request, rendering.front_page(self.printed()), media_type="text/html")

    async def listing(self, request: Request) -> Response:
        """Show one outlet's headlines."""
        outlet = _asked_outlet(request)
        printed = self.printed()
        body = rendering.listing_page(outlet, printed)
        return conditional_response(request, body, media_type="text/html", last_modified=_newest(outlet, printed))

    async def feed(self, request: Request) -> Response:
        """Hand out one outlet's feed."""
        outlet = _asked_outlet(request)
        if outlet.kind == "page":
            raise HTTPException(404)
        printed = self.printed()
        body = rendering.feed(outlet, printed, base_url=_base_url(request), opened_at=self.started_at)
        media_type = _MEDIA_TYPES[outlet.kind]
        return conditional_response(request, body, media_type=media_type, last_modified=_newest(outlet, printed))

    async def article(self, request: Request) -> Response:
        """Show one article, once its moment has come."""
        printed = self.printed()
        asked = request.path_params["article"]
        shown = next((each for each in printed if each.article.id == asked), None)
        if shown is None:
            raise HTTPException(404)
        body = rendering.article_page(shown, printed, _base_url(request))
        return conditional_response(request, body, media_type="text/html", last_modified=shown.published_at)


class _SafeHeaders:
    """Adds the headers that keep a page from loading or running anything foreign."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def newsroom_app(
    started_at: datetime,
    *,
    now: Callable[[], datetime] = _SYSTEM_CLOCK.now,
    articles: tuple[SampleArticle, ...] | None = None,
) -> Starlette:
    """Return the newsroom as an ASGI app.

    `started_at` is the moment the articles are dated from and must carry a time zone; `now` tells the time;
    `articles` takes the place of the bundled ones. Raises WrongInput for a start without a zone.
    """
    if started_at.tzinfo is None:
        mend = "Give a moment in UTC, such as datetime.now(UTC)."
        raise WrongInput("started_at", started_at, "has no time zone", mend=mend)
    desk = _Desk(load_articles() if articles is None else articles, started_at, now)
    routes = [
        Route("/", desk.front),
        Route("/outlets/{outlet}/", desk.listing),
        Route("/feeds/{outlet}.xml", desk.feed),
        Route("/articles/{article}", desk.article),
        Route("/newsroom.css", _style),
        Route("/robots.txt", _robots),
    ]
    return Starlette(routes=routes, middleware=[Middleware(_SafeHeaders)], exception_handlers={404: _missing})


def _newest_first(printed: Printed) -> tuple[float, str]:
    return -printed.published_at.timestamp(), printed.article.id


def _newest(outlet: Outlet, printed: tuple[Printed, ...]) -> datetime | None:
    return max((each.published_at for each in printed if each.article.outlet == outlet), default=None)


def _asked_outlet(request: Request) -> Outlet:
    outlet = OUTLET_BY_SLUG.get(request.path_params["outlet"])
    if outlet is None:
        raise HTTPException(404)
    return outlet


def _base_url(request: Request) -> str:
    return str(request.base_url).rstrip("/")


async def _style(request: Request) -> Response:
    return conditional_response(request, _STYLE, media_type="text/css")


async def _robots(request: Request) -> Response:  # noqa: ARG001 - the framework hands it over
    return PlainTextResponse("User-agent: *\nAllow: /\n")


async def _missing(request: Request, wrong: Exception) -> Response:  # noqa: ARG001 - the framework hands them over
    return HTMLResponse(rendering.missing_page(), status_code=404)
