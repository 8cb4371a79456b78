"""Who may sign in: an account belongs to a person of the house, and has one role."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.desk.domain.names import checked_name, in_shell
from shared.kit.errors import WrongInput
from shared.kit.text import one_line, storable

LONGEST_EMAIL_CHARACTERS = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets


class Role(StrEnum):
    """What an account is for; `permissions` says what each may do."""

    OFFICER = "officer"
    ADMIN = "admin"
    OPERATOR = "operator"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Account:
    """An account with the name and address of its person. Without a hash its invitation was not taken up yet.

    `code_secret` (sealed) is there where signing in also asks for the code of an authenticator app; a code is taken
    once, and `code_step` is the last one's.
    """

    account_id: UUID
    person_id: UUID
    name: str
    email: str
    role: Role
    password_hash: str | None
    created_at: datetime
    disabled_at: datetime | None = None
    code_secret: str | None = None
    code_step: int | None = None

    @property
    def may_sign_in(self) -> bool:
        """Tell whether the right password lets somebody in."""
        return self.password_hash is not None and self.disabled_at is None

    @property
    def state(self) -> str:
        """Return how it stands, in one word."""
        if self.disabled_at is not None:
            return "disabled"
        return "invited" if self.password_hash is None else "active"


def role_named(text: str) -> Role:
    """Return the role of this name. Raises WrongInput."""
    try:
        return Role(text.strip().casefold())
    except ValueError:
        raise WrongInput("--role", text, "is no role", mend=f"Give one of: {', '.join(Role)}.") from None


def checked_person_name(name: str) -> str:
    """Return the name on one line. Raises WrongInput for one that is empty, too long, or an address."""
    clean = checked_name(storable(name), field="Name")
    if "@" in clean:
        raise WrongInput(
            "Name", name, "looks like a mail address", mend="Give the person's name; the address has its own place."
        )
    return clean


def checked_email(email: str) -> str:
    """Return the address, or the empty text where none was given. Raises WrongInput for what is no mail address."""
    clean = one_line(storable(email))
    if not clean:
        return ""
    local, at, host = clean.rpartition("@")
    if not (at and local and host) or any(mark in clean for mark in ' <>,;:"()[]\\') or "@" in local:
        raise WrongInput("Mail address", email, "is no mail address", mend="Give one like asha@example.org.")
    if len(clean) > LONGEST_EMAIL_CHARACTERS:
        raise WrongInput(
            "Mail address", email, "is too long", mend=f"Give at most {LONGEST_EMAIL_CHARACTERS} characters."
        )
    return clean


def account_named(name: str, accounts: Sequence[Account]) -> Account:
    """Return the account of the person of this name or mail address. Raises WrongInput."""
    wanted = one_line(name).casefold()
    for account in accounts:
        if wanted and wanted in (account.name.casefold(), account.email.casefold()):
            return account
    mend = (
        f"See `pactwatch account list`; invite somebody: pactwatch account invite {in_shell(one_line(name) or 'NAME')}"
    )
    raise WrongInput("account", name, "is not known", mend=mend)


def check_that_an_owner_stays(leaving: Account, accounts: Sequence[Account]) -> None:
    """Raise WrongInput when without this account nobody would be left who owns the house."""
    others = [each for each in accounts if each.account_id != leaving.account_id]
    owns = leaving.role is Role.OWNER and leaving.may_sign_in
    if owns and not any(each.role is Role.OWNER and each.may_sign_in for each in others):
        raise WrongInput(
            "account",
            leaving.name,
            "is the only owner",
            mend="Make somebody else an owner first: pactwatch account role NAME owner",
        )
