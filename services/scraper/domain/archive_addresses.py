"""What addresses tell of an archive: its pages, its sitemaps, its months, and which part of a site a list is of."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from shared.kit.errors import WrongInput
from shared.kit.urls import canonical_url

USUAL_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/news-sitemap.xml")
_FEWEST_TO_TELL = 5  # entries: fewer may share the beginning of their addresses by chance
_DEEPEST_SCOPE = 2  # steps of a path: deeper ones are rather an article's own
_FEED_ADDRESS = re.compile(r"/feed(?:/(?:rss2?|atom))?/?\Z", re.IGNORECASE)
_FEED_QUERY = re.compile(r"(?:\A|&)feed=(?:rss2?|atom|feed)(?:&|\Z)", re.IGNORECASE)
_GENERATOR = re.compile(rb"<generator[^>]{0,100}>[^<]{0,100}wordpress", re.IGNORECASE)
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/](0[1-9]|1[0-2])(?!\d)")
_MONTH_ASKED = re.compile(r"(?:yyyy|year)=((?:19|20)\d\d)&(?:mm|month)=(0?[1-9]|1[0-2])(?!\d)", re.IGNORECASE)


def mark_of_address(url: str) -> str:
    """Return 12 hex digits by which an address is known again, however it is spelt."""
    try:
        spelt = canonical_url(url)
    except WrongInput:
        spelt = url
    return hashlib.sha256(spelt.encode("utf-8", "replace")).hexdigest()[:12]


def has_wordpress_pages(url: str, head: bytes) -> bool:
    """Tell whether a feed may have pages as WordPress makes them: by its address, or what its beginning names."""
    parts = _split(url)
    if _FEED_ADDRESS.search(parts.path) or _FEED_QUERY.search(parts.query):
        return True
    return _GENERATOR.search(head) is not None


def numbered_page(url: str, number: int) -> str:
    """Return the address of a WordPress feed's page (its `paged` parameter; the first page is 1)."""
    parts = _split(url)
    asked = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paged"]
    return parts._replace(query=urlencode([*asked, ("paged", str(number))]), fragment="").geturl()


def scope_of(urls: Iterable[str], otherwise: str) -> str:
    """Return the part of a site that a list's entries are of: their host, and how the paths of all begin.

    The beginning ends where a date or a number does: the archive of `/news/2025/12/` is that of `/news/`. `otherwise`
    is an address of the host where there is no entry.
    """
    split = [_split(url) for url in urls]
    named = Counter(each.netloc.lower() for each in split if each.netloc)
    host = next((name for name, _ in named.most_common(1)), "")
    if not host:
        return f"{_split(otherwise).netloc.lower()}/"
    folders = [_folders(each.path) for each in split if each.netloc.lower() == host]
    if len(folders) < _FEWEST_TO_TELL:
        return f"{host}/"
    common: list[str] = []
    for level in range(min(_DEEPEST_SCOPE, *map(len, folders))):
        names = {each[level] for each in folders}
        name = names.pop()
        if names or any(sign.isdigit() for sign in name):
            break
        common.append(name)
    return "/".join([host, *common, ""])


def in_scope(url: str, scope: str) -> bool:
    """Tell whether an address is of that part of a site; a `www.` makes no other site."""
    parts = _split(url)
    return f"{_bare(parts.netloc.lower())}{parts.path or '/'}".startswith(_bare(scope))


def robots_of(scope: str, url: str) -> str:
    """Return the address of the robots.txt of the scope's host, in the scheme of the source's `url`."""
    return f"{_split(url).scheme}://{scope.partition('/')[0]}/robots.txt"


def usual_sitemaps(url: str) -> tuple[str, ...]:
    """Return where the sitemaps of an address's host usually are."""
    parts = _split(url)
    return tuple(f"{parts.scheme}://{parts.netloc}{path}" for path in USUAL_SITEMAPS)


def is_of_month_before(url: str, since: datetime) -> bool:
    """Tell whether an address names a month that was over before that moment: `sitemap-2019-05.xml`.

    The month before the moment's own does not count as over: nobody knows in which zone the site counts its days.
    """
    parts = _split(url)
    named = _MONTH.search(parts.path) or _MONTH_ASKED.search(parts.query)
    if named is None:
        return False
    return int(named.group(1)) * 12 + int(named.group(2)) < since.year * 12 + since.month - 1


def _split(url: str) -> SplitResult:
    """Return the parts of an address; of one that cannot be, no parts."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _folders(path: str) -> list[str]:
    return [name for name in path.split("/")[1:-1] if name]
