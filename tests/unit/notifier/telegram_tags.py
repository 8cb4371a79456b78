"""Telegram's HTML, read as the bot API reads it."""

from __future__ import annotations

from html.parser import HTMLParser


class TagsOfTelegram(HTMLParser):
    """Reads as the bot API does: a handful of tags, each closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        assert tag in {"b", "i", "u", "a", "blockquote"}
        self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def read(html: str) -> TagsOfTelegram:
    reader = TagsOfTelegram()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader
