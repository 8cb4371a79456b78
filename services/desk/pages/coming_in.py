"""Coming in by a link that works once: setting the house up, an invitation, a forgotten password.

Looking at a link changes nothing: programs that scan mail open every link in it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from services.desk.domain.accounts import Account
from services.desk.domain.one_time import Purpose
from services.desk.pages.account_pages import AccountPages, Complaint, go_on
from services.desk.pages.guard import device_of, form_of
from services.desk.pages.sign_in import LOGIN
from services.desk.use_cases.coming_in import ComingIn, NewPassword
from shared.kit.errors import PactwatchError, WrongInput

logger = logging.getLogger(__name__)

ACCOUNT = "/account"
_NOT_FOR_SEARCH = {"x-robots-tag": "noindex, nofollow"}


def coming_in_routes(coming_in: ComingIn, pages: AccountPages) -> APIRouter:
    """Return the routes of links that work once."""
    router = APIRouter()
    router.include_router(_set_up_routes(coming_in, pages))
    router.include_router(_forgotten_routes(coming_in, pages))
    router.include_router(_password_routes(coming_in, pages))
    return router


def _set_up_routes(coming_in: ComingIn, pages: AccountPages) -> APIRouter:
    router = APIRouter()

    @router.get("/setup/{token}")
    async def ask_owner(token: str, request: Request) -> Response:
        """Show the form that makes the first owner."""
        if not await coming_in.sets_up(token):
            return _over(request, pages, Purpose.SETUP)
        return _hidden(pages.ask(request, "setup.html", token=token, name="", email=""))

    @router.post("/setup/{token}")
    async def set_up(token: str, request: Request) -> Response:
        """Make the first owner, and let them in."""
        form = form_of(request)
        name, email = form.get("name", ""), form.get("email", "")
        try:
            signed_in = await coming_in.set_up(token, name, email, _new(form), device_of(request))
        except WrongInput as wrong:
            complaint = Complaint.of(wrong)
            page = pages.ask(
                request, "setup.html", status=_UNFIT, token=token, name=name, email=email, complaint=complaint
            )
            return _hidden(page)
        if signed_in is None:
            return _over(request, pages, Purpose.SETUP)
        return pages.let_in(request, signed_in, f"{ACCOUNT}?said=set-up")

    return router


@dataclass(frozen=True, slots=True)
class _Choosing:
    """Choosing a password by a link for one purpose."""

    purpose: Purpose
    coming_in: ComingIn
    pages: AccountPages

    async def ask(self, token: str, request: Request) -> Response:
        """Show the form."""
        account = await self.coming_in.who_has(self.purpose, token)
        if account is None:
            return _over(request, self.pages, self.purpose)
        return self._form(token, request, account)

    async def choose(self, token: str, request: Request) -> Response:
        """Keep the password, and let its owner in."""
        new, device = _new(form_of(request)), device_of(request)
        try:
            signed_in = await self.coming_in.choose_password(self.purpose, token, new, device)
        except WrongInput as wrong:
            account = await self.coming_in.who_has(self.purpose, token)
            if account is not None:
                return self._form(token, request, account, status=_UNFIT, complaint=Complaint.of(wrong))
            signed_in = None
        if signed_in is None:
            return _over(request, self.pages, self.purpose)
        said = "welcome" if self.purpose is Purpose.INVITE else "changed"
        return self.pages.let_in(request, signed_in, f"{ACCOUNT}?said={said}")

    def _form(
        self,
        token: str,
        request: Request,
        account: Account,
        *,
        status: int = HTTPStatus.OK,
        complaint: Complaint | None = None,
    ) -> Response:
        values = {"purpose": self.purpose, "token": token, "account": account, "complaint": complaint}
        return _hidden(self.pages.ask(request, "choose_password.html", status=status, **values))


def _password_routes(coming_in: ComingIn, pages: AccountPages) -> APIRouter:
    """Return the routes of invitations and of new passwords, which ask for the same."""
    router = APIRouter()
    invitation = _Choosing(Purpose.INVITE, coming_in, pages)
    reset = _Choosing(Purpose.RESET, coming_in, pages)

    @router.get("/invite/{token}")
    async def ask_invited(token: str, request: Request) -> Response:
        """Show the form by which an invitation is taken up."""
        return await invitation.ask(token, request)

    @router.post("/invite/{token}")
    async def take_up(token: str, request: Request) -> Response:
        """Take up an invitation."""
        return await invitation.choose(token, request)

    @router.get("/reset/{token}")
    async def ask_new(token: str, request: Request) -> Response:
        """Show the form for a new password."""
        return await reset.ask(token, request)

    @router.post("/reset/{token}")
    async def choose_new(token: str, request: Request) -> Response:
        """Keep the new password."""
        return await reset.choose(token, request)

    return router


def _forgotten_routes(coming_in: ComingIn, pages: AccountPages) -> APIRouter:
    router = APIRouter()

    async def mail_link(login: str) -> None:
        try:
            await coming_in.forgotten(login)
        except PactwatchError as error:
            logger.warning("a link for a forgotten password did not leave: %s", error.sentence)

    @router.get("/reset")
    async def ask_who(request: Request) -> Response:
        """Ask whose password was forgotten; where no mail can be sent, say who helps."""
        return pages.ask(request, "forgotten.html", can_mail=coming_in.can_mail)

    @router.post("/reset")
    async def send_link(request: Request) -> Response:
        """Answer the same, as fast, for everybody; what is to be mailed is mailed afterwards."""
        response = go_on(f"{LOGIN}?said=asked")
        response.background = BackgroundTask(mail_link, form_of(request).get("login", ""))
        return response

    return router


_UNFIT = HTTPStatus.UNPROCESSABLE_ENTITY


def _new(form: Mapping[str, str]) -> NewPassword:
    return NewPassword(form.get("password", ""), form.get("again", ""))


def _over(request: Request, pages: AccountPages, purpose: Purpose) -> Response:
    return _hidden(pages.ask(request, "link_over.html", status=HTTPStatus.GONE, purpose=purpose))


def _hidden(response: Response) -> Response:
    response.headers.update(_NOT_FOR_SEARCH)
    return response
