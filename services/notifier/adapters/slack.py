"""Sends a message to a Slack channel through its incoming webhook, whose address is its password."""

from __future__ import annotations

from services.notifier.adapters.answers import outcome_of_answer
from services.notifier.adapters.chat_door import ChatDoor
from services.notifier.adapters.letters import Letters
from services.notifier.domain.delivery import Fault, Outcome, Refused
from services.notifier.domain.parcel import Parcel
from services.notifier.domain.slack_message import slack_message

_SHOWN = "Slack"


class SlackChannel:
    """Posts to incoming webhooks. Slack knows no ids of messages: one that was cut off may come twice."""

    def __init__(self, door: ChatDoor, letters: Letters) -> None:
        self._door = door
        self._letters = letters

    async def send(self, parcel: Parcel) -> Outcome:
        """Post the message once."""
        url = parcel.secret
        if not url:
            why = "The address of this Slack channel is missing. End the subscription, and subscribe it anew."
            return Refused(why, fault=Fault.ADDRESS)
        answer = await self._door.post(url, slack_message(self._letters.of(parcel)))
        return outcome_of_answer(answer, url, _SHOWN)
