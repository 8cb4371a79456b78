"""Wiring of the desk: its use cases and the catalogue's names in, a web application out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus

from asyncpg.exceptions import CannotConnectNowError, PostgresConnectionError
from fastapi import APIRouter, Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.desk.domain.feed import FeedWords
from services.desk.domain.hosts import answered_names
from services.desk.pages.account_pages import AccountPages
from services.desk.pages.asking import asking_routes
from services.desk.pages.coming_in import coming_in_routes
from services.desk.pages.cookies import Cookies
from services.desk.pages.corrections import correction_routes
from services.desk.pages.guard import Guard, NotAllowed, NotProven, NotSignedIn
from services.desk.pages.needs import undeclared
from services.desk.pages.own_account import own_account_routes
from services.desk.pages.problems import API, Problems, not_our_name
from services.desk.pages.readers import reader_routes
from services.desk.pages.refusals import Refusals
from services.desk.pages.routes import desk_routes
from services.desk.pages.safety import Guarded
from services.desk.pages.sign_in import sign_in_routes
from services.desk.pages.templates import LocalNames, Templates
from services.desk.pages.tongues import tongue_routes
from services.desk.pages.websub import AnswersHubs, websub_routes
from services.desk.pages.words import stage_words
from services.desk.use_cases.asking import Asking
from services.desk.use_cases.correcting import Corrections
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.doors import Doors
from services.desk.use_cases.readers import Readers
from shared.store.unit_of_work import is_outage

Pages = Callable[[Templates], APIRouter]
Noting = Callable[[Request], Awaitable[None]]
Handler = Callable[[Request, Exception], Awaitable[Response]]


def build_desk(
    definitions: Definitions,
    doors: Doors,
    *,
    agreements: Mapping[str, str],
    sectors: Mapping[str, str],
    local: LocalNames | None = None,
    base_url: str | None = None,
    expected_revision: str | None = None,
    hubs: AnswersHubs | None = None,
    corrections: Corrections | None = None,
    asking: Asking | None = None,
    readers: Readers | None = None,
    pages: Sequence[Pages] = (),
    noting: Sequence[Noting] = (),
) -> FastAPI:
    """Return the desk's web application. Raises RuntimeError for a route that does not say what it needs.

    `doors` lets people in; `agreements` and `sectors` map the catalogue's ids to the names that pages show,
    `local` to those in other languages; `base_url`
    is the public address (its host is answered beside this machine's own names); `expected_revision` is what /health
    compares with; `hubs` answers WebSub hubs, which are sent away without it; `corrections` takes what people say of
    articles; `asking` answers why there was an alert, and why not; `readers` answers the links that only one reader
    has: feeds, and unsubscribing. `pages` are the areas of the desk beyond these, each asked for its routes once;
    `noting` is asked of every request that was let in, before it is answered.
    """
    templates = Templates(agreements=agreements, sectors=sectors, local=local)
    problems = Problems(templates)
    cookies = Cookies(base_url, int(doors.signing_in.limits.most.total_seconds()))
    guard = Guard(doors.signing_in, cookies, base_url)
    desk = FastAPI(
        title="Pactwatch desk",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(guard.check), *map(Depends, noting)],
    )
    account_pages = AccountPages(templates, cookies)
    desk.include_router(tongue_routes())
    desk.include_router(sign_in_routes(doors.signing_in, account_pages))
    desk.include_router(coming_in_routes(doors.coming_in, account_pages))
    desk.include_router(own_account_routes(doors, account_pages))
    desk.include_router(desk_routes(definitions, expected_revision=expected_revision))
    if hubs is not None:
        desk.include_router(websub_routes(hubs))
    if corrections is not None:
        desk.include_router(correction_routes(corrections))
    if asking is not None:
        desk.include_router(asking_routes(asking))
    if readers is not None:
        words = FeedWords(agreements, sectors, stage_words, (base_url or "http://localhost").rstrip("/"))
        desk.include_router(reader_routes(readers, templates, words))
    for area in pages:
        desk.include_router(area(templates))
    if missing := undeclared(desk.routes):
        raise RuntimeError(f"services/desk/pages/needs.py does not say what these need: {', '.join(missing)}")
    for kind, handler in _handlers(problems).items():
        desk.add_exception_handler(kind, handler)
    desk.add_middleware(Guarded, names=answered_names(base_url), refuse=not_our_name)
    return desk


def _handlers(problems: Problems) -> dict[type[Exception], Handler]:
    async def on_refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.NOT_FOUND
        if isinstance(error, RequestValidationError) and request.url.path.startswith(API):
            wrong = error.errors()[0]
            where = ".".join(str(part) for part in wrong["loc"] if part != "body")
            status, detail = HTTPStatus.UNPROCESSABLE_ENTITY, f"{where}: {wrong['msg']}"
        else:
            detail = str(getattr(error, "detail", ""))
        if status == HTTPStatus.NOT_FOUND:
            return problems.not_found(request)
        return problems.refused(request, status, HTTPStatus(status).phrase, detail)

    async def on_database_error(request: Request, error: Exception) -> Response:
        if not is_outage(error):
            raise error
        if request.url.path == "/health":
            return JSONResponse({"database": "away", "healthy": False}, status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        return problems.away(request)

    async def on_error(request: Request, _error: Exception) -> Response:
        return problems.broken(request)

    refusals = Refusals(problems)
    database_errors = (OSError, DBAPIError, PoolTimeoutError, PostgresConnectionError, CannotConnectNowError)
    return {
        NotSignedIn: refusals.on_not_signed_in,
        NotAllowed: refusals.on_not_allowed,
        NotProven: refusals.on_not_proven,
        HTTPException: on_refused,
        RequestValidationError: on_refused,  # an alert's id that is no id
        **dict.fromkeys(database_errors, on_database_error),
        Exception: on_error,
    }
