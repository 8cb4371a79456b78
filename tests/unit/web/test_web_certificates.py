"""Certificates are checked against the name that was asked for, and whom to trust is the machine's to say."""

from __future__ import annotations

import shutil
import ssl
import subprocess

import pytest

from shared.web.client import make_client
from shared.web.guard import AllowedHosts
from shared.web.looks import Failed, Fetched, NotSent
from tests.unit.web.loopback_server import LocalServer, resolving


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A self-made certificate for `news.example`, by the openssl program."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("the openssl program is not installed, and nothing else here makes certificates")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = (
        f"{program} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=news.example"
    )
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=DNS:news.example", "-keyout", key, "-out", cert],
        check=True,
        capture_output=True,
    )
    return cert, key


@pytest.fixture
async def tls_server(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    running = LocalServer()
    await running.start(tls=context)
    yield running
    await running.stop()


@pytest.mark.parametrize(
    ("host", "trusted", "kind"),
    [
        ("news.example", True, None),
        ("other.example", True, "tls"),
        ("127.0.0.1", True, "tls"),
        ("news.example", False, "tls"),
    ],
)
async def test_the_certificate_is_checked_against_the_name_and_not_the_address(
    tls_server, certificate, host, trusted, kind
):
    trusting = ssl.create_default_context(cafile=certificate[0]) if trusted else None
    client = make_client(
        allowed=AllowedHosts.parse("127.0.0.0/8"), user_agent="t", resolve=resolving("127.0.0.1"), tls=trusting
    )
    look = await client.get(tls_server.url(host=host, scheme="https"))
    posted = await client.post(tls_server.url(host="127.0.0.1", scheme="https"), content=b"", headers={})
    await client.aclose()
    assert (look.kind if isinstance(look, Failed) else None) == kind
    assert isinstance(posted, NotSent)
    assert posted.kind == "tls"


async def test_an_authority_named_in_ssl_cert_file_is_trusted(tls_server, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    client = make_client(allowed=AllowedHosts.parse("127.0.0.0/8"), user_agent="t", resolve=resolving("127.0.0.1"))
    assert isinstance(await client.get(tls_server.url(host="news.example", scheme="https")), Fetched)
    await client.aclose()
