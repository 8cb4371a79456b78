"""One's own account: the password, and the browsers in which one is signed in."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.desk.domain.permissions import GRANTED
from services.desk.pages.account_pages import AccountPages, Complaint, go_on, refusal
from services.desk.pages.coming_in import ACCOUNT
from services.desk.pages.guard import device_of, form_of, visitor_of
from services.desk.use_cases.coming_in import ComingIn, NewPassword
from services.desk.use_cases.signing_in import SignedIn, SigningIn
from shared.kit.errors import WrongInput

_SAID = {
    "set-up": "The desk is yours. From now on nobody reads it without signing in. "
    "Let the others in: pactwatch account invite NAME --role officer",
    "welcome": "Welcome. Your password is kept; you are signed in.",
    "changed": "Your password is changed, and every other browser is signed out.",
    "alone": "Every other browser is signed out.",
}
_WRONG = Complaint("Current password", "The current password is not right.", "Try again, or have it reset.")


def own_account_routes(signing_in: SigningIn, coming_in: ComingIn, pages: AccountPages) -> APIRouter:
    """Return the routes of one's own account."""
    router = APIRouter()

    async def show(
        request: Request,
        *,
        status: int = HTTPStatus.OK,
        said: str = "",
        where: str = "",
        complaint: Complaint | None = None,
    ) -> Response:
        visitor = visitor_of(request)
        values = {
            "sessions": await signing_in.sessions(visitor),
            "limits": signing_in.limits,
            "granted": sorted(GRANTED[visitor.account.role]) if visitor.account else [],
        }
        return pages.show(request, "account.html", status=status, said=said, where=where, complaint=complaint, **values)

    @router.get(ACCOUNT)
    async def account(request: Request) -> Response:
        """Show the account."""
        return await show(request, said=_SAID.get(request.query_params.get("said", ""), ""))

    @router.post(f"{ACCOUNT}/password")
    async def change_password(request: Request) -> Response:
        """Change the password, and go on with a fresh session."""
        form = form_of(request)
        new = NewPassword(form.get("password", ""), form.get("again", ""))
        try:
            result = await coming_in.change_password(
                visitor_of(request), form.get("current", ""), new, device_of(request)
            )
        except WrongInput as wrong:
            unfit = HTTPStatus.UNPROCESSABLE_ENTITY
            return await show(request, status=unfit, where="password", complaint=Complaint.of(wrong))
        if isinstance(result, SignedIn):
            return pages.let_in(request, result, f"{ACCOUNT}?said=changed")
        status, complaint, headers = refusal(result, wrong=_WRONG)
        page = await show(request, status=status, where="password", complaint=complaint)
        page.headers.update(headers)
        return page

    @router.post(f"{ACCOUNT}/sign-out-everywhere")
    async def sign_out_everywhere(request: Request) -> Response:
        """End every session of the account but this one."""
        current = form_of(request).get("current", "")
        result = await signing_in.sign_out_everywhere(visitor_of(request), current, device_of(request))
        if isinstance(result, int):
            return go_on(f"{ACCOUNT}?said=alone")
        status, complaint, headers = refusal(result, wrong=_WRONG)
        page = await show(request, status=status, where="sessions", complaint=complaint)
        page.headers.update(headers)
        return page

    return router
