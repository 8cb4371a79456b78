"""Sends a message to a webhook, signed as Standard Webhooks says."""

from __future__ import annotations

from services.notifier.adapters.answers import outcome_of_answer
from services.notifier.adapters.links import Links
from services.notifier.domain.alert import Alert
from services.notifier.domain.correction import Corrected
from services.notifier.domain.delivery import Outcome, Rejected
from services.notifier.domain.message import (
    webhook_body,
    webhook_body_for_operators,
    webhook_body_of_correction,
    webhook_body_of_together,
    webhook_headers,
)
from services.notifier.domain.parcel import Parcel, Together
from services.notifier.domain.trouble import Tidings
from shared.kit.clock import Clock
from shared.kit.errors import WrongInput
from shared.kit.urls import checked_url, host_of
from shared.web.client import WebClient


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
            body = self._body(parcel)
            headers = webhook_headers(
                parcel.delivery_id,
                body,
                secret=parcel.secret,
                now=self._clock.now(),
                user_agent=self._user_agent,
                other_secrets=parcel.other_secrets,
            )
        except WrongInput as wrong:
            return Rejected(str(wrong))
        answer = await self._web.post(parcel.address, content=body, headers=headers, total_seconds=self._limit_seconds)
        return outcome_of_answer(answer, parcel.address, host)

    def _body(self, parcel: Parcel) -> bytes:
        match parcel.message:
            case Alert() as alert:
                return webhook_body(alert, self._links.why(alert), parcel.corrections.get(alert.alert_id))
            case Together() as together:
                return webhook_body_of_together(together, self._links.why, parcel.corrections)
            case Corrected(alert) as corrected:
                return webhook_body_of_correction(corrected, self._links.why(alert))
            case Tidings() as tidings:
                return webhook_body_for_operators(tidings)
