"""Sends a message to a Telegram chat through the bot API, in whose addresses stands the bot's password."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from services.notifier.adapters.answers import outcome_of_answer
from services.notifier.adapters.chat_door import ChatDoor
from services.notifier.adapters.letters import Letters
from services.notifier.domain.delivery import Delivered, Fault, Outcome, Refused, outcome_of_status
from services.notifier.domain.letter import Letter
from services.notifier.domain.parcel import Parcel
from services.notifier.domain.telegram_message import telegram_html, telegram_plain
from shared.kit.text import clip, one_line
from shared.web import looks

_SHOWN = "Telegram"
_SHOWN_CHARACTERS = 300  # of what went wrong
_CANNOT_READ = "can't parse entities"  # what the bot API says of markup that it cannot read
# A chat that we cannot write to is answered with 400 as a message that nobody can read is.
_OF_THE_CHAT = re.compile(
    r"chat not found|thread not found|deactivated|peer_id_invalid|not enough rights", re.IGNORECASE
)


class TelegramChannel:
    """Posts to chats as a bot. Telegram knows no ids of ours: a message that was cut off may come twice.

    A group that became a supergroup has another id: the API names it, and the message goes there at once.
    """

    def __init__(self, door: ChatDoor, letters: Letters, *, api_url: str) -> None:
        self._door = door
        self._letters = letters
        self._api_url = api_url.rstrip("/")

    async def send(self, parcel: Parcel) -> Outcome:
        """Post the message once; again where the API says how it is to be posted instead."""
        token, (_, chat, topic) = parcel.secret, _read(parcel.address)
        if not token or not chat:
            why = "The bot or the chat is missing. End the subscription, and subscribe it anew."
            return Refused(why, fault=Fault.ADDRESS)
        letter = self._letters.of(parcel)
        said: dict[str, object] = {
            "chat_id": chat,
            "text": telegram_html(letter),
            "parse_mode": "HTML",
            "link_preview_options": {"is_disabled": True},
        }
        if topic:
            said["message_thread_id"] = int(topic)
        return await self._post(f"{self._api_url}/bot{token}/sendMessage", said, letter)

    async def _post(self, url: str, said: dict[str, object], letter: Letter) -> Outcome:
        answer = await self._door.post(url, said)
        told = _told(answer)
        moved_to = told.get("parameters", {}).get("migrate_to_chat_id")
        if isinstance(moved_to, int):
            again = {name: value for name, value in said.items() if name != "message_thread_id"}
            answer = await self._door.post(url, again | {"chat_id": moved_to})
            return _moved(_outcome(answer, url), moved_to)
        if _CANNOT_READ in str(told.get("description")):
            plain = {name: value for name, value in said.items() if name != "parse_mode"}
            answer = await self._door.post(url, plain | {"text": telegram_plain(letter)})
        return _outcome(answer, url)


def _read(address: str) -> tuple[str, str, str]:
    """Return bot, chat and topic of an address as it is stored: `bot110201543/-1001234567890/42`."""
    bot, _, rest = address.partition("/")
    chat, _, topic = rest.partition("/")
    return bot, chat, topic if topic.isascii() and topic.isdigit() else ""


def _outcome(answer: looks.Answer, url: str) -> Outcome:
    if not isinstance(answer, looks.Answered) or 300 <= answer.status < 400:
        return outcome_of_answer(answer, url, _SHOWN)
    told = _told(answer)
    asked = told.get("parameters", {}).get("retry_after")
    wait_seconds = float(asked) if isinstance(asked, (int, float)) else answer.retry_after_seconds
    said = clip(one_line(str(told.get("description") or "")), _SHOWN_CHARACTERS)
    sentence = f"{_SHOWN} answered {answer.status}" + (f": {said}." if said else ".")
    outcome = outcome_of_status(answer.status, sentence, wait_seconds, said)
    if isinstance(outcome, Refused) and _OF_THE_CHAT.search(said):
        return replace(outcome, fault=Fault.ADDRESS)
    return outcome


def _moved(outcome: Outcome, chat: int) -> Outcome:
    if not isinstance(outcome, Delivered):
        return outcome
    return Delivered(f"{outcome.detail} The group has become {chat}: subscribe that chat instead.")


def _told(answer: looks.Answer) -> dict[str, Any]:
    """Return what the API says; an answer that is none of it (a proxy's page, a long one cut off) says nothing."""
    try:
        told = json.loads(answer.body_start) if isinstance(answer, looks.Answered) else None
    except ValueError:
        return {}
    if not isinstance(told, dict):
        return {}
    parameters = told.get("parameters")
    return told | {"parameters": parameters if isinstance(parameters, dict) else {}}
