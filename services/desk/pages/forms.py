"""Forms as browsers send them: bounded, decoded, and no file among them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

PROOF_FIELD = "proof"
_TYPE = "application/x-www-form-urlencoded"
FORM_BYTES = 16_000  # the longest password, every character escaped, twice, and the rest
_MOST_FIELDS = 400  # every agreement, sector, stage and source of the house, ticked
_MOST_SECONDS = 10.0  # a body that drips holds its connection no longer


class Form(dict[str, str]):
    """The fields of a form by name; of a field that is there twice the first, and `all` has every one."""

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        super().__init__(reversed(pairs))  # the first comes last, and stays
        self._pairs = tuple(pairs)

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of this field, in their order."""
        return tuple(value for each, value in self._pairs if each == name)


async def read_form(request: Request, most_bytes: int = FORM_BYTES) -> Form:
    """Return the fields of the form in the body.

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


def _fields(body: bytes) -> Form:
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The form cannot be read.") from None
    return Form(pairs)
