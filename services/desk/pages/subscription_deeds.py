"""What is done with one subscription: changed, muted, tried out, given a new secret or address, ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from services.desk.pages.account_pages import Complaint, go_on
from services.desk.pages.guard import form_of
from services.desk.pages.inbox import is_htmx
from services.desk.pages.subscription_forms import Asked, complaint_of
from services.desk.pages.subscriptions import SUBSCRIPTIONS, House, SubscriptionPages, keeper_of
from services.desk.pages.templates import Templates
from services.desk.use_cases.keeping import Keeping, NotTheirs
from shared.kit.errors import PactwatchError, WrongInput
from shared.kit.text import storable

_ONE = f"{SUBSCRIPTIONS}/{{subscription_id}}"
_UNFIT = HTTPStatus.UNPROCESSABLE_ENTITY
Deed = Callable[[], Awaitable[object]]


def subscription_deeds(keeping: Keeping, house: House) -> Callable[[Templates], APIRouter]:
    """Return what is done with subscriptions."""
    return lambda templates: _routes(SubscriptionPages(keeping, house, templates))


def _routes(pages: SubscriptionPages) -> APIRouter:
    router = APIRouter()
    router.include_router(_wish_routes(pages))
    router.include_router(_secret_routes(pages))
    router.include_router(_end_routes(pages))
    return router


async def _do(request: Request, pages: SubscriptionPages, subscription_id: UUID, where: str, deed: Deed) -> Response:
    """Do it and show the subscription again, or what is wrong."""
    try:
        await deed()
    except WrongInput as wrong:
        return await pages.one(request, subscription_id, status=_UNFIT, complaint=complaint_of(wrong), where=where)
    except NotTheirs:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    return go_on(f"{SUBSCRIPTIONS}/{subscription_id}?said={where}")


def _wish_routes(pages: SubscriptionPages) -> APIRouter:
    router, keeping = APIRouter(), pages.keeping

    @router.post(f"{_ONE}/change")
    async def change(subscription_id: UUID, request: Request) -> Response:
        """Change when and what it wants."""
        keeper, given = keeper_of(request), Asked.of(form_of(request)).given()
        return await _do(
            request, pages, subscription_id, "changed", lambda: keeping.change(keeper, subscription_id, **given)
        )

    @router.post(f"{_ONE}/mute")
    async def mute(subscription_id: UUID, request: Request) -> Response:
        """Keep what comes for a time."""
        keeper, form = keeper_of(request), form_of(request)
        span, until = form.get("span", ""), storable(form.get("until", "")).strip()
        time = {"until": until} if until else {"span": span}
        return await _do(
            request, pages, subscription_id, "muted", lambda: keeping.mute(keeper, subscription_id, **time)
        )

    @router.post(f"{_ONE}/unmute")
    async def unmute(subscription_id: UUID, request: Request) -> Response:
        """Let go on what was muted."""
        keeper = keeper_of(request)
        return await _do(request, pages, subscription_id, "unmuted", lambda: keeping.unmute(keeper, subscription_id))

    @router.post(f"{_ONE}/leave-out")
    async def leave_out(subscription_id: UUID, request: Request) -> Response:
        """Have no more of a team's messages, or have them again."""
        keeper, again = keeper_of(request), bool(form_of(request).get("again"))
        where = "let-in" if again else "left-out"
        return await _do(
            request, pages, subscription_id, where, lambda: keeping.leave_out(keeper, subscription_id, again=again)
        )

    return router


def _secret_routes(pages: SubscriptionPages) -> APIRouter:
    router, keeping = APIRouter(), pages.keeping

    @router.post(f"{_ONE}/test")
    async def try_out(subscription_id: UUID, request: Request) -> Response:
        """Send a sample, and show what came back."""
        try:
            tried = await keeping.try_out(keeper_of(request), subscription_id)
        except NotTheirs:
            raise HTTPException(HTTPStatus.NOT_FOUND) from None
        if is_htmx(request):
            return pages.tried(request, {"tried": tried})
        return await pages.one(request, subscription_id, tried=tried)

    @router.post(f"{_ONE}/secret")
    async def renew_secret(subscription_id: UUID, request: Request) -> Response:
        """Give a webhook a new secret, and show it this once."""
        try:
            new = await keeping.new_secret(keeper_of(request), subscription_id)
        except NotTheirs:
            raise HTTPException(HTTPStatus.NOT_FOUND) from None
        except PactwatchError as error:
            complaint = Complaint("secret", error.sentence, "Tell an operator of this desk.")
            return await pages.one(request, subscription_id, status=_UNFIT, complaint=complaint, where="secret")
        return await pages.one(request, subscription_id, secret=new.secret, said="secret")

    @router.post(f"{_ONE}/feed")
    async def renew_address(subscription_id: UUID, request: Request) -> Response:
        """Give a feed a new address, and close the old one."""
        try:
            new_id = await keeping.new_feed_address(keeper_of(request), subscription_id)
        except NotTheirs:
            raise HTTPException(HTTPStatus.NOT_FOUND) from None
        except WrongInput as wrong:
            return await pages.one(request, subscription_id, status=_UNFIT, complaint=complaint_of(wrong), where="feed")
        return go_on(f"{SUBSCRIPTIONS}/{new_id}?said=feed")

    return router


def _end_routes(pages: SubscriptionPages) -> APIRouter:
    router = APIRouter()

    @router.post(f"{_ONE}/end")
    async def end(subscription_id: UUID, request: Request) -> Response:
        """End it, and go back to the list."""
        try:
            ended = await pages.keeping.end(keeper_of(request), subscription_id)
        except NotTheirs:
            raise HTTPException(HTTPStatus.NOT_FOUND) from None
        return go_on(f"{SUBSCRIPTIONS}?said=ended&unsent={ended.cancelled}")

    return router
