"""OPML, the list of feeds that readers exchange (http://opml.org/spec2.opml): theirs read, ours written.

XML is read without entities, without a document type's rules and without going out for anything. What only we know of
a source stands in attributes of our own namespace, which other readers pass over; of theirs we take FreshRSS's
selector for an article's words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from services.desk.domain.names import LONGEST_NAME_CHARACTERS
from services.desk.domain.selectors import SELECTOR_NAMES, checked_selectors
from services.desk.domain.source_list import BadEntry, ListedSource, SourceList, spelled_wrong
from services.desk.domain.sources import LANGUAGES, Source
from shared.kit.errors import WrongInput
from shared.kit.text import clip, one_line

OURS = "https://github.com/pactwatch/pactwatch/opml"
FRESHRSS = "https://freshrss.org/opml"
_FIELDS = ("kind", "country", "language", "alert_since", "owner", "confidence", "quirks")  # texts, as attributes
_KINDS = {"atom": "atom", "json": "json", "jsonfeed": "json", "html+xpath": "page"}  # "rss" is said of any feed
_NOT_READ = ("xml+xpath", "json+dotnotation", "json+dotpath", "json+xpath")
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_MEND = "Export the list again from the reader that made it."


def read_opml(body: bytes, *, name: str) -> SourceList:
    """Read every feed of the outline, whatever folders it lies in. Raises WrongInput for what is no OPML.

    A feed that stands in several folders counts once; feeds of one name are numbered, because ours is unique.
    """
    entries: dict[str, ListedSource] = {}
    bad: list[BadEntry] = []
    names: set[str] = set()
    repeated = 0
    for outline in _root(body, name).iter("{*}outline"):
        attributes = _attributes(outline)
        where = f"line {outline.sourceline}"
        try:
            fields = _fields(attributes, has_children=len(outline) > 0)
        except WrongInput as wrong:
            bad.append(BadEntry(where, _title(attributes), spelled_wrong(wrong, where)))
            continue
        if fields is None:
            continue
        if fields["url"] in entries:
            repeated += 1
            continue
        fields["name"] = _unused(fields["name"], names)
        entries[fields["url"]] = ListedSource(where, fields)
    return SourceList(tuple(entries.values()), tuple(bad), repeated)


def write_opml(sources: Iterable[Source]) -> str:
    """Return the sources as OPML 2.0 that `read_opml` reads back to the same."""
    root = etree.Element("opml", version="2.0", nsmap={"pactwatch": OURS})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Sources of a Pactwatch desk"
    body = etree.SubElement(root, "body")
    for source in sources:
        etree.SubElement(body, "outline", attrib=_written(source))
    written: bytes = etree.tostring(root, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return written.decode("utf-8")


def _root(body: bytes, name: str) -> Any:  # noqa: ANN401  (lxml has no types)
    try:
        root = _parsed(body)
    except etree.XMLSyntaxError as error:
        try:
            root = _parsed(_BARE_AMPERSAND.sub(b"&amp;", body))  # the one mistake that many readers make: in addresses
        except etree.XMLSyntaxError:
            why = f"is not well-formed XML ({error.msg})"
            raise WrongInput("file", name, why, mend=_MEND) from error
    doctype = root.getroottree().docinfo.internalDTD
    if doctype is not None and any(True for _ in doctype.iterentities()):
        raise WrongInput("file", name, "declares entities of its own, which are not read", mend=_MEND)
    if root.tag.rpartition("}")[2].lower() != "opml":
        mend = "A feed itself is added with `pactwatch source add NAME URL`."
        raise WrongInput("file", name, f"is XML, but its root is <{root.tag[:60]}> and not <opml>", mend=mend)
    return root


def _parsed(body: bytes) -> Any:  # noqa: ANN401  (lxml has no types)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    return etree.fromstring(body, parser)


def _attributes(outline: Any) -> dict[str, str]:  # noqa: ANN401  (lxml has no types)
    """Return the attributes; those of no namespace in lower case, because readers spell xmlUrl in several ways."""
    return {key if key.startswith("{") else key.lower(): str(value) for key, value in outline.attrib.items()}


def _fields(attributes: Mapping[str, str], *, has_children: bool) -> dict[str, Any] | None:
    """Return what the outline says of a feed; None for a folder. Raises WrongInput."""
    kind = attributes.get("type", "").strip().lower()
    url = _address(attributes.get("xmlurl", ""))
    if not url:
        _refuse_feedless(attributes, kind, has_children=has_children)
        return None
    if kind in _NOT_READ:
        mend = "Add the site by hand: pactwatch source test URL shows what can be read of it."
        raise WrongInput("type", attributes["type"], "is a kind of source that we do not read", mend=mend)
    fields: dict[str, Any] = {
        "name": clip(_title(attributes), LONGEST_NAME_CHARACTERS) or urlsplit(url).hostname or url,
        "url": url,
        "kind": _KINDS.get(kind),
        "language": _language(attributes.get("language", "")),
        "selectors": _selectors(attributes) or None,
    }
    fields |= {field: attributes[f"{{{OURS}}}{field}"] for field in _FIELDS if f"{{{OURS}}}{field}" in attributes}
    if every := attributes.get(f"{{{OURS}}}every", ""):
        fields["every_seconds"] = _seconds(every)
    if attributes.get(f"{{{OURS}}}paused") == "true":
        fields["paused"] = True
    return {field: value for field, value in fields.items() if value is not None}


def _refuse_feedless(attributes: Mapping[str, str], kind: str, *, has_children: bool) -> None:
    if kind in ("link", "include") and attributes.get("url"):
        mend = "Fetch that list and import it by itself."
        raise WrongInput("url", attributes["url"], "leads to another list and not to a feed", mend=mend)
    if has_children:
        return
    if site := attributes.get("htmlurl", "").strip():
        raise WrongInput(
            "htmlUrl", site, "names a site but no feed", mend=f"Look for one: pactwatch source test {site}"
        )
    if kind in ("rss", "atom", "json"):
        raise WrongInput("xmlUrl", attributes.get("xmlurl", ""), "is empty", mend="Give the feed's address there.")


def _address(written: str) -> str:
    """Return the address as the web has it: some readers spell it `feed://host/…` or `feed:https://host/…`."""
    url = written.strip()
    if url.lower().startswith(("feed:http://", "feed:https://")):
        return url[len("feed:") :]
    return f"https://{url[len('feed://') :]}" if url.lower().startswith("feed://") else url


def _title(attributes: Mapping[str, str]) -> str:
    """Return the feed's name; titles are often escaped twice (`Q&amp;amp;A`)."""
    titles = (one_line(html.unescape(attributes.get(name, ""))) for name in ("text", "title"))
    return next(filter(None, titles), "")


