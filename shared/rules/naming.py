"""What can break a query that was once taken: the names in it, which catalogue and lists may have no more.

A saved query was read when it was saved, and what the language takes it goes on taking. So of ten thousand rules only
those are read again that name something that is gone, or of which a glance does not tell what they name.
"""

from __future__ import annotations

import regex

from shared.rules.legible import legible

_NAMES = regex.compile(
    r"""
      (?<![^\s()"“”„«»:=-])
      (?: (?P<field>agreement|sector|stage|source):\s* | @ )
      (?P<name>[\p{L}\p{M}\p{Nd}_-]+)
      (?=[\s()]|$)
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_SIGNS = regex.compile(r"@|(?:agreement|sector|stage|source)\s*:", regex.IGNORECASE)


def names_in(query: str) -> frozenset[str] | None:
    """The clauses of a query that name what may be gone, each as a query of its own; None where a glance cannot tell.

    None also for several lists, since all that a query names have a limit together.
    """
    seen = legible(query)
    found = [
        f"{each['field'].casefold()}:{each['name']}" if each["field"] else f"@{each['name']}"
        for each in _NAMES.finditer(seen)
    ]
    if len(found) != len(_SIGNS.findall(seen)):
        return None
    names = frozenset(found)
    return None if sum(each.startswith("@") for each in names) > 1 else names
