"""Where a form was sent from, and where somebody may be sent to: never another site, in either direction."""

from __future__ import annotations

from urllib.parse import urlsplit

FIRST_PAGE = "/"


def is_ours(fetch_site: str | None, origin: str | None, host: str) -> bool:
    """Tell whether a browser sent this from a page of ours (Fetch Metadata; else the Origin header).

    What sends neither is a program, or a browser without Fetch Metadata (an old one, or over plain http), which also
    calls the origin of our own pages "null", because they send no referrer. The token that only our pages hold, and
    that is asked for in any case, stands alone there.
    """
    if fetch_site is not None:
        return fetch_site == "same-origin"
    return origin in (None, "null") or urlsplit(origin or "").netloc.lower() == host.lower()


def own_path(wanted: str) -> str:
    r"""Return the address to go on to after signing in: a path of this desk, else its first page.

    `//host` and `/\host` lead elsewhere in a browser, which also drops tabs and new lines from an address.
    """
    clean = wanted.isprintable() and "\\" not in wanted and wanted.startswith("/") and not wanted.startswith("//")
    return wanted if clean else FIRST_PAGE
