"""The operators' pages of sources: the list, one source, and the form that tries before it saves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import HTMLResponse, Response

from services.desk.domain.source_forms import SourceForm, WrongFields
from services.desk.domain.sources import CONFIDENCES, KINDS
from services.desk.pages.account_pages import Complaint, go_on
from services.desk.pages.guard import form_of
from services.desk.pages.source_words import state_of
from services.desk.pages.templates import Templates
from services.desk.pages.words import headline
from services.desk.use_cases.source_keeping import SourceKeeping
from shared.kit.errors import PactwatchError, WrongInput

TROUBLE = "trouble"
_SHOWN_ENTRIES = 10
_SHOWN_UNUSABLE = 5


def source_pages(keeping: SourceKeeping) -> Callable[[Templates], APIRouter]:
    """Return what makes the routes of sources."""
    return lambda templates: _routes(_SourcePages(keeping, templates))


class _SourcePages:
    """Shows sources, and the form as it was sent, with what is wrong with it or what a trial found."""

    def __init__(self, keeping: SourceKeeping, templates: Templates) -> None:
        self.keeping = keeping
        self._templates = templates

    async def listed(self, request: Request, state: str, words: str, said: str) -> HTMLResponse:
        """Return the list, narrowed as it is asked for; a state that is none narrows nothing."""
        try:
            found = await self.keeping.listed(state, words)
        except WrongInput:
            state, found = "", await self.keeping.listed("", words)
        return self._templates.page(
            request, "sources/list.html", found=found, state=state, words=words, said=said, state_of=state_of
        )

    def asked(self, request: Request, form: SourceForm, **values: Any) -> HTMLResponse:  # noqa: ANN401
        """Return the page on which a source is added."""
        return self._templates.page(request, "sources/add.html", **self._of_form(form, values))

    async def one(
        self,
        request: Request,
        source_id: UUID,
        form: SourceForm | None = None,
        **values: Any,  # noqa: ANN401
    ) -> HTMLResponse:
        """Return the page of one source, its form as it stands there or as it was sent."""
        found = await self.keeping.details(source_id)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        details, line = found
        given = form or SourceForm.of(details.view.source)
        words = state_of(details.view.state)
        return self._templates.page(
            request,
            "sources/one.html",
            details=details,
            view=details.view,
            line=line,
            words=words,
            **self._of_form(given, values),
        )

    async def tried(self, form: SourceForm) -> dict[str, Any]:
        """Return what one look at the form's address brought, as values of a page."""
        try:
            tried = await self.keeping.try_it(form)
            return {"tried": tried, "form": form if form.name else replace(form, name=headline(tried.title))}
        except WrongFields as wrong:
            return {"wrong": {each.field: each for each in wrong.wrong}, "status": HTTPStatus.UNPROCESSABLE_ENTITY}
        except PactwatchError as error:
            return {"failed": Complaint("url", error.sentence, "")}

    def _of_form(self, form: SourceForm, values: Mapping[str, Any]) -> dict[str, Any]:
        caution = self.keeping.caution(form.url) if form.url else None
        shown = {"shown_entries": _SHOWN_ENTRIES, "shown_unusable": _SHOWN_UNUSABLE}
        choices = {"kinds": KINDS, "confidences": CONFIDENCES, "caution": caution}
        return {
            "form": form,
            "wrong": {},
            "tried": None,
            "failed": None,
            "removing": False,
            **choices,
            **shown,
            **values,
        }


Said = Annotated[str, Query(max_length=40)]
Words = Annotated[str, Query(max_length=200)]
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def _routes(pages: _SourcePages) -> APIRouter:
    router = APIRouter()

    @router.get("/sources", response_class=HTMLResponse)
    async def sources(request: Request, state: Said = "", q: Words = "", said: Said = "") -> HTMLResponse:
        """Show the sources and how they fare."""
        return await pages.listed(request, state, q, said)

    @router.get("/sources/new", response_class=HTMLResponse)
    async def new(
        request: Request, url: Annotated[str, Query(max_length=2_000)] = "", name: Words = "", kind: Words = ""
    ) -> HTMLResponse:
        """Show the form of a new source."""
        return pages.asked(request, SourceForm(name=name, url=url, kind=kind))

    @router.post("/sources/new", response_class=HTMLResponse)
    async def try_new(request: Request) -> HTMLResponse:
        """Look at the address once, and show what came back; nothing is kept."""
        form = SourceForm.sent(form_of(request))
        return pages.asked(request, **{"form": form, **await pages.tried(form)})

    @router.post("/sources", response_class=HTMLResponse)
    async def add(request: Request) -> Response:
        """Define the source."""
        form = SourceForm.sent(form_of(request))
        try:
            source = await pages.keeping.add(form)
        except WrongFields as wrong:
            return pages.asked(request, form, wrong={each.field: each for each in wrong.wrong}, status=_UNPROCESSABLE)
        return go_on(f"/sources/{source.source_id}?said=added")

    @router.get("/sources/{source_id}", response_class=HTMLResponse)
    async def one(source_id: UUID, request: Request, said: Said = "") -> HTMLResponse:
        """Show everything about one source."""
        return await pages.one(request, source_id, said=said)

    _add_deeds(router, pages)
    _add_removal(router, pages)
    return router


def _add_deeds(router: APIRouter, pages: _SourcePages) -> None:
    @router.post("/sources/{source_id}", response_class=HTMLResponse)
    async def change(source_id: UUID, request: Request) -> Response:
        """Change the source, and look at it now."""
        form = SourceForm.sent(form_of(request))
        try:
            source = await pages.keeping.change(source_id, form)
        except WrongFields as wrong:
            complaints = {each.field: each for each in wrong.wrong}
            return await pages.one(request, source_id, form, wrong=complaints, status=_UNPROCESSABLE)
        if source is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return go_on(f"/sources/{source.source_id}?said=changed")

    @router.post("/sources/{source_id}/trial", response_class=HTMLResponse)
    async def try_again(source_id: UUID, request: Request) -> Response:
        """Look at the form's address once, and show what came back; nothing is kept."""
        form = SourceForm.sent(form_of(request))
        return await pages.one(request, source_id, **{"form": form, **await pages.tried(form)})

    def deed(verb: str, done: Callable[[UUID], Awaitable[bool]], said: str) -> None:
        @router.post(f"/sources/{{source_id}}/{verb}", name=f"{verb}_source")
        async def act(source_id: UUID) -> Response:
            if not await done(source_id):
                raise HTTPException(HTTPStatus.NOT_FOUND)
            return go_on(f"/sources/{source_id}?said={said}")

    deed("pause", pages.keeping.pause, "paused")
    deed("resume", pages.keeping.resume, "resumed")
    deed("look", pages.keeping.look_now, "looking")


def _add_removal(router: APIRouter, pages: _SourcePages) -> None:
    @router.get("/sources/{source_id}/remove", response_class=HTMLResponse)
    async def ask_to_remove(source_id: UUID, request: Request) -> HTMLResponse:
        """Ask whether the source is to be removed."""
        return await pages.one(request, source_id, removing=True)

    @router.post("/sources/{source_id}/remove")
    async def remove(source_id: UUID) -> Response:
        """Remove the source; its articles and alerts stay."""
        if not await pages.keeping.remove(source_id):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return go_on("/sources?said=removed")
