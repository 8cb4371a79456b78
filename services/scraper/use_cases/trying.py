"""One look at an address that somebody thinks of watching: what would be taken and what not. Nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from services.scraper.domain.manners import Manners, rules_for_us
from services.scraper.parsing.results import (
    KINDS,
    NO_SELECTORS,
    Entry,
    FeedKind,
    NotAFeed,
    ParsedFeed,
    ReadablePage,
    Selectors,
    UnusableEntry,
    known_kind,
)
from services.scraper.ports import Reading, Web
from shared.kit.errors import PactwatchError, WrongInput
from shared.kit.text import clip, one_line
from shared.kit.urls import checked_url, host_of
from shared.web.looks import Failed, Fetched, Look, NotModified, NotYet, Throttled

READ_PAGES = 3
MOST_PROBES = 8  # addresses that a home page offers or is likely to have: each is a request that nobody asked for
EXCERPT_CHARACTERS = 300
REST_SECONDS = 1.0  # between two requests to one host
LONGEST_PROBING_SECONDS = 60.0  # a host that asks for long rests is probed less, not faster
_EARLIEST = datetime.min.replace(tzinfo=UTC)

Judge = Callable[[str, str, str | None], str | None]
LikelyPlaces = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class TriedArticle:
    """An entry with what its page gave.

    `text_from` is "page" or "feed"; `page_trouble` says why the page could not be read, where it could not. `held` is
    why the relevance gate would keep the article to ourselves, None for one that passes. `dropped` are the lines that
    were taken off because they are not the article's.
    """

    url: str
    title: str
    published: datetime | None
    language: str | None
    author: str
    agency: str
    first_lines: str
    text_characters: int
    text_from: str
    image_url: str
    dropped: tuple[str, ...]
    page_trouble: str | None
    held: str | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A feed that a page offers, or that was found where such sites often have one, looked at and good."""

    url: str
    title: str
    kind: str
    entries: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class TriedSource:
    """What one look at an address found; `kind` is empty where the page itself lists nothing and only offers feeds."""

    url: str
    url_final: str
    moved_to: str | None
    kind: str
    dialect: str
    title: str
    language: str | None
    hub: str | None
    entries: tuple[Entry, ...]
    unusable: tuple[UnusableEntry, ...]
    articles: tuple[TriedArticle, ...]
    offers: tuple[Offer, ...]
    notes: tuple[str, ...]


