"""The engines that are compared: each takes a page's bytes and gives its article's text.

All but ours, which decodes for itself, are given the page decoded by us; that time is theirs too. Each does what its
own documentation shows for getting an article's text out of a page, comments left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from services.scraper.parsing.article_text import article_text
from services.scraper.parsing.blocks import outline_of, tree_of
from services.scraper.parsing.cleaning import clean_text
from services.scraper.parsing.decoding import decode_body
from services.scraper.parsing.page import readable_article
from services.scraper.parsing.results import ReadablePage

Extract = Callable[[bytes, str], str]
OURS = "pactwatch"
OURS_WITH_FACTS = "pactwatch, with facts"


@dataclass(frozen=True)
class Engine:
    """A way to get an article's text. `facts` says that title, date and author are taken too."""

    name: str
    package: str
    extract: Extract
    facts: bool = False

    @property
    def version(self) -> str:
        """Return the version of its package."""
        return version(self.package)


def engines(only: tuple[str, ...] = ()) -> list[Engine]:
    """Return the engines that are installed here, ours first."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("readability").setLevel(logging.CRITICAL)
    found = [Engine(OURS, "pactwatch", _ours), Engine(OURS_WITH_FACTS, "pactwatch", _ours_with_facts, facts=True)]
    found += [Engine(name, "trafilatura", _trafilatura(**options)) for name, options in _TRAFILATURA_MODES.items()]
    found += [
        Engine(
            f"{name}, with facts",
            "trafilatura",
            _trafilatura(with_metadata=True, **_TRAFILATURA_MODES[name]),
            facts=True,
        )
        for name in ("trafilatura default", "trafilatura fast")
    ]
    found.append(Engine("readability-lxml", "readability-lxml", _readability))
    found.append(Engine("newspaper4k", "newspaper4k", _newspaper, facts=True))
    wanted = [engine for engine in found if not only or any(name in engine.name for name in only)]
    return [engine for engine in wanted if _is_installed(engine.package)]


_TRAFILATURA_MODES: dict[str, dict[str, bool]] = {
    "trafilatura default": {},
    "trafilatura fast": {"fast": True},
    "trafilatura precision": {"favor_precision": True},
    "trafilatura recall": {"favor_recall": True},
    "trafilatura fast precision": {"fast": True, "favor_precision": True},
}


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return package == "pactwatch"
    return True


def _ours(body: bytes, _url: str) -> str:
    markup = decode_body(body)
    return clean_text(article_text(markup, outline_of(tree_of(markup))).text)


def _ours_with_facts(body: bytes, url: str) -> str:
    page = readable_article(body, content_type="text/html", url=url)
    return page.text if isinstance(page, ReadablePage) else ""


def _trafilatura(*, with_metadata: bool = False, **options: bool) -> Extract:
    bare_extraction = import_module("trafilatura").bare_extraction

    def extract(body: bytes, url: str) -> str:
        document = bare_extraction(
            decode_body(body), url=url, include_comments=False, with_metadata=with_metadata, **options
        )
        return getattr(document, "text", None) or ""

    return extract


def _readability(body: bytes, _url: str) -> str:
    document = import_module("readability").Document(decode_body(body))
    return str(import_module("html_text").extract_text(document.summary()))


def _newspaper(body: bytes, url: str) -> str:
    article = import_module("newspaper").Article(url, fetch_images=False)
    article.download(input_html=decode_body(body))
    article.parse()
    return str(article.text or "")
