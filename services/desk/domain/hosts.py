"""Which names the desk answers to: another site must not reach it by pointing its own name at this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


def answered_names(base_url: str | None) -> frozenset[str]:
    """Return the host names that the desk answers to: this machine's own and that of its public address."""
    public = _name(urlsplit(base_url).netloc.rpartition("@")[2]) if base_url else ""
    return OWN_NAMES | ({public} if public else frozenset())


def is_answered(host_header: str, names: frozenset[str]) -> bool:
    """Tell whether a request's Host header (RFC 9110 section 7.2), with or without a port, is one of the names."""
    return _name(host_header) in names


def _name(host: str) -> str:
    """Return the host without its port, in lower case."""
    if host.startswith("["):
        return (host.partition("]")[0] + "]").lower()
    return host.partition(":")[0].lower().removesuffix(".")
