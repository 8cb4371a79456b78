"""Sends a message by mail.

SMTP has a moment of doubt (RFC 1047): once the text has left, a connection that breaks says nothing of its fate.
Until then a failure is a refusal, after it the outcome is unknown and the mail is sent again under its Message-ID.
Only a mailbox that does not exist is for ever: what the server has against us (our sender, our login, our relaying)
fails every alert alike until somebody mends it, so all alerts wait for that.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import aiosmtplib

from services.notifier.adapters.letters import Letters
from services.notifier.adapters.mail_message import POLICY, MailWriter
from services.notifier.adapters.mail_page import MailPages
from services.notifier.domain.delivery import Delivered, Outcome, Refused, Rejected, Unknown
from services.notifier.domain.parcel import Parcel
from shared.kit.clock import Clock
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.kit.text import clip, one_line

logger = logging.getLogger(__name__)

_GOODBYE_SECONDS = 1.0  # the mail is taken; how politely we part changes nothing
_SHOWN_CHARACTERS = 300  # of a server's answer
_SENDER_MEND = "Set PACTWATCH_MAIL_FROM to an address that the mail server lets us send from."
_LOGIN_MEND = "Check PACTWATCH_SMTP_USER and PACTWATCH_SMTP_PASSWORD: it may want us to log in, or as somebody else."
_OF_THE_MAILBOX = frozenset({550, 551, 552, 553, 556})  # RFC 5321, RFC 7504; 530 and 554 speak of us
_POLICY = re.compile(r"\s*5\.7\.")  # RFC 3463: what the server may do and for whom, not whether the mailbox is there
_TLS_WAYS = ("starttls", "tls", "none")


@dataclass(frozen=True)
class MailServer:
    """The server that takes our mails. `tls` is `starttls` (enforced), `tls` (from the first byte) or `none`."""

    host: str | None
    port: int
    user: str | None
    password: str | None
    tls: str
    sender: str

    def __post_init__(self) -> None:
        if self.tls not in _TLS_WAYS:
            raise WrongInput("PACTWATCH_SMTP_TLS", self.tls, "is not known", mend=f"Give {', '.join(_TLS_WAYS)}.")
        if "@" not in self.address:
            raise WrongInput(
                "PACTWATCH_MAIL_FROM", self.sender, "is no mail address", mend="Give Pactwatch <pactwatch@example.org>."
            )

    @property
    def address(self) -> str:
        """The bare address of the sender."""
        return parseaddr(self.sender)[1]


class MailChannel:
    """Sends each message in a connection of its own."""

    def __init__(
        self, server: MailServer, letters: Letters, pages: MailPages, clock: Clock, *, limit_seconds: float
    ) -> None:
        self._server = server
        self._letters = letters
        self._clock = clock
        self._writer = MailWriter(server.sender, server.address.rpartition("@")[2], pages)
        self._limit_seconds = limit_seconds

    async def send(self, parcel: Parcel) -> Outcome:
        """Send the mail once."""
        server = self._server
        if not server.host:
            return Refused("PACTWATCH_SMTP_HOST is not set.")
        recipient = parcel.address.removeprefix("mailto:")
        try:
            to = Address(addr_spec=recipient)
        except (ValueError, IndexError, MessageError) as wrong:
            return Rejected(f"{recipient!r} cannot be written to: {wrong}.")
        try:
            message = self._writer.write(self._letters.of(parcel), to, parcel.delivery_id, self._clock.now())
            content = message.as_bytes(policy=POLICY)
        except (ValueError, LookupError, MessageError) as wrong:
            return Refused(f"The mail cannot be written: {wrong}. {_SENDER_MEND}")
        return await _Sending(server).carry(recipient, content, self._limit_seconds)


class NoteMail:
    """Sends a plain note to one person, in a connection of its own: nothing of it is kept or tried again."""

    def __init__(self, server: MailServer, clock: Clock, *, limit_seconds: float) -> None:
        self._server = server
        self._clock = clock
        self._limit_seconds = limit_seconds

    async def send(self, recipient: str, subject: str, text: str) -> Outcome:
        """Send the note once."""
        now = self._clock.now()
        message = EmailMessage()
        try:
            message["From"] = self._server.sender
            message["To"] = Address(addr_spec=recipient)
            message["Subject"] = subject
            message["Date"] = format_datetime(now)
            message["Message-ID"] = f"<{id_for('note', recipient, now)}@{self._server.address.rpartition('@')[2]}>"
            message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
            message.set_content(text, cte="quoted-printable")
            content = message.as_bytes(policy=POLICY)
        except (ValueError, LookupError, MessageError) as wrong:
            return Rejected(f"The mail to {recipient!r} cannot be written: {wrong}.")
        return await _Sending(self._server).carry(recipient, content, self._limit_seconds)


class _Sending:
    """One connection that carries one mail."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",  # True insists: without it nothing is sent
        )
        self._text_left = False

    async def carry(self, recipient: str, content: bytes, limit_seconds: float) -> Outcome:
        """Carry the mail to the server and part from it; outside trouble is an outcome, not an exception."""
        try:
            async with asyncio.timeout(limit_seconds):
                outcome = await self._carry(recipient, content)
        except (TimeoutError, aiosmtplib.SMTPTimeoutError):
            outcome = self._broken_off(f"no answer within {limit_seconds:g} seconds")
        except aiosmtplib.SMTPResponseException as refusal:
            said = _shown(refusal.code, refusal.message)
            outcome = self._broken_off(f"it answered {said}{_hint(refusal)}")
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            outcome = self._broken_off(one_line(str(error)) or type(error).__name__)
        await self._part()
        return outcome

    async def _carry(self, recipient: str, content: bytes) -> Outcome:
        smtp, server = self._smtp, self._server
        await smtp.connect()
        if server.user:
            await smtp.login(server.user, server.password or "")
        try:
            await smtp.mail(server.address)
        except ValueError as wrong:
            return Refused(f"{server.address!r} cannot be the sender: {wrong}. {_SENDER_MEND}")
        except aiosmtplib.SMTPSenderRefused as refusal:
            return Refused(f"{_sentence(refusal)} {_SENDER_MEND} {_LOGIN_MEND}")
        try:
            await smtp.rcpt(recipient)
        except ValueError as wrong:
            return Rejected(f"{recipient!r} cannot be written to: {wrong}.")
        except aiosmtplib.SMTPRecipientRefused as refusal:
            return _refused_recipient(refusal)
        return await self._hand_over(content)

    async def _hand_over(self, content: bytes) -> Outcome:
        self._text_left = True
        try:
            answer = await self._smtp.data(content)
        except aiosmtplib.SMTPDataError as refusal:
            said = _shown(refusal.code, refusal.message)
            return Delivered(said) if 200 <= refusal.code < 300 else Refused(_sentence(refusal))
        return Delivered(_shown(answer.code, answer.message))

    def _broken_off(self, why: str) -> Outcome:
        server = f"{self._server.host}:{self._server.port}"
        if self._text_left:
            return Unknown(f"{server} took the text, then the connection broke: {why}.")
        return Refused(f"{server} could not be spoken to: {why}.")

    async def _part(self) -> None:
        with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            if self._smtp.is_connected:
                async with asyncio.timeout(_GOODBYE_SECONDS):
                    await self._smtp.quit()
        self._smtp.close()


def _shown(code: int, said: str) -> str:
    return f"{code} {clip(one_line(said), _SHOWN_CHARACTERS)}"


def _sentence(refusal: aiosmtplib.SMTPResponseException) -> str:
    return f"The mail server answered {_shown(refusal.code, refusal.message).rstrip('.')}."


def _refused_recipient(refusal: aiosmtplib.SMTPRecipientRefused) -> Outcome:
    """Return what a refusal of the recipient means: 5xx is for ever (RFC 5321) where it speaks of the mailbox."""
    if not 500 <= refusal.code < 600:
        return Refused(_sentence(refusal))
    if refusal.code in _OF_THE_MAILBOX and not _POLICY.match(refusal.message):
        return Rejected(_sentence(refusal))
    return Refused(f"{_sentence(refusal)} {_LOGIN_MEND}")


def _hint(refusal: aiosmtplib.SMTPResponseException) -> str:
    if isinstance(refusal, aiosmtplib.SMTPAuthenticationError):
        return " (check PACTWATCH_SMTP_USER and PACTWATCH_SMTP_PASSWORD)"
    return ""
