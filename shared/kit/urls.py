"""Web addresses as values: checked, made canonical, never fetched here."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from shared.kit.errors import WrongInput

_TRACKING_PREFIXES = ("utm_", "mc_", "pk_", "hsa_", "at_")
_TRACKING_NAMES = frozenset(
    "fbclid gclid dclid msclkid yclid ysclid igshid ref_src cmpid cmp ncid ito ocid _ga spm rss".split()
)
_NEVER_IN_AN_ADDRESS = re.compile(r"[\s\x00-\x1f\\]")
_HALF_A_CHARACTER = re.compile(r"[\ud800-\udfff]")
_DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_URL_CHARACTERS = 2048
LONGEST_CANONICAL_BYTES = 2048  # escapes make an address up to ninefold; an index row of Postgres holds 2704 bytes
_BYTES = "surrogateescape"  # escapes in an old encoding (%CF%E0) stay what they are: replaced, all would be equal


def _checked(url: str, field: str) -> SplitResult:
    mend = "Give a full web address such as https://example.org/feed.xml."
    if len(url) > LONGEST_URL_CHARACTERS:
        raise WrongInput(field, url, f"is longer than {LONGEST_URL_CHARACTERS} characters", mend=mend)
    if _NEVER_IN_AN_ADDRESS.search(url):
        raise WrongInput(field, url, "holds white space, a control character or a backslash", mend=mend)
    if _HALF_A_CHARACTER.search(url):  # JSON's \u escapes and a wrong locale can make them
        raise WrongInput(field, url, "holds half a character (a lone surrogate)", mend=mend)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise WrongInput(field, url, f"is not a web address ({wrong})", mend=mend) from wrong
    if parts.scheme not in _DEFAULT_PORTS:
        raise WrongInput(field, url, "does not start with http:// or https://", mend=mend)
    if not (parts.hostname or "").strip("."):  # `http://./` has dots, and no host either
        raise WrongInput(field, url, "names no host", mend=mend)
    if not _ascii_host(parts.hostname or ""):
        raise WrongInput(field, url, "names a host that cannot be (IDNA)", mend=mend)
    if parts.username is not None or parts.password is not None:
        raise WrongInput(field, url, "carries a user name or password", mend="Leave out what stands before the @.")
    if port == 0:
        raise WrongInput(field, url, "names port 0", mend=mend)
    return parts


def checked_url(url: str, *, field: str = "url") -> str:
    """Return the address unchanged when it is a plain http(s) address.

    Raises WrongInput, naming `field`, for any other scheme, a missing or impossible host, credentials, white space, or
    more than 2048 characters.
    """
    _checked(url, field)
    return url


def host_of(url: str) -> str:
    """Return `host` or `host:port` (a default port is left out), lower case, in ASCII. Raises WrongInput."""
    parts = _checked(url, "url")
    host = _ascii_host(parts.hostname or "")
    return host if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _ascii_host(host: str) -> str:
    """Return the host in ASCII; empty for one that IDNA cannot spell (an empty or overlong label, a sign alone)."""
    if ":" in host:
        return f"[{host}]"
    try:
        return host.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        return ""


def canonical_url(url: str) -> str:
    """Return the form under which two addresses of the same article are equal.

    Lower-case scheme and host (IDNA), no default port, no fragment, no tracking parameters, the rest of the query
    sorted, percent-encoding made uniform (RFC 3986 section 6), no trailing slash but the root's.
    Raises WrongInput for what is no web address, and for one that is longer than 2048 bytes in this form.
    """
    parts = _checked(url, "url")
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True, errors=_BYTES)
        if not name.lower().startswith(_TRACKING_PREFIXES) and name.lower() not in _TRACKING_NAMES
    )
    path = "/".join(_uniform(step) for step in parts.path.split("/")).rstrip("/") or "/"
    canonical = urlunsplit((parts.scheme, host_of(url), path, urlencode(query, errors=_BYTES), ""))
    if len(canonical.encode()) > LONGEST_CANONICAL_BYTES:
        why = f"is longer than {LONGEST_CANONICAL_BYTES} bytes when it is escaped"
        raise WrongInput("url", url, why, mend="Give a shorter address.")
    return canonical


def _uniform(step: str) -> str:
    """Return one step of a path in one spelling; a slash that is part of a name (%2F) stays so."""
    return quote(unquote(step, errors=_BYTES), safe=":@!$&'()*+,;=~-._", errors=_BYTES)
