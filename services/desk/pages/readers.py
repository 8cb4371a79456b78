"""Where readers' own links lead, without a login: unsubscribing (RFC 8058), following, feeds under secret addresses.

Looking at a link changes nothing: programs that scan mail open every link in it. A mail program that unsubscribes, and
the buttons of the pages, send a POST.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from services.desk.domain.feed import ATOM_TYPE, JSON_TYPE, FeedWords, as_atom, as_json_feed
from services.desk.domain.offers import Offer
from services.desk.domain.views import Followed
from services.desk.pages.languages import language_of
from services.desk.pages.templates import Templates
from services.desk.use_cases.readers import Readers
from shared.contracts.reader_links import follow_path, mail_exit_path, unsubscribe_path

READING = ["GET", "HEAD"]
_OURS_ALONE = {"x-robots-tag": "noindex, nofollow"}  # a secret address must not become one that is found
_FEED_SECONDS = 60  # feed readers that come more often get their own copy


def reader_routes(readers: Readers, templates: Templates, words: FeedWords) -> APIRouter:
    """Return the routes of readers' links; `words` are what feeds call things, and where the desk is."""
    router = APIRouter()
    _add_unsubscribing_from_all(router, readers, templates)  # first: its path looks like that of a member
    _add_unsubscribing(router, readers, templates)
    _add_following(router, readers, templates)
    _add_feeds(router, readers, words)
    return router


def _add_unsubscribing(router: APIRouter, readers: Readers, templates: Templates) -> None:
    @router.api_route("/u/{token}", methods=READING, response_class=HTMLResponse)
    async def ask(token: str, request: Request) -> HTMLResponse:
        """Show what the link would end, and the button that ends it."""
        return unsubscribed(request, await readers.followed(token), unsubscribe_path(token))

    @router.post("/u/{token}", response_class=HTMLResponse)
    async def unsubscribe(token: str, request: Request) -> HTMLResponse:
        """End the subscription, whatever the body says; again is no error."""
        return unsubscribed(request, await readers.unsubscribe(token), unsubscribe_path(token))

    @router.api_route("/u/{token}/{member}", methods=READING, response_class=HTMLResponse)
    async def ask_member(token: str, member: UUID, request: Request) -> HTMLResponse:
        """Show what the link would end for this member of a team, and the button that ends it."""
        return unsubscribed(request, await readers.followed(token, member), unsubscribe_path(token, member))

    @router.post("/u/{token}/{member}", response_class=HTMLResponse)
    async def opt_out(token: str, member: UUID, request: Request) -> HTMLResponse:
        """End the mails to this member, whatever the body says; again is no error."""
        return unsubscribed(request, await readers.unsubscribe(token, member), unsubscribe_path(token, member))

    def unsubscribed(request: Request, found: Followed | None, path: str) -> HTMLResponse:
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        page = templates.render("unsubscribe.html", language_of(request), found=found, action=f"/{path}")
        return HTMLResponse(page, headers=_OURS_ALONE)


def _add_unsubscribing_from_all(router: APIRouter, readers: Readers, templates: Templates) -> None:
    @router.api_route("/u/mail/{token}", methods=READING, response_class=HTMLResponse)
    async def ask_all(token: str, request: Request) -> HTMLResponse:
        """Show all that a message's link would end, and the button that ends it."""
        return all_unsubscribed(request, await readers.followed_in(token), token)

    @router.post("/u/mail/{token}", response_class=HTMLResponse)
    async def unsubscribe_from_all(token: str, request: Request) -> HTMLResponse:
        """End everything of which the message told, whatever the body says; again is no error."""
        return all_unsubscribed(request, await readers.unsubscribe_from_all(token), token)

    def all_unsubscribed(request: Request, found: Sequence[Followed], token: str) -> HTMLResponse:
        if not found:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        live = [each for each in found if not each.ended]
        page = templates.render(
            "unsubscribe_all.html", language_of(request), found=found, live=live, action=f"/{mail_exit_path(token)}"
        )
        return HTMLResponse(page, headers=_OURS_ALONE)


def _add_following(router: APIRouter, readers: Readers, templates: Templates) -> None:
    @router.api_route("/f/{token}/{agreement_id}", methods=READING, response_class=HTMLResponse)
    async def offer(token: str, agreement_id: str, request: Request) -> HTMLResponse:
        """Show what the link would follow, and the button that follows it."""
        return followed(request, await readers.offer(token, agreement_id), token)

    @router.post("/f/{token}/{agreement_id}", response_class=HTMLResponse)
    async def follow(token: str, agreement_id: str, request: Request) -> HTMLResponse:
        """Follow the agreement, whatever the body says; again is no error."""
        return followed(request, await readers.follow(token, agreement_id), token)

    def followed(request: Request, found: Offer | None, token: str) -> HTMLResponse:
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        action = f"/{follow_path(token, found.agreement_id)}"
        return HTMLResponse(
            templates.render("follow.html", language_of(request), found=found, action=action), headers=_OURS_ALONE
        )


def _add_feeds(router: APIRouter, readers: Readers, words: FeedWords) -> None:
    @router.api_route("/feeds/{token}.atom", methods=READING)
    async def atom(token: str, request: Request) -> Response:
        """Return the newest alerts in Atom."""
        feed = await readers.feed(token)
        if feed is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return _answer(request, as_atom(feed, words, f"{words.home_url}/feeds/{token}.atom"), ATOM_TYPE)

    @router.api_route("/feeds/{token}.json", methods=READING)
    async def json_feed(token: str, request: Request) -> Response:
        """Return the newest alerts in JSON Feed."""
        feed = await readers.feed(token)
        if feed is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return _answer(request, as_json_feed(feed, words, f"{words.home_url}/feeds/{token}.json"), JSON_TYPE)


def _answer(request: Request, body: bytes, content_type: str) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {**_OURS_ALONE, "etag": tag, "cache-control": f"private, max-age={_FEED_SECONDS}"}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type=content_type, headers=headers)