def _language(written: str) -> str | None:
    """Return the language of a peer's code ("en-us") where it is one that we read."""
    code = written.strip().lower().replace("_", "-").partition("-")[0]
    return code if code in LANGUAGES else None


def _selectors(attributes: Mapping[str, str]) -> dict[str, str]:
    ours = {name: attributes.get(f"{{{OURS}}}selector-{name}", "") for name in SELECTOR_NAMES}
    ours["text"] = ours["text"] or _understood(attributes.get(f"{{{FRESHRSS}}}cssFullContent", ""))
    return {name: css for name, css in ours.items() if css}


def _understood(css: str) -> str:
    """Return a peer's selector, or nothing for one that only its own engine takes: the feed is worth having anyway."""
    try:
        return css if checked_selectors({"text": css}) else ""
    except WrongInput:
        return ""


def _seconds(written: str) -> int:
    if written.isascii() and written.isdigit() and len(written) < 10:
        return int(written)
    raise WrongInput("every", written, "is not a number of seconds", mend="Give whole seconds, for example 300.")


def _unused(name: str, names: set[str]) -> str:
    """Return the name, numbered when an earlier feed of the file has it: `News (2)`; always the same for one file."""
    free, number = name, 2
    while free.casefold() in names:
        tail = f" ({number})"
        free, number = clip(name, LONGEST_NAME_CHARACTERS - len(tail)) + tail, number + 1
    names.add(free.casefold())
    return free


def _written(source: Source) -> dict[str, str]:
    ours = {field: getattr(source, field) for field in _FIELDS if field != "alert_since"}
    ours["alert_since"] = source.alert_since.astimezone(UTC).isoformat() if source.alert_since else "all"
    ours["every"] = str(source.every_seconds) if source.every_seconds else None
    ours["paused"] = "true" if source.paused else None
    ours |= {f"selector-{name}": css for name, css in (source.selectors or {}).items()}
    kind = source.kind if source.kind in ("atom", "json") else "rss"
    plain = {"type": kind, "text": source.name, "title": source.name, "xmlUrl": source.url}
    return plain | {f"{{{OURS}}}{field}": value for field, value in ours.items() if value}
