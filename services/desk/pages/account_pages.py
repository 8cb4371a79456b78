"""What the pages of accounts share: forms with their proof, cookies that follow, and errors that say what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from services.desk.pages.cookies import Cookies
from services.desk.pages.templates import Templates
from services.desk.use_cases.password_check import Failed, MustWait
from services.desk.use_cases.signing_in import NeedsCode, SignedIn
from shared.kit.errors import WrongInput
from shared.kit.tokens import new_token, proof_of


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with a form: the field (empty: none of them), the reason, and what to do."""

    field: str
    why: str
    mend: str

    @classmethod
    def of(cls, wrong: WrongInput) -> Complaint:
        """Return it for a value that cannot be taken; the value itself is not repeated."""
        return cls(wrong.field, f"{wrong.field} {wrong.why}.", wrong.mend)


@dataclass(frozen=True, slots=True)
class AccountPages:
    """Renders pages of accounts."""

    templates: Templates
    cookies: Cookies

    def show(self, request: Request, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> Response:  # noqa: ANN401
        """Return a page whose forms are proven by the visitor's session."""
        return self.templates.page(request, template, status=status, **values)

    def ask(self, request: Request, template: str, *, status: int = HTTPStatus.OK, **values: Any) -> Response:  # noqa: ANN401
        """Return a page with a form for somebody who is not signed in, and the cookie that proves it."""
        known = self.cookies.form(request)
        token = known or new_token()
        response = self.templates.page(request, template, status=status, proof=proof_of(token), **values)
        if known is None:
            self.cookies.keep_form(request, response, token)
        return response

    def let_in(self, request: Request, signed_in: SignedIn | NeedsCode, address: str) -> Response:
        """Return the way on for somebody who has just signed in, or the page that asks for their code."""
        if isinstance(signed_in, NeedsCode):
            return self.ask(request, "code.html", ticket=signed_in.ticket, next=address)
        response = go_on(address)
        self.cookies.keep_session(request, response, signed_in.token)
        return response


def go_on(address: str) -> Response:
    """Return the way on after a form was taken: a page that can be reloaded."""
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)


def refusal(checked: Failed | MustWait, *, wrong: Complaint) -> tuple[int, Complaint, dict[str, str]]:
    """Return status, words and headers for a password that was not taken; `wrong` is said where it was not right."""
    if isinstance(checked, Failed):
        return HTTPStatus.UNAUTHORIZED, wrong, {}
    waits = Complaint("", "Too many tries.", f"Wait {wait_words(checked.remaining)}, then try again.")
    seconds = str(max(1, ceil(checked.remaining.total_seconds())))
    return HTTPStatus.TOO_MANY_REQUESTS, waits, {"retry-after": seconds}


def wait_words(remaining: timedelta) -> str:
    """Return a wait in words: "20 seconds", "1 minute", "15 minutes"."""
    seconds = max(1, ceil(remaining.total_seconds()))
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    minutes = ceil(seconds / 60)
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
