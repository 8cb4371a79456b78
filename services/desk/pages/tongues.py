"""Choosing the language of the pages."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from services.desk.domain.origins import FIRST_PAGE, own_path
from services.desk.pages.languages import COOKIE, LANGUAGES

_KEPT = timedelta(days=365)


def tongue_routes() -> APIRouter:
    """Return the route that chooses a language."""
    router = APIRouter()

    @router.get("/language/{code}")
    async def choose(code: str, request: Request) -> Response:
        """Keep the language in a cookie, and go back to the page."""
        if code not in LANGUAGES:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        to = own_path(request.query_params.get("to", FIRST_PAGE))
        response = RedirectResponse(to, status_code=HTTPStatus.SEE_OTHER)
        response.set_cookie(COOKIE, code, max_age=int(_KEPT.total_seconds()), path="/", httponly=True, samesite="lax")
        return response

    return router
