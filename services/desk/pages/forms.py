"""Forms as browsers send them: bounded, decoded, and no file among them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

PROOF_FIELD = "proof"
_TYPE = "application/x-www-form-urlencoded"
FORM_BYTES = 16_000  # the longest password, every character escaped, twice, and the rest
_MOST_FIELDS = 20
_MOST_SECONDS = 10.0  # a body that drips holds its connection no longer


async def read_form(request: Request, most_bytes: int = FORM_BYTES) -> Mapping[str, str]:
    """Return the fields of the form in the body; of a field that is there twice the first.

    Raises HTTPException for what is no form, or more than one of ours could be.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send {_TYPE}.")
    body = bytearray()
    try:
        async with asyncio.timeout(_MOST_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most_bytes:
                    raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"Send at most {most_bytes:,} bytes.")
    except TimeoutError:
        raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, "Send the form at once.") from None
    except ClientDisconnect:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    return _fields(bytes(body))


def _fields(body: bytes) -> Mapping[str, str]:
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The form cannot be read.") from None
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields
