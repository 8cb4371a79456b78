"""`pactwatch source test`: one look at an address, and what would be taken and what not."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from services.cli.engine_urls import JsonOption
from services.cli.known_catalogue import known_catalogue
from services.cli.moments import day_and_time
from services.cli.output import run, say, say_json
from services.desk.domain.selectors import checked_selectors, read_selectors
from shared.kit.settings import load_settings
from shared.kit.text import clip, one_line

if TYPE_CHECKING:
    from services.scraper.use_cases.trying import Offer, TriedArticle, TriedSource

SHOWN_ENTRIES = 10
SHOWN_UNUSABLE = 5
SHOWN_DROPPED = 6
TITLE_CHARACTERS = 110
INDENT = " " * 4


def test(
    url: Annotated[str, typer.Argument(help="Address of a feed, of a page that lists news, or of a site.")],
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="rss, atom, json, page, sitemap, telegram or watch; found out when left open."),
    ] = None,
    selector: Annotated[
        list[str] | None,
        typer.Option("--selector", help="CSS of a page: item=…, link=…, title=…, date=… or text=… (may be repeated)."),
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", help="The outlet's country, IN or RU: the relevance gate asks for it.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Look at an address once, without keeping anything, and show what a source would take and reject there."""
    from services.cli.process import open_web  # late: no other command needs the web or the scraper
    from services.scraper.app import try_source

    async def work() -> TriedSource:
        selectors = checked_selectors(read_selectors(selector or ())) or {}
        async with open_web(load_settings()) as web:
            return await try_source(
                web, url, kind=kind, selectors=selectors, country=country, catalogue=known_catalogue()
            )

    tried = run(work)
    if as_json:
        say_json({**asdict(tried), "add": [add_line(each.title, each.url, each.kind) for each in tried.offers]})
        return
    for line in trial_lines(tried, selector or []):
        say(line)


def trial_lines(tried: TriedSource, selectors: list[str]) -> Iterator[str]:
    """Return what was found, in lines."""
    yield from _head(tried)
    if tried.articles:
        yield ""
        yield f"Would take (the newest {len(tried.articles)} of {len(tried.entries)}, with their pages):"
        for article in tried.articles:
            yield from _article(article)
    yield from _further(tried)
    yield from _rejected(tried)
    yield from _offered(tried.offers)
    if tried.kind:
        line = add_line(tried.title, tried.moved_to or tried.url, tried.kind)
        yield ""
        yield "To watch it: " + " ".join([line, *(f"--selector {shlex.quote(each)}" for each in selectors)])


def add_line(title: str, url: str, kind: str) -> str:
    """Return the command that adds a source; the kinds that are found by themselves are left out."""
    told = f" --kind {kind}" if kind in ("page", "watch") else ""
    name = clip(one_line(title), 60) or urlsplit(url).hostname or "NAME"
    return f"pactwatch source add {shlex.quote(name)} {shlex.quote(url)}{told}"


def _head(tried: TriedSource) -> Iterator[str]:
    if tried.kind:
        what = tried.dialect or tried.kind
        language = f", in {tried.language}" if tried.language else ""
        yield f"{tried.kind}: {one_line(tried.title) or '(no title)'} ({what}, {len(tried.entries)} entries{language})"
    if tried.moved_to:
        yield f"  moved for good to {tried.moved_to}"
    elif tried.url_final != tried.url:
        yield f"  answered from {tried.url_final}"
    if tried.hub:
        yield f"  offers WebSub at {tried.hub}: news are pushed"
    for note in tried.notes:
        yield f"  {note}"


def _article(article: TriedArticle) -> Iterator[str]:
    yield f"  {_title(article.title)}"
    said = [day_and_time(article.published), article.language or "language not found"]
    said += [f"by {article.author}"] if article.author else []
    said += [f"agency {article.agency}"] if article.agency else []
    yield f"{INDENT}{' · '.join(said)}"
    yield f"{INDENT}{article.url}"
    if article.image_url:
        yield f"{INDENT}image: {article.image_url}"
    if article.first_lines:
        yield f"{INDENT}{article.first_lines}"
        yield f"{INDENT}({article.text_characters:,} characters, from the {article.text_from})"
    for line in article.dropped[:SHOWN_DROPPED]:
        yield f"{INDENT}dropped: {_title(line)}"
    if len(article.dropped) > SHOWN_DROPPED:
        yield f"{INDENT}… and {len(article.dropped) - SHOWN_DROPPED} more lines"


def _further(tried: TriedSource) -> Iterator[str]:
    read = {article.url for article in tried.articles}
    others = [entry for entry in tried.entries if entry.url not in read]
    if others:
        yield ""
        yield "And, by the list alone:"
        for entry in others[: SHOWN_ENTRIES - len(read)]:
            yield f"  {day_and_time(entry.published):<21} {_title(entry.title)}"
        if len(others) > SHOWN_ENTRIES - len(read):
            yield f"  … and {len(others) - SHOWN_ENTRIES + len(read)} more"


def _rejected(tried: TriedSource) -> Iterator[str]:
    pages = [(article, article.page_trouble) for article in tried.articles if article.page_trouble]
    held = [(article, article.held) for article in tried.articles if article.held]
    if not (tried.unusable or pages or held):
        return
    yield ""
    yield "Would reject:"
    for each in tried.unusable[:SHOWN_UNUSABLE]:
        yield f"  left out: {_title(each.title)}: {each.reason}"
    if len(tried.unusable) > SHOWN_UNUSABLE:
        yield f"  … and {len(tried.unusable) - SHOWN_UNUSABLE} more entries"
    for article, trouble in pages:
        yield f"  page: {_title(article.title)}: {trouble}"
    for article, reason in held:
        yield f"  held back: {_title(article.title)}: {reason}"


def _offered(offers: tuple[Offer, ...]) -> Iterator[str]:
    if not offers:
        return
    yield ""
    yield "The site offers feeds, which are better than its page:"
    for offer in offers:
        newest = f", the newest of {day_and_time(offer.newest)}" if offer.newest else ""
        yield f"  {_title(offer.title)} ({offer.kind}, {offer.entries} entries{newest})"
        yield f"{INDENT}{add_line(offer.title, offer.url, offer.kind)}"


def _title(title: str) -> str:
    return clip(one_line(title), TITLE_CHARACTERS) or "(no title)"
