"""Secrets of subscriptions: sealed before they are stored, changed without a gap, opened by the notifier alone."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.desk.domain.channels import Subscription
from services.desk.domain.lookup import one_by_prefix
from services.desk.domain.views import SubscriptionView
from services.desk.ports import DeskWork
from services.desk.use_cases.writing import Writing
from shared.contracts.reader_links import FEED
from shared.contracts.signing_secrets import rotated
from shared.kit.errors import PactwatchError, WrongInput
from shared.kit.sealing import SETTING, CannotOpen, Seals, is_sealed

WEBHOOK_SECRET_BYTES = 32  # Standard Webhooks asks for 24 to 64
MOST_OVERLAP = timedelta(days=7)  # an old secret that still signs is one that may have leaked


def new_webhook_secret() -> str:
    """Return a fresh signing secret in the spelling of Standard Webhooks: `whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(WEBHOOK_SECRET_BYTES)).decode("ascii")


@dataclass(frozen=True)
class NewSecret:
    """A webhook's fresh secret, to be shown this once; the old one signs beside it for so many hours."""

    subscription: SubscriptionView
    secret: str
    overlap_hours: float


@dataclass(frozen=True)
class KeptSecrets:
    """How many secrets are stored, how many of them openly, and how many that no key of ours opens."""

    secrets: int
    unsealed: int
    shut: int


class SecretKeeper:
    """Keeps secrets sealed. Without `seals`, signing secrets are kept as they are, and others not at all."""

    def __init__(self, writing: Writing, seals: Seals | None) -> None:
        self._begin = writing.begin
        self._writing = writing.writing
        self._now = writing.now
        self._seals = seals

    async def kept(self, secret: str | None, work: DeskWork) -> str | None:
        """Return the secret as it is to be stored. Raises PactwatchError where the stored ones have another key."""
        if secret is None:
            return None
        if self._seals is None:
            if secret.startswith("whsec_"):
                return secret
            raise self._no_key()
        for _, stored in await work.stored_secrets():
            self._seals.open(stored)
        return self._seals.seal(secret)

    def feed_token(self, subscription: Subscription) -> str | None:
        """Return the secret part of a feed's addresses, None for other channels. Raises PactwatchError."""
        if subscription.channel.kind != "feed":
            return None
        if self._seals is None:
            raise self._no_key()
        return self._seals.token(FEED, subscription.subscription_id)

    async def seal_all(self) -> int:
        """Seal what is not sealed, or with an older key, with the newest; return how many.

        What no key opens stays as it is: the notifier says so of each delivery.
        """
        if self._seals is None:
            return 0
        sealed = 0
        async with self._writing() as work:
            for subscription_id, stored in await work.stored_secrets():
                fresh = self._sealed_anew(stored)
                if fresh is not None:
                    await work.save_secret(subscription_id, fresh)
                    sealed += 1
        return sealed

    async def look_over(self) -> KeptSecrets:
        """Return how many secrets there are, and how many of them are not as they should be."""
        async with self._begin() as work:
            stored = [secret for _, secret in await work.stored_secrets()]
        return KeptSecrets(
            secrets=len(stored),
            unsealed=sum(not is_sealed(secret) for secret in stored),
            shut=sum(not self._opens(secret) for secret in stored),
        )

    async def change(self, subscription_id: UUID | str, overlap_hours: float) -> NewSecret:
        """Let a webhook sign with a fresh secret, and for so many hours with the old one too. Raises WrongInput."""
        overlap = timedelta(hours=overlap_hours)
        if not timedelta() <= overlap <= MOST_OVERLAP:
            mend = f"Give 0 (the old one ends at once) to {MOST_OVERLAP.days * 24}."
            raise WrongInput("--keep-old-hours", f"{overlap_hours:g}", "is too long, or no time", mend=mend)
        now, fresh = self._now(), new_webhook_secret()
        async with self._writing() as work:
            view = one_by_prefix(str(subscription_id), await work.subscription_views())
            if view.channel != "webhook":
                mend = "Only webhooks have one: `pactwatch subscribe list` shows them."
                raise WrongInput("subscription", view.channel, "has no signing secret", mend=mend)
            stored = dict(await work.stored_secrets()).get(view.subscription_id)
            former = stored if stored is None or self._seals is None else self._seals.open(stored)
            if former is not None and is_sealed(former):
                raise CannotOpen
            both = rotated(former, fresh, now=now, until=now + overlap)
            await work.save_secret(view.subscription_id, self._seals.seal(both) if self._seals else both)
        return NewSecret(view, fresh, overlap_hours)

    def _opens(self, stored: str) -> bool:
        if not is_sealed(stored):
            return True
        try:
            return self._seals is not None and bool(self._seals.open(stored))
        except CannotOpen:
            return False

    def _sealed_anew(self, stored: str) -> str | None:
        if self._seals is None or self._seals.is_fresh(stored):
            return None
        try:
            return self._seals.seal(self._seals.open(stored))
        except CannotOpen:
            return None

    @staticmethod
    def _no_key() -> PactwatchError:
        return PactwatchError(
            "There is no key to keep secrets with.",
            mend=f"Give {SETTING} the same value as the running services have, or --data-dir their folder.",
        )
