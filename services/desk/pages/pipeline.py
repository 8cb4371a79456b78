"""How news flows through the house, and what is stored: pictures with their tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from services.desk.domain.pipeline import Step, seconds_words, size_words
from services.desk.pages.templates import Templates
from services.desk.use_cases.pipeline import Pipeline


def pipeline_pages(pipeline: Pipeline) -> Callable[[Templates], APIRouter]:
    """Return what makes the routes of the pipeline and of storage."""
    return lambda templates: _routes(pipeline, templates)


def _routes(pipeline: Pipeline, templates: Templates) -> APIRouter:
    router = APIRouter()

    @router.get("/pipeline", response_class=HTMLResponse)
    async def show_pipeline(request: Request) -> HTMLResponse:
        """Show what waits, what passes each hour, and how long each step takes."""
        flow = await pipeline.flow()
        return templates.page(request, "pipeline/flow.html", flow=flow, steps=tuple(Step), spell=seconds_words)

    @router.get("/storage", response_class=HTMLResponse)
    async def show_storage(request: Request, examine: Annotated[str, Query(max_length=1)] = "") -> HTMLResponse:
        """Show what is stored, and on demand what an examination of the house finds."""
        findings = await pipeline.examine() if examine == "1" else None
        storage = await pipeline.storage()
        return templates.page(request, "pipeline/storage.html", storage=storage, findings=findings, spell=size_words)

    return router
