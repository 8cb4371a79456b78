"""The desk's addresses: ask a use case, show a page."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from services.desk.pages.templates import STATIC
from services.desk.use_cases.definitions import Definitions

HEALTH_SECONDS = 3.0
READING = ["GET", "HEAD"]  # uptime checkers ask for the head alone
KEEP_FOR_EVER = "public, max-age=31536000, immutable"  # the address changes with the file


class FingerprintedFiles(StaticFiles):
    """Static files under addresses that change with their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file; a browser may keep it when it asked under a fingerprint."""
        response = await super().get_response(path, scope)
        if scope["query_string"] and response.status_code == HTTPStatus.OK:
            response.headers["cache-control"] = KEEP_FOR_EVER
        return response


def desk_routes(definitions: Definitions, *, expected_revision: str | None) -> APIRouter:
    """Return the routes of the desk.

    `expected_revision` is the revision of the tables that this code was written for; None takes any.
    """
    router = APIRouter()

    @router.api_route("/health", methods=READING)
    async def health() -> JSONResponse:
        """Tell whether the database answers with the tables that this code knows."""
        async with asyncio.timeout(HEALTH_SECONDS):  # a late answer is no answer: whoever asks has given up
            revision = await definitions.schema_revision()
        fits = revision is not None and expected_revision in (None, revision)
        return JSONResponse(
            {"database": "reachable", "revision": revision, "expected_revision": expected_revision, "healthy": fits},
            status_code=HTTPStatus.OK if fits else HTTPStatus.SERVICE_UNAVAILABLE,
        )

    @router.get("/metrics")
    async def metrics() -> Response:
        """Return the metrics of this process, in the text format of Prometheus."""
        return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})

    router.mount("/static", FingerprintedFiles(directory=STATIC), name="static")
    return router
