"""One's own account: the password, and the browsers in which one is signed in."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.desk.pages.account_pages import AccountPages, Complaint, go_on, refusal
from services.desk.pages.coming_in import ACCOUNT
from services.desk.pages.guard import device_of, form_of, visitor_of
from services.desk.pages.languages import marked as _
from services.desk.use_cases.coming_in import NewPassword
from services.desk.use_cases.doors import Doors
from services.desk.use_cases.password_check import Failed, MustWait
from services.desk.use_cases.second_factor import SecondFactor
from services.desk.use_cases.signing_in import SignedIn
from shared.kit.errors import WrongInput

_SAID = {
    "set-up": _("The desk is yours. From now on nobody reads it without signing in."),
    "welcome": _("Welcome. Your password is kept; you are signed in."),
    "changed": _("Your password is changed, and every other browser is signed out."),
    "code-on": _("Signing in asks for a code from now on; every other browser is signed out."),
    "code-off": _("Signing in asks for no code any more."),
    "alone": _("Every other browser is signed out."),
}
_WRONG_PAIR = Complaint(
    "Code", _("Code and password do not fit."), _("Wait for the next code, and try again with both.")
)
_WRONG = Complaint("Current password", _("The current password is not right."), _("Try again, or have it reset."))


class _AccountPage:
    """Shows one's own account, as it is or with a complaint."""

    def __init__(self, doors: Doors, pages: AccountPages) -> None:
        self._doors = doors
        self._pages = pages

    async def show(
        self,
        request: Request,
        *,
        status: int = HTTPStatus.OK,
        said: str = "",
        complaint: Complaint | None = None,
        where: str = "",
    ) -> Response:
        """Return the page; `where` is the form that the complaint is about."""
        visitor, signing_in = visitor_of(request), self._doors.signing_in
        sealed = form_of(request).get("sealed", "") if where == "code" else ""
        values = {
            "sessions": await signing_in.sessions(visitor),
            "limits": signing_in.limits,
            "offer": self._doors.second_factor.offer(visitor.account, again=sealed) if visitor.account else None,
        }
        return self._pages.show(
            request, "account.html", status=status, said=said, where=where, complaint=complaint, **values
        )

    async def refuse(self, request: Request, where: str, refused: WrongInput | Failed | MustWait) -> Response:
        """Return the page with what is wrong."""
        if isinstance(refused, WrongInput):
            unfit = HTTPStatus.UNPROCESSABLE_ENTITY
            return await self.show(request, status=unfit, where=where, complaint=Complaint.of(refused))
        status, complaint, headers = refusal(refused, wrong=_WRONG_PAIR if where == "code" else _WRONG)
        page = await self.show(request, status=status, where=where, complaint=complaint)
        page.headers.update(headers)
        return page


def own_account_routes(doors: Doors, pages: AccountPages) -> APIRouter:
    """Return the routes of one's own account."""
    router = APIRouter()
    own = _AccountPage(doors, pages)

    @router.get(ACCOUNT)
    async def account(request: Request) -> Response:
        """Show the account."""
        return await own.show(request, said=_SAID.get(request.query_params.get("said", ""), ""))

    @router.post(f"{ACCOUNT}/password")
    async def change_password(request: Request) -> Response:
        """Change the password, and go on with a fresh session."""
        form = form_of(request)
        new = NewPassword(form.get("password", ""), form.get("again", ""))
        visitor, device = visitor_of(request), device_of(request)
        try:
            result = await doors.coming_in.change_password(visitor, form.get("current", ""), new, device)
        except WrongInput as wrong:
            return await own.refuse(request, "password", wrong)
        if isinstance(result, SignedIn):
            return pages.let_in(request, result, f"{ACCOUNT}?said=changed")
        return await own.refuse(request, "password", result)

    @router.post(f"{ACCOUNT}/sign-out-everywhere")
    async def sign_out_everywhere(request: Request) -> Response:
        """End every session of the account but this one."""
        current = form_of(request).get("current", "")
        result = await doors.signing_in.sign_out_everywhere(visitor_of(request), current, device_of(request))
        if isinstance(result, int):
            return go_on(f"{ACCOUNT}?said=alone")
        return await own.refuse(request, "sessions", result)

    router.include_router(_code_routes(doors.second_factor, pages, own))
    return router


def _code_routes(second_factor: SecondFactor, pages: AccountPages, own: _AccountPage) -> APIRouter:
    router = APIRouter()

    @router.post(f"{ACCOUNT}/code")
    async def turn_on(request: Request) -> Response:
        """Have signing in ask for a code from now on."""
        form = form_of(request)
        sealed, code, current = (form.get(name, "") for name in ("sealed", "code", "current"))
        try:
            result = await second_factor.turn_on(visitor_of(request), sealed, code, current, device_of(request))
        except WrongInput as wrong:
            return await own.refuse(request, "code", wrong)
        if isinstance(result, SignedIn):
            return pages.let_in(request, result, f"{ACCOUNT}?said=code-on")
        return await own.refuse(request, "code", result)

    @router.post(f"{ACCOUNT}/code/off")
    async def turn_off(request: Request) -> Response:
        """Have signing in ask for no code any more."""
        form = form_of(request)
        code, current = form.get("code", ""), form.get("current", "")
        result = await second_factor.turn_off(visitor_of(request), code, current, device_of(request))
        if isinstance(result, SignedIn):
            return pages.let_in(request, result, f"{ACCOUNT}?said=code-off")
        return await own.refuse(request, "code", result)

    return router
