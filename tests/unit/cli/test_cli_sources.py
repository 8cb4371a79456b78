"""Sources as a person sees them in a terminal, and the word of caution for an address that is not public."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from rich.cells import cell_len

from services.cli.address_cautions import address_caution
from services.cli.moments import ago, ahead, since_words
from services.cli.source_page import source_page
from services.cli.source_rows import source_lines, summary
from services.desk.domain.source_views import (
    HostView,
    HubView,
    SourceArticle,
    SourceDetails,
    SourceView,
    WaitingArticle,
)
from services.desk.domain.sources import Source
from shared.web.guard import AllowedHosts

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WHY = "https://mid.example/news: the server answered 403 Forbidden to us, and does so since the certificate changed."


def a_view(name: str, state: str = "fine", why: str | None = None) -> SourceView:
    source = Source(
        uuid4(), name, f"https://{'long-host.' * 4}example/feed.xml", "rss", None, "IN", "en,hi", None, False, NOW
    )
    return SourceView(
        source,
        state,
        NOW - timedelta(minutes=2),
        NOW + timedelta(minutes=3),
        why,
        1200,
        12,
        80,
        state_since=NOW - timedelta(days=3),
        last_new_at=NOW - timedelta(minutes=40),
    )


VIEWS = [
    a_view("The Hindu"),
    a_view("Министерство иностранных дел Российской Федерации", "other_language", WHY),
    a_view("हिन्दुस्तान समाचार", "blocked", WHY),
    a_view("Sputnik", "paused"),
]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_a_list_fits_the_terminal_and_tells_why_under_a_source_in_trouble(width: int):
    lines = source_lines(VIEWS, width=width, now=NOW)
    assert all(cell_len(line.plain) <= max(width, 72) for line in lines)
    text = "\n".join(line.plain for line in lines)
    for words in ("The Hindu", "other language", "blocked", "Sputnik", "└ https://mid.example/news", "40 min"):
        assert words in text
    assert ("https://long-host." in text) == (width >= 120)


def test_columns_stand_under_each_other_whatever_the_script():
    lines = source_lines(VIEWS, width=80, now=NOW)
    head = lines[0].plain
    rows = [line.plain for line in lines if "12" in line.plain and "80" in line.plain]
    assert len(rows) == 4
    at = cell_len(head[: head.index("State")])
    states = {_cells_from(row, at).split("  ")[0].strip() for row in rows}
    assert states == {"fine", "other language", "blocked", "paused"}


def _cells_from(text: str, cells: int) -> str:
    for cut in range(len(text)):
        if cell_len(text[:cut]) >= cells:
            return text[cut:]
    return ""


def test_the_summary_counts_the_calm_and_the_troubled():
    assert summary(VIEWS).plain.startswith("4 sources: 1 fine, 2 in trouble, 1 paused.")
    assert summary(VIEWS[:1]).plain.startswith("1 source: 1 fine.")


def test_everything_about_a_source_is_on_its_page():
    details = SourceDetails(
        view=a_view("The Hindu", "blocked", WHY),
        host=HostView("example", 200, NOW - timedelta(hours=2), None, 5.0, None),
        hub=HubView("https://hub.example/", "https://t", "active", NOW, NOW, 7, NOW - timedelta(minutes=1), None),
        articles=(
            SourceArticle(uuid4(), "RELOS signed", "https://a", "en", NOW, NOW, None),
            SourceArticle(uuid4(), "Cricket", "https://b", "en", None, NOW, "It names India, and nothing of Russia."),
        ),
        waiting=(WaitingArticle("Soon", "https://c", 2, NOW + timedelta(seconds=30), "HTTP 503"),),
        waiting_count=9,
    )
    page = "\n".join(source_page(details, now=NOW))
    for words in (
        "The Hindu", WHY, "blocked for 3 d", "robots.txt HTTP 200, read 2 h ago; 5 s between two requests",
        "active at https://hub.example/", "7 pushes, the last 1 min ago", "12 in 24 hours, 80 in 7 days, 1200 in all",
        "RELOS signed", "held back: It names India", "Waiting to be read: 9", "2 tries: HTTP 503", "next look in 3 min",
    ):  # fmt: skip
        assert words in page, words


def test_moments_are_told_in_their_largest_unit():
    assert [ago(NOW - timedelta(seconds=s), NOW) for s in (0, 59, 60, 7200, 86_400 * 9)] == [
        "0 s", "59 s", "1 min", "2 h", "9 d",
    ]  # fmt: skip
    assert (ago(None, NOW), ahead(None, NOW), since_words(None, NOW)) == ("–", "–", "never")
    assert (ahead(NOW, NOW), ahead(NOW + timedelta(minutes=5), NOW)) == ("due", "5 min")
    assert since_words(NOW - timedelta(days=100), NOW) == "on 2026-08-14"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/feed",
        "http://10.1.2.3/feed",
        "http://169.254.169.254/latest/",
        "http://[::1]/feed",
        "http://[fd00::1]/feed",
        "http://2130706433/feed",
        "http://0x7f.1/feed",
        "http://localhost/feed",
        "http://feed:8000/feed.xml",
        "http://wire.corp.lan/feed",
    ],
)
def test_an_address_inside_is_cautioned_of_unless_it_is_allowed(url: str):
    caution = address_caution(url, AllowedHosts.parse(""))
    assert caution is not None
    assert "PACTWATCH_ALLOWED_PRIVATE_HOSTS" in caution


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://www.thehindu.com/feed", ""),
        ("http://8.8.8.8/feed", ""),
        ("http://deadbeef.com/", ""),
        ("http://127.0.0.1:8000/feed", "127.0.0.0/8"),
        ("http://feed:8000/feed.xml", "feed:8000"),
        ("http://wire.corp.lan/feed", "wire.corp.lan"),
    ],
)
def test_a_public_or_an_allowed_address_is_taken_without_a_word(url: str, allowed: str):
    assert address_caution(url, AllowedHosts.parse(allowed)) is None
