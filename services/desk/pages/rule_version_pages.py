"""The versions of a rule: what each changed, two beside each other, rolling back; and conflicts with the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import pairwise
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.desk.domain.rule_versions import RuleVersion, content_of, differences
from services.desk.domain.word_changes import Piece, word_changes
from services.desk.pages.account_pages import go_on
from services.desk.pages.complaints import WrongField, on_page
from services.desk.pages.guard import form_of
from services.desk.pages.rule_room import RuleRoom, address_of, said_of, signed_by
from services.desk.pages.templates import Templates
from services.desk.use_cases.rule_browsing import OpenedRule
from shared.kit.errors import WrongInput


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that two versions have differently, word by word."""

    field: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list of them; `changed` names the fields in which it differs from the one before."""

    version: RuleVersion
    changed: tuple[str, ...]


def version_routes(room: RuleRoom, templates: Templates) -> APIRouter:
    """Return the routes of versions."""
    router = APIRouter()

    async def show_versions(
        request: Request, opened: OpenedRule, wrong: WrongField | None = None, status: int = HTTPStatus.OK
    ) -> Response:
        before, after = _asked(request, opened.versions)
        changes = () if before is None or after is None else changes_between(before, after)
        values = {"before": before, "after": after, "changes": changes, "wrong": wrong}
        lines = version_lines(opened.versions)
        return templates.page(request, "rules/versions.html", status=status, opened=opened, lines=lines, **values)

    @router.get("/rules/{rule_id}/versions")
    async def versions(rule_id: UUID, request: Request) -> Response:
        """Show the versions, and two of them beside each other."""
        return await show_versions(request, await room.opened(rule_id))

    @router.post("/rules/{rule_id}/roll-back")
    async def roll_back(rule_id: UUID, request: Request) -> Response:
        """Save a new version that says what an older one said."""
        opened, form = await room.opened(rule_id), form_of(request)
        to = form.get("to", "")
        try:
            by = signed_by(request, form.get("reason", ""))
            number = int(to) if to.isascii() and to.isdigit() and len(to) < 10 else 0
            kept = await room.rules.roll_back(opened.name_to_change, number, by)
        except WrongInput as wrong:
            return await show_versions(request, opened, on_page(wrong), HTTPStatus.UNPROCESSABLE_ENTITY)
        return go_on(address_of(opened.rule, said_of(kept)))

    router.include_router(_conflict_routes(room, templates))
    return router


def _conflict_routes(room: RuleRoom, templates: Templates) -> APIRouter:
    router = APIRouter()

    async def show_conflict(
        request: Request,
        opened: OpenedRule,
        wrong: WrongField | None = None,
        own: str = "",
        status: int = HTTPStatus.OK,
    ) -> Response:
        rule = opened.rule
        values = {
            "catalogue_change": word_changes(rule.taken_query or "", rule.offered_query or ""),
            "own_change": word_changes(rule.taken_query or "", rule.query),
            "own": own or rule.query,
            "wrong": wrong,
        }
        return templates.page(request, "rules/conflict.html", status=status, opened=opened, **values)

    @router.get("/rules/{rule_id}/conflict")
    async def conflict(rule_id: UUID, request: Request) -> Response:
        """Show what the catalogue said when the rule took its words, what it says now, and what people made of it."""
        return await show_conflict(request, await room.opened(rule_id))

    @router.post("/rules/{rule_id}/conflict")
    async def resolve(rule_id: UUID, request: Request) -> Response:
        """End a conflict: with the catalogue's words, with one's own, or with a query made of both."""
        opened, form = await room.opened(rule_id), form_of(request)
        take = form.get("take", "")
        own = form.get("query", "")
        try:
            by = signed_by(request, form.get("reason", ""))
            words = own if take == "query" else take
            kept = await room.rules.resolve(opened.name_to_change, words, by)
        except WrongInput as wrong:
            return await show_conflict(request, opened, on_page(wrong), own, HTTPStatus.UNPROCESSABLE_ENTITY)
        return go_on(address_of(opened.rule, said_of(kept)))

    return router


def version_lines(versions: Sequence[RuleVersion]) -> list[VersionLine]:
    """Return the versions, the newest first."""
    first = [VersionLine(each, ()) for each in versions[:1]]
    rest = [VersionLine(new, tuple(each.field for each in differences(old, new))) for old, new in pairwise(versions)]
    return [*first, *rest][::-1]


def changes_between(before: RuleVersion, after: RuleVersion) -> tuple[FieldChange, ...]:
    """Return the fields in which two versions differ, word by word."""
    old, new = content_of(before), content_of(after)
    return tuple(
        FieldChange(each, word_changes(told(old[each]), told(new[each]))) for each in old if old[each] != new[each]
    )


def told(value: object) -> str:
    """Return the value of a field as words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return str(value or "–")


def _asked(request: Request, versions: Sequence[RuleVersion]) -> tuple[RuleVersion | None, RuleVersion | None]:
    """Return the two versions that an address asks for; by default the newest and the one before it."""
    by_number = {str(each.version): each for each in versions}
    newest = versions[-1] if versions else None
    after = by_number.get(request.query_params.get("to", ""), newest)
    earlier = [each for each in versions if after is not None and each.version < after.version]
    before = by_number.get(request.query_params.get("from", ""), earlier[-1] if earlier else None)
    return before, after
