"""What a source's answer is, found out or told, and what is said of an answer that is something else."""

from __future__ import annotations

import gzip
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.parsing.detection import read_source
from services.scraper.parsing.results import KINDS, NotAFeed, ParsedFeed
from tests.unit.scraper.source_pages import CHANNEL, DATA, SITE, read, refused, source_bytes


@pytest.mark.parametrize(
    ("name", "kind", "dialect"),
    [
        ("rss_0_91.xml", "rss", "RSS 0.91"),
        ("rss_2_0.xml", "rss", "RSS 2.0"),
        ("rdf.xml", "rss", "RDF (RSS 1.0)"),
        ("atom.xml", "atom", "Atom 1.0"),
        ("feed.json", "json", "JSON Feed 1.1"),
        ("sitemap.xml", "sitemap", "Sitemap"),
        ("news_sitemap.xml", "sitemap", "News sitemap"),
        ("sitemap_index.xml", "sitemap", "Sitemap index"),
        ("addresses.txt", "sitemap", "Text sitemap"),
    ],
)
def test_every_kind_of_document_is_known_by_itself_and_by_its_dialect(name, kind, dialect):
    for body in (source_bytes(name), gzip.compress(source_bytes(name))):
        parsed = read(body)
        assert (parsed.kind, parsed.dialect) == (kind, dialect)
        assert parsed.entries or parsed.parts


def test_a_channel_is_known_by_its_address_and_a_page_with_articles_is_a_listing():
    assert read("telegram.html", base_url=CHANNEL).kind == "telegram"
    page = (DATA / "listings" / "mid_news.html").read_bytes()
    assert read(page, base_url="https://mid.example.ru/ru/foreign_policy/news/").kind == "page"


def test_a_page_is_watched_only_when_a_person_says_so():
    assert refused("watched_table.html").found == "html"
    assert read("watched_table.html", "watch").kind == "watch"


@pytest.mark.parametrize(
    ("name", "found", "sentence"),
    [
        ("login.html", "login", "The answer is a login page."),
        ("consent_wall.html", "wall", "The answer is a consent wall."),
        ("robot_check.html", "wall", "The answer is a robot check."),
        ("refusal.html", "wall", "The answer is a refusal (“Request Rejected”)."),
        ("error_page.html", "html", "The answer is an error page (“Страница не найдена”)."),
        ("javascript_only.html", "html", "The answer is an HTML page that shows its words only by JavaScript."),
        (
            "home_page.html",
            "html",
            "The answer is an HTML page (“The Daily”) without article links; it may need JavaScript.",
        ),
    ],
)
def test_a_page_that_is_no_source_is_called_what_it_is(name, found, sentence):
    answer = refused(name)
    assert (answer.reason, answer.found) == (sentence, found)


@pytest.mark.parametrize(
    ("name", "kind", "found", "sentence"),
    [
        ("home_page.html", "rss", "html", "The feed turned into an HTML page."),
        ("login.html", "atom", "login", "The feed turned into an HTML page: a login page."),
        ("robot_check.html", "sitemap", "wall", "The sitemap turned into an HTML page: a robot check."),
        ("robot_check.html", "page", "wall", "The listing page turned into a robot check."),
        ("login.html", "watch", "login", "The watched page turned into a login page."),
        ("consent_wall.html", "telegram", "wall", "The channel's preview turned into a consent wall."),
        ("news_sitemap.xml", "rss", "", "The feed turned into a sitemap."),
        ("rss_2_0.xml", "page", "", "The listing page turned into a feed."),
        ("feed.json", "page", "", "The listing page turned into JSON."),
        ("addresses.txt", "rss", "", "The feed turned into a list of addresses."),
    ],
)
def test_a_source_that_turned_into_something_else_is_told_plainly(name, kind, found, sentence):
    answer = refused(name, kind)
    assert (answer.reason, answer.found) == (sentence, found)


@pytest.mark.parametrize(
    ("body", "found", "words"),
    [
        (b"", "empty", "empty"),
        (b" \n\0\0", "empty", "empty"),
        (gzip.compress(b"", mtime=0), "empty", "empty"),
        (b"%PDF-1.7 ...", "binary", "a PDF document"),
        (b"\x89PNG\r\n", "binary", "a picture"),
        (gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), "binary", "within a gzip file"),
        (b"plain words of no meaning", "", "plain text"),
        (b"<opml version='2.0'><body/></opml>", "", "OPML"),
        (b"{broken", "broken", "begins like JSON"),
        (b"<?xml version='1.0'?><svg></svg>", "", "no feed"),
        (gzip.compress(b"<rss>" + b" " * 50_000_001, mtime=0), "broken", "larger than 50 MB"),
    ],
)
def test_what_is_no_document_at_all_is_refused_with_its_name(body, found, words):
    answer = refused(body)
    assert answer.found == found
    assert words in answer.reason


