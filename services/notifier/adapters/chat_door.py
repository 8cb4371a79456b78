"""The way to chats: JSON over the one door to HTTP. How many a chat takes in a second is the room's to know."""

from __future__ import annotations

import json
from collections.abc import Mapping

from shared.kit.errors import WrongInput
from shared.kit.urls import checked_url
from shared.web import looks
from shared.web.client import WebClient


class ChatDoor:
    """Posts JSON to chats."""

    def __init__(self, web: WebClient, *, limit_seconds: float) -> None:
        self._web = web
        self._limit_seconds = limit_seconds

    async def post(self, url: str, said: Mapping[str, object]) -> looks.Answer:
        """Post once."""
        try:
            checked_url(url)
        except WrongInput:
            return looks.NotSent("protocol", "The address of this chat is no web address.", permanent=True)
        body = json.dumps(said, ensure_ascii=False).encode()
        headers = {"content-type": "application/json; charset=utf-8"}
        return await self._web.post(url, content=body, headers=headers, total_seconds=self._limit_seconds)
