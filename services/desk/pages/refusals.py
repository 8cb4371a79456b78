"""What somebody is told who may not come in: the way to the login page, or what their role would need."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from services.desk.domain.permissions import roles_with
from services.desk.pages.account_pages import go_on
from services.desk.pages.guard import NotAllowed
from services.desk.pages.needs import SAFE_METHODS
from services.desk.pages.problems import API, Problems, problem
from services.desk.pages.sign_in import login_address

_FOR_PROGRAMS = ("/fragments/", "/metrics", "/live")
_SIGN_IN = "Sign in first: open /login in a browser."


class Refusals:
    """Answers those who are not let in."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    async def on_not_signed_in(self, request: Request, _error: Exception) -> Response:
        """Lead a reader to the login page, and tell a program that it needs one."""
        path = request.url.path
        if path.startswith(API):
            return problem(HTTPStatus.UNAUTHORIZED, "Not signed in", "This needs an account.", mend=_SIGN_IN)
        if path.startswith(_FOR_PROGRAMS):
            return PlainTextResponse(f"Not signed in. {_SIGN_IN}\n", status_code=HTTPStatus.UNAUTHORIZED)
        wanted = "/account" if request.method not in SAFE_METHODS else path
        query = urlencode(request.query_params.multi_items())
        back = f"{wanted}?{query}" if query and request.method in SAFE_METHODS else wanted
        return go_on(login_address(back))

    async def on_not_allowed(self, request: Request, error: Exception) -> Response:
        """Say which roles may."""
        needed = roles_with(error.permission) if isinstance(error, NotAllowed) else ()
        advice = f"It is for {_listed([f'{role}s' for role in needed])}. Ask an owner of this desk to change your role."
        title = "Your role does not allow this"
        if request.url.path.startswith(API):
            return problem(HTTPStatus.FORBIDDEN, title, advice)
        return self._problems.page(request, HTTPStatus.FORBIDDEN, title, advice)

    async def on_not_proven(self, request: Request, _error: Exception) -> Response:
        """Say how to send it so that it is taken."""
        if request.url.path.startswith(API):
            detail = "Nothing shows that a page of this desk sent it."
            mend = "Send the header X-CSRF-Token of the page, from the same origin."
            return problem(HTTPStatus.FORBIDDEN, "Not taken", detail, mend=mend)
        advice = (
            "The page was open for too long, or something else sent it. Go back, load the page again, and send it once "
            "more; the browser must keep cookies of this desk. Behind a proxy: it must pass on the Host that was asked."
        )
        return self._problems.page(request, HTTPStatus.FORBIDDEN, "This form was not taken", advice)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
