"""The search of the archive: its page, and its exports for spreadsheets and programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response, StreamingResponse

from services.desk.domain.archive_finds import COLUMNS, FoundPage, Spot, Volume, row_of, safe_cell
from services.desk.pages.routes import READING
from services.desk.pages.templates import Templates
from services.desk.pages.today import MOST_CHARACTERS, Complaint
from services.desk.pages.trial_views import shown
from services.desk.use_cases.archive_finds import MOST_EXPORTED, ArchiveFinds
from shared.kit.errors import WrongInput

EXAMPLES = (
    "agreement:relos AND stage:signed",
    '"working group" AND lang:ru',
    "rupee NEAR/5 rouble",
    "title:visa AND date:2026-01-01..2026-06-30",
)
_KINDS = ("agreement", "sector", "stage", "source", "lang")
Given = Annotated[str, Query(max_length=MOST_CHARACTERS)]


def search_pages(finds: ArchiveFinds) -> Callable[[Templates], APIRouter]:
    """Return what makes the routes of the search."""
    return lambda templates: _routes(_SearchPages(finds, templates))


def address_of(query: str, before: Spot | None = None, path: str = "/search") -> str:
    """Return the address of these articles."""
    given = {"q": query, "before": before.spelt() if before is not None else ""}
    asked = urlencode({name: value for name, value in given.items() if value})
    return f"{path}?{asked}" if asked else path


class _SearchPages:
    """Shows what was found, or what is wrong with the query."""

    def __init__(self, finds: ArchiveFinds, templates: Templates) -> None:
        self.finds = finds
        self._templates = templates

    async def show(self, request: Request, query: str, before: str) -> HTMLResponse:
        try:
            spot = Spot.read(before) if before else None
            page = await self.finds.page(query, spot) if query.strip() else None
            volume = await self.finds.volume(query) if query.strip() else None
        except WrongInput as wrong:
            return self.refuse(request, query, wrong)
        return self._page(request, query, page, volume, before=before)

    def refuse(self, request: Request, query: str, wrong: WrongInput) -> HTMLResponse:
        return self._page(request, query, None, None, complaint=Complaint.of(wrong))

    def _page(
        self,
        request: Request,
        query: str,
        page: FoundPage | None,
        volume: Volume | None,
        *,
        complaint: Complaint | None = None,
        before: str = "",
    ) -> HTMLResponse:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if complaint else HTTPStatus.OK
        examples = shown([hit.example for hit in page.hits]) if page else []
        values: dict[str, Any] = {
            "query": query,
            "page": page,
            "hits": list(zip(page.hits, examples, strict=True)) if page else [],
            "volume": volume,
            "kinds": _KINDS,
            "complaint": complaint,
            "before": before,
            "address_of": address_of,
            "examples": EXAMPLES,
            "most_exported": MOST_EXPORTED,
        }
        return self._templates.page(request, "search/search.html", status=status, **values)


def _routes(pages: _SearchPages) -> APIRouter:
    router = APIRouter()

    @router.api_route("/search", methods=READING, response_class=HTMLResponse)
    async def search(
        request: Request, q: Given = "", before: Annotated[str, Query(max_length=80)] = ""
    ) -> HTMLResponse:
        """Show the articles of the archive that a query finds."""
        return await pages.show(request, q, before)

    @router.get("/search.csv")
    async def as_csv(request: Request, q: Given = "") -> Response:
        """Send the articles as a table for spreadsheets."""
        return await _export(pages, request, q, _csv_of, "text/csv; charset=utf-8", "csv")

    @router.get("/search.json")
    async def as_json(request: Request, q: Given = "") -> Response:
        """Send the articles for programs."""
        return await _export(pages, request, q, _json_of, "application/json", "json")

    return router


Spelt = Callable[[str, FoundPage, AsyncIterator[FoundPage]], AsyncIterator[str]]


async def _export(
    pages: _SearchPages, request: Request, query: str, spelt: Spelt, media_type: str, ending: str
) -> Response:
    """Stream the export; the first page is asked for before, so that what is wrong is still said in a page."""
    asked = pages.finds.all_of(query)
    try:
        first = await anext(asked)
    except WrongInput as wrong:
        return pages.refuse(request, query, wrong)
    headers = {"content-disposition": f'attachment; filename="pactwatch-search.{ending}"', "cache-control": "no-store"}
    return StreamingResponse(spelt(query, first, asked), media_type=media_type, headers=headers)


async def _csv_of(_query: str, first: FoundPage, others: AsyncIterator[FoundPage]) -> AsyncIterator[str]:
    yield "\ufeff" + _lines([COLUMNS])  # by the mark a spreadsheet knows that it is UTF-8
    last = first
    async for page in _and_then(first, others):
        yield _lines([[safe_cell(row_of(hit)[name]) for name in COLUMNS] for hit in page.hits])
        last = page
    if last.searched_to is not None:
        yield _lines([[f"Not whole: the clock cut the search off at {last.searched_to.isoformat()}."]])
    elif last.older is not None:
        yield _lines([[f"These are the newest {MOST_EXPORTED} articles; there are more."]])


async def _json_of(query: str, first: FoundPage, others: AsyncIterator[FoundPage]) -> AsyncIterator[str]:
    yield f'{{"query": {json.dumps(query)}, "articles": ['
    last, told = first, False
    async for page in _and_then(first, others):
        for hit in page.hits:
            yield f"{',' if told else ''}\n{json.dumps(row_of(hit), ensure_ascii=False)}"
            told = True
        last = page
    looked = json.dumps(last.searched_to.isoformat()) if last.searched_to is not None else "null"
    yield f'\n], "complete": {json.dumps(last.older is None)}, "looked_back_to": {looked}}}\n'


async def _and_then(first: FoundPage, others: AsyncIterator[FoundPage]) -> AsyncIterator[FoundPage]:
    yield first
    async for page in others:
        yield page


def _lines(rows: list[Any]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
