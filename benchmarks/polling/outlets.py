"""Simulated outlets: when each publishes, and what its feed and its articles say. The same seed makes the same news."""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass
from email.utils import formatdate
from ipaddress import IPv4Address

SHOWN = 20  # articles in a feed
PARAGRAPHS, WORDS_A_PARAGRAPH = 6, 60
_FIRST_ADDRESS = int(IPv4Address("127.1.0.1"))
_MAKES = (  # (share of the outlets, usual gap between two articles from … to, in seconds)
    (0.15, 180.0, 400.0),  # an agency: the product looks every 60 to 100 s
    (0.35, 400.0, 1200.0),  # a daily: every 100 to 300 s
    (0.50, 1800.0, 21_600.0),  # a ministry: every 300 s, as seldom as the product looks
)
_COMMON = """
the of and to in a is that for it was on are as with they at be this have from or had by but some what there we out
other were all your when up use word how said an each she which do their time if will way about many then them would
write like so these her long make thing see him two has look more day could go come did my sound no most number who
over know water than call first people may down side been now find any new work part take get place made live where
after back little only round man year came show every good me give our under very through just form much great think
say help low line before turn cause same mean differ move right boy old too does tell sentence set three want air well
also play small end put home read hand port large spell add even land here must big high such follow act why ask men
change went light kind off need house picture try us again animal point mother world near build self earth father
""".split()
_OF_OURS = "India and Russia signed a memorandum on trade in New Delhi and Moscow".split()


@dataclass(frozen=True, slots=True)
class Outlet:
    """One source. `times` are its articles' moments of publication, past and future, in seconds of the epoch."""

    number: int
    address: str
    times: tuple[float, ...]

    def published(self, now: float) -> int:
        """Return how many articles it has published by now; they are numbered from 0."""
        return bisect_right(self.times, now)


def outlets_of(count: int, *, began_at: float, ends_at: float, entries: int, seed: int, quiet: bool) -> list[Outlet]:
    """Return so many outlets, each with `entries` articles from before `began_at`, and none after where `quiet`."""
    return [_outlet(number, count, began_at, began_at if quiet else ends_at, entries, seed) for number in range(count)]


def number_of(address: str) -> int:
    """Return the number of the outlet at this address."""
    return int(IPv4Address(address)) - _FIRST_ADDRESS


def feed_of(outlet: Outlet, published: int, port: int) -> bytes:
    """Return the feed when so many articles are out: RSS, and Atom at every fourth outlet."""
    shown = range(published - 1, max(-1, published - 1 - SHOWN), -1)
    if outlet.number % 4 == 3:
        items = "".join(_atom_entry(outlet, each, port) for each in shown)
        head = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Outlet {outlet.number}</title>'
        return f'<?xml version="1.0" encoding="utf-8"?>{head}{items}</feed>'.encode()
    items = "".join(_rss_item(outlet, each, port) for each in shown)
    head = f"<title>Outlet {outlet.number}</title><link>http://{outlet.address}:{port}/</link>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def page_of(outlet: Outlet, article: int, port: int) -> bytes:
    """Return an article's page: its words, with a menu above and links below."""
    chance = _chance(outlet, article)
    title = _title(chance, article)
    words = "".join(f"<p>{_words(chance, WORDS_A_PARAGRAPH).capitalize()}.</p>" for _ in range(PARAGRAPHS))
    menu = "".join(f'<li><a href="/s/{each}">Section {each}</a></li>' for each in range(12))
    links = "".join(
        f'<li><a href="http://{outlet.address}:{port}/a/{max(0, article - each)}">More {each}</a></li>'
        for each in range(10)
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1>{words}</article></main>"
        f"<aside><ul>{links}</ul></aside><footer>Outlet {outlet.number}</footer></body></html>"
    ).encode()


def _outlet(number: int, count: int, began_at: float, ends_at: float, entries: int, seed: int) -> Outlet:
    chance = random.Random(f"{seed} {number}")
    gap = _usual_gap(chance, (number * 0.6180339887) % 1.0 if count > 1 else 0.0)
    before = [began_at - chance.random() * gap]
    while len(before) < entries:
        before.append(before[-1] - gap * chance.uniform(0.5, 1.5))
    times = before[::-1]
    while times[-1] < ends_at:
        times.append(times[-1] + gap * chance.uniform(0.5, 1.5))
    return Outlet(
        number, str(IPv4Address(_FIRST_ADDRESS + number)), tuple(times[:-1] if len(times) > entries else times)
    )


def _usual_gap(chance: random.Random, place: float) -> float:
    for share, shortest, longest in _MAKES:
        if place < share:
            return chance.uniform(shortest, longest)
        place -= share
    return _MAKES[-1][2]


def _chance(outlet: Outlet, article: int) -> random.Random:
    return random.Random(outlet.number * 1_000_003 + article)


def _title(chance: random.Random, article: int) -> str:
    words = _OF_OURS[:5] if article % 5 == 0 else chance.choices(_COMMON, k=5)
    return f"{' '.join(words).capitalize()} {' '.join(chance.choices(_COMMON, k=4))}"


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(_COMMON, k=count))


def _told(outlet: Outlet, article: int, port: int) -> tuple[str, str, str]:
    """Return an article's title, address and teaser."""
    chance = _chance(outlet, article)
    title = _title(chance, article)
    return title, f"http://{outlet.address}:{port}/a/{article}", f"{_words(chance, 25).capitalize()}."


def _rss_item(outlet: Outlet, article: int, port: int) -> str:
    title, url, teaser = _told(outlet, article, port)
    date = formatdate(outlet.times[article], usegmt=True)
    return (
        f"<item><title>{title}</title><link>{url}</link><guid>{url}</guid><pubDate>{date}</pubDate>"
        f"<description>{teaser}</description></item>"
    )


def _atom_entry(outlet: Outlet, article: int, port: int) -> str:
    title, url, teaser = _told(outlet, article, port)
    date = formatdate(outlet.times[article], usegmt=True)  # feeds of this make are met too; the product reads them
    return (
        f'<entry><title>{title}</title><link href="{url}"/><id>{url}</id><updated>{date}</updated>'
        f"<published>{date}</published><summary>{teaser}</summary></entry>"
    )
