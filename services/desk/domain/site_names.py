"""Whether two host names are of one site, as far as names tell."""

from __future__ import annotations


def is_of_host(host: str, other: str) -> bool:
    """Tell whether an address of `host` may be listed by a source at `other`: the same, or one below the other."""
    one, two = host.removeprefix("www."), other.removeprefix("www.")
    return one == two or one.endswith(f".{two}") or two.endswith(f".{one}")
