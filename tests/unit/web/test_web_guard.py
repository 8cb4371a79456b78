"""Which addresses may be connected to."""

from __future__ import annotations

import contextlib
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.errors import PactwatchError, WrongInput
from shared.web.guard import AllowedHosts, BlockedAddress, is_public, vet

NOTHING = AllowedHosts()
NOT_PUBLIC = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.1.2.3 168.63.129.16 169.254.169.254 172.16.0.1
172.31.255.255 192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.1.1.1
240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1
2001:0:7f00:1:: 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254
fe80::1 fe80::1%eth0 fec0::1 ff02::1 2606:4700::1111%eth0
""".split()


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_that_is_not_of_the_public_internet_is_refused(address):
    assert not is_public(ip_address(address))
    with pytest.raises(BlockedAddress, match="not an address of the public internet"):
        vet("news.example", 443, [ip_address(address)], NOTHING)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "87.250.250.242", "100.63.255.255", "2606:4700::1111", "2a02:6b8::2"]
)
def test_an_ordinary_public_address_passes(address):
    assert vet("news.example", 443, [ip_address(address)], NOTHING) == [ip_address(address)]


def test_one_private_address_among_public_ones_refuses_the_whole_name():
    with pytest.raises(BlockedAddress, match=r"10\.0\.0\.1"):
        vet("news.example", 80, [ip_address("8.8.8.8"), ip_address("10.0.0.1")], NOTHING)


@pytest.mark.parametrize("port", [22, 25, 445, 1023, 81])
def test_a_privileged_port_that_is_no_web_port_is_refused_even_at_a_public_address(port):
    with pytest.raises(BlockedAddress, match="not a web port"):
        vet("news.example", port, [ip_address("8.8.8.8")], NOTHING)
    opened = AllowedHosts.parse(f"news.example:{port}")
    assert vet("news.example", port, [ip_address("8.8.8.8")], opened)


@pytest.mark.parametrize(
    ("setting", "host", "port", "address"),
    [
        ("feeds.corp.lan", "feeds.corp.lan", 443, "10.1.2.3"),
        ("feeds.corp.lan", "FEEDS.corp.lan.", 8080, "10.1.2.3"),
        ("feeds.corp.lan:8080", "feeds.corp.lan", 8080, "10.1.2.3"),
        ("127.0.0.1:8080", "localhost", 8080, "127.0.0.1"),
        ("127.0.0.1:8080", "127.0.0.1", 8080, "::ffff:127.0.0.1"),
        ("127.0.0.1:25", "localhost", 25, "127.0.0.1"),
        ("10.0.0.0/8", "anything.example", 443, "10.200.0.1"),
        ("fd00::/8, 10.0.0.0/8", "anything.example", 443, "fd00::1"),
        ("[::1]:8080", "localhost", 8080, "::1"),
        ("::1", "localhost", 8080, "::1"),
        ("169.254.169.254", "169.254.169.254", 80, "169.254.169.254"),
        ("новости.рф", "xn--b1amnebsh.xn--p1ai", 80, "10.0.0.1"),
    ],
)
def test_what_an_administrator_opened_is_open(setting, host, port, address):
    assert vet(host, port, [ip_address(address)], AllowedHosts.parse(setting)) == [ip_address(address)]


@pytest.mark.parametrize(
    ("setting", "host", "port", "address"),
    [
        ("feeds.corp.lan", "evil.feeds.corp.lan", 443, "10.1.2.3"),
        ("feeds.corp.lan:8080", "feeds.corp.lan", 443, "10.1.2.3"),
        ("127.0.0.1:8080", "127.0.0.1", 8081, "127.0.0.1"),
        ("10.0.0.0/8", "anything.example", 22, "10.200.0.1"),
        ("10.0.0.0/8", "anything.example", 443, "192.168.0.1"),
        ("feeds.corp.lan", "feeds.corp.lan", 80, "169.254.169.254"),  # its DNS must not open the metadata service
        ("feeds.corp.lan", "feeds.corp.lan", 25, "10.0.0.1"),
    ],
)
def test_what_was_not_opened_stays_shut(setting, host, port, address):
    with pytest.raises(BlockedAddress):
        vet(host, port, [ip_address(address)], AllowedHosts.parse(setting))


@pytest.mark.parametrize(
    "entry",
    [
        "http://a.b",
        "a b",
        "10.0.0.1/8",
        "host:0",
        "host:99999",
        "host:",
        "host:x",
        "10.0.0.0/99",
        "2130706433",
        "*.lan",
    ],
)
def test_nonsense_in_the_setting_is_refused_and_the_entry_is_named(entry):
    with pytest.raises(WrongInput) as refused:
        AllowedHosts.parse(f"ok.lan, {entry}")
    assert refused.value.value == entry
    assert refused.value.field == "PACTWATCH_ALLOWED_PRIVATE_HOSTS"
    assert "CIDR" in refused.value.mend


def test_an_empty_setting_opens_nothing():
    assert AllowedHosts.parse(" , ") == NOTHING


def test_a_blocked_address_is_a_failed_connection_and_a_sentence_for_people():
    with pytest.raises(httpcore.ConnectError) as refused:
        vet("intranet", 80, [ip_address("10.0.0.1")], NOTHING)
    assert isinstance(refused.value, PactwatchError)
    assert "intranet:80" in str(refused.value)
    assert "PACTWATCH_ALLOWED_PRIVATE_HOSTS" in refused.value.mend


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_whatever_passes_is_global_unicast(ip: IPv4Address | IPv6Address):
    special = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved
    assert not (is_public(ip) and special)


@given(st.ip_addresses(v=4))
def test_no_ipv6_wrapping_of_an_ipv4_address_is_public(ip: IPv4Address):
    number = int(ip)
    wrapped = [number, 0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80]
    assert not any(is_public(IPv6Address(each)) for each in wrapped)


@given(st.text(max_size=60))
def test_the_setting_is_read_or_refused_and_never_anything_else(text: str):
    with contextlib.suppress(WrongInput):
        AllowedHosts.parse(text)
