"""Subscriptions: what one hears of, where and when; made in three clicks, tried, changed and ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from babel.dates import format_date
from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from services.desk.domain.figures import Figure, drawn
from services.desk.domain.keeping import Keeper
from services.desk.domain.permissions import Permission
from services.desk.domain.previews import Preview
from services.desk.domain.receivers import For
from services.desk.pages.account_pages import Complaint, go_on
from services.desk.pages.guard import form_of, visitor_of
from services.desk.pages.languages import language_of
from services.desk.pages.subscription_forms import Asked, chooser_name, complaint_of, receiver_named
from services.desk.pages.templates import Templates
from services.desk.use_cases.keeping import Keeping, NotTheirs
from shared.kit.errors import PactwatchError, WrongInput

SUBSCRIPTIONS = "/subscriptions"
_UNFIT = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class House:
    """What the house knows by name, whether it can send mails, and where it is reached."""

    agreements: Mapping[str, str]
    sectors: Mapping[str, str]
    stages: tuple[str, ...]
    home_url: str
    can_mail: bool = True


def subscription_pages(keeping: Keeping, house: House) -> Callable[[Templates], APIRouter]:
    """Return the area of subscriptions."""
    return lambda templates: _routes(SubscriptionPages(keeping, house, templates))


def keeper_of(request: Request) -> Keeper:
    """Return whoever looks after subscriptions here. Raises HTTPException for nobody."""
    visitor = visitor_of(request)
    if visitor.account is None:  # the table of needs lets in nobody who would change something
        raise HTTPException(HTTPStatus.UNAUTHORIZED)
    return Keeper(visitor.account.person_id, visitor.account.name, visitor.may(Permission.KEEP_PEOPLE))


class SubscriptionPages:
    """Shows subscriptions."""

    def __init__(self, keeping: Keeping, house: House, templates: Templates) -> None:
        self.keeping = keeping
        self.house = house
        self._templates = templates

    async def listed(self, request: Request) -> Response:
        """Return the list: one's own and one's teams', or whose a keeper of all asks for."""
        if visitor_of(request).account is None:
            return self._templates.page(request, "subscriptions/nobody.html")
        keeper, asked = keeper_of(request), request.query_params.get("for", "")
        whose = None if not keeper.of_all or not asked else receiver_named(asked) or For()
        return self._templates.page(
            request,
            "subscriptions/list.html",
            kept=await self.keeping.listed(keeper, whose),
            keeper=keeper,
            asked=asked,
            choices=await self.keeping.choices(keeper) if keeper.of_all else None,
            now=self.keeping.now,
            said=request.query_params.get("said", ""),
            unsent=request.query_params.get("unsent", ""),
        )

    async def new(
        self,
        request: Request,
        asked: Asked,
        *,
        complaint: Complaint | None = None,
        preview: Preview | None = None,
    ) -> Response:
        """Return the form of following, as it was filled in."""
        if visitor_of(request).account is None:
            return self._templates.page(request, "subscriptions/nobody.html")
        keeper = keeper_of(request)
        return self._templates.page(
            request,
            "subscriptions/new.html",
            status=HTTPStatus.OK if complaint is None else _UNFIT,
            asked=asked,
            complaint=complaint,
            preview=preview,
            weeks=_weeks(preview, language_of(request)),
            keeper=keeper,
            person=await self.keeping.person(keeper),
            choices=await self.keeping.choices(keeper),
            house=self.house,
            chooser_name=chooser_name,
        )

    async def one(
        self,
        request: Request,
        subscription_id: UUID,
        *,
        status: int = HTTPStatus.OK,
        **more: Any,  # noqa: ANN401  (what the template shows beside it)
    ) -> Response:
        """Return everything about one subscription."""
        keeper = keeper_of(request)
        try:
            kept = await self.keeping.one(keeper, subscription_id)
        except NotTheirs:
            raise HTTPException(HTTPStatus.NOT_FOUND) from None
        said = request.query_params.get("said", "")
        values = {"where": "", "tried": None, "secret": None, "said": said, **more}
        return self._templates.page(
            request,
            "subscriptions/one.html",
            status=status,
            one=kept,
            keeper=keeper,
            now=self.keeping.now,
            house=self.house,
            **values,
        )

    async def previewed(self, request: Request, asked: Asked) -> Response:
        """Return what a subscription would have brought, for a form that is being filled in."""
        preview, complaint = await self.look(asked, keeper_of(request))
        return self._templates.page(
            request,
            "subscriptions/preview.html",
            preview=preview,
            weeks=_weeks(preview, language_of(request)),
            complaint=complaint,
        )

    async def look(self, asked: Asked, keeper: Keeper) -> tuple[Preview | None, Complaint | None]:
        """Return the preview, or what is wrong; neither where nothing is chosen yet."""
        if asked.is_empty:
            return None, None
        whom = asked.receiver(keeper.themselves) if keeper.of_all else keeper.themselves
        try:
            return await self.keeping.preview(asked.target(), whom, **asked.given()), None
        except WrongInput as wrong:
            return None, complaint_of(wrong, asked.kind)

    def tried(self, request: Request, values: Mapping[str, Any]) -> Response:
        """Return what came back of a sample, for a page that stays where it is."""
        return self._templates.page(request, "subscriptions/tried.html", **values)


