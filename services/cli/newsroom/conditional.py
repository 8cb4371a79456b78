"""Answers that a polite poller may ask for again: ETag, Last-Modified, and 304 when nothing has changed."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response


def conditional_response(
    request: Request, body: str, *, media_type: str, last_modified: datetime | None = None
) -> Response:
    """Return the body with its validators, or an empty 304 when the asker already holds it (RFC 9110, 13.1)."""
    content = body.encode("utf-8")
    headers = {"etag": f'"{hashlib.sha256(content).hexdigest()[:32]}"', "cache-control": "no-cache"}
    if last_modified is not None:
        headers["last-modified"] = format_datetime(last_modified.astimezone(UTC), usegmt=True)
    if _is_held(request.headers, headers["etag"], last_modified):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=media_type)


def _is_held(asked: Headers, etag: str, last_modified: datetime | None) -> bool:
    tags = asked.get("if-none-match")
    if tags is not None:  # RFC 9110 13.1.3: where a tag is given, the date is not looked at
        return any(tag.strip().removeprefix("W/") in {etag, "*"} for tag in tags.split(","))
    since = _moment(asked.get("if-modified-since", ""))
    return last_modified is not None and since is not None and last_modified <= since


def _moment(http_date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(http_date)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
