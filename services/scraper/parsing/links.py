"""Addresses as pages and feeds write them: resolved, checked, or refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urljoin

from shared.kit.errors import WrongInput
from shared.kit.urls import canonical_url, checked_url

_BLANKS_WITHIN = re.compile(r"\s+")
_REMEMBERED = 4096  # links: a page's are asked for several times over, and a source's come again with every look
_SECOND_LEVEL = frozenset(
    "ac co com edu gov net nic org res mil gen ind firm in".split()
)  # as in gov.in, co.in, com.ru


class RefusedLink(ValueError):
    """A link we may not follow; its text says why."""


@lru_cache(maxsize=_REMEMBERED)
def link_key(url: str) -> str:
    """Return the form under which two addresses of the same article are equal. Raises WrongInput."""
    return canonical_url(url)


@lru_cache(maxsize=_REMEMBERED)
def resolved_link(href: str, base_url: str) -> str:
    """Return the absolute http(s) address without its fragment. Raises RefusedLink."""
    written = _BLANKS_WITHIN.sub("%20", href.strip().replace("\t", "").replace("\n", "").replace("\r", ""))
    if not written:
        raise RefusedLink("it has no link")
    try:
        absolute = urljoin(base_url, written)
        link_key(absolute)  # refuses what has none: it could not be kept
        return checked_url(absolute, field="link").partition("#")[0]
    except WrongInput as wrong:
        raise RefusedLink(f"its link {wrong.why}") from wrong
    except ValueError as wrong:
        raise RefusedLink("its link is malformed") from wrong


def first_link(hrefs: Iterable[str], base_url: str) -> str | None:
    """Return the first of these that leads somewhere we may go, absolute; None where none does."""
    for href in hrefs:
        try:
            return resolved_link(href, base_url)
        except RefusedLink:
            continue
    return None


def site_of(host: str) -> str:
    """Return the registrable part of a host: `www.news.mea.gov.in` is part of `mea.gov.in`.

    A short list of second levels stands in for the public suffix list: it decides only which links of a listing are
    the site's own.
    """
    labels = host.lower().rstrip(".").split(".")
    keep = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) <= 3 else 2
    return ".".join(labels[-keep:])
