"""One's own hours: the time zone, quiet hours, a mute and a vacation, for everything that one hears of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.desk.domain.local_times import known_zones
from services.desk.domain.people import PersonFields
from services.desk.pages.account_pages import Complaint, go_on
from services.desk.pages.guard import form_of, visitor_of
from services.desk.pages.subscription_forms import complaint_of
from services.desk.pages.subscriptions import SUBSCRIPTIONS, keeper_of
from services.desk.pages.templates import Templates
from services.desk.use_cases.keeping import Keeping
from services.desk.use_cases.people import People
from shared.kit.errors import WrongInput
from shared.kit.text import storable

HOURS = f"{SUBSCRIPTIONS}/hours"


def hours_pages(keeping: Keeping, people: People) -> Callable[[Templates], APIRouter]:
    """Return the page of one's own hours."""
    return lambda templates: _routes(_HoursPage(keeping, templates), people)


class _HoursPage:
    """Shows one's own hours."""

    def __init__(self, keeping: Keeping, templates: Templates) -> None:
        self._keeping = keeping
        self._templates = templates

    async def shown(self, request: Request, *, complaint: Complaint | None = None, where: str = "") -> Response:
        """Return the page, as it is or with a complaint."""
        if visitor_of(request).account is None:
            return self._templates.page(request, "subscriptions/nobody.html")
        return self._templates.page(
            request,
            "subscriptions/hours.html",
            status=HTTPStatus.OK if complaint is None else HTTPStatus.UNPROCESSABLE_ENTITY,
            person=await self._keeping.person(keeper_of(request)),
            zones=known_zones(),
            now=self._keeping.now,
            complaint=complaint,
            where=where,
            filled=form_of(request) if complaint else {},
            said=request.query_params.get("said", ""),
        )


def _routes(page: _HoursPage, people: People) -> APIRouter:
    router = APIRouter()

    @router.get(HOURS)
    async def hours(request: Request) -> Response:
        """Show one's own hours."""
        return await page.shown(request)

    @router.post(HOURS)
    async def keep(request: Request) -> Response:
        """Keep what was asked for, and show the hours again, or what is wrong."""
        form = form_of(request)
        name, do = keeper_of(request).name, form.get("do", "")
        given = {each: storable(form.get(each, "")).strip() for each in _FIELDS}
        deed = _deed(people, name, do, given)
        if deed is None:
            return go_on(HOURS)
        try:
            await deed
        except WrongInput as wrong:
            return await page.shown(request, complaint=complaint_of(wrong), where=do)
        return go_on(f"{HOURS}?said={do}")

    return router


_FIELDS = ("time_zone", "quiet_from", "quiet_until", "span", "until", "away_from", "away_until")


def _deed(people: People, name: str, do: str, given: dict[str, str]) -> Awaitable[object] | None:
    match do:
        case "hours":
            quiet = (given["quiet_from"], given["quiet_until"])
            hours = PersonFields(time_zone=given["time_zone"], quiet="-".join(quiet) if any(quiet) else "none")
            return people.change(name, **hours)
        case "mute":
            until = given["until"]
            return people.mute(name, until=until) if until else people.mute(name, span=given["span"])
        case "unmute":
            return people.unmute(name)
        case "away":
            return people.away(name, until=given["away_until"], begins=given["away_from"] or None)
        case "back":
            return people.back(name)
    return None
