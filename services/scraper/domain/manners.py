"""How a host wants to be treated: what its robots.txt says to us, how long to rest, and what silence means.

Follows RFC 9309 (robots exclusion protocol), with two deviations that are named where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from protego import Protego

from shared.kit.text import storable

AGENT = "pactwatch"  # our product token (RFC 9309, section 2.2.1); the user agent that we send begins with it
MOST_ROBOTS_BYTES = 500 * 1024  # what a crawler must read at least (section 2.5); nobody needs to say more
REST_SECONDS = 1.0  # between two requests to one host that asks for nothing: what Scrapy's and Nutch's users settle on
LONGEST_DELAY_SECONDS = 30.0  # of a Crawl-delay: more would keep today's news until tomorrow
SLOW_SECONDS = LONGEST_DELAY_SECONDS  # our pace where robots.txt cannot be had for long
LONGEST_PAUSE_SECONDS = 3600  # of a Retry-After: one address may not silence its whole host for longer
PAUSE_SECONDS = 60  # after a 429 that names no time
SHORTEST_KEPT_SECONDS = 3600  # Cache-Control may not make us ask for robots.txt with every look
LONGEST_KEPT_SECONDS = 86_400  # section 2.4
RETRY_SECONDS = 60  # a robots.txt that cannot be had is asked for again as soon as its pages would be …
LATE_RETRY_SECONDS = 3600  # … and after an hour of trouble no more often than that
PATIENCE = timedelta(hours=1)
LONGEST_STALE = timedelta(days=30)  # section 2.3.1.4: so long an old copy stands in for one that cannot be had

_LINE = re.compile(
    r"(?P<agent>user[\s-]?agent)|(?P<disallow>diss?al+ow|diasllow|disallaw)|(?P<allow>allow)"
    r"|(?P<delay>crawl[\s-]?delay)|(?P<rate>request[\s-]?rate)",
    re.IGNORECASE,
)  # with the misspellings that Protego forgives
_WRITTEN = {"disallow": "Disallow", "allow": "Allow", "delay": "Crawl-delay", "rate": "Request-rate"}
_PACE = ("Crawl-delay:", "Request-rate:")
_PLAIN = re.compile(r"[A-Za-z0-9_.~/-]*")  # what no escaping changes; wildcards end it
_EVERYBODY = "*"
_PRODUCT = re.compile(r"\*|[a-z_-]*", re.IGNORECASE)
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


class Manners:
    """What a host lets us ask for, and how long to rest between two requests."""

    def __init__(self, rules: str, *, rest_seconds: float) -> None:
        """Take the rules that `rules_for_us` returned; `rest_seconds` is kept also where the host asks for less."""
        self._rules = rules
        pace = (line for line in rules.splitlines() if line.startswith(_PACE))
        self.delay_seconds = max(rest_seconds, min(_asked_seconds(_parsed(pace)), LONGEST_DELAY_SECONDS))

    @property
    def weight(self) -> int:
        """Return how many characters of rules are kept."""
        return len(self._rules)

    def allows(self, url: str) -> bool:
        """Tell whether we may ask for the address: the longest rule that fits decides (section 2.2.2).

        Only the rules that can fit it are parsed, and none is kept parsed: that would take sixty times their length.
        """
        path = unquote(urlsplit(url).path) or "/"
        return _parsed(line for line in self._rules.splitlines() if _may_fit(line, path)).can_fetch(url, AGENT)


def _parsed(rules: Iterable[str]) -> Protego:
    return Protego.parse("\n".join(("User-agent: *", *rules)))


def _may_fit(line: str, path: str) -> bool:
    """Tell whether a rule could be about the path (without escapes), by what both spell the same way."""
    kind, _, pattern = line.partition(": ")
    head = _PLAIN.match(pattern).group()  # type: ignore[union-attr]  # it matches nothing, too
    if kind == "Allow":
        head = head.removesuffix("index.html")  # Protego takes it for the folder as well
    return path.startswith(head) or not head.startswith("/") or head.startswith("//")


def _asked_seconds(robots: Protego) -> float:
    """Return the host's Crawl-delay, or what its Request-rate comes to; neither is in the RFC, both are meant so."""
    rate = robots.request_rate(AGENT)
    return max(robots.crawl_delay(AGENT) or 0.0, rate.seconds / rate.requests if rate else 0.0)


