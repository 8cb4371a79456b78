"""The feeds that a site offers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.parsing.discovery import OfferedFeed, likely_addresses, offered_feeds
from shared.kit.errors import WrongInput
from tests.unit.scraper.source_pages import source_bytes

HOME = "https://www.daily.example.in/"


def test_a_home_page_offers_its_feeds_channels_and_sitemaps_and_not_its_comments():
    assert offered_feeds(source_bytes("home_page.html"), base_url=HOME) == (
        OfferedFeed(f"{HOME}feed/", "rss", "The Daily » Feed"),
        OfferedFeed(f"{HOME}world/atom.xml", "atom", "World"),
        OfferedFeed(f"{HOME}feed.json", "json", "JSON"),
        OfferedFeed(f"{HOME}rssfeeds/1977021501.cms", "rss", "Trade"),
        OfferedFeed("https://t.me/s/daily_example", "telegram", "Our channel"),
        OfferedFeed(f"{HOME}sitemap.xml", "sitemap", "Sitemap"),
    )


@pytest.mark.parametrize(
    "address",
    """/RssMain.aspx?ModId=6&Lang=1&Regid=3 /all/rss/ /rss/v2.xml /export/rss2/index.xml /rss.asp /RSS/news.xml
    /xml/rss/all.xml /export/rss/politics.xml /news/national/feeder/default.rss /section/india/feed/
    /rssfeedsdefault.cms /rss/economy-102.rss https://feeds.feedburner.com/ndtvnews-india-news /feeds/posts/default
    /rss/feed.txt /rss/news/national.xml https://rssexport.rbc.ru/rbcnews/news/30/full.rss""".split(),
)
def test_addresses_that_real_sites_give_their_feeds_are_known_as_feeds(address):
    assert len(offered_feeds(f'<a href="{address}">x</a>'.encode(), base_url=HOME)) == 1


@pytest.mark.parametrize(
    "address",
    ["/news/what-is-rss.html", "/feedback", "/atomic-energy/", "/rss-feeds.htm", "/sitemap", "mailto:a@b.c", "#rss"],
)
def test_addresses_that_only_sound_like_feeds_are_not(address):
    assert offered_feeds(f'<a href="{address}">RSS</a>'.encode(), base_url=HOME) == ()


def test_a_robots_file_names_sitemaps():
    body = b"User-agent: *\nDisallow: /x\nSitemap: https://a.example/news.xml\nsitemap: /other.xml\nSitemap: ftp://x"
    assert [feed.url for feed in offered_feeds(body, base_url="https://a.example/robots.txt")] == [
        "https://a.example/news.xml",
        "https://a.example/other.xml",
    ]


def test_usual_places_are_tried_beside_the_page_before_the_root():
    places = likely_addresses("https://a.example/en/")
    assert places[0] == "https://a.example/en/feed"
    assert {"https://a.example/rss.xml", "https://a.example/sitemap-news.xml", "https://a.example/sitemap.xml"} <= {
        *places
    }
    assert len(places) == len({*places}) <= 30


def test_what_is_no_address_has_no_usual_places():
    with pytest.raises(WrongInput):
        likely_addresses("file:///etc/passwd")


@given(st.binary(max_size=200), st.sampled_from([HOME, "", "http://["]))
def test_any_bytes_offer_feeds_or_none_and_never_an_exception(body, base_url):
    assert isinstance(offered_feeds(body, base_url=base_url), tuple)
    markup = b"<link rel=alternate type=application/rss+xml href='" + body + b"'><a href='/rss" + body + b"'>"
    assert isinstance(offered_feeds(markup, base_url=base_url), tuple)
