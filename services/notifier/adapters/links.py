"""Links into the desk."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from services.notifier.domain.alert import SAMPLE, Alert
from shared.contracts.reader_links import (
    FOLLOW,
    UNSUBSCRIBE,
    UNSUBSCRIBE_MAIL,
    follow_path,
    mail_exit_path,
    opting_out,
    unsubscribe_path,
)
from shared.kit.sealing import Seals
from shared.rules import implicit_agreement_query


@dataclass(frozen=True)
class Links:
    """Makes links that start with the desk's public address; none where it has no such address."""

    base_url: str | None
    seals: Seals | None = None

    def why(self, alert: Alert) -> str | None:
        """Return the page that tells why an alert fired; a sample has none."""
        return None if alert.fact == SAMPLE else self._to(f"alerts/{alert.alert_id}")

    def alerts(self) -> str | None:
        """Return the desk's list of all alerts."""
        return self._to("")

    def agreement(self, agreement_id: str | None) -> str | None:
        """Return the page of an agreement's alerts."""
        return self._to(f"agreements/{quote(agreement_id, safe='')}") if agreement_id else None

    def unsubscribe(self, subscription_id: UUID | None, member: UUID | None = None) -> str | None:
        """Return where this subscription is ended, or its mails to a team's `member`; None also without a key."""
        if subscription_id is None or self.seals is None:
            return None
        token = self.seals.token(UNSUBSCRIBE if member is None else opting_out(member), subscription_id)
        return self._to(unsubscribe_path(token, member))

    def unsubscribe_from_all(self, delivery_id: UUID) -> str | None:
        """Return where all subscriptions of which a message tells are ended; None also without a key."""
        if self.seals is None:
            return None
        return self._to(mail_exit_path(self.seals.token(UNSUBSCRIBE_MAIL, delivery_id)))

    def follow(self, alert: Alert, subscription_id: UUID | None) -> str | None:
        """Return where the reader follows the alert's agreement beside; None where this is what they follow."""
        if subscription_id is None or self.seals is None or alert.fact == SAMPLE or alert.agreement is None:
            return None
        if alert.rule_query == implicit_agreement_query(alert.agreement):
            return None
        return self._to(follow_path(self.seals.token(FOLLOW, subscription_id), alert.agreement))

    def _to(self, path: str) -> str | None:
        return f"{self.base_url.rstrip('/')}/{path}" if self.base_url else None