def _routes(pages: SubscriptionPages) -> APIRouter:
    router = APIRouter()

    @router.get(SUBSCRIPTIONS)
    async def listed(request: Request) -> Response:
        """Show what one hears of."""
        return await pages.listed(request)

    @router.get(f"{SUBSCRIPTIONS}/new")
    async def new(request: Request) -> Response:
        """Show the form of following."""
        return await pages.new(request, Asked.of(request.query_params))

    @router.get("/fragments/subscription-preview")
    async def preview(request: Request) -> Response:
        """Return what a subscription would have brought."""
        return await pages.previewed(request, Asked.of(request.query_params))

    @router.post(SUBSCRIPTIONS)
    async def follow(request: Request) -> Response:
        """Follow, or (the button of who has no script) look at what it would bring."""
        asked, keeper = Asked.of(form_of(request)), keeper_of(request)
        if "look" in form_of(request):
            found, complaint = await pages.look(asked, keeper)
            return await pages.new(request, asked, complaint=complaint, preview=found)
        return await _follow(request, pages, asked, keeper)

    @router.get(f"{SUBSCRIPTIONS}/{{subscription_id}}")
    async def one(subscription_id: UUID, request: Request) -> Response:
        """Show everything about one subscription."""
        return await pages.one(request, subscription_id)

    return router


async def _follow(request: Request, pages: SubscriptionPages, asked: Asked, keeper: Keeper) -> Response:
    whom = asked.receiver(keeper.themselves)
    try:
        _refuse_for_officers(asked, keeper)
        made = await pages.keeping.follow(keeper, asked.target(), asked.channel(), whom, **asked.given())
    except WrongInput as wrong:
        return await pages.new(request, asked, complaint=complaint_of(wrong, asked.kind))
    except NotTheirs:
        raise HTTPException(HTTPStatus.FORBIDDEN) from None
    except PactwatchError as error:  # secrets that cannot be kept
        return await pages.new(request, asked, complaint=Complaint("channel", error.sentence, "Tell an operator."))
    if made.secret is not None:
        status = HTTPStatus.CREATED
        return await pages.one(request, made.subscription_id, status=status, secret=made.secret, said="made")
    return go_on(f"{SUBSCRIPTIONS}/{made.subscription_id}?said={'already' if made.already else 'made'}")


def _refuse_for_officers(asked: Asked, keeper: Keeper) -> None:
    """Raise WrongInput for what only admins set: mails to others, and services that take a secret address whole."""
    if keeper.of_all:
        return
    if asked.kind == "mailto" and asked.addresses.get("mailto"):
        mend = "Leave it empty for your own address, or ask an admin."
        raise WrongInput("to_mailto", asked.addresses["mailto"], "is for admins to give", mend=mend)
    if asked.kind == "apprise":
        raise WrongInput("channel", "apprise", "is for admins to set up", mend="Ask an admin, or choose another way.")


def _weeks(preview: Preview | None, language: str) -> Any:  # noqa: ANN401  (a drawing, or nothing)
    if preview is None:
        return None
    return drawn([Figure(format_date(day, "d MMM y", locale=language), count) for day, count in preview.weeks])
