"""Reads the codes of authenticator apps: their secrets are kept sealed."""

from __future__ import annotations

from datetime import datetime

from services.desk.domain.accounts import Account
from shared.kit.codes import step_of
from shared.kit.sealing import Seals


class CodeReader:
    """Opens secrets and compares codes."""

    def __init__(self, seals: Seals) -> None:
        self.seals = seals

    def step_of(self, account: Account, code: str, now: datetime) -> int | None:
        """Return the step of this code where it is the account's, and was not used. Raises CannotOpen."""
        if account.code_secret is None:
            return None
        return step_of(self.seals.open(account.code_secret), code, now, after=account.code_step)
