"""Rules and lists by the file: what an import would do, the import, and the export."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from services.desk.domain.rule_list import RuleOutcome, Taken
from services.desk.domain.source_list import BadEntry
from services.desk.pages.complaints import WrongField, on_page
from services.desk.pages.guard import form_of
from services.desk.pages.rule_room import RuleRoom, signed_by
from services.desk.pages.templates import Templates
from services.desk.parsing.rule_yaml import read_rules, write_rules
from shared.kit.errors import WrongInput


@dataclass(frozen=True, slots=True)
class Import:
    """What an import came to, or would."""

    taken: Sequence[Taken]
    bad: Sequence[tuple[BadEntry, WrongField]]
    dry: bool

    @classmethod
    def of(cls, outcomes: Sequence[RuleOutcome], *, dry: bool) -> Import:
        """Return it for the outcomes of the entries."""
        bad = [(each, on_page(each.wrong)) for each in outcomes if isinstance(each, BadEntry)]
        return cls([each for each in outcomes if isinstance(each, Taken)], bad, dry)

    def of_fate(self, fate: str) -> int:
        """Return how many entries met this fate."""
        return sum(each.fate == fate for each in self.taken)


def rule_file_routes(room: RuleRoom, templates: Templates) -> APIRouter:
    """Return the routes of files."""
    router = APIRouter()

    @router.get("/rules/import")
    async def choose(request: Request) -> Response:
        """Ask for a file."""
        return templates.page(request, "rules/import.html", text="", update=False, done=None, wrong=None)

    @router.post("/rules/import")
    async def take(request: Request) -> Response:
        """Take a file, or say what taking it would do."""
        form = form_of(request)
        text, update, dry = form.get("text", ""), "update" in form, form.get("do") != "take"
        values: dict[str, Any] = {"text": text, "update": update}
        try:
            by = signed_by(request, form.get("reason", "") or "Imported on the desk's pages.")
            read = await asyncio.to_thread(read_rules, text.encode(), name="the file")
            outcomes = [*read.bad, *await room.files.take(read, by, update=update, dry_run=dry)]
        except WrongInput as wrong:
            unfit = HTTPStatus.UNPROCESSABLE_ENTITY
            told = {"done": None, "wrong": on_page(wrong)}
            return templates.page(request, "rules/import.html", status=unfit, **values, **told)
        done = Import.of(outcomes, dry=dry)
        return templates.page(request, "rules/import.html", **values, done=done, wrong=None)

    @router.get("/rules/export")
    async def export(request: Request) -> Response:
        """Return rules and lists as a file: those that people made, or all."""
        everything = request.query_params.get("all") == "1"
        rules, lists = await room.files.exported(everything=everything)
        headers = {"content-disposition": 'attachment; filename="rules.yaml"'}
        body = await asyncio.to_thread(write_rules, rules, lists)
        return PlainTextResponse(body, media_type="application/yaml; charset=utf-8", headers=headers)

    return router
