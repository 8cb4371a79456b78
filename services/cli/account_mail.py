"""Mails the links by which people come in, through the notifier's one door to mail."""

from __future__ import annotations

from services.desk.domain.accounts import Account
from services.desk.domain.one_time import Purpose, lasts_words
from services.desk.use_cases.account_links import MailLink
from services.notifier.domain.delivery import Delivered
from shared.kit.clock import Clock
from shared.kit.errors import PactwatchError
from shared.kit.settings import Settings

_SUBJECTS = {
    Purpose.INVITE: "Your invitation to Pactwatch",
    Purpose.RESET: "A new password for Pactwatch",
}
_WORDS = {
    Purpose.INVITE: "You are invited to Pactwatch, which watches agreements between India and Russia in the news.\n"
    "Choose a password here, and you are in:",
    Purpose.RESET: "Somebody, you we hope, asked for a new password for Pactwatch. Choose it here:",
}
_UNASKED = {
    Purpose.INVITE: "If you know nothing of this, leave the link alone; it ends by itself.",
    Purpose.RESET: "If it was not you, leave the link alone: nothing changes, and it ends by itself.",
}


def link_mail(settings: Settings, clock: Clock) -> MailLink | None:
    """Return what mails links; None where no mail server is set."""
    if not settings.smtp_host:
        return None

    async def mail(account: Account, purpose: Purpose, address: str) -> None:
        from services.notifier.app import note_mail  # late: it brings the notifier, which most commands do not need

        text = letter(account, purpose, address)
        outcome = await note_mail(settings, clock)(account.email, _SUBJECTS[purpose], text)
        if not isinstance(outcome, Delivered):
            mend = (
                "See that PACTWATCH_SMTP_HOST and its neighbours are right: pactwatch account reset NAME prints a link."
            )
            raise PactwatchError(f"The mail to {account.name} did not leave: {outcome.sentence}", mend=mend)

    return mail


def letter(account: Account, purpose: Purpose, address: str) -> str:
    """Return the text of the mail."""
    works = f"The link works once, for {lasts_words(purpose)}."
    return f"{account.name},\n\n{_WORDS[purpose]}\n\n{address}\n\n{works}\n{_UNASKED[purpose]}\n"
