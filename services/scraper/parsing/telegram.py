"""Public Telegram channels by their web previews, t.me/s/<channel>: each post is an article of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from services.scraper.parsing.dates import parse_date
from services.scraper.parsing.decoding import decode_body
from services.scraper.parsing.entries import CONTENT_CHARACTERS, MOST_ENTRIES, TITLE_CHARACTERS
from services.scraper.parsing.links import first_link
from services.scraper.parsing.markup import Unwieldy, text_of
from services.scraper.parsing.results import Entry, NotAFeed, ParsedFeed, UnusableEntry
from services.scraper.parsing.trees import bounded_soup
from shared.kit.text import clip, one_line

_HOSTS = frozenset({"t.me", "telegram.me", "telegram.dog"})
_POST = re.compile(r"([A-Za-z0-9_]{3,64})/(\d{1,15})\Z")
_CHANNEL = re.compile(r"/(?:s/)?([A-Za-z0-9_]{3,64})/?\Z")
_NO_CHANNELS = frozenset(
    "share joinchat addstickers addemoji addtheme addlist iv proxy socks login confirmphone setlanguage".split()
)
_BACKGROUND = re.compile(r"background-image\s*:\s*url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)
_SKIPPED = re.compile(r"(?:^|\s)(?:service_message|tgme_widget_message_poll|tgme_widget_message_error)(?:\s|$)")
_PICTURED = (
    ".tgme_widget_message_photo_wrap, .tgme_widget_message_video_thumb, .link_preview_image, .link_preview_right_image"
)
_HEADLINE_CHARACTERS = 200
_SHORTEST_HEADLINE_WORDS = 3  # a first line of flags and hashtags is no headline
_ADDRESS = re.compile(r"https?://\S+|(?:www|t)\.\S+/\S*")
_WORD = re.compile(r"(?<![#@\w])[^\W\d_]{2,}")


def is_preview(url: str) -> bool:
    """Tell whether the address is a channel's web preview."""
    return is_telegram(url) and urlsplit(url).path.startswith("/s/")


def is_telegram(url: str) -> bool:
    """Tell whether the address is one of Telegram's web site; never raises."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return False
    return host.removeprefix("www.") in _HOSTS


def preview_of(url: str) -> str | None:
    """Return the address of a channel's web preview, given any address of the channel; None for what is no channel."""
    found = _CHANNEL.match(urlsplit(url).path) if is_telegram(url) else None
    if found is None or found.group(1).lower() in _NO_CHANNELS or found.group(1).lower().endswith("bot"):
        return None
    return f"https://t.me/s/{found.group(1)}"


def parse_telegram(body: bytes, *, content_type: str = "", base_url: str) -> ParsedFeed | NotAFeed:
    """Read the posts of a channel's web preview, the newest first; never raises, whatever the bytes.

    A post's first line is its title, all its words its content; it is whole, there is no page behind it. Service
    messages and polls are passed over, posts without words told as unusable.
    """
    try:
        soup = bounded_soup(decode_body(body, content_type=content_type))
        return _channel(soup, base_url)
    except Unwieldy as unwieldy:
        return NotAFeed(str(unwieldy), "broken")
    except Exception as broken:  # noqa: BLE001  libraries reading hostile bytes: whatever they raise, it is no channel
        return NotAFeed(f"The channel could not be read: {type(broken).__name__}.", "broken")


def _channel(soup: BeautifulSoup, base_url: str) -> ParsedFeed | NotAFeed:
    messages = [tag for tag in soup.select("[data-post]", limit=MOST_ENTRIES) if _POST.match(str(tag["data-post"]))]
    if not messages and soup.select_one(".tgme_channel_history, .tgme_channel_info") is None:
        return NotAFeed(_no_preview(base_url), "html")
    entries: dict[str, Entry] = {}
    unusable: list[UnusableEntry] = []
    for message in messages:
        entry = None if _is_skipped(message) else _entry(message)
        if entry is None:
            continue
        if entry.content:
            entries[entry.url] = entry
        else:
            unusable.append(UnusableEntry(entry.url, "it has no words (a picture, a film or a sound)"))
    return ParsedFeed(
        title=_title(soup),
        kind="telegram",
        entries=tuple(entries.values())[::-1],
        unusable=tuple(unusable),
        dialect="Telegram web preview",
        older=_older(messages),
    )


