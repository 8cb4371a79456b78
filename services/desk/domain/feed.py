"""A subscription's alerts as a feed: Atom (RFC 4287) and JSON Feed 1.1 of the same entries."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from xml.etree import ElementTree

from services.desk.domain.views import AlertCorrectionView
from shared.kit.text import clip, one_line

ATOM_TYPE = "application/atom+xml; charset=utf-8"
JSON_TYPE = "application/feed+json; charset=utf-8"
LONGEST_TITLE_CHARACTERS = 300
_ATOM = "http://www.w3.org/2005/Atom"
_XML = "http://www.w3.org/XML/1998/namespace"
_NEVER_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, section 2.2


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One alert, or a correction of it, which is an entry of its own: few feed readers show what has changed.

    `url` is safe to follow, None where the source gave no such address; `language` fits `xml:lang`.
    """

    alert_id: UUID
    rule_name: str
    title: str
    evidence: str
    url: str | None
    source: str
    language: str | None
    published: datetime | None
    raised_at: datetime
    agreement: str | None
    stage: str | None
    sectors: tuple[str, ...]
    correction: AlertCorrectionView | None = None

    @property
    def entry_id(self) -> UUID:
        """The id by which a reader knows it."""
        return self.alert_id if self.correction is None else self.correction.correction_id

    @property
    def said_at(self) -> datetime:
        """When it was said."""
        return self.raised_at if self.correction is None else self.correction.corrected_at


@dataclass(frozen=True)
class FeedWords:
    """What a feed calls things, and where its links lead: `home_url` is the desk's address, without a slash."""

    agreements: Mapping[str, str]
    sectors: Mapping[str, str]
    stage: Callable[[str], str]
    home_url: str

    def happened(self, entry: FeedEntry) -> str:
        """Return what happened in one line: "RELOS: in force, says The Hindu"."""
        topic = self.agreements.get(entry.agreement, entry.agreement) if entry.agreement else entry.rule_name
        told = f"{topic}: {self.stage(entry.stage)}" if entry.stage else topic
        if entry.correction is not None:
            told = f"{'Withdrawn' if entry.correction.kind == 'withdrawn' else 'Correction'}: {told}"
        return clip(one_line(f"{told}, says {entry.source}" if entry.source else told), LONGEST_TITLE_CHARACTERS)

    def why(self, entry: FeedEntry) -> str:
        """Return the page that tells why the alert fired."""
        return f"{self.home_url}/alerts/{entry.alert_id}"

    def tags(self, entry: FeedEntry) -> Sequence[str]:
        """Return the names of the agreement, its stage and the sectors."""
        agreement = [self.agreements.get(entry.agreement, entry.agreement)] if entry.agreement else []
        stage = [self.stage(entry.stage)] if entry.stage else []
        return [*agreement, *stage, *(self.sectors.get(sector, sector) for sector in entry.sectors)]


@dataclass(frozen=True, slots=True)
class Feed:
    """The newest alerts of a subscription, newest first."""

    subscription_id: UUID
    name: str
    since: datetime
    entries: tuple[FeedEntry, ...]


def as_atom(feed: Feed, words: FeedWords, self_url: str) -> bytes:
    """Return the feed in Atom."""
    root = ElementTree.Element("feed", {"xmlns": _ATOM, f"{{{_XML}}}lang": "en"})
    _text(root, "id", f"urn:uuid:{feed.subscription_id}")
    _text(root, "title", f"Pactwatch: {feed.name}")
    newest = max((entry.said_at for entry in feed.entries), default=feed.since)
    _text(root, "updated", _moment(newest))
    ElementTree.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": self_url})
    ElementTree.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": f"{words.home_url}/"})
    _text(ElementTree.SubElement(root, "author"), "name", "Pactwatch")
    for entry in feed.entries:
        _atom_entry(root, entry, words)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _atom_entry(root: ElementTree.Element, entry: FeedEntry, words: FeedWords) -> None:
    here = ElementTree.SubElement(root, "entry")
    _text(here, "id", f"urn:uuid:{entry.entry_id}")
    _text(here, "title", words.happened(entry))
    _text(here, "updated", _moment(entry.said_at))
    if entry.published is not None:
        _text(here, "published", _moment(entry.published))
    _text(ElementTree.SubElement(here, "author"), "name", entry.source or "unknown")
    if entry.url:
        ElementTree.SubElement(here, "link", {"rel": "alternate", "href": _clean(entry.url)})
    ElementTree.SubElement(here, "link", {"rel": "related", "href": words.why(entry), "title": "Why this alert"})
    for term in words.tags(entry):
        ElementTree.SubElement(here, "category", {"term": _clean(term)})
    summary = _text(here, "summary", _summary(entry))
    if entry.language:
        summary.set(f"{{{_XML}}}lang", entry.language)


def as_json_feed(feed: Feed, words: FeedWords, self_url: str) -> bytes:
    """Return the feed in JSON Feed 1.1."""
    said = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"Pactwatch: {feed.name}",
        "home_page_url": f"{words.home_url}/",
        "feed_url": self_url,
        "language": "en",
        "items": [_json_item(entry, words) for entry in feed.entries],
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _json_item(entry: FeedEntry, words: FeedWords) -> dict[str, object]:
    given: Mapping[str, object] = {
        "id": f"urn:uuid:{entry.entry_id}",
        "title": words.happened(entry),
        "content_text": _summary(entry),
        "url": words.why(entry),
        "external_url": entry.url,
        "date_published": None if entry.published is None else _moment(entry.published),
        "date_modified": _moment(entry.said_at),
        "authors": [{"name": entry.source}] if entry.source else None,
        "tags": list(words.tags(entry)) or None,
        "language": entry.language,
    }
    return {name: value for name, value in given.items() if value is not None}


def _summary(entry: FeedEntry) -> str:
    correction = entry.correction
    if correction is None:
        return "\n\n".join(part for part in (entry.title, entry.evidence) if part)
    now = correction.after or "(nothing of it is left)"
    said = (entry.title, correction.sentence, f"It said: {correction.before}", f"It says now: {now}")
    return "\n\n".join(part for part in said if part)


def _text(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name)
    element.text = _clean(text)
    return element


def _clean(text: str) -> str:
    return _NEVER_IN_XML.sub("", text)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
