"""Which addresses we may connect to: public ones, and those an administrator named. Pure, but for the errors' family.

The rule is kept on *resolved* addresses, because the text of a URL can hide them (`http://2130706433/` is 127.0.0.1).
`ipaddress.is_global` alone is not enough: in Python 3.11 it calls NAT64, 6to4, site-local and multicast addresses
global, so every range is written out here, from the IANA special-purpose address registries (RFC 6890 and updates).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore

from shared.kit.errors import PactwatchError, WrongInput

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

SETTING = "PACTWATCH_ALLOWED_PRIVATE_HOSTS"
_MEND = f"Write {SETTING} as comma-separated host, host:port or CIDR, e.g. feeds.corp.lan,10.0.0.5:8080,10.1.0.0/16."
_WEB_PORTS = frozenset({80, 443})
_FIRST_UNPRIVILEGED_PORT = 1024  # below it live mail, SSH, SMB …: no news, but much to harm

_NOT_PUBLIC_V4 = tuple(
    map(
        IPv4Network,
        """
        0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
        192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
        203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32
        """.split(),  # the last is Azure's host agent: a public number that answers inside a virtual machine only
    )
)
_GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")  # all else (NAT64, ULA, link-local, mapped, multicast …) is not public
_NOT_PUBLIC_V6 = tuple(
    map(
        IPv6Network,
        # IETF protocols with Teredo and ORCHID; documentation; 6to4; AS112; documentation
        "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20".split(),
    )
)
_NEVER_BY_NAME = (  # a host's name in the list must not open these: whoever owns its DNS could point it at them
    IPv4Network("0.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv4Network("224.0.0.0/3"),
    IPv4Network("168.63.129.16/32"),
    IPv6Network("::/128"),
    IPv6Network("fe80::/10"),
    IPv6Network("ff00::/8"),
)
_HOST_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


class BlockedAddress(PactwatchError, httpcore.ConnectError):
    """We refuse to connect there; httpcore and httpx see a failed connection, so every caller treats it as one."""


def _in_any(ip: IPAddress, networks: Sequence[IPNetwork]) -> bool:
    return any(ip in network for network in networks if network.version == ip.version)


def is_public(ip: IPAddress) -> bool:
    """Tell whether the address is an ordinary one of the public internet; when in doubt it is not."""
    if not ip.is_global:
        return False
    if isinstance(ip, IPv4Address):
        return not _in_any(ip, _NOT_PUBLIC_V4)
    return ip.scope_id is None and ip in _GLOBAL_UNICAST_V6 and not _in_any(ip, _NOT_PUBLIC_V6)


def _unmapped(ip: IPAddress) -> IPAddress:
    """Return the IPv4 address that `::ffff:a.b.c.d` connects to, or the address itself."""
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


def plain_host(host: str) -> str:
    """Return the host in the spelling we compare: lower case, ASCII, without brackets or the root's dot."""
    bare = host.strip().removeprefix("[").removesuffix("]").rstrip(".").lower()
    try:
        return bare if bare.isascii() else bare.encode("idna").decode("ascii")
    except UnicodeError:
        return bare


@dataclass(frozen=True)
class AllowedHosts:
    """Private places that an administrator opened: names, single ports of a name or address, whole networks."""

    names: frozenset[str] = field(default_factory=frozenset)
    ports: frozenset[tuple[str, int]] = field(default_factory=frozenset)
    networks: tuple[IPNetwork, ...] = ()

    @classmethod
    def parse(cls, text: str) -> AllowedHosts:
        """Read the setting: comma-separated `host`, `host:port` or CIDR; empty text allows nothing private.

        Raises WrongInput naming the entry that cannot be read.
        """
        names: set[str] = set()
        ports: set[tuple[str, int]] = set()
        networks: list[IPNetwork] = []
        for entry in filter(None, (piece.strip() for piece in text.split(","))):
            match _read_entry(entry):
                case IPv4Network() | IPv6Network() as network:
                    networks.append(network)
                case (str() as host, int() as port):
                    ports.add((host, port))
                case str() as name:
                    names.add(name)
        return cls(frozenset(names), frozenset(ports), tuple(networks))

    def allows(self, host: str, port: int, ip: IPAddress) -> bool:
        """Tell whether this address, reached by this name and port, was opened."""
        ip = _unmapped(ip)
        if _in_any(ip, self.networks) or (str(ip), port) in self.ports:
            return True
        named = host in self.names or (host, port) in self.ports
        return named and not _in_any(ip, _NEVER_BY_NAME)

    def names_host(self, host: str, port: int) -> bool:
        """Tell whether an entry names this host, or the address that it literally is."""
        name, alone = plain_host(host), _as_ip(host)
        if alone is not None:
            return _in_any(alone, self.networks) or (str(alone), port) in self.ports
        return name in self.names or (name, port) in self.ports

    def allows_port(self, host: str, port: int, ips: Sequence[IPAddress]) -> bool:
        """Tell whether this very port was opened, for the name or for every one of its addresses."""
        return (host, port) in self.ports or all((str(_unmapped(ip)), port) in self.ports for ip in ips)


def _read_entry(entry: str) -> IPNetwork | tuple[str, int] | str:
    if "/" in entry:
        try:
            return ip_network(entry)
        except ValueError as wrong:
            raise WrongInput(SETTING, entry, f"is not a network ({wrong})", mend=_MEND) from wrong
    alone = _as_ip(entry)
    if alone is not None:
        return ip_network(alone)
    host, colon, port_text = entry.rpartition(":")
    if not colon:
        return _checked_name(entry, entry)
    if not (port_text.isascii() and port_text.isdigit() and 1 <= int(port_text[:6]) <= 65535):
        raise WrongInput(SETTING, entry, "does not end in a port from 1 to 65535", mend=_MEND)
    ip = _as_ip(host)
    return (str(ip) if ip else _checked_name(host, entry)), int(port_text)


def _as_ip(text: str) -> IPAddress | None:
    try:
        return _unmapped(ip_address(text.removeprefix("[").removesuffix("]")))
    except ValueError:
        return None


def _checked_name(name: str, entry: str) -> str:
    host = plain_host(name)
    labels = host.split(".")
    if len(host) > 253 or not all(_HOST_LABEL.fullmatch(label) for label in labels):
        raise WrongInput(SETTING, entry, "is neither a host, a host:port nor a network", mend=_MEND)
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        raise WrongInput(SETTING, entry, "is a number, not a host's name", mend=_MEND)
    return host


def vet(host: str, port: int, ips: Sequence[IPAddress], allowed: AllowedHosts) -> list[IPAddress]:
    """Return the addresses that may be connected to: all of them, in their order.

    Raises BlockedAddress when *any* of them is neither public nor allowed (a name that mixes public and private
    addresses is an attack or a mistake), and for ports below 1024 other than 80 and 443 that were not allowed.
    """
    name = plain_host(host)
    for ip in ips:
        if not is_public(ip) and not allowed.allows(name, port, ip):
            raise BlockedAddress(
                f"{name}:{port} leads to {ip}, which is not an address of the public internet.",
                mend=f"If this is meant, an administrator can add {name}:{port} to {SETTING}.",
            )
    if port < _FIRST_UNPRIVILEGED_PORT and port not in _WEB_PORTS and not allowed.allows_port(name, port, ips):
        raise BlockedAddress(
            f"{name}:{port} is not a web port: only 80, 443 and those from {_FIRST_UNPRIVILEGED_PORT} up are used.",
            mend=f"If this is meant, an administrator can add {name}:{port} to {SETTING}.",
        )
    return list(ips)