def _no_preview(base_url: str) -> str:
    preview = preview_of(base_url)
    named = f" Try {preview}." if preview and not is_preview(base_url) else ""
    return f"The page shows no posts: the channel is private, gone, or has its web preview switched off.{named}"


def _title(soup: BeautifulSoup) -> str:
    named = soup.select_one(".tgme_channel_info_header_title, .tgme_header_title")
    stated = soup.find("meta", property="og:title")
    words = text_of(named) if named else str(stated.get("content") or "") if isinstance(stated, Tag) else ""
    return clip(one_line(words), TITLE_CHARACTERS)


def _is_skipped(message: Tag) -> bool:
    if _SKIPPED.search(_classes(message)):
        return True
    return message.select_one(".tgme_widget_message_poll, .service_message") is not None


def _classes(tag: Tag) -> str:
    classes = tag.get("class")
    return " ".join(classes) if isinstance(classes, list) else str(classes or "")


def _entry(message: Tag) -> Entry:
    post = str(message["data-post"])
    for quoted in message.select(".tgme_widget_message_reply"):  # the post it answers is another one
        quoted.decompose()
    words = _words(message)
    time = message.select_one(".tgme_widget_message_date time[datetime]") or message.select_one("time[datetime]")
    return Entry(
        url=f"https://t.me/{post}",
        title=clip(_headline(words), _HEADLINE_CHARACTERS),
        published=parse_date(str(time["datetime"])) if time else None,
        content=clip(words, CONTENT_CHARACTERS),
        guid=post,
        author=_author(message),
        image_url=first_link(_pictures(message), "https://t.me/") or "",
        whole=True,
    )


def _words(message: Tag) -> str:
    """Return the post's own words, or where it only shares a link, what its preview says of it."""
    text = message.select_one(".js-message_text") or message.select_one(".tgme_widget_message_text")
    words = text_of(text) if text else ""
    if _says_something(words):
        return words
    shared = message.select(".link_preview_title, .link_preview_description, .tgme_widget_message_document_title")
    return "\n\n".join(filter(None, [words, *map(text_of, shared)]))


def _headline(words: str) -> str:
    lines = [one_line(line) for line in words.split("\n") if line.strip()]
    return next(filter(_says_something, lines), lines[0] if lines else "")


def _says_something(words: str) -> bool:
    """Tell whether there are words besides flags, hashtags and addresses."""
    return len(_WORD.findall(_ADDRESS.sub(" ", words))) >= _SHORTEST_HEADLINE_WORDS


def _author(message: Tag) -> str:
    """Return whom the post was forwarded from, else who signed it."""
    named = message.select_one(".tgme_widget_message_forwarded_from_name")
    signed = message.select_one(".tgme_widget_message_from_author")
    chosen = named or signed
    return clip(one_line(text_of(chosen)), TITLE_CHARACTERS) if chosen else ""


def _pictures(message: Tag) -> Iterator[str]:
    for tag in message.select(_PICTURED):
        found = _BACKGROUND.search(str(tag.get("style") or ""))
        if found:
            yield found.group(1)


def _older(messages: list[Tag]) -> str | None:
    posts = [found.groups() for tag in messages if (found := _POST.match(str(tag["data-post"])))]
    if not posts:
        return None
    channel, lowest = min(posts, key=lambda post: int(post[1]))
    return f"https://t.me/s/{channel}?before={lowest}" if int(lowest) > 1 else None
