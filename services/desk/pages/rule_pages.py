"""The pages of rules: the list of them, each with its editor, and what else can be done with one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from services.desk.domain.outcomes import Answer
from services.desk.domain.permissions import Permission
from services.desk.domain.rule_lines import ORIGINS, SEVERITIES, STATES, RuleFilter
from services.desk.domain.saving import Kept
from services.desk.domain.signatures import Signature
from services.desk.pages.account_pages import go_on
from services.desk.pages.complaints import WrongField, on_page
from services.desk.pages.guard import form_of, visitor_of
from services.desk.pages.needs import SAFE_METHODS
from services.desk.pages.rule_editor import Editor, editor_routes
from services.desk.pages.rule_file_pages import rule_file_routes
from services.desk.pages.rule_proposal_pages import proposal_routes
from services.desk.pages.rule_room import RuleRoom, address_of, said_of, signed_by
from services.desk.pages.rule_version_pages import version_routes
from services.desk.pages.templates import Templates
from services.desk.parsing.rule_yaml import write_rules
from services.desk.use_cases.rule_browsing import OpenedRule
from shared.kit.errors import WrongInput
from shared.rules import Explanation

_NOT_PAGES = ("/api/", "/fragments/", "/static", "/health", "/metrics")
YAML = "application/yaml; charset=utf-8"


def rule_pages(room: RuleRoom) -> Callable[[Templates], APIRouter]:
    """Return what makes the routes of rules."""

    def routes(templates: Templates) -> APIRouter:
        editor = Editor(room, templates)
        router = APIRouter()
        router.include_router(_list_routes(room, templates))
        for within in (
            proposal_routes(room, templates),
            rule_file_routes(room, templates),
            editor_routes(room, editor),
            version_routes(room, templates),
            _deed_routes(room, templates, editor),
        ):
            router.include_router(within)
        return router

    return routes


def waiting_counter(room: RuleRoom) -> Callable[[Request], Awaitable[None]]:
    """Return what leaves the number of changes that wait with each request for a page, for those who may decide."""

    async def count(request: Request) -> None:
        path = request.url.path
        decides = visitor_of(request).may(Permission.KEEP_RULES)
        if decides and request.method in SAFE_METHODS and not path.startswith(_NOT_PAGES):
            request.state.waiting_changes = await room.browsing.waiting()

    return count


def _list_routes(room: RuleRoom, templates: Templates) -> APIRouter:
    router = APIRouter()

    @router.get("/rules")
    async def rules(request: Request) -> Response:
        """List rules."""
        page = await room.browsing.page(RuleFilter.asked(request.query_params))
        return templates.page(
            request,
            "rules/list.html",
            lines=page,
            address_of_page=lambda number: f"/rules?{urlencode(page.asked.at_page(number).as_asked())}",
            waiting=await room.browsing.waiting(),
            conflicts=await room.browsing.conflicts(),
            states=STATES,
            origins=ORIGINS,
            severities=SEVERITIES,
        )

    return router


def _deed_routes(room: RuleRoom, templates: Templates, editor: Editor) -> APIRouter:
    router = APIRouter()

    @router.post("/rules/{rule_id}/state")
    async def change_state(rule_id: UUID, request: Request) -> Response:
        """Pause a rule, resume, remove or restore it."""
        opened = await room.opened(rule_id)
        form = form_of(request)
        try:
            by = signed_by(request, form.get("reason", ""))
            kept = await _done(room, form.get("state", ""), opened, by)
        except WrongInput as wrong:
            return await editor.refused(request, opened, on_page(wrong))
        return go_on(address_of(opened.rule, said_of(kept)))

    @router.get("/rules/{rule_id}/article")
    async def one_article(rule_id: UUID, request: Request) -> Response:
        """Follow one article to this rule: why it matches, or what stopped it."""
        opened = await room.opened(rule_id)
        url = request.query_params.get("url", "").strip()[:4000]
        answer: Answer | None = None
        wrong: WrongField | None = None
        if url:
            try:
                answer = await room.asking.why_not(url, opened.rule.name)
            except WrongInput as refused:
                wrong = on_page(refused)
        told = getattr(answer.outcome, "explanation", None) if answer else None
        explanation = told if isinstance(told, Explanation) else None
        values: dict[str, Any] = {"answer": answer, "explanation": explanation, "wrong": wrong, "url": url}
        return templates.page(request, "rules/article.html", opened=opened, **values)

    @router.get("/rules/{rule_id}/export")
    async def export(rule_id: UUID) -> Response:
        """Return one rule, with the lists that it names, as a file."""
        opened = await room.opened(rule_id)
        rules, lists = await room.files.exported([opened.rule.name])
        headers = {"content-disposition": 'attachment; filename="rule.yaml"'}
        return PlainTextResponse(write_rules(rules, lists), media_type=YAML, headers=headers)

    return router


async def _done(room: RuleRoom, state: str, opened: OpenedRule, by: Signature) -> Kept:
    if state == "restore":
        return await room.rules.restore(opened.rule.name, by, rule_id=opened.rule.rule_id)
    deeds = {"pause": room.rules.pause, "resume": room.rules.resume, "remove": room.rules.remove}
    if state not in deeds:
        raise WrongInput("state", state, "is not known", mend="Use the buttons of this page.")
    return await deeds[state](opened.name_to_change, by)
