"""A story, an article, an alert; why it was told, why not; and what an officer says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import HTMLResponse, Response

from services.desk.domain.permissions import Permission
from services.desk.domain.shown import ShownArticle
from services.desk.pages.account_pages import Complaint, go_on
from services.desk.pages.guard import form_of, visitor_of
from services.desk.pages.templates import Templates
from services.desk.use_cases.asking import Asking
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.reading import Reading
from shared.kit.errors import WrongInput

T = TypeVar("T")

MOST_CHARACTERS = 400  # of a rule's name in an address


@dataclass(frozen=True, slots=True)
class Choices:
    """The ids of the catalogue that somebody can choose from, each in the order of its name."""

    agreements: Sequence[str]
    sectors: Sequence[str]
    stages: Sequence[str]


def reading_pages(
    reading: Reading, definitions: Definitions, asking: Asking, choices: Choices
) -> Callable[[Templates], APIRouter]:
    """Return what makes the routes of stories, articles and alerts."""

    def routes(templates: Templates) -> APIRouter:
        router = APIRouter()
        pages = _Pages(reading, templates, choices)
        _add_articles(router, pages)
        _add_answers(router, pages, definitions, asking)
        return router

    return routes


class _Pages:
    """Shows articles, as they are or with a complaint."""

    def __init__(self, reading: Reading, templates: Templates, choices: Choices) -> None:
        self.reading = reading
        self.templates = templates
        self._choices = choices

    async def known(self, article_id: UUID) -> ShownArticle:
        """Return the article. Raises HTTPException for an unknown one."""
        return _found(await self.reading.article(article_id))

    async def article(self, request: Request, article_id: UUID, wrong: WrongInput | None = None) -> HTMLResponse:
        """Return the page of the article."""
        shown = await self.known(article_id)
        visitor = visitor_of(request)
        return self.templates.page(
            request,
            "reading/article.html",
            status=HTTPStatus.OK if wrong is None else HTTPStatus.UNPROCESSABLE_ENTITY,
            shown=shown,
            said=request.query_params.get("said") == "1",
            complaint=None if wrong is None else Complaint.of(wrong),
            wrong=form_of(request).get("says", "") if wrong is not None else "",
            may_say=visitor.account is not None and visitor.may(Permission.CORRECT),
            agreements=self._choices.agreements,
            sectors=self._choices.sectors,
            stages=self._choices.stages,
        )


def _add_articles(router: APIRouter, pages: _Pages) -> None:
    @router.get("/stories/{story_id}", response_class=HTMLResponse)
    async def story(story_id: UUID, request: Request) -> HTMLResponse:
        """Show a story by the article that speaks for it."""
        shown = _found(await pages.reading.story(story_id))
        return pages.templates.page(request, "reading/story.html", shown=shown)

    @router.get("/articles/{article_id}", response_class=HTMLResponse)
    async def article(article_id: UUID, request: Request) -> HTMLResponse:
        """Show an article with all that is known of it."""
        return await pages.article(request, article_id)

    @router.post("/articles/{article_id}/feedback")
    async def say(article_id: UUID, request: Request) -> Response:
        """Keep what an officer says of the article."""
        form, account = form_of(request), visitor_of(request).account
        if account is None:
            raise HTTPException(HTTPStatus.FORBIDDEN)
        revision = form.get("revision", "")
        try:
            read = int(revision) if revision.isascii() and revision.isdigit() else 0
            kept = await pages.reading.say(article_id, form, by=account.name, revision=read)
        except WrongInput as wrong:
            return await pages.article(request, article_id, wrong)
        _found(kept)
        return go_on(f"/articles/{article_id}?said=1#feedback")


def _add_answers(router: APIRouter, pages: _Pages, definitions: Definitions, asking: Asking) -> None:
    @router.get("/articles/{article_id}/why-not", response_class=HTMLResponse)
    async def why_not(
        article_id: UUID, request: Request, rule: Annotated[str, Query(max_length=MOST_CHARACTERS)] = ""
    ) -> HTMLResponse:
        """Show what stopped the article from being told by a rule, and its walk through the house."""
        shown = await pages.known(article_id)
        answer, complaint = None, None
        try:
            answer = await asking.why_not(str(article_id), rule) if rule else None
        except WrongInput as wrong:
            complaint = Complaint.of(wrong)
        return pages.templates.page(
            request,
            "reading/why_not.html",
            status=HTTPStatus.OK if complaint is None else HTTPStatus.UNPROCESSABLE_ENTITY,
            shown=shown,
            rule=rule,
            answer=answer,
            explanation=getattr(answer.outcome, "explanation", None) if answer is not None else None,
            complaint=complaint,
        )

    @router.get("/alerts/{alert_id}", response_class=HTMLResponse)
    async def alert(alert_id: UUID, request: Request) -> HTMLResponse:
        """Show why an alert fired, and where it went."""
        reasons = _found(await definitions.why(alert_id))
        why = await asking.why(alert_id)
        return pages.templates.page(
            request, "reading/alert.html", alert=reasons.alert, verdict=reasons.verdict, why=why
        )


def _found(what: T | None) -> T:
    if what is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return what
