"""The board of agreements, and the page of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import HTMLResponse

from services.desk.domain.agreement_board import ALERT_DAYS, Narrowed
from services.desk.domain.figures import Drawing
from services.desk.domain.rules import implied_rule_id
from services.desk.pages.routes import READING
from services.desk.pages.templates import Templates
from services.desk.use_cases.agreements import Agreements
from services.desk.use_cases.definitions import Definitions

_LANGUAGES = {"en": "English", "ru": "Русский", "hi": "हिन्दी"}
_MOST_STORIES = 20
_MOST_ALERTS = 50
Given = Annotated[str, Query(max_length=200)]


def agreement_pages(agreements: Agreements, definitions: Definitions) -> Callable[[Templates], APIRouter]:
    """Return what makes the routes of the agreements."""

    def routes(templates: Templates) -> APIRouter:
        router = APIRouter()

        @router.api_route("/agreements", methods=READING, response_class=HTMLResponse)
        async def board(request: Request, words: Given = "", sector: Given = "", stage: Given = "") -> HTMLResponse:
            """Show where every agreement stands, the one with the last news first."""
            narrowed = Narrowed(words, sector, stage)
            return templates.page(
                request,
                "agreements/board.html",
                board=await agreements.board(narrowed),
                narrowed=narrowed,
                sectors=agreements.catalogue.sectors,
                all_of_them=len(agreements.catalogue.agreements),
                seen_bars=_seen_bars,
                alert_days=ALERT_DAYS,
            )

        @router.get("/agreements/{agreement_id}", response_class=HTMLResponse)
        async def agreement(agreement_id: str, request: Request) -> HTMLResponse:
            """Show all that is known of one agreement, and its newest alerts."""
            alerts = await definitions.alerts_about(agreement_id, _MOST_ALERTS)
            if alerts is None:
                raise HTTPException(HTTPStatus.NOT_FOUND)
            known = await agreements.one(agreement_id)
            stories = list({each.story_id: each for each in reversed(known.reports)}.values())[::-1] if known else []
            return templates.page(
                request,
                "agreements/one.html",
                agreement=agreement_id,
                alerts=alerts,
                known=known,
                stories=stories[:_MOST_STORIES],
                language_names=_LANGUAGES,
                rule_id=implied_rule_id("agreement", agreement_id),
                alert_days=ALERT_DAYS,
            )

        return router

    return routes


def _seen_bars(drawing: Drawing) -> Drawing:
    """Return the drawing without bars that have no height: a board has thousands of those."""
    return replace(drawing, bars=tuple(bar for bar in drawing.bars if bar.height))