def test_any_feed_dialect_does_for_a_source_that_is_a_feed():
    assert read("atom.xml", "rss").kind == "atom"
    assert read("feed.json", "rss").kind == "json"
    assert read("rss_2_0.xml", "sitemap").kind == "rss"  # the sitemap protocol takes feeds


def test_what_a_careless_server_prints_before_the_feed_does_no_harm():
    warning = b"<br />\n<b>Warning</b>: mysql_connect() in <b>/var/www/x.php</b><br />\n"
    for before in (b"\n\n  ", warning, b"<!-- <html> cached -->\n", b"\xef\xbb\xbf\xef\xbb\xbf"):
        assert len(read(before + source_bytes("rss_2_0.xml")).entries) == 2


def test_a_byte_order_mark_or_a_nul_in_the_middle_does_no_harm():
    body = source_bytes("rss_2_0.xml").replace(b"Fertiliser", b"Fert\xef\xbb\xbfil\0iser")
    assert read(body).entries[1].title == "Fertiliser: second tender closes"
    sitemap = source_bytes("news_sitemap.xml").replace(b"Potash", b"Pot\0ash\xef\xbb\xbf")
    assert read(sitemap).entries[1].title == "Potash for the spring is on its way"


def test_a_page_with_a_login_form_beside_its_news_is_a_listing():
    page = (DATA / "listings" / "bitrix_embassy.html").read_bytes()
    form = b"<form action='/login'><input type='password' name='p'><button>Sign in</button></form></body>"
    assert len(read(page.replace(b"</body>", form), "page", "https://india.embassy.example.ru/en/news/").entries) == 10


PIECES = st.sampled_from(
    """<rss version="2.0"> <channel> <item> </item> <title> </title> <link>/a</link> <urlset> <url> <loc>http://a.b/c</loc>
    </url> <sitemapindex> <sitemap> </sitemap> <lastmod>2025-12-05 http://a.b/1 http://a.b/2 \n <html> <body> <p> <a
    href="/news/12345"> words of a headline here </a> <div data-post="abc/5"> <div class="js-message_text"> <time
    datetime="2025-12-05"> <table> <tr> <td> <form> <input type="password">
    {"version":"jsonfeed","items":[ ]} \0 \x1f\x8b
    <!-- --> <?xml?> <![CDATA[ ]]> & &#0; <!DOCTYPE x [<!ENTITY y "z">]> <base href="//[x">""".split(" ")
)
BODIES = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=60).map(gzip.compress),
    st.lists(PIECES, max_size=40).map(lambda pieces: " ".join(pieces).encode()),
    st.lists(PIECES, max_size=40).map(lambda pieces: " ".join(pieces).encode("utf-16")),
    st.lists(PIECES, max_size=40).map(lambda pieces: gzip.compress(" ".join(pieces).encode())[:-4]),
)


@given(body=BODIES, kind=st.sampled_from([None, *KINDS]), base_url=st.sampled_from([SITE, CHANNEL, "http://[", ""]))
def test_any_bytes_are_a_source_or_not_and_never_an_exception(body, kind, base_url):
    parsed = read_source(body, kind=kind, content_type="text/html; charset=bogus", base_url=base_url)
    assert isinstance(parsed, (ParsedFeed, NotAFeed))
    if isinstance(parsed, NotAFeed):
        assert parsed.reason.endswith(".")
    else:
        assert all(entry.url.startswith(("http://", "https://")) for entry in parsed.entries) or kind == "watch"
    assert pickle.loads(pickle.dumps(parsed)) == parsed


@pytest.mark.parametrize(
    "body",
    [
        b'<rss version="2.0"><channel>' + b"<a>" * 50_000,
        b"<urlset>" + b"<url>" * 50_000,
        b"<html>" + b"<div>" * 150_000,
        b"[" * 200_000,
        b"<!--" * 200_000,
        b'<rss version="2.0"><channel><item><title>' + b"&" * 1_100_000,
        b'<rss version="2.0"><channel><item><description><![CDATA[' + b"<p>" * 300_000,
    ],
)
def test_what_was_written_to_exhaust_its_reader_does_not(body):
    parsed = read_source(body, kind=None, content_type="", base_url=SITE)
    assert not getattr(parsed, "entries", ())
