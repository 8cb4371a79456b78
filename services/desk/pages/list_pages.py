"""The pages of named lists: what each holds, which rules name it, its versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from services.desk.domain.saving import Proposed
from services.desk.domain.signatures import AnotherVersion
from services.desk.domain.word_changes import word_changes
from services.desk.pages.account_pages import go_on
from services.desk.pages.complaints import WrongField, on_page
from services.desk.pages.guard import form_of
from services.desk.pages.rule_room import RuleRoom, signed_by
from services.desk.pages.templates import Templates
from services.desk.use_cases.word_lists import KeptList, ListDetails
from shared.kit.errors import WrongInput

_SAID = ("saved", "added", "removed", "restored")


def list_pages(room: RuleRoom) -> Callable[[Templates], APIRouter]:
    """Return what makes the routes of lists."""

    def routes(templates: Templates) -> APIRouter:
        pages = _ListPages(room, templates)
        router = APIRouter()
        router.include_router(_many(room, pages))
        router.include_router(_one(room, pages))
        return router

    return routes


class _ListPages:
    """Shows lists, as they are or with a complaint."""

    def __init__(self, room: RuleRoom, templates: Templates) -> None:
        self._room = room
        self._templates = templates

    async def all(self, request: Request, form: Mapping[str, str], **told: Any) -> Response:  # noqa: ANN401
        """Return the page of all lists, with the form of a new one."""
        views, removed = await self._room.lists.views(), await self._room.lists.removed()
        said = request.query_params.get("said", "")
        values: dict[str, Any] = {"wrong": None, "said": said if said in _SAID else ""} | told
        return self._templates.page(request, "lists/all.html", views=views, removed=removed, form=form, **values)

    async def one(self, request: Request, details: ListDetails, **told: Any) -> Response:  # noqa: ANN401
        """Return the page of one list."""
        words = details.words
        form = {"name": words.name, "members": "\n".join(words.members), "note": words.note, "reason": ""}
        said = request.query_params.get("said", "")
        values: dict[str, Any] = {
            "wrong": None,
            "said": said if said in _SAID else "",
            "form": form | {"at_version": str(words.version)},
            "clash": (),
        }
        return self._templates.page(request, "lists/one.html", details=details, **values | told)

    async def details(self, list_id: UUID) -> ListDetails:
        """Return the list of an address. Raises HTTPException for one that there is not, or no more."""
        named = await self._room.browsing.list_name(list_id)
        if named is None or named[1]:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return await self._room.lists.details(named[0])


def _many(room: RuleRoom, pages: _ListPages) -> APIRouter:
    router = APIRouter()

    @router.get("/lists")
    async def lists(request: Request) -> Response:
        """Show the lists."""
        return await pages.all(request, {})

    @router.post("/lists")
    async def add(request: Request) -> Response:
        """Save a new list."""
        form = form_of(request)
        try:
            by = signed_by(request, form.get("reason", ""))
            kept = await room.lists.add(form.get("name", ""), _members(form), by, note=form.get("note", ""))
        except WrongInput as wrong:
            return await pages.all(request, form, wrong=on_page(wrong), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return _gone_on(kept, "added")

    @router.post("/lists/{list_id}/restore")
    async def restore(list_id: UUID, request: Request) -> Response:
        """Have a removed list back."""
        named = await room.browsing.list_name(list_id)
        if named is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        try:
            back = await room.lists.restore(named[0], signed_by(request, ""), list_id=list_id)
        except WrongInput as wrong:
            return await pages.all(request, {}, wrong=on_page(wrong), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return _gone_on(back, "restored")

    return router


def _one(room: RuleRoom, pages: _ListPages) -> APIRouter:
    router = APIRouter()

    @router.get("/lists/{list_id}")
    async def one(list_id: UUID, request: Request) -> Response:
        """Show a list."""
        return await pages.one(request, await pages.details(list_id))

    @router.post("/lists/{list_id}")
    async def save(list_id: UUID, request: Request) -> Response:
        """Save a list over the version that was read."""
        details, form = await pages.details(list_id), form_of(request)
        version = form.get("at_version", "")
        try:
            by = signed_by(request, form.get("reason", ""))
            kept = await room.lists.edit(
                details.words.name,
                by,
                members=_members(form),
                new_name=form.get("name", ""),
                note=form.get("note", ""),
                at_version=int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0,
            )
        except AnotherVersion:
            return await _both(request, pages, details, form)
        except WrongInput as wrong:
            unfit = HTTPStatus.UNPROCESSABLE_ENTITY
            return await pages.one(request, details, form=form, wrong=on_page(wrong), status=unfit)
        return _gone_on(kept, "saved")

    @router.post("/lists/{list_id}/roll-back")
    async def roll_back(list_id: UUID, request: Request) -> Response:
        """Save a new version that holds what an older one held."""
        details, form = await pages.details(list_id), form_of(request)
        to = form.get("to", "")
        try:
            number = int(to) if to.isascii() and to.isdigit() and len(to) < 10 else 0
            back = await room.lists.roll_back(details.words.name, number, signed_by(request, form.get("reason", "")))
        except WrongInput as wrong:
            return await _refused(request, pages, details, on_page(wrong))
        return _gone_on(back, "saved")

    @router.post("/lists/{list_id}/remove")
    async def remove(list_id: UUID, request: Request) -> Response:
        """End a list; one that rules name only where that is said."""
        details, form = await pages.details(list_id), form_of(request)
        try:
            by = signed_by(request, form.get("reason", ""))
            gone, _ = await room.lists.remove(details.words.name, by, force="force" in form)
        except WrongInput as wrong:
            return await _refused(request, pages, details, on_page(wrong))
        return _gone_on(gone, "removed")

    return router


def _gone_on(kept: KeptList, said: str) -> Response:
    """Return the way to the list as it is now, or to what waits for a second person."""
    if isinstance(kept, Proposed):
        return go_on("/rules/proposals?said=proposed")
    return go_on("/lists?said=removed" if kept.removed else f"/lists/{kept.list_id}?said={said}")


async def _refused(request: Request, pages: _ListPages, details: ListDetails, wrong: WrongField) -> Response:
    return await pages.one(request, details, wrong=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY)


async def _both(request: Request, pages: _ListPages, details: ListDetails, form: Mapping[str, str]) -> Response:
    """Return the form as it was filled in, beside what somebody else saved meanwhile."""
    read = next((each for each in details.versions if str(each.version) == form.get("at_version")), None)
    before = "\n".join(read.members) if read else ""
    clash = word_changes(before, "\n".join(details.words.members))
    mine = {**form, "at_version": str(details.words.version)}
    return await pages.one(request, details, form=mine, clash=clash, status=HTTPStatus.CONFLICT)


def _members(form: Mapping[str, str]) -> list[str]:
    return form.get("members", "").splitlines()
