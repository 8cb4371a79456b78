"""How guessing passwords is slowed down: after some tries each next one has to wait, longer and longer.

Three counts are kept, so that nobody can lock somebody else out from one place: of an account from one address, of an
account from anywhere, and of an address whatever the account. A try counts before its password is looked at, so that
many at once win nothing; a right password takes its own count back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

_NOTHING = timedelta()
_DOUBLINGS = 20  # enough for any longest wait; larger powers only cost time


@dataclass(frozen=True, slots=True)
class Patience:
    """`free` tries cost nothing; then the wait doubles from `first` to `longest`; a quiet time forgets them all."""

    free: int
    first: timedelta
    longest: timedelta
    forgotten: timedelta


@dataclass(frozen=True, slots=True)
class Tries:
    """The tries that count against one key, and when the last of them was."""

    count: int = 0
    last_at: datetime | None = None


# People mistype a password now and then, and try the older ones; a program tries thousands.
_PAIR = Patience(5, timedelta(seconds=15), timedelta(minutes=15), timedelta(hours=12))
_ACCOUNT = Patience(40, timedelta(seconds=15), timedelta(minutes=5), timedelta(hours=12))
_ADDRESS = Patience(60, timedelta(seconds=5), timedelta(minutes=15), timedelta(hours=12))  # an office behind one
PATIENCE = {"pair": _PAIR, "account": _ACCOUNT, "address": _ADDRESS}


def wait(tries: Tries, now: datetime, patience: Patience) -> timedelta:
    """Return how long the next try has to wait from now; nothing where it may be made."""
    if tries.last_at is None or tries.count < patience.free or now - tries.last_at >= patience.forgotten:
        return _NOTHING
    doubled: timedelta = patience.first * 2 ** min(tries.count - patience.free, _DOUBLINGS)
    return max(_NOTHING, min(doubled, patience.longest) - (now - tries.last_at))


def counted(tries: Tries, now: datetime, patience: Patience) -> Tries:
    """Return the tries with one more, made now."""
    forgotten = tries.last_at is None or now - tries.last_at >= patience.forgotten
    return Tries(1 if forgotten else tries.count + 1, now)


def taken_back(tries: Tries) -> Tries:
    """Return the tries without the one that turned out right."""
    return replace(tries, count=max(0, tries.count - 1))


def keys(account: str, address: str) -> dict[str, str]:
    """Return the kind of patience of each key that a try counts against; `account` is an id or what stands for it."""
    place = _neighbourhood(address)
    return {f"pair {account} {place}": "pair", f"account {account}": "account", f"address {place}": "address"}


def _neighbourhood(address: str) -> str:
    """Return the address; of IPv6 the network of 64 bits, all of which belongs to one customer."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
