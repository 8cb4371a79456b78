"""The API by which a program or a page says what an article is about, where the classifier said something else.

Only JSON is taken, and none that a browser sends for another site: what a page elsewhere could post unasked (forms,
plain text) is refused before it is read.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from services.desk.domain.corrections import Correction, GivenLabels
from services.desk.pages.problems import problem
from services.desk.use_cases.correcting import Corrections
from shared.kit.errors import WrongInput

MOST_BYTES = 64_000
MOST_SECONDS = 10.0  # a body that drips holds its connection no longer
MOST_IDS = 200
_SAME_SITE = frozenset({"same-origin", "none"})

Ids = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=MOST_IDS)]


class CorrectionGiven(BaseModel):
    """What somebody says of an article; what is left out is not spoken of."""

    model_config = ConfigDict(extra="forbid")

    by: Annotated[str, Field(description="Who says so.")]
    relevant: StrictBool | None = None
    sectors: Ids | None = None
    agreements: Ids | None = None
    stages: Annotated[dict[str, str], Field(max_length=MOST_IDS)] | None = None
    note: str = ""
    revision: Annotated[
        StrictInt | None, Field(description="The version of the article's text that was read; else the newest.")
    ] = None


def correction_routes(corrections: Corrections) -> APIRouter:
    """Return the routes of corrections."""
    router = APIRouter(prefix="/api/v1", tags=["corrections"])

    @router.post("/articles/{article_id}/corrections")
    async def correct(article_id: UUID, request: Request) -> Response:
        """Keep a correction beside the earlier ones."""
        try:
            given = CorrectionGiven.model_validate_json(await _our_body(request))
        except ValidationError as wrong:
            raise RequestValidationError(wrong.errors()) from wrong
        labels = GivenLabels(given.relevant, given.sectors, given.agreements, given.stages)
        try:
            kept = await corrections.correct(article_id, labels, by=given.by, note=given.note, revision=given.revision)
        except WrongInput as wrong:
            title = "The correction cannot be taken"
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            return problem(status, title, wrong.sentence, field=wrong.field, mend=wrong.mend)
        if kept is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return JSONResponse(_as_json(kept), status_code=HTTPStatus.CREATED)

    @router.get("/articles/{article_id}/corrections")
    async def of_article(article_id: UUID) -> JSONResponse:
        """Return the corrections of an article, newest first."""
        return JSONResponse([_as_json(each) for each in await corrections.of(article_id)])

    @router.get("/corrections")
    async def newest(limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> JSONResponse:
        """Return corrections of all articles, newest first."""
        return JSONResponse([_as_json(each) for each in await corrections.of(limit=limit)])

    return router


async def _our_body(request: Request) -> bytes:
    """Return the body; refuses before reading it what a browser sends for another site and what is no JSON.

    Raises HTTPException, also for more bytes than a correction has.
    """
    if request.headers.get("sec-fetch-site", "none") not in _SAME_SITE:
        raise HTTPException(HTTPStatus.FORBIDDEN, "A page of another site may not send corrections.")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send application/json.")
    body = bytearray()
    try:
        async with asyncio.timeout(MOST_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Send at most {MOST_BYTES:,} bytes.")
    except TimeoutError:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "Send the body at once.") from None
    except ClientDisconnect:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    return bytes(body)


def _as_json(correction: Correction) -> dict[str, object]:
    return {
        "correction_id": str(correction.correction_id),
        "article_id": str(correction.article_id),
        "by": correction.author,
        "created_at": correction.created_at.isoformat(),
        "relevant": correction.relevant,
        "sectors": correction.sectors,
        "agreements": correction.agreements,
        "stages": correction.stages,
        "note": correction.note,
        "classifier": correction.classifier,
        "revision": correction.revision,
    }
