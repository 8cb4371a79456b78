"""What went wrong, as a page that says what to do next."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from services.desk.pages.languages import language_of
from services.desk.pages.safety import SAFE_HEADERS
from services.desk.pages.templates import Templates

TRY_AGAIN_SECONDS = 5
API = "/api/"


def problem(status: int, title: str, detail: str, **more: object) -> Response:
    """Return a problem as programs read it (RFC 9457)."""
    told = {"type": "about:blank", "title": title, "status": int(status), "detail": detail, **more}
    return JSONResponse(told, status_code=int(status), media_type="application/problem+json")


class Problems:
    """Makes the error pages. They need no database, since it may be what is away."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    def page(self, request: Request, status: int, headline: str, advice: str) -> Response:
        """Return an error page in the reader's language."""
        language = language_of(request)
        body = self._templates.render("problem.html", language, status=status, headline=headline, advice=advice)
        return HTMLResponse(body, status_code=status, headers={**SAFE_HEADERS, "cache-control": "no-store"})

    def not_found(self, request: Request) -> Response:
        """Return the page for an address that names nothing."""
        if request.url.path.startswith(API):
            return problem(HTTPStatus.NOT_FOUND, "Not found", "There is nothing at this address.")
        what = "This alert is not known" if request.url.path.startswith("/alerts/") else "There is no page here"
        return self.page(request, HTTPStatus.NOT_FOUND, what, "Check the address, or go back to the first page.")

    def refused(self, request: Request, status: int, reason: str, detail: str) -> Response:
        """Return the page for a request that we do not take; `detail` says to a program what is wrong with it."""
        if request.url.path.startswith(API):
            return problem(status, reason, detail or reason)
        return self.page(request, status, reason, "Go back to the first page.")

    def away(self, request: Request) -> Response:
        """Return the page for a database that cannot be reached."""
        page = self._told(
            request,
            HTTPStatus.SERVICE_UNAVAILABLE,
            "The database cannot be reached",
            "Nothing is lost. Try again in a few seconds; if it stays so, look whether the database runs and "
            "whether PACTWATCH_DATABASE_URL is right.",
        )
        page.headers["retry-after"] = str(TRY_AGAIN_SECONDS)
        return page

    def broken(self, request: Request) -> Response:
        """Return the page for an error of our own."""
        return self._told(
            request,
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "Something went wrong on our side",
            "It stands in the log of the desk. Try again; if it stays so, show that log to whoever runs this desk.",
        )

    def _told(self, request: Request, status: int, headline: str, advice: str) -> Response:
        """Return the problem as whoever asked reads it: a person, or a program."""
        if request.url.path.startswith(API):
            return problem(status, headline, advice)
        return self.page(request, status, headline, advice)


def not_our_name(request: Request) -> Response:
    """Refuse a request under a name that is not ours; says nothing of what stands here."""
    host = request.headers.get("host", "")
    shown = "".join(each for each in host if each.isascii() and (each.isalnum() or each in ".-:[]"))[:100]
    return PlainTextResponse(
        f"This desk does not answer to the name {shown!r}.\n"
        "Open it as http://127.0.0.1 with its port, or set PACTWATCH_BASE_URL to the address that people use.\n",
        status_code=HTTPStatus.BAD_REQUEST,
    )
