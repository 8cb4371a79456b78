"""The editor of a rule: it reads and tries what is being written, saves it, and shows both where two people wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.desk.domain.backtests import Compared
from services.desk.domain.rule_fields import POLICIES, SEVERITIES
from services.desk.domain.rule_versions import content_of
from services.desk.domain.saving import Kept, Proposed
from services.desk.domain.signatures import AnotherVersion
from services.desk.domain.word_changes import Piece, word_changes
from services.desk.pages.account_pages import go_on
from services.desk.pages.complaints import WrongField, on_page
from services.desk.pages.guard import form_of
from services.desk.pages.rule_forms import DAYS, RuleForm
from services.desk.pages.rule_room import RuleRoom, address_of, said_of, signed_by
from services.desk.pages.templates import Templates
from services.desk.pages.trial_views import Trial, by_day, shown
from services.desk.use_cases.rule_browsing import OpenedRule
from shared.kit.errors import WrongInput

LISTS_SHOWN = 6  # in the help: more stand on the page of lists
_SAID = ("saved", "proposed", "same", "added")


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that somebody else saved otherwise while this form was open."""

    field: str
    pieces: tuple[Piece, ...]


class Editor:
    """Shows the form of a rule, with whatever is to be said of it."""

    def __init__(self, room: RuleRoom, templates: Templates) -> None:
        self._room = room
        self._templates = templates

    async def show(
        self,
        request: Request,
        form: RuleForm,
        opened: OpenedRule | None = None,
        *,
        status: int = HTTPStatus.OK,
        **told: Any,  # noqa: ANN401 - what the page says beside the form
    ) -> Response:
        """Return the page of the form."""
        values: dict[str, Any] = {"wrong": None, "clashes": (), "trial": None, "compared": None, "said": ""} | told
        said = request.query_params.get("said", "")
        return self._templates.page(
            request,
            "rules/edit.html",
            status=status,
            opened=opened,
            form=form,
            check=await self._check(form.query) if form.query.strip() else None,
            history=None if opened is None else by_day(opened.alert_days),
            lists=await self._room.browsing.list_names(LISTS_SHOWN),
            agreements=self._room.agreements,
            policies=POLICIES,
            severities=SEVERITIES,
            days=DAYS,
            most_a_day=self._room.drafting.house.most_hits_per_day,
            four_eyes=self._room.drafting.house.four_eyes,
            **values | ({"said": said} if said in _SAID else {}),
        )

    async def refused(self, request: Request, opened: OpenedRule, wrong: WrongField) -> Response:
        """Return the page of a rule with what could not be done with it."""
        unfit = HTTPStatus.UNPROCESSABLE_ENTITY
        return await self.show(request, RuleForm.of(opened.rule), opened, status=unfit, wrong=wrong)

    async def fragment(self, request: Request, name: str, **values: Any) -> Response:  # noqa: ANN401
        """Return a part of the page."""
        return self._templates.page(request, f"rules/{name}.html", **values)

    async def checked(self, request: Request, query: str) -> Response:
        """Return what is to be said of a query while it is being written."""
        return await self.fragment(request, "check", check=await self._check(query) if query.strip() else None)

    async def tried(self, form: RuleForm, rule: OpenedRule | None) -> dict[str, Any]:
        """Return what the page shows of a backtest; nothing of a query that cannot be read."""
        try:
            trial = Trial.of(await self._room.drafting.tried(form.query, form.days))
            compared = await self.compared(form, rule)
        except WrongInput:
            return {}
        return {"trial": trial, "compared": compared, **_examples(compared)}

    async def compared(self, form: RuleForm, opened: OpenedRule | None) -> Compared | None:
        """Return what the live rule would win and lose; None where there is nothing to compare. Raises WrongInput."""
        if opened is None or opened.rule.removed or form.query.strip() == opened.rule.query.strip():
            return None
        return await self._room.drafting.compared(opened.rule.name, form.query, form.days)

    async def _check(self, query: str) -> tuple[WrongField | None, Sequence[str]]:
        try:
            return None, await self._room.drafting.checked(query)
        except WrongInput as wrong:
            return on_page(wrong), ()


