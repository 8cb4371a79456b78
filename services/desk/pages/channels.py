"""How channels stand, what is held for them, and the stop switches."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from services.desk.domain.operating import Stops
from services.desk.pages.account_pages import Complaint, go_on
from services.desk.pages.guard import form_of, visitor_of
from services.desk.pages.templates import Templates
from services.desk.use_cases.operating import Channels
from shared.kit.errors import WrongInput
from shared.kit.text import one_line

LONGEST_REASON = 300
Said = Annotated[str, Query(max_length=20)]
What = Annotated[str, Query(max_length=400)]
Count = Annotated[int, Query(ge=0, le=10_000_000)]


def channel_pages(channels: Channels) -> Callable[[Templates], APIRouter]:
    """Return what makes the routes of channels."""
    return lambda templates: _routes(_ChannelPages(channels, templates))


class _ChannelPages:
    """Shows channels and stop switches, with what was done or could not be."""

    def __init__(self, channels: Channels, templates: Templates) -> None:
        self.channels = channels
        self.sending = channels.sending
        self._templates = templates

    async def show(
        self,
        request: Request,
        *,
        said: str = "",
        what: str = "",
        count: int = 0,
        complaint: Complaint | None = None,
        place: str = "",
    ) -> HTMLResponse:
        status = HTTPStatus.OK if complaint is None else HTTPStatus.UNPROCESSABLE_ENTITY
        channels = await self.sending.channels()
        values = {"given": dict(form_of(request)) if complaint else {}, "place": place, "complaint": complaint}
        return self._templates.page(
            request,
            "channels/page.html",
            status=status,
            channels=channels,
            kinds=sorted({each.kind for each in channels}),
            stops=await self.sending.stops(),
            rules=await self.channels.rules(),
            told={"said": said, "what": what, "count": count},
            **values,
        )


def _routes(pages: _ChannelPages) -> APIRouter:
    router = APIRouter()

    @router.get("/channels", response_class=HTMLResponse)
    async def channels(request: Request, said: Said = "", what: What = "", count: Count = 0) -> HTMLResponse:
        """Show how each channel stands, and what is stopped."""
        return await pages.show(request, said=said, what=what, count=count)

    @router.post("/channels/stops", response_class=HTMLResponse)
    async def stop(request: Request) -> Response:
        """Throw a stop switch."""
        form = form_of(request)
        try:
            scope = _scope(form.get("scope", ""))
            about = one_line({Stops.RULE: form.get("rule", ""), Stops.CHANNEL: form.get("channel", "")}.get(scope, ""))
            thrown = await pages.sending.stop(scope, about, by=_name(request), reason=_reason(form.get("reason", "")))
        except WrongInput as wrong:
            return await pages.show(request, complaint=_complaint(wrong), place="stop")
        return _on("stopped", thrown.label, thrown.held)

    @router.post("/channels/stops/{stop_id}/end", response_class=HTMLResponse)
    async def end_stop(stop_id: UUID, request: Request) -> Response:
        """End a stop switch; what it held is sent, or dropped by choice."""
        drop = form_of(request).get("held") == "drop"
        try:
            label, count = await pages.sending.end_stop(stop_id, by=_name(request), drop=drop)
        except WrongInput as wrong:
            return await pages.show(request, complaint=_complaint(wrong), place="stops")
        return _on("dropped" if drop else "ended", label, count)

    @router.post("/channels/{channel}/disable", response_class=HTMLResponse)
    async def disable(channel: str, request: Request) -> Response:
        """Send nothing to an address until somebody enables it."""
        try:
            reason = _reason(form_of(request).get("reason", ""))
            shown = await pages.sending.disable(channel, by=_name(request), reason=reason)
        except WrongInput as wrong:
            return await pages.show(request, complaint=_complaint(wrong), place=channel)
        return _on("disabled", shown, 0)

    @router.post("/channels/{channel}/enable", response_class=HTMLResponse)
    async def enable(channel: str, request: Request) -> Response:
        """Send to an address again."""
        try:
            shown, count = await pages.sending.enable(channel)
        except WrongInput as wrong:
            return await pages.show(request, complaint=_complaint(wrong), place=channel)
        return _on("enabled", shown, count)

    return router


def _on(said: str, what: str, count: int) -> Response:
    return go_on(f"/channels?{urlencode({'said': said, 'what': what[:300], 'count': count})}")


def _name(request: Request) -> str:
    account = visitor_of(request).account
    return account.name if account is not None else "somebody"


def _scope(text: str) -> Stops:
    try:
        return Stops(text)
    except ValueError:
        raise WrongInput("scope", text, "is nothing that can be stopped", mend="Choose one of the three.") from None


def _reason(text: str) -> str:
    reason = one_line(text)
    if not reason:
        raise WrongInput("reason", text, "is missing", mend="Say why: others who wonder about silence read it here.")
    if len(reason) > LONGEST_REASON:
        raise WrongInput("reason", text, "is too long", mend=f"Give at most {LONGEST_REASON} characters.")
    return reason


def _complaint(wrong: WrongInput) -> Complaint:
    """Return it in words of this page: the notifier's speak of commands."""
    mend = "See below how it stands now." if "pactwatch" in wrong.mend else wrong.mend
    what = wrong.field if wrong.field in ("reason", "scope") else str(wrong.value)
    return Complaint(wrong.field, f"{what[:300]} {wrong.why}.", mend)