class SourceTrials:
    """Looks at addresses as the scraper would: with its eyes, its manners and its gate, and without its memory."""

    def __init__(
        self, web: Web, reading: Reading, judge: Judge, likely: LikelyPlaces, *, rest_seconds: float = REST_SECONDS
    ) -> None:
        """Take what looks, reads and judges; `likely` names the addresses where a site often has its feed."""
        self._web = web
        self._reading = reading
        self._judge = judge
        self._likely = likely
        self._rest_seconds = rest_seconds
        self._manners: dict[str, Manners] = {}
        self._asked: set[str] = set()

    async def try_source(
        self,
        url: str,
        *,
        kind: str | None = None,
        selectors: Selectors = NO_SELECTORS,
        country: str | None = None,
    ) -> TriedSource:
        """Look at an address, at the pages of its newest entries, and at the feeds that a page offers.

        `country` is the outlet's, for the gate. Raises PactwatchError when there is nothing to watch, WrongInput for a
        kind or an address that cannot be.
        """
        told = _kind(kind)
        fetched = _fetched(await self._ask(checked_url(url, field="URL")), url)
        parsed = await self._read(fetched, told, selectors)
        offers: tuple[Offer, ...] = ()
        if told is None and _may_offer(parsed):
            offers = await self._offers(fetched)
        if isinstance(parsed, NotAFeed):
            if not offers:
                raise PactwatchError(parsed.reason, mend=_mend(parsed, kind))
            note = f"The page itself cannot be watched as a list: {parsed.reason}"
            return _tried(url, fetched, ParsedFeed("", "page", ()), offers=offers, notes=(note,), kind="")
        whole, notes = await self._with_newest_part(parsed)
        articles = tuple([await self._article(entry, selectors.text, country) for entry in _newest(whole.entries)])
        return _tried(url, fetched, whole, offers=offers, notes=notes, articles=articles)

    async def _ask(self, url: str) -> Look:
        """Look at an address when the host's robots.txt lets us, after the rest that the host wants."""
        manners = await self._manners_at(url)
        if not manners.allows(url):
            return Failed("robots", f"The robots.txt of {host_of(url)} forbids {url}.", permanent=True)
        host = host_of(url)
        if host in self._asked and self._rest_seconds:
            await asyncio.sleep(manners.delay_seconds)
        self._asked.add(host)
        return await self._web.get(url)

    async def _manners_at(self, url: str) -> Manners:
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}"
        if root not in self._manners:
            look = await self._web.get(f"{root}/robots.txt")
            rules = rules_for_us(look.body) if isinstance(look, Fetched) else ""
            self._manners[root] = Manners(rules, rest_seconds=self._rest_seconds)
        return self._manners[root]

    async def _read(self, fetched: Fetched, kind: FeedKind | None, selectors: Selectors) -> ParsedFeed | NotAFeed:
        return await self._reading.feed(
            fetched.body,
            kind=kind,
            content_type=fetched.headers.get("content-type", ""),
            base_url=fetched.url_final,
            selectors=selectors,
        )

    async def _with_newest_part(self, parsed: ParsedFeed) -> tuple[ParsedFeed, tuple[str, ...]]:
        """Return the entries of a sitemap index's newest part in the index's place."""
        if parsed.entries or not parsed.parts:
            return parsed, ()
        newest = max(parsed.parts, key=lambda part: part.changed or _EARLIEST)
        note = f"An index of {len(parsed.parts)} sitemaps; the newest is shown: {newest.url}"
        look = await self._ask(newest.url)
        if not isinstance(look, Fetched):
            return parsed, (note, f"It cannot be had: {_trouble(look)}")
        part = await self._read(look, "sitemap", NO_SELECTORS)
        if isinstance(part, NotAFeed):
            return parsed, (note, f"It cannot be read: {part.reason}")
        return replace(part, dialect=parsed.dialect, title=parsed.title or part.title), (note,)

    async def _article(self, entry: Entry, text_selector: str, country: str | None) -> TriedArticle:
        if entry.whole:
            return self._judged(entry, None, None, country)
        look = await self._ask(entry.url)
        if not isinstance(look, Fetched):
            return self._judged(entry, None, f"Its page cannot be had: {_trouble(look)}", country)
        page = await self._reading.page(
            look.body,
            content_type=look.headers.get("content-type", ""),
            url=look.url_final,
            text_selector=text_selector,
        )
        if isinstance(page, ReadablePage):
            return self._judged(entry, page, None, country)
        return self._judged(entry, None, f"Its page cannot be read: {page.reason}", country)

    def _judged(
        self, entry: Entry, page: ReadablePage | None, trouble: str | None, country: str | None
    ) -> TriedArticle:
        title = entry.title or (page.title if page else "")
        text = page.text if page else entry.content or entry.summary
        return TriedArticle(
            url=entry.url,
            title=title,
            published=entry.published or (page.published if page else None),
            language=page.language if page else None,
            author=(page.author if page else "") or entry.author,
            agency=page.agency if page else "",
            first_lines=clip(one_line(text), EXCERPT_CHARACTERS),
            text_characters=len(text),
            text_from="page" if page else "feed",
            image_url=(page.image_url if page else "") or entry.image_url,
            dropped=page.dropped if page else (),
            page_trouble=trouble,
            held=self._judge(title, text, country),
        )

    async def _offers(self, fetched: Fetched) -> tuple[Offer, ...]:
        """Return the feeds that the page offers; where it offers none that is good, those at likely addresses."""
        content_type = fetched.headers.get("content-type", "")
        offered = await self._reading.offers(fetched.body, content_type=content_type, base_url=fetched.url_final)
        manners = await self._manners_at(fetched.url_final)
        probes = min(MOST_PROBES, int(LONGEST_PROBING_SECONDS // max(manners.delay_seconds, 0.001)))
        good = [offer for each in offered[:probes] if (offer := await self._probed(each.url, each.title)) is not None]
        known = {each.url for each in offered}
        left = [url for url in self._likely(fetched.url_final) if url not in known][: probes - len(offered[:probes])]
        while left and not good:
            offer = await self._probed(left.pop(0), "")
            good += [offer] if offer else []
        return tuple(good)

    async def _probed(self, url: str, title: str) -> Offer | None:
        look = await self._ask(url)
        if not isinstance(look, Fetched):
            return None
        parsed = await self._read(look, None, NO_SELECTORS)
        if isinstance(parsed, NotAFeed) or parsed.kind == "page" or not (parsed.entries or parsed.parts):
            return None
        newest = max((entry.published for entry in parsed.entries if entry.published), default=None)
        return Offer(url, parsed.title or title, parsed.kind, len(parsed.entries), newest)


def _kind(given: str | None) -> FeedKind | None:
    """Return the kind that a person gave, None for none. Raises WrongInput."""
    if given is None:
        return None
    kind = known_kind(given.lower())
    if kind is not None:
        return kind
    mend = f"Give one of {', '.join(KINDS)}, or leave it out."
    raise WrongInput("--kind", given, "is no kind of source", mend=mend)


def _may_offer(parsed: ParsedFeed | NotAFeed) -> bool:
    """Tell whether it is worth looking for feeds that this offers: a page, or a wall in front of one."""
    return (
        parsed.kind == "page" if isinstance(parsed, ParsedFeed) else parsed.found not in ("binary", "broken", "empty")
    )


def _fetched(look: Look, url: str) -> Fetched:
    """Return what came. Raises PactwatchError when nothing did."""
    match look:
        case Fetched():
            return look
        case Throttled(status=status):
            raise PactwatchError(f"{url} asks us to come less often (HTTP {status}).", mend="Try again later.")
        case Failed(kind="robots", sentence=sentence):
            raise PactwatchError(sentence, mend="The scraper will not look there either: take another address.")
        case Failed(sentence=sentence):
            raise PactwatchError(sentence, mend="Check the address, and that this machine may reach it.")
        case NotYet(sentence=sentence):
            raise PactwatchError(sentence, mend="Try again later.")
        case NotModified():
            sentence = f"{url} answered that nothing changed, though nothing was known of it."
            raise PactwatchError(sentence, mend="A cache in front of the site is broken: try again later.")


def _trouble(look: Look) -> str:
    match look:
        case Failed(sentence=sentence) | NotYet(sentence=sentence):
            return sentence
        case Throttled(status=status):
            return f"it asks us to come less often (HTTP {status})"
        case _:
            return "it answered that nothing changed"


def _mend(parsed: NotAFeed, kind: str | None) -> str:
    if parsed.found in ("login", "wall", "binary"):
        return "Look for another feed of this outlet."
    if kind is not None:
        return "Leave --kind out, and the kind is found."
    return "Try the site's home page, or a page that lists its news, with --selector item=… link=…."


def _newest(entries: Sequence[Entry]) -> list[Entry]:
    """Return the newest entries; undated ones stand behind dated ones, in the source's order."""
    return sorted(entries, key=lambda entry: entry.published or _EARLIEST, reverse=True)[:READ_PAGES]


def _tried(
    url: str,
    fetched: Fetched,
    parsed: ParsedFeed,
    *,
    offers: tuple[Offer, ...],
    notes: tuple[str, ...],
    articles: tuple[TriedArticle, ...] = (),
    kind: str | None = None,
) -> TriedSource:
    return TriedSource(
        url=url,
        url_final=fetched.url_final,
        moved_to=fetched.moved_permanently_to,
        kind=parsed.kind if kind is None else kind,
        dialect=parsed.dialect,
        title=parsed.title,
        language=parsed.language,
        hub=parsed.hub,
        entries=parsed.entries,
        unusable=parsed.unusable,
        articles=articles,
        offers=offers,
        notes=notes,
    )