def editor_routes(room: RuleRoom, editor: Editor) -> APIRouter:
    """Return the routes of the editor."""
    router = APIRouter()
    router.include_router(_draft_routes(room, editor))

    @router.get("/rules/new")
    async def new(request: Request) -> Response:
        """Show an empty form."""
        asked = request.query_params
        return await editor.show(
            request, RuleForm(name=asked.get("name", "")[:80], query=asked.get("query", "")[:2000])
        )

    @router.post("/rules/new")
    async def add(request: Request) -> Response:
        """Save a new rule, or try it."""
        form = RuleForm.sent(form_of(request))
        if form_of(request).get("do") == "try":
            return await editor.show(request, form, **await editor.tried(form, None))
        try:
            by = signed_by(request, form.reason)
            kept = await room.rules.add(form.name, form.query, by, **form.notes)
        except WrongInput as wrong:
            return await editor.show(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY, wrong=on_page(wrong))
        return go_on("/rules/proposals?said=proposed" if isinstance(kept, Proposed) else _added(kept))

    @router.get("/rules/{rule_id}")
    async def rule(rule_id: UUID, request: Request) -> Response:
        """Show a rule."""
        opened = await room.opened(rule_id)
        return await editor.show(request, RuleForm.of(opened.rule), opened)

    @router.post("/rules/{rule_id}")
    async def save(rule_id: UUID, request: Request) -> Response:
        """Save a rule over the version that was read, or try it."""
        opened = await room.opened(rule_id)
        form = RuleForm.sent(form_of(request))
        if form_of(request).get("do") == "try":
            return await editor.show(request, form, opened, **await editor.tried(form, opened))
        try:
            by = signed_by(request, form.reason)
            changes = form.changes(opened.rule)
            kept = await room.rules.edit(opened.name_to_change, by, at_version=form.at_version, **changes)
        except AnotherVersion:
            return await _both(request, room, editor, form, rule_id)
        except WrongInput as wrong:
            unfit = HTTPStatus.UNPROCESSABLE_ENTITY
            return await editor.show(request, form, opened, status=unfit, wrong=on_page(wrong))
        return go_on(address_of(opened.rule, said_of(kept)))

    return router


def _draft_routes(room: RuleRoom, editor: Editor) -> APIRouter:
    router = APIRouter()

    @router.post("/rules/check")
    async def check(request: Request) -> Response:
        """Read a query while it is being written."""
        return await editor.checked(request, form_of(request).get("query", ""))

    @router.post("/rules/backtest")
    async def backtest(request: Request) -> Response:
        """Try a query on the archive while it is being written."""
        form = RuleForm.sent(form_of(request))
        trial = None
        if form.query.strip() and not await request.is_disconnected():
            try:
                trial = Trial.of(await room.drafting.tried(form.query, form.days))
            except WrongInput:
                trial = None  # what is wrong with it stands beside it
        return await editor.fragment(request, "backtest", trial=trial, form=form, live=await _opened(request, room))

    @router.post("/rules/difference")
    async def difference(request: Request) -> Response:
        """Say what a rule would win and lose by a query."""
        form, opened = RuleForm.sent(form_of(request)), await _opened(request, room)
        try:
            compared = await editor.compared(form, opened)
        except WrongInput:
            compared = None
        return await editor.fragment(request, "difference", compared=compared, **_examples(compared))

    return router


async def _opened(request: Request, room: RuleRoom) -> OpenedRule | None:
    try:
        rule_id = UUID(form_of(request).get("rule_id", ""))
    except ValueError:
        return None
    return await room.browsing.opened(rule_id)


async def _both(request: Request, room: RuleRoom, editor: Editor, form: RuleForm, rule_id: UUID) -> Response:
    """Return the form as it was filled in, beside what somebody else saved meanwhile; saving again goes over that."""
    opened = await room.opened(rule_id)
    read = next((each for each in opened.versions if each.version == form.at_version), None)
    before = content_of(read or opened.rule)
    theirs = content_of(opened.rule)
    clashes = [
        Clash(field, word_changes(_text(before[field]), _text(theirs[field])))
        for field in theirs
        if theirs[field] != before[field]
    ]
    mine = replace(form, at_version=opened.rule.version)
    return await editor.show(request, mine, opened, status=HTTPStatus.CONFLICT, clashes=clashes)


def _examples(compared: Compared | None) -> dict[str, Any]:
    if compared is None:
        return {"gained": (), "lost": ()}
    return {"gained": shown(compared.gained.examples), "lost": shown(compared.lost.examples)}


def _added(kept: Kept) -> str:
    return "/rules" if isinstance(kept, Proposed) else address_of(kept.rule, "added")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or "–")
