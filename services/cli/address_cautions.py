"""A word of caution for an address that the scraper will refuse to visit, as far as it can be told without asking."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, ip_address
from urllib.parse import urlsplit

from shared.web.guard import SETTING, AllowedHosts, BlockedAddress, IPAddress, plain_host, vet

_LOOPBACK = IPv4Address("127.0.0.1")
_INNER_ENDINGS = (".local", ".localhost", ".internal", ".lan", ".intranet", ".home.arpa", ".corp", ".home")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def address_caution(url: str, allowed: AllowedHosts) -> str | None:
    """Return why the scraper will not go there, and what to do; None for an address that looks public or is allowed.

    Nothing is looked up: a public name that leads to a private address is only met by the scraper itself.
    """
    parts = urlsplit(url)
    host, port = plain_host(parts.hostname or ""), parts.port or _DEFAULT_PORTS.get(parts.scheme, 80)
    literal = _literal(host)
    if literal is None and not _is_inner_name(host):
        return None
    try:
        vet(host, port, [literal or _LOOPBACK], allowed)
    except BlockedAddress:
        place = f"{host}:{port}"
        return (
            f"Caution: {place} is not on the public internet; the scraper goes there only where {SETTING} names it "
            f"(host, host:port or CIDR)."
        )
    return None


def _literal(host: str) -> IPAddress | None:
    """Return the address that the host spells, also as one number or in hexadecimal (http://2130706433/)."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    if not host or not set(host) <= set("0123456789abcdefx."):
        return None
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def _is_inner_name(host: str) -> bool:
    return "." not in host or host.endswith(_INNER_ENDINGS)
