"""The button "Follow" on the pages of agreements and alerts: one click, by mail where there is an address."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from services.desk.domain.rules import AgreementTarget, SectorTarget
from services.desk.pages.account_pages import go_on
from services.desk.pages.guard import form_of
from services.desk.pages.subscriptions import SUBSCRIPTIONS, House, keeper_of
from services.desk.pages.templates import Templates
from services.desk.use_cases.keeping import Keeping
from shared.kit.errors import WrongInput


def following_pages(keeping: Keeping, house: House) -> Callable[[Templates], APIRouter]:
    """Return what the button asks for."""

    def routes(_templates: Templates) -> APIRouter:
        router = APIRouter()

        @router.post("/follow")
        async def follow(request: Request) -> Response:
            """Follow an agreement or a sector by the person's mail, else by their alerts on the desk."""
            form, keeper = form_of(request), keeper_of(request)
            agreement, sector = form.get("agreement", ""), form.get("sector", "")
            target = AgreementTarget(agreement) if agreement else SectorTarget(sector)
            person = await keeping.person(keeper)
            channel = "mailto" if person is not None and person.email and house.can_mail else "inbox"
            try:
                made = await keeping.follow(keeper, target, channel, keeper.themselves)
            except WrongInput:  # it left the catalogue, or its rule was removed, while the page was open
                raise HTTPException(HTTPStatus.NOT_FOUND) from None
            return go_on(f"{SUBSCRIPTIONS}/{made.subscription_id}?said={'already' if made.already else 'made'}")

        return router

    return routes
