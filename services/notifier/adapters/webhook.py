"""Sends a message to a webhook, signed as Standard Webhooks says."""

from __future__ import annotations

from services.notifier.adapters.links import Links
from services.notifier.domain.alert import Alert
from services.notifier.domain.delivery import Outcome, Refused, Rejected, Unknown, outcome_of_status
from services.notifier.domain.message import webhook_body, webhook_body_for_operators, webhook_headers
from services.notifier.domain.parcel import Parcel
from services.notifier.domain.trouble import Tidings
from shared.kit.clock import Clock
from shared.kit.errors import WrongInput
from shared.kit.text import clip, one_line
from shared.kit.urls import checked_url, host_of
from shared.web import looks
from shared.web.client import WebClient

_SHOWN_CHARACTERS = 300  # of an error's answer


class WebhookChannel:
    """Posts messages through the guarded web client."""

    def __init__(self, web: WebClient, links: Links, clock: Clock, *, user_agent: str, limit_seconds: float) -> None:
        self._web = web
        self._links = links
        self._clock = clock
        self._user_agent = user_agent
        self._limit_seconds = limit_seconds

    async def send(self, parcel: Parcel) -> Outcome:
        """Post the message once."""
        try:
            host = host_of(checked_url(parcel.address))
            body = self._body(parcel.message)
            headers = webhook_headers(
                parcel.delivery_id,
                body,
                secret=parcel.secret,
                now=self._clock.now(),
                user_agent=self._user_agent,
            )
        except WrongInput as wrong:
            return Rejected(str(wrong))
        answer = await self._web.post(parcel.address, content=body, headers=headers, total_seconds=self._limit_seconds)
        return _outcome(answer, parcel.address, host)

    def _body(self, message: Alert | Tidings) -> bytes:
        if isinstance(message, Alert):
            return webhook_body(message, self._links.why(message.alert_id))
        return webhook_body_for_operators(message)


def _outcome(answer: looks.Answer, address: str, host: str) -> Outcome:
    """Return what the answer means. A webhook's path is often its password, so sentences name the host alone."""
    match answer:
        case looks.Answered(status=status):
            return outcome_of_status(status, _sentence(answer, host), answer.retry_after_seconds, _said(answer))
        case looks.NotSent(kind=kind, permanent=permanent):
            sentence = answer.sentence.replace(address, host)
            # What our own guard blocks is for us to mend, by a setting, while the schedule runs.
            return Rejected(sentence) if permanent and kind != "blocked" else Refused(sentence)
        case looks.Unknown():
            return Unknown(answer.sentence.replace(address, host))


def _said(answer: looks.Answered) -> str:
    return clip(one_line(answer.body_start.decode("utf-8", "replace")), _SHOWN_CHARACTERS)


def _sentence(answer: looks.Answered, host: str) -> str:
    said = _said(answer)
    if 300 <= answer.status < 400:
        said = "redirects are not followed; subscribe the address it leads to"
    return f"{host} answered {answer.status}" + (f": {said}" if said else ".")
