"""Which addresses of apprise we take: services over HTTPS, with their own settings and nothing that acts here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.channels import masked, parse_channel
from services.notifier.domain.overview import shown_lane
from services.notifier.domain.standing import Lane
from shared.contracts.apprise_addresses import SERVICES, checked_apprise
from shared.kit.errors import WrongInput

HOOK = "k1f3examplesecretexample"


@pytest.mark.parametrize(
    "address",
    [
        f"mmosts://chat.example.org/{HOOK}",
        "ntfys://user:password@ntfy.example.org/pacts?priority=high",
        "NTFYS://ntfy.example.org/pacts",
        "matrixs://user:token@matrix.example.org/#room:example.org?mode=matrix",
        f"workflows://prod.example.org:443/{HOOK}/{HOOK}",
    ],
)
def test_a_service_over_https_is_taken_and_shown_by_its_scheme_alone(address: str):
    channel = parse_channel(f"apprise:{address}")
    scheme, _, mark = channel.address.partition("/")
    assert (channel.kind, channel.secret, scheme) == ("apprise", address, address.partition(":")[0].lower())
    assert len(mark) == 12
    shown = f"{channel!r} {channel} {masked('apprise', channel.address)} {shown_lane(Lane('apprise', channel.address))}"
    assert "example.org" not in shown
    assert HOOK not in shown


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("file:///etc/passwd", "nothing on this machine"),
        ("syslog://", "is no address"),
        ("syslog://localhost", "nothing on this machine"),
        ("dbus://x", "nothing on this machine"),
        ("mqtts://user:pass@broker.example", "over HTTPS alone"),
        ("json://example.org/hook", "webhook:"),
        ("jsons://example.org/hook", "webhook:"),
        ("xmls://example.org/hook", "over HTTPS alone"),
        ("mailtos://user:pass@example.org", "mailto:"),
        ("slack://a/b/c", "slack:"),
        ("ntfy://ntfy.example.org/pacts", "is not encrypted; ntfys:// is"),
        ("https://discord.com/api/webhooks/1/2", "webhook:"),
        ("ntfys://ntfy.example.org/pacts?verify=no", "'verify'"),
        ("ntfys://ntfy.example.org/pacts?redirect=yes", "'redirect'"),
        ("ntfys://ntfy.example.org/pacts?attach=file:///etc/passwd", "'attach'"),
        ("workflows://example.org/a/b?template=/etc/passwd", "'template'"),
        ("ntfys://ntfy.example.org/pacts?+X-Header=1", "' X-Header'"),
        ("ntfys://ntfy.example.org/pacts?rto=600", "'rto'"),
        ("ntfys://a b", "is no address"),
        ("ntfys://a\nntfys://b", "is no address"),
        ("ntfys://" + "a" * 2000, "is no address"),
        ("", "is no address"),
    ],
)
def test_anything_else_is_refused_with_a_reason_and_not_shown(address: str, why: str):
    with pytest.raises(WrongInput, match="apprise:") as refused:
        parse_channel(f"apprise:{address}")
    assert why in str(refused.value)
    assert "passwd" not in str(refused.value).replace("'attach'", "")
    assert "user:pass" not in str(refused.value)


@given(st.text(max_size=60), st.text(max_size=40))
def test_any_text_is_taken_or_refused(scheme: str, rest: str):
    try:
        taken = checked_apprise(f"{scheme}://{rest}")
    except WrongInput:
        return
    assert taken in SERVICES
