"""Signing in and out."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.desk.domain.origins import FIRST_PAGE, own_path
from services.desk.pages.account_pages import AccountPages, Complaint, go_on, refusal
from services.desk.pages.guard import device_of, form_of
from services.desk.pages.languages import marked as _
from services.desk.use_cases.signing_in import NeedsCode, SignedIn, SigningIn

LOGIN = "/login"
_SAID = {
    "out": _("You are signed out."),
    "late": _("That took longer than five minutes. Sign in again."),
    "asked": _("If there is such an account with a mail address, a link is on its way to it. It works for one hour."),
}
_WRONG_CODE = Complaint("", _("This is not the code of now."), _("Each works once: wait for the next, and type that."))
_WRONG = Complaint(
    "", _("Name and password do not go together."), _("Check both. Capital letters count in the password.")
)


def login_address(wanted: str) -> str:
    """Return the address of the login page, from which one goes on to `wanted`."""
    path = own_path(wanted)
    return LOGIN if path == FIRST_PAGE else f"{LOGIN}?{urlencode({'next': path})}"


def sign_in_routes(signing_in: SigningIn, pages: AccountPages) -> APIRouter:
    """Return the routes of signing in and out."""
    router = APIRouter()

    @router.get(LOGIN)
    async def ask(request: Request) -> Response:
        """Show the form; before anybody owns the house, how somebody comes to."""
        if not await signing_in.is_owned():
            return pages.ask(request, "unowned.html")
        query = request.query_params
        said = _SAID.get(query.get("said", ""), "")
        return pages.ask(request, "login.html", said=said, login="", next=own_path(query.get("next", FIRST_PAGE)))

    @router.post(LOGIN)
    async def sign_in(request: Request) -> Response:
        """Begin a session, and go on to where one wanted to go."""
        form = form_of(request)
        login, wanted = form.get("login", ""), own_path(form.get("next", FIRST_PAGE))
        former = pages.cookies.session(request)
        result = await signing_in.sign_in(login, form.get("password", ""), device_of(request), former=former)
        if isinstance(result, (SignedIn, NeedsCode)):
            return pages.let_in(request, result, wanted)
        status, complaint, headers = refusal(result, wrong=_WRONG)
        page = pages.ask(request, "login.html", status=status, complaint=complaint, login=login, next=wanted)
        page.headers.update(headers)
        return page

    @router.post(f"{LOGIN}/code")
    async def give_code(request: Request) -> Response:
        """Begin the session of somebody who gave the right password, and now the code."""
        form = form_of(request)
        ticket, wanted = form.get("ticket", ""), own_path(form.get("next", FIRST_PAGE))
        former = pages.cookies.session(request)
        result = await signing_in.give_code(ticket, form.get("code", ""), device_of(request), former=former)
        if result is None:
            return go_on(f"{LOGIN}?said=late")
        if isinstance(result, SignedIn):
            return pages.let_in(request, result, wanted)
        status, complaint, headers = refusal(result, wrong=_WRONG_CODE)
        page = pages.ask(request, "code.html", status=status, complaint=complaint, ticket=ticket, next=wanted)
        page.headers.update(headers)
        return page

    @router.post("/logout")
    async def sign_out(request: Request) -> Response:
        """End the session."""
        await signing_in.sign_out(pages.cookies.session(request), device_of(request))
        response = go_on(f"{LOGIN}?said=out")
        pages.cookies.drop_session(request, response)
        return response

    return router
