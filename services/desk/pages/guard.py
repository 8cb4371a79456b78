"""Stands before every route: who comes, whether they may, and whether a page of ours sent them."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

from services.desk.domain.origins import is_ours
from services.desk.domain.permissions import Door, Permission
from services.desk.domain.sessions import Device
from services.desk.domain.visitors import NOBODY, Visitor, Whence, is_let_in
from services.desk.pages.cookies import Cookies
from services.desk.pages.forms import PROOF_FIELD, Form, read_form
from services.desk.pages.needs import SAFE_METHODS, Proof, Terms, terms_of
from services.desk.use_cases.signing_in import SigningIn
from shared.kit.tokens import is_proof

PROOF_HEADER = "x-csrf-token"
_FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


class NotSignedIn(Exception):
    """This needs an account, and nobody is signed in."""


class NotAllowed(Exception):
    """Somebody is signed in whose role has not this permission."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission)
        self.permission = permission


class NotProven(Exception):
    """Nothing shows that a page of ours sent this."""


class Guard:
    """Checks before every route; leaves the visitor (and the form, where there is one) with the request."""

    def __init__(self, signing_in: SigningIn, cookies: Cookies, public_url: str | None) -> None:
        self._signing_in = signing_in
        self._cookies = cookies
        self._public_name = (urlsplit(public_url).hostname or "") if public_url else ""

    async def check(self, request: Request) -> None:
        """Let the request pass. Raises NotSignedIn, NotAllowed, NotProven."""
        path = getattr(request.scope.get("route"), "path", "")
        terms = terms_of(request.method, path)
        if terms is None:
            raise RuntimeError(f"{request.method} {path} does not say what it needs")
        visitor = await self._visitor(request, terms)
        request.state.visitor = visitor
        beside = whence(request).is_beside(self._public_name)
        if not is_let_in(visitor, terms.need, beside=beside):
            if visitor.account is None:
                raise NotSignedIn
            raise NotAllowed(Permission.OPERATE if isinstance(terms.need, Door) else terms.need)
        if request.method not in SAFE_METHODS:
            await self._prove(request, terms, visitor)

    async def _visitor(self, request: Request, terms: Terms) -> Visitor:
        if terms.need is Door.ANYBODY and terms.proof is Proof.NONE:
            return NOBODY  # feeds, hubs, health: nothing is looked up
        return await self._signing_in.visitor(self._cookies.session(request), whence(request))

    async def _prove(self, request: Request, terms: Terms, visitor: Visitor) -> None:
        if terms.proof is Proof.NONE:
            return
        host = request.headers.get("host", "")
        if not is_ours(request.headers.get("sec-fetch-site"), request.headers.get("origin"), host):
            raise NotProven
        if terms.proof is Proof.FORM:
            request.state.form = await read_form(request, terms.most_bytes)
            given = request.state.form.get(PROOF_FIELD, "")
        elif visitor.account is None:
            return  # no cookie vouches for this call, so that none could be abused
        else:
            given = request.headers.get(PROOF_HEADER, "")
        of_session = isinstance(terms.need, Permission)
        token = self._cookies.session(request) if of_session else self._cookies.form(request)
        if token is None or not is_proof(given, token):
            raise NotProven


def visitor_of(request: Request) -> Visitor:
    """Return who made the request."""
    visitor: Visitor = getattr(request.state, "visitor", NOBODY)
    return visitor


def form_of(request: Request) -> Form:
    """Return the form that the guard has read and found proven."""
    form: Form = request.state.form
    return form


def whence(request: Request) -> Whence:
    """Return where the request comes from."""
    forwarded = any(name in request.headers for name in _FORWARDING)
    return Whence(request.client.host if request.client else "", request.headers.get("host", ""), forwarded)


def device_of(request: Request) -> Device:
    """Return what the request says of the device that it was made on."""
    return Device.told(request.headers.get("user-agent", ""), request.client.host if request.client else "")
