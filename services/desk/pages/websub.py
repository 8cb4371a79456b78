"""Where WebSub hubs call: they ask whether we meant it, and push when a feed has news.

The one part of the desk that is meant for strangers. An address that nobody can guess leads to one subscription; what
is pushed there is signed again as it comes in, and neither read nor kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Protocol

from fastapi import APIRouter, HTTPException, Request
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response

MOST_PUSH_BYTES = 10_000_000  # as much as we read of a feed
MOST_PUSH_SECONDS = 30.0  # a body that drips holds its connection no longer


class TakesPush(Protocol):
    """One push while its body comes in."""

    def feed(self, chunk: bytes) -> None:
        """Take the next piece of the body."""
        ...

    async def take(self) -> None:
        """Believe the push if its signature holds, and say nothing if it does not."""
        ...


class AnswersHubs(Protocol):
    """Knows our subscriptions; None is a no."""

    async def answer(self, token: str, said: Mapping[str, str]) -> str | None:
        """Return what to say to a hub that calls about a subscription with these query parameters."""
        ...

    async def push(self, token: str, headers: Mapping[str, str]) -> TakesPush | None:
        """Return what takes in the body of a push."""
        ...


def websub_routes(hubs: AnswersHubs) -> APIRouter:
    """Return the routes that hubs call."""
    router = APIRouter()

    @router.get("/websub/{token}")
    async def verify(token: str, request: Request) -> Response:
        """Tell a hub whether we asked for what it is about to do."""
        said = await hubs.answer(token, request.query_params)
        if said is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return PlainTextResponse(said)

    @router.post("/websub/{token}")
    async def take_push(token: str, request: Request) -> Response:
        """Take in a push. That its signature holds or not makes no difference to the answer: nobody may try it out."""
        push = await hubs.push(token, request.headers)
        if push is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        try:
            async with asyncio.timeout(MOST_PUSH_SECONDS):
                await _take_in(request, push)
        except TimeoutError:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from None
        except ClientDisconnect:
            raise HTTPException(HTTPStatus.BAD_REQUEST) from None
        await push.take()
        return Response(status_code=HTTPStatus.ACCEPTED)

    return router


async def _take_in(request: Request, push: TakesPush) -> None:
    """Feed the body to the push, piece by piece; nothing of it stays in memory."""
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated[:18]) > MOST_PUSH_BYTES:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_PUSH_BYTES:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        push.feed(chunk)
