"""The way to chats: JSON over the one door to HTTP, one message a second to each chat."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping

from shared.kit.errors import WrongInput
from shared.kit.urls import checked_url
from shared.web import looks
from shared.web.client import WebClient

SECONDS_BETWEEN_MESSAGES = 1.0  # Slack's limit for a webhook, Telegram's for a chat
_MOST_CHATS = 4096  # remembered at once; those whose second has passed are forgotten first


class Pace:
    """Lets messages to one chat out one after another; those to another chat do not wait."""

    def __init__(self, seconds_between: float = SECONDS_BETWEEN_MESSAGES) -> None:
        self._seconds_between = seconds_between
        self._free_at: dict[str, float] = {}

    async def turn(self, chat: str) -> None:
        """Return when it is this message's turn."""
        now = asyncio.get_running_loop().time()
        if len(self._free_at) >= _MOST_CHATS:
            self._free_at = {name: free_at for name, free_at in self._free_at.items() if free_at > now}
        mine = max(now, self._free_at.get(chat, 0.0))
        self._free_at[chat] = mine + self._seconds_between
        if mine > now:
            await asyncio.sleep(mine - now)


class ChatDoor:
    """Posts JSON to chats, at their pace."""

    def __init__(self, web: WebClient, pace: Pace, *, limit_seconds: float) -> None:
        self._web = web
        self._pace = pace
        self._limit_seconds = limit_seconds

    async def post(self, chat: str, url: str, said: Mapping[str, object]) -> looks.Answer:
        """Post when it is this chat's turn; waiting and posting together keep to the limit."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            checked_url(url)
        except WrongInput:
            return looks.NotSent("protocol", "The address of this chat is no web address.", permanent=True)
        try:
            async with asyncio.timeout(self._limit_seconds / 2):
                await self._pace.turn(chat)
        except TimeoutError:
            return looks.NotSent("timeout", "Too many messages wait for this chat.")
        left_seconds = self._limit_seconds - (loop.time() - begun)
        body = json.dumps(said, ensure_ascii=False).encode()
        headers = {"content-type": "application/json; charset=utf-8"}
        return await self._web.post(url, content=body, headers=headers, total_seconds=left_seconds)
