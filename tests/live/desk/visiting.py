"""A browser at a desk with accounts: keeps cookies, follows nothing by itself, fills in forms as they stand there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

import httpx
from fastapi import FastAPI

PASSWORD = "granite lanterns over the old harbour"
OTHER_PASSWORD = "seven quiet ferries leave before dawn"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


class Visiting:
    """One browser; `home` is the address under which it knows the desk, `address` that of its machine."""

    def __init__(self, app: FastAPI, *, home: str = "http://127.0.0.1:8080", address: str = "127.0.0.1") -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 50_000))
        headers = {"user-agent": FIREFOX}
        self.client = httpx.AsyncClient(transport=transport, base_url=home, headers=headers)
        self.home = home

    async def get(self, address: str, **headers: str) -> httpx.Response:
        return await self.client.get(address, headers=headers)

    async def post(self, address: str, form: Mapping[str, str], **headers: str) -> httpx.Response:
        """Post a form, as a browser does from a page of the same desk."""
        sent = {"sec-fetch-site": "same-origin", "origin": self.home, **headers}
        return await self.client.post(address, data=dict(form), headers=sent)

    async def fill_in(self, page: str, form: Mapping[str, str], *, send_to: str | None = None) -> httpx.Response:
        """Open a page, and send its form with its hidden fields, where it says or elsewhere."""
        shown = (await self.get(page)).text
        action = send_to or page.partition("?")[0]
        return await self.post(action, {**hidden_fields(shown, action), **form})

    async def sign_in(self, login: str, password: str = PASSWORD, *, wanted: str = "/") -> httpx.Response:
        page = "/login" if wanted == "/" else f"/login?next={wanted}"
        return await self.fill_in(page, {"login": login, "password": password}, send_to="/login")

    async def aclose(self) -> None:
        await self.client.aclose()


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the page's form that is sent to this address."""
    forms = [form for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL) if f'action="{action}"' in form]
    if not forms:
        return {}
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', forms[0])
    return {name: unescape(value) for name, value in found}


def token_of(address: str) -> str:
    return address.rpartition("/")[2]
