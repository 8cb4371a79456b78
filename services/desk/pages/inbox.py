"""My alerts: what reached the person who is signed in, read and unread, put off, found again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.desk.domain.inbox import Edge, showing_of
from services.desk.domain.origins import own_path
from services.desk.pages.account_pages import Complaint, go_on
from services.desk.pages.guard import form_of, visitor_of
from services.desk.pages.needs import SAFE_METHODS
from services.desk.pages.templates import Templates
from services.desk.use_cases.inbox import Inbox
from shared.kit.errors import WrongInput

INBOX = "/inbox"
_ALERT = "/alerts/{alert_id}"
_NOT_PAGES = ("/api/", "/fragments/", "/feeds/", "/websub/", "/u/", "/f/", "/health", "/metrics", "/language/")
_LONGEST_SEARCH = 200
_SNOOZE = "snooze:"


def unread_counter(inbox: Inbox) -> Callable[[Request], Awaitable[None]]:
    """Return what leaves the number of unread alerts with each request for a page; opening an alert reads it."""

    async def count(request: Request) -> None:
        account = visitor_of(request).account
        path = request.url.path
        if account is None or request.method not in SAFE_METHODS or path.startswith(_NOT_PAGES) or is_htmx(request):
            return
        if getattr(request.scope.get("route"), "path", "") == _ALERT:
            alert_id = _uuid(request.path_params.get("alert_id", ""))
            if alert_id is not None:
                await inbox.opened(account.person_id, alert_id)
        request.state.unread = await inbox.unread(account.person_id)

    return count


def inbox_pages(inbox: Inbox) -> Callable[[Templates], APIRouter]:
    """Return the area of one's own alerts."""
    return lambda templates: _routes(_InboxPages(inbox, templates))


class _InboxPages:
    """Shows one's own alerts."""

    def __init__(self, inbox: Inbox, templates: Templates) -> None:
        self.inbox = inbox
        self._templates = templates

    async def shown(self, request: Request) -> Response:
        """Return the list, as far as it was asked for."""
        account = visitor_of(request).account
        if account is None:
            return self._templates.page(request, "inbox/nobody.html")
        query = request.query_params
        showing, search = showing_of(query.get("show", "")), query.get("q", "")[:_LONGEST_SEARCH].replace("\0", "")
        complaint, after, status = None, None, HTTPStatus.OK
        try:
            after = Edge.read(query.get("after", ""))
        except WrongInput as wrong:
            complaint, status = Complaint.of(wrong), HTTPStatus.UNPROCESSABLE_ENTITY
        page = await self.inbox.page(account.person_id, showing, search, after)
        request.state.unread = page.unread
        return self._templates.page(
            request,
            "inbox/list.html",
            status=status,
            page=page,
            showing=showing,
            search=search,
            after=after,
            complaint=complaint,
            snoozes=await self.inbox.snoozes(account.person_id),
            tabs=[(each, _address(show=each, q=search)) for each in ("unread", "all", "snoozed")],
            older=_address(show=showing, q=search, after=str(page.next)) if page.next else None,
        )

    async def marked(self, request: Request, person_id: UUID, alert_ids: list[UUID]) -> Response:
        """Return the marked alerts as they are now, for a page that stays where it is."""
        request.state.unread = await self.inbox.unread(person_id)
        return self._templates.page(
            request,
            "inbox/marked.html",
            items=await self.inbox.items(person_id, alert_ids),
            snoozes=await self.inbox.snoozes(person_id),
            back=own_path(form_of(request).get("back", INBOX)),
        )


def _routes(pages: _InboxPages) -> APIRouter:
    router = APIRouter()

    @router.get(INBOX)
    async def alerts(request: Request) -> Response:
        """Show one's own alerts."""
        return await pages.shown(request)

    @router.post(f"{INBOX}/marks")
    async def mark(request: Request) -> Response:
        """Mark alerts as read or unread, or put them off, and go back to the list."""
        form, account = form_of(request), visitor_of(request).account
        if account is None:  # the table of needs lets nobody else in
            raise LookupError("nobody is signed in")
        alert_ids = [each for text in form.all("alert")[:100] if (each := _uuid(text)) is not None]
        asked, person_id = form.get("do", ""), account.person_id
        if asked == "read":
            await pages.inbox.mark_read(person_id, alert_ids)
        elif asked == "unread":
            await pages.inbox.mark_unread(person_id, alert_ids)
        elif asked.startswith(_SNOOZE):
            try:
                await pages.inbox.snooze(person_id, alert_ids, asked.removeprefix(_SNOOZE))
            except WrongInput:  # the page was open while the day went by: it shows what can be chosen now
                return go_on(own_path(form.get("back", INBOX)))
        if is_htmx(request):
            return await pages.marked(request, person_id, alert_ids)
        return go_on(own_path(form.get("back", INBOX)))

    return router


def is_htmx(request: Request) -> bool:
    """Tell whether a page asks for a piece of itself."""
    return request.headers.get("hx-request") == "true"


def _address(**query: str) -> str:
    given = {name: value for name, value in query.items() if value and (name, value) != ("show", "unread")}
    return f"{INBOX}?{urlencode(given)}" if given else INBOX


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
