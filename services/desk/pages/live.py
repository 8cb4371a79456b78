"""`GET /live`: server-sent events for pages that are open."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response, StreamingResponse

from services.desk.pages.guard import visitor_of
from services.desk.pages.templates import Templates
from services.desk.use_cases.live import Live, TooManyStreams


def live_pages(live: Live) -> Callable[[Templates], APIRouter]:
    """Return what makes the route of open pages."""

    def routes(_templates: Templates) -> APIRouter:
        router = APIRouter()

        @router.get("/live")
        async def events(request: Request) -> Response:
            """Tell, as long as the page is open, when there is news and what of the house is away."""
            try:
                told = live.open(visitor_of(request))
            except TooManyStreams:
                raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, "Too many pages are open.") from None
            headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
            return StreamingResponse(_told(told), media_type="text/event-stream", headers=headers)

        return router

    return routes


async def _told(events: AsyncGenerator[str, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(events):
        async for each in events:
            yield each.encode()
