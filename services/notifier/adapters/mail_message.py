"""A letter as a mail: plain text and HTML of the same words, and the headers by which programs handle it.

Unsubscribing by one click is RFC 8058, threads are RFC 5322 section 3.6.4: all mails of one agreement to one address
refer to a message that was never sent, so that mail programs show them as one conversation. A correction answers the
mail of its alert.
"""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from uuid import UUID

from services.notifier.adapters.mail_page import MailPages
from services.notifier.domain.letter import Letter
from services.notifier.domain.letter_text import plain_text
from shared.kit.ids import id_for

_LONGEST_LINE_CHARACTERS = 998  # RFC 5322, section 2.1.1
_CTE = "quoted-printable"  # not every server takes eight bits, and lines of HTML are longer than 998 bytes


class _Unfolded(EmailPolicy):
    """Writes mails for SMTP, the way out on one line: not every receiver puts a folded one together."""

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the header as it is sent."""
        line = f"{name}: {value}{self.linesep}"
        if name.lower() == "list-unsubscribe" and line.isascii() and len(line) <= _LONGEST_LINE_CHARACTERS:
            return line.encode("ascii")
        return super().fold_binary(name, value)


POLICY = _Unfolded(linesep="\r\n")


class MailWriter:
    """Writes mails from one sender."""

    def __init__(self, sender: str, domain: str, pages: MailPages) -> None:
        self._sender = sender
        self._domain = domain
        self._pages = pages

    def write(self, letter: Letter, to: Address, delivery_id: UUID, now: datetime) -> EmailMessage:
        """Return the mail. Raises ValueError, LookupError, MessageError for a sender that cannot be written."""
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{delivery_id}@{self._domain}>"
        thread = [id_for("mail-thread", letter.thread, to.addr_spec)] if letter.thread else []
        earlier = [f"<{each}@{self._domain}>" for each in (*thread, letter.answers) if each]
        if earlier:
            message["In-Reply-To"] = earlier[-1]
            message["References"] = " ".join(earlier)
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        if letter.unsubscribe:
            message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
            if letter.unsubscribe.startswith("https://"):  # RFC 8058 asks for no less
                message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(plain_text(letter), cte=_CTE)
        message.add_alternative(self._pages.render(letter), subtype="html", cte=_CTE)
        return message
