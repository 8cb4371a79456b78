"""The first page: the stream of stories, its fragment that is fetched again, saved views, and what was seen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from services.desk.domain.stories import Asked, Place
from services.desk.pages.account_pages import go_on
from services.desk.pages.guard import form_of, visitor_of
from services.desk.pages.languages import language_of
from services.desk.pages.routes import READING
from services.desk.pages.templates import Templates
from services.desk.use_cases.today import Today
from shared.kit.errors import WrongInput
from shared.rules import WrongQuery

MOST_CHARACTERS = 4_000  # of a query in an address: the language takes fewer, and says so
_FIELDS = {"query": "q", "name": "name"}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a field of this page, and what to do; `pointer` shows the character."""

    field: str
    why: str
    mend: str
    pointer: str = ""

    @classmethod
    def of(cls, wrong: WrongInput) -> Complaint:
        """Return what the page says of a value that cannot be taken; the value stands in its field."""
        if isinstance(wrong, WrongQuery):
            return cls("q", wrong.why, wrong.advice, wrong.pointer)
        return cls(_FIELDS.get(wrong.field, wrong.field), wrong.why, wrong.mend)


def address_of(asked: Asked, before: Place | None = None, *, path: str = "/") -> str:
    """Return the address of these stories."""
    given = {
        "q": asked.query,
        "alerted": "1" if asked.alerted else "",
        "all": "1" if asked.everything else "",
        "before": before.spelt() if before is not None else "",
    }
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{path}?{query}" if query else path


def today_pages(today: Today) -> Callable[[Templates], APIRouter]:
    """Return what makes the routes of the first page."""
    return lambda templates: _routes(_TodayPages(today, templates))


class _TodayPages:
    """Shows the stream, as it is or with a complaint."""

    def __init__(self, today: Today, templates: Templates) -> None:
        self.today = today
        self._templates = templates

    async def show(
        self, request: Request, asked: Asked, before: Place | None, complaint: Complaint | None = None, name: str = ""
    ) -> HTMLResponse:
        values = await self._values(request, asked, before, complaint)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if values["complaint"] else HTTPStatus.OK
        return self._templates.page(request, "today/today.html", status=status, name=name, **values)

    async def fragment(self, request: Request, asked: Asked) -> Response:
        values = await self._values(request, asked, None, None)
        language = language_of(request)
        body = self._templates.render("today/stream.html", language, visitor=visitor_of(request), **values).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"etag": tag, "cache-control": "no-store"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return HTMLResponse(body, headers=headers)

    async def _values(
        self, request: Request, asked: Asked, before: Place | None, complaint: Complaint | None
    ) -> dict[str, Any]:
        account = visitor_of(request).account
        account_id = account.account_id if account is not None else None
        try:
            page = await self.today.page(asked, account_id, before)
        except WrongInput as wrong:
            complaint = Complaint.of(wrong)
            page = await self.today.page(Asked(), account_id)  # what is new is shown whatever was asked
        return {
            "page": page,
            "asked": asked,
            "complaint": complaint,
            "address_of": address_of,
            "narrowed": lambda query: replace(asked, query=query),
            "plain": Asked(),
            "alerted": Asked(alerted=True),
            "everything": Asked(asked.query, asked.alerted, everything=True),
            "before": before,
            "wrong_query": bool(complaint and complaint.field == "q"),
            "fragment": address_of(asked, path="/fragments/today"),
        }


Given = Annotated[str, Query(max_length=MOST_CHARACTERS)]


def _routes(pages: _TodayPages) -> APIRouter:
    router = APIRouter()

    @router.api_route("/", methods=READING, response_class=HTMLResponse)
    async def today(
        request: Request,
        q: Given = "",
        alerted: Annotated[str, Query(max_length=1)] = "",
        everything: Annotated[str, Query(alias="all", max_length=1)] = "",
        before: Annotated[str, Query(max_length=80)] = "",
    ) -> HTMLResponse:
        """Show the newest stories, or those that are asked for."""
        asked = Asked(q, alerted == "1", everything == "1")
        try:
            place = Place.read(before) if before else None
        except WrongInput as wrong:
            return await pages.show(request, asked, None, Complaint.of(wrong))
        return await pages.show(request, asked, place)

    @router.get("/fragments/today", response_class=HTMLResponse)
    async def stream(
        request: Request,
        q: Given = "",
        alerted: Annotated[str, Query(max_length=1)] = "",
        everything: Annotated[str, Query(alias="all", max_length=1)] = "",
    ) -> Response:
        """Return the stories alone; 304 when the reader has them as they are."""
        return await pages.fragment(request, Asked(q, alerted == "1", everything == "1"))

    _add_deeds(router, pages)
    return router


def _add_deeds(router: APIRouter, pages: _TodayPages) -> None:
    @router.post("/today/seen")
    async def seen(request: Request) -> Response:
        """Note that the reader has seen everything."""
        account = visitor_of(request).account
        if account is not None:
            await pages.today.seen(account.account_id)
        return go_on(address_of(_asked_in(form_of(request))))

    @router.post("/today/views")
    async def save_view(request: Request) -> Response:
        """Keep what is asked for under a name."""
        account, form = visitor_of(request).account, form_of(request)
        asked, name = _asked_in(form), form.get("name", "")
        try:
            if account is not None:
                await pages.today.save(account.account_id, name, asked)
        except WrongInput as wrong:
            return await pages.show(request, asked, None, Complaint.of(wrong), name)
        return go_on(address_of(asked))

    @router.post("/today/views/{view_id}/forget")
    async def forget_view(view_id: UUID, request: Request) -> Response:
        """Forget a saved view."""
        account = visitor_of(request).account
        if account is not None:
            await pages.today.forget(account.account_id, view_id)
        return go_on(address_of(_asked_in(form_of(request))))


def _asked_in(form: Mapping[str, str]) -> Asked:
    return Asked(form.get("q", ""), form.get("alerted") == "1", form.get("all") == "1")
