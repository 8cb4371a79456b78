"""The API that answers "why?" and "why not?"."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query
from fastapi.encoders import jsonable_encoder
from starlette.responses import JSONResponse, Response

from services.desk.domain.outcomes import as_json
from services.desk.pages.problems import problem
from services.desk.use_cases.asking import Asking
from shared.kit.errors import WrongInput

MOST_CHARACTERS = 4000
Given = Annotated[str, Query(max_length=MOST_CHARACTERS)]


def asking_routes(asking: Asking) -> APIRouter:
    """Return the routes of asking."""
    router = APIRouter(prefix="/api/v1", tags=["asking"])

    @router.get("/why-not")
    async def why_not(
        url: Given, rule: Given, reader: Annotated[str | None, Query(alias="for", max_length=MOST_CHARACTERS)] = None
    ) -> Response:
        """Follow an address through the house: the first thing that stopped it from being told by a rule."""
        try:
            answer = await asking.why_not(url, rule, reader)
        except WrongInput as wrong:
            title, status = "The question cannot be answered", HTTPStatus.UNPROCESSABLE_ENTITY
            return problem(status, title, wrong.sentence, field=wrong.field, mend=wrong.mend)
        return JSONResponse(jsonable_encoder(as_json(answer)))

    @router.get("/alerts/{alert_id}/why")
    async def why(alert_id: UUID) -> JSONResponse:
        """Tell why an alert fired: the rule clause by clause, the verdict, the story, the deliveries."""
        told = await asking.why(alert_id)
        if told is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return JSONResponse(jsonable_encoder(asdict(told)))

    return router
