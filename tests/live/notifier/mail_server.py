"""A real mail server on this machine that misbehaves as told, and certificates for it."""

from __future__ import annotations

import asyncio
import email
import email.policy
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

DROP = "drop"


class MailServerOfTheTest:
    """Answers RCPT and DATA as told; keeps what it took, also where it then breaks the connection."""

    def __init__(self) -> None:
        self.mails: list[email.message.EmailMessage] = []
        self.at_mail = "250 OK"
        self.at_rcpt = "250 OK"
        self.at_data = ["250 OK"]
        self.port = 0

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options) -> str:  # noqa: N802
        envelope.mail_from = address
        return self.at_mail

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.at_rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        answer = self.at_data.pop(0) if len(self.at_data) > 1 else self.at_data[0]
        if answer == DROP:
            server.transport.abort()
        return answer


@asynccontextmanager
async def serving(port: int = 0, **options: object) -> AsyncIterator[MailServerOfTheTest]:
    handler = MailServerOfTheTest()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="mx.test", **options), "127.0.0.1", port
    )
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        server.close()
        await server.wait_closed()


def a_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-made certificate for `localhost` and its key, by the openssl program."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("the openssl program is not installed, and nothing else here makes certificates")
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = f"{program} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
        check=True,
        capture_output=True,
    )
    return cert, key
