"""Where the desk may listen: as it speaks no TLS itself, only where nobody but this machine can reach it."""

from __future__ import annotations

from ipaddress import ip_address

from shared.kit.errors import PactwatchError


def check_binding(host: str, *, published_on_loopback: bool) -> None:
    """Raise PactwatchError when listening on this address would show the desk to other machines.

    `published_on_loopback` is the word of whoever runs the container that its port is published on 127.0.0.1 only.
    """
    if published_on_loopback or is_loopback(host):
        return
    raise PactwatchError(
        f"PACTWATCH_DESK_HOST: {host!r} would send passwords and news over the network for all to read.",
        mend="Set PACTWATCH_DESK_HOST=127.0.0.1, and put a proxy with TLS before it; in a container whose port is "
        "published on 127.0.0.1 only, set PACTWATCH_DESK_PUBLISHED_ON_LOOPBACK=1.",
    )


def is_loopback(host: str) -> bool:
    """Tell whether an address to listen on is this machine's own; a name other than localhost is not taken."""
    bare = host.strip().removeprefix("[").removesuffix("]")
    if bare.lower() == "localhost":
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False