def rules_for_us(body: bytes) -> str:
    """Return the rules of a robots.txt that are meant for us, one a line: our own group's, else everybody's.

    A page of HTML and bytes that are no text say nothing. Groups of others are dropped here, in time that grows with
    the body's length: thousands of names above thousands of rules would otherwise be multiplied with each other. A
    last line that the limit cut is dropped too, since half a rule forbids more than the whole.
    """
    whole = body[:MOST_ROBOTS_BYTES]
    if len(body) >= MOST_ROBOTS_BYTES:
        whole = whole[: whole.rfind(b"\n") + 1]
    text = whole.decode("utf-8-sig", "replace")
    if b"\0" in whole or text.lstrip().startswith("<"):
        return ""
    ours, everybodys, named = [], [], False
    for_us = for_all = in_rules = False
    for line in text.splitlines():
        kind, value = _read_line(line)
        if kind == "agent":
            if in_rules:  # a name after rules begins a new group
                for_us = for_all = in_rules = False
            name = _product(value)
            for_us, for_all = for_us or name == AGENT, for_all or name == _EVERYBODY
            named = named or for_us
        elif kind:
            in_rules = True
            rule = f"{_WRITTEN[kind]}: {value}"
            if for_us:
                ours.append(rule)
            if for_all:
                everybodys.append(rule)
    return storable("\n".join(ours if named else everybodys))


def _read_line(line: str) -> tuple[str, str]:
    """Return what kind of line it is and its value; an empty kind for one that is none of ours."""
    said = line.partition("#")[0].strip()
    begins = _LINE.match(said)
    if begins is None:
        return "", ""
    rest = said[begins.end() :]
    value = rest.lstrip()
    if value.startswith(":"):
        return begins.lastgroup or "", value[1:].strip()
    return (begins.lastgroup or "", value) if rest != value else ("", "")


def _product(name: str) -> str:
    """Return the product token of a user-agent line; `Pactwatch/2.0` and `pactwatch*` mean us too."""
    match = _PRODUCT.match(name)
    return match.group().lower() if match else ""


def kept_seconds(cache_control: str) -> int:
    """Return how long a robots.txt is kept: what its Cache-Control says, within 1 and 24 hours; else 24 hours."""
    stated = _MAX_AGE.search(cache_control)
    if stated is None:
        return SHORTEST_KEPT_SECONDS if "no-" in cache_control.lower() else LONGEST_KEPT_SECONDS
    return min(max(int(stated.group(1)), SHORTEST_KEPT_SECONDS), LONGEST_KEPT_SECONDS)


def pause_seconds(retry_after_seconds: int | None) -> int:
    """Return how long a host rests that answered 429, or 503 with Retry-After."""
    asked = PAUSE_SECONDS if retry_after_seconds is None else retry_after_seconds
    return min(max(asked, 1), LONGEST_PAUSE_SECONDS)


@dataclass(frozen=True, slots=True)
class KnownHost:
    """What we know of a host, read at `now`; all times are the database's.

    `rules` are those of the last robots.txt that could be had (`read_at`), None where none ever could. `failing_since`
    is when it began that it cannot be had, `failing_status` the HTTP status that it answers with, None for none.
    `due` tells that robots.txt should be asked for; until `rests_for` is over, nothing may be.
    """

    now: datetime
    rules: str | None = None
    read_at: datetime | None = None
    failing_since: datetime | None = None
    failing_status: int | None = None
    due: bool = True
    rests_for: timedelta = timedelta(0)

    @property
    def failing_for(self) -> timedelta:
        """Return how long robots.txt could not be had."""
        return self.now - self.failing_since if self.failing_since else timedelta(0)

    @property
    def usable_rules(self) -> str | None:
        """Return the rules, unless they are of a copy too old to stand in for one that cannot be had."""
        stale = self.failing_since and (self.read_at is None or self.now - self.read_at > LONGEST_STALE)
        return None if stale else self.rules


def manners_of(known: KnownHost, *, rest_seconds: float) -> Manners | None:
    """Return how to treat the host, or None where nothing may be asked of it for now.

    A copy wins over trouble (RFC 9309, section 2.4 lets an old one stand in while robots.txt is unreachable). Without
    one, a host whose robots.txt fails is left alone (section 2.3.1.4: complete disallow), but for an hour at most, and
    not for the 30 days that the section suggests: news that never come are this program's worst defect. After that hour
    it is asked, at a slow pace.
    """
    if known.usable_rules is not None:
        return Manners(known.usable_rules, rest_seconds=rest_seconds)
    if known.failing_since and known.failing_for >= PATIENCE:
        return Manners("", rest_seconds=SLOW_SECONDS)
    return None


def retry_seconds(failing_for: timedelta) -> int:
    """Return when to ask again for a robots.txt that could not be had."""
    return RETRY_SECONDS if failing_for < PATIENCE else LATE_RETRY_SECONDS
