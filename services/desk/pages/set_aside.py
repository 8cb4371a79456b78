"""What was set aside: messages that nobody could digest, and deliveries that were given up; replayed one or all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import HTMLResponse, Response

from services.desk.domain.operating import Replayed
from services.desk.pages.account_pages import Complaint, go_on
from services.desk.pages.guard import form_of
from services.desk.pages.templates import Templates
from services.desk.use_cases.operating import SetAside
from shared.kit.errors import PactwatchError

Said = Annotated[str, Query(max_length=20)]
Count = Annotated[int, Query(ge=0, le=10_000_000)]


def set_aside_pages(set_aside: SetAside) -> Callable[[Templates], APIRouter]:
    """Return what makes the routes of what was set aside."""
    return lambda templates: _routes(_SetAsidePages(set_aside, templates))


class _SetAsidePages:
    """Shows what was set aside, and how far a replay is."""

    def __init__(self, set_aside: SetAside, templates: Templates) -> None:
        self.set_aside = set_aside
        self._templates = templates

    async def show(
        self, request: Request, *, said: str = "", count: int = 0, complaint: Complaint | None = None
    ) -> HTMLResponse:
        status = HTTPStatus.OK if complaint is None else HTTPStatus.SERVICE_UNAVAILABLE
        found = await self.set_aside.page()
        return self._templates.page(
            request, "set_aside/page.html", status=status, found=found, said=said, count=count, complaint=complaint
        )

    def under_way(self, request: Request, replayed: Replayed, until: datetime, already: int) -> HTMLResponse:
        """Return how far a replay of all messages is, with the button that goes on with it."""
        return self._templates.page(
            request, "set_aside/under_way.html", done=already + replayed.done, left=replayed.left, until=until
        )


def _routes(pages: _SetAsidePages) -> APIRouter:
    router = APIRouter()

    @router.get("/quarantine", response_class=HTMLResponse)
    async def quarantine(request: Request, said: Said = "", count: Count = 0) -> HTMLResponse:
        """Show what was set aside, and why."""
        return await pages.show(request, said=said, count=count)

    @router.post("/quarantine/messages", response_class=HTMLResponse)
    async def replay_messages(request: Request) -> Response:
        """Let the next messages of those that were set aside up to a moment go out again."""
        form = form_of(request)
        until, already = _moment(form.get("until", "")), _count(form.get("done", ""))
        try:
            replayed = await pages.set_aside.replay_messages(until)
        except PactwatchError as error:
            return await pages.show(request, complaint=Complaint("", error.sentence, ""))
        if replayed.left and replayed.done:
            return pages.under_way(request, replayed, until, already)
        return go_on(f"/quarantine?said=replayed&count={already + replayed.done}")

    @router.post("/quarantine/messages/{message_id}")
    async def replay_message(message_id: UUID, request: Request) -> Response:
        """Let one message go out again."""
        try:
            done = await pages.set_aside.replay_message(message_id)
        except PactwatchError as error:
            return await pages.show(request, complaint=Complaint("", error.sentence, ""))
        return go_on("/quarantine?said=replayed&count=1" if done else "/quarantine?said=gone")

    @router.post("/quarantine/deliveries")
    async def replay_deliveries() -> Response:
        """Send all that was given up again."""
        return go_on(f"/quarantine?said=sent&count={await pages.set_aside.replay_deliveries()}")

    @router.post("/quarantine/deliveries/{delivery_id}")
    async def replay_delivery(delivery_id: UUID) -> Response:
        """Send one delivery that was given up again."""
        done = await pages.set_aside.replay_delivery(delivery_id)
        return go_on("/quarantine?said=sent&count=1" if done else "/quarantine?said=gone")

    return router


def _moment(text: str) -> datetime:
    """Return the moment that our own page gave."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    if moment.tzinfo is None:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    return moment


def _count(text: str) -> int:
    return int(text[:8]) if text.isascii() and text.isdigit() else 0
