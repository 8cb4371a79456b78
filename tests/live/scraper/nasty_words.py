"""What misbehaving hosts are made of: feeds, pages, walls and answers, each a few bytes long."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

from tests.live.scraper import nasty_wire as wire
from tests.live.scraper.nasty_site import ARTICLE, Serve, answers, http
from tests.live.scraper.newsstand import NOW

HTML = "text/html; charset=utf-8"
RUSSIAN = "Индия и Россия подписали соглашение о логистике"
LATE = format_datetime(NOW - timedelta(hours=1))


def item(number: int, title: str = ARTICLE, *, link: str = "", more: str = f"<pubDate>{LATE}</pubDate>") -> str:
    return f"<item><title>{title} {number}</title><link>{link or f'/article-{number}'}</link>{more}</item>"


def rss(*items: str, start: str = "<?xml version='1.0'?>") -> bytes:
    return f"{start}<rss version='2.0'><channel><title>C</title>{''.join(items)}</channel></rss>".encode()


def three(title: str = ARTICLE, more: str = f"<pubDate>{LATE}</pubDate>") -> bytes:
    return rss(*(item(number, title, more=more) for number in range(3)))


GOOD = three()


def feed(body: bytes, *headers: str, content_type: str = "application/rss+xml; charset=utf-8") -> Serve:
    return answers(http(body, *headers, content_type=content_type))


def html(body: str, title: str = "News") -> Serve:
    page = f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"
    return feed(page.encode(), content_type=HTML)


def status(line: str, *headers: str, body: bytes = b"sorry") -> Serve:
    return answers(http(body, *headers, status=line, content_type="text/plain"))


def dated(*dates: str) -> bytes:
    return rss(*(item(number, more=f"<pubDate>{date}</pubDate>") for number, date in enumerate(dates)))


def to(location: str) -> Serve:
    return answers(wire.redirect(location))


LOGIN = (
    "<html><head><title>Sign in</title></head><body><form><input name='user'><input type='password'>"
    "<button>Sign in</button></form></body></html>"
)
CHECK = "<h1>Checking your browser before accessing the site.</h1><div id='cf-challenge' class='cf-chl'></div>"
CONSENT = "<h1>Before you continue</h1><p>We value your privacy.</p><button>Accept all cookies</button>"
COOKIES = "<h1>Please enable cookies</h1><p>This site cannot be shown without cookies.</p>"
