"""The fixture sources of tests/data, read from their files."""

from __future__ import annotations

from pathlib import Path

from services.scraper.parsing.detection import read_source
from services.scraper.parsing.results import FeedKind, NotAFeed, ParsedFeed, Selectors

DATA = Path(__file__).parents[2] / "data"
SITE = "https://site.example.com/page"
CHANNEL = "https://t.me/s/mid_example"


def source_bytes(name: str) -> bytes:
    return (DATA / "sources" / name).read_bytes()


def outcome(
    body: bytes | str, kind: FeedKind | None = None, base_url: str = SITE, selectors: Selectors | None = None
) -> ParsedFeed | NotAFeed:
    raw = source_bytes(body) if isinstance(body, str) else body
    return read_source(raw, kind=kind, content_type="", base_url=base_url, selectors=selectors or Selectors())


def read(
    body: bytes | str, kind: FeedKind | None = None, base_url: str = SITE, selectors: Selectors | None = None
) -> ParsedFeed:
    parsed = outcome(body, kind, base_url, selectors)
    assert isinstance(parsed, ParsedFeed), parsed
    return parsed


def refused(
    body: bytes | str, kind: FeedKind | None = None, base_url: str = SITE, selectors: Selectors | None = None
) -> NotAFeed:
    parsed = outcome(body, kind, base_url, selectors)
    assert isinstance(parsed, NotAFeed), parsed
    return parsed
