"""Who stands before the desk, and whether they may come in."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from services.desk.domain.accounts import Account
from services.desk.domain.hosts import OWN_NAMES, is_answered
from services.desk.domain.permissions import BEFORE_AN_OWNER, GRANTED, Door, Need, Permission
from services.desk.domain.sessions import Session

# RFC 1918, RFC 4193, RFC 4291: networks of a house, which nobody reaches from the internet.
_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")))


@dataclass(frozen=True, slots=True)
class Whence:
    """Where a request comes from, as the connection and its headers tell.

    `forwarded`: it says that somebody passed it on, so that the connection's address is not where it began.
    """

    address: str
    host: str
    forwarded: bool = False

    @property
    def is_this_machine(self) -> bool:
        """Tell whether it was made on this machine, to this machine's own name."""
        return not self.forwarded and is_answered(self.host, OWN_NAMES) and _in(self.address, loopback=True)

    def is_beside(self, public_name: str) -> bool:
        """Tell whether it comes from this machine or a private network, and not by the desk's public name."""
        public = bool(public_name) and is_answered(self.host, frozenset({public_name}) - OWN_NAMES)
        return not self.forwarded and not public and _in(self.address, loopback=False)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever made a request: signed in, or nobody we know.

    `unowned_here`: nobody owns the house yet, and they sit at this machine.
    """

    account: Account | None = None
    session: Session | None = None
    proof: str = ""
    unowned_here: bool = False

    def may(self, permission: Permission) -> bool:
        """Tell whether they are allowed this."""
        if self.account is not None:
            return permission in GRANTED[self.account.role]
        return self.unowned_here and permission in BEFORE_AN_OWNER


NOBODY = Visitor()


def is_let_in(visitor: Visitor, need: Need, *, beside: bool) -> bool:
    """Tell whether a visitor may use what needs this; `beside`: they came from beside the desk."""
    match need:
        case Door.ANYBODY:
            return True
        case Door.MACHINES:
            return beside or visitor.may(Permission.OPERATE)
        case _:
            return visitor.may(need)


def _in(address: str, *, loopback: bool) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return bool(mapped.is_loopback) or (not loopback and any(mapped in network for network in _PRIVATE))
