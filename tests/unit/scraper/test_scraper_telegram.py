"""Telegram channels by their public web previews."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.scraper.parsing.telegram import preview_of
from tests.unit.scraper.source_pages import CHANNEL, read, refused


def channel_page(posts: str) -> bytes:
    return (
        f'<html><main class="tgme_main"><section class="tgme_channel_history">{posts}</section></main></html>'.encode()
    )


def post(number: int, inner: str) -> str:
    return f'<div class="tgme_widget_message js-widget_message" data-post="mid_example/{number}">{inner}</div>'


def test_posts_are_whole_articles_the_newest_first():
    feed = read("telegram.html", base_url=CHANNEL)
    assert [entry.url for entry in feed.entries] == [f"https://t.me/mid_example/{n}" for n in (7006, 7003, 7002)]
    assert all(entry.whole for entry in feed.entries)
    assert feed.title == "Министерство 🇷🇺"


def test_the_first_line_with_words_is_the_title_and_breaks_make_paragraphs():
    entry = read("telegram.html", base_url=CHANNEL).entries[2]
    assert entry.title == "О переговорах министров в Москве"
    assert entry.content.split("\n\n") == [
        "🇷🇺🇮🇳 #РоссияИндия",
        "О переговорах министров в Москве",
        "5 декабря стороны обсудили план работы на пять лет.\nПодписаны два документа.",
        "Работа продолжится в январе.",
    ]
    assert entry.published == datetime(2025, 12, 5, 12, 41, tzinfo=UTC)
    assert entry.image_url == "https://cdn4.telesco.example/file/abc.jpg"


def test_whom_a_post_was_forwarded_from_is_its_author_and_the_post_it_answers_is_not_its_text():
    entry = read("telegram.html", base_url=CHANNEL).entries[1]
    assert entry.author == "Торгпредство в Дели"
    assert entry.content == "Товарооборот за год вырос на десять процентов."


def test_a_post_that_only_shares_a_link_says_what_the_link_s_preview_says():
    entry = read("telegram.html", base_url=CHANNEL).entries[0]
    assert entry.title == "Ответ представителя на вопрос о визах"
    assert entry.content.endswith("Сроки сократят с весны.")


def test_service_messages_and_polls_are_passed_over_and_wordless_posts_told():
    feed = read("telegram.html", base_url=CHANNEL)
    assert [left_out.title for left_out in feed.unusable] == ["https://t.me/mid_example/7005"]


def test_older_posts_stand_before_the_lowest_number_of_the_page():
    assert read("telegram.html", base_url=CHANNEL).older == "https://t.me/s/mid_example?before=7001"
    only = channel_page(post(1, '<div class="js-message_text">The very first post here</div>'))
    assert read(only, base_url=CHANNEL).older is None


def test_a_long_first_line_is_clipped():
    page = channel_page(post(5, f'<div class="js-message_text">{"слово " * 200}</div>'))
    assert len(read(page, base_url=CHANNEL).entries[0].title) <= 200


def test_an_empty_channel_is_empty_and_a_hidden_one_says_so():
    assert read(channel_page(""), base_url=CHANNEL).entries == ()
    hidden = b'<html><body><div class="tgme_page"><div class="tgme_page_title">Closed</div></div></body></html>'
    assert "private, gone" in refused(hidden, base_url=CHANNEL).reason


def test_a_channel_s_own_page_tells_where_its_posts_are():
    page = b'<html><body><div class="tgme_page">Channel</div></body></html>'
    assert "https://t.me/s/mid_example" in refused(page, base_url="https://t.me/mid_example").reason


@pytest.mark.parametrize(
    ("address", "preview"),
    [
        ("https://t.me/mid_russia", "https://t.me/s/mid_russia"),
        ("http://www.telegram.me/s/mid_russia/", "https://t.me/s/mid_russia"),
        ("https://t.me/share", None),
        ("https://t.me/+AbCdEf", None),
        ("https://t.me/some_bot", None),
        ("https://t.me/mid_russia/123", None),
        ("https://example.org/mid_russia", None),
    ],
)
def test_the_preview_of_a_channel_is_known_from_its_address(address, preview):
    assert preview_of(address) == preview
