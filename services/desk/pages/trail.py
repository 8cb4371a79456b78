"""The audit trail: who did what to whom, and what it was before and after."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.desk.pages.templates import Templates
from services.desk.use_cases.trail import Trail
from shared.kit.text import storable

TRAIL = "/trail"
_LONGEST_SEARCH = 200
_MOST_DIGITS = 18  # of an entry's number


def trail_pages(trail: Trail) -> Callable[[Templates], APIRouter]:
    """Return the page of the trail."""

    def routes(templates: Templates) -> APIRouter:
        router = APIRouter()

        @router.get(TRAIL)
        async def shown(request: Request) -> Response:
            """Show the trail, of one actor or about one subject where they are asked for."""
            query = request.query_params
            actor, subject = (storable(query.get(name, ""))[:_LONGEST_SEARCH].strip() for name in ("actor", "subject"))
            page = await trail.page(actor, subject, _number(query.get("before", "")))
            asked = {name: value for name, value in (("actor", actor), ("subject", subject)) if value}
            older = f"{TRAIL}?{urlencode({**asked, 'before': page.before})}" if page.before else None
            return templates.page(request, "trail.html", page=page, actor=actor, subject=subject, older=older)

        return router

    return routes


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
