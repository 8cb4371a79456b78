"""An article's page read into its words and facts, whatever it is made of."""

from __future__ import annotations

import json
import pickle
import time
from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scraper.parsing.page import ReadablePage, Unreadable, readable_article

URL = "https://www.outlet.example/world/ministers-agree"
TITLE = "Ministers agree on the next steps of the health programme"
PARAGRAPHS = """
NEW DELHI: The health ministers of both countries agreed on Friday on the next steps of a programme that will run for \
five years & cover hospitals, schools of medicine and the makers of medicines.
"We have waited long for this day," the minister told reporters. He added that 12 working groups would meet soon.
First steps
Under the plan, students of one country will spend a term at the universities of the other; the costs, some 3.5 \
million a year, are shared.
Officials said that the text had been under discussion since 2021 and that the last open questions, on customs and on \
the recognition of licences, were settled on Thursday night.
The document enters into force thirty days after the exchange of notes. (AGENCY)
""".strip().splitlines()
DISCLAIMER = "(This story has not been edited by Outlet staff and is published from a syndicated feed.)"
NAVIGATION = '<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport and more of it</a></li></ul></nav>'
SIDE = """<div class="sidebar"><h3>Trending</h3><ul><li><a href="/1">Another headline about something else</a></li>
<li><a href="/2">And one more of these headlines</a></li></ul><p>Sign up to receive our best stories.</p></div>"""
WALL = b"""<html><title>Just a moment...</title><body><p>Checking your browser before you may enter the site.</p>
<p>Please enable JavaScript and cookies to continue to the site you asked for.</p></body></html>"""
FOOTER = "<footer><p>Copyright 2025 Outlet. Contact our desk for permission to reprint this page.</p></footer>"


def shapes() -> dict[str, str]:
    lines = [escape(line, quote=False) for line in [*PARAGRAPHS, DISCLAIMER]]
    paragraphs = "".join(f"<p>{line}</p>" for line in lines)
    head = f"<html><head><title>{TITLE} | Outlet</title></head><body>"
    heading = f"<h1>{TITLE}</h1>"
    return {
        "article of paragraphs": f"{head}{NAVIGATION}<article>{heading}{paragraphs}</article>{SIDE}{FOOTER}",
        "div of paragraphs": f"{head}{NAVIGATION}<div>{heading}<div class=story>{paragraphs}</div></div>{SIDE}{FOOTER}",
        "text broken by br": f"{head}{NAVIGATION}<div>{heading}<div>{'<br><br>'.join(lines)}</div></div>{FOOTER}",
        "preformatted": f"{head}{heading}<pre>" + "\n\n".join(lines) + "</pre>",
        "preformatted and nothing else": "<pre>" + "\n\n".join(lines) + "</pre>",
        "bare body": f"{head}{heading}" + "\n\n".join(lines),
        "bare body with br": f"{head}{heading}" + "<br/>\n".join(lines),
        "table for layout": f"{head}<table><tr><td colspan=2>{NAVIGATION}</td></tr><tr><td>{SIDE}</td><td>{heading}"
        f"{paragraphs}</td></tr><tr><td colspan=2>{FOOTER}</td></tr></table>",
        "table with br": f"{head}<table><tr><td>{NAVIGATION}</td></tr><tr><td><font><b>{TITLE}</b><br><br>"
        f"{'<br><br>'.join(lines)}</font></td></tr></table>",
        "one paragraph": f"{head}{heading}<p>{' '.join(lines)}</p>",
        "a div each": f"{head}{NAVIGATION}<div>{heading}<div>{'</div><div>'.join(lines)}</div></div>{FOOTER}",
        "advertisements between": f"{head}<article>{heading}"
        + '<div class="ad-slot">Advertisement</div>'.join(f"<div><p>{line}</p></div>" for line in lines)
        + f"</article>{FOOTER}",
    }


def read(markup: str, content_type: str = "text/html") -> ReadablePage:
    page = readable_article(markup.encode(), content_type=content_type, url=URL)
    assert isinstance(page, ReadablePage), page
    return page


@pytest.mark.parametrize("shape", shapes())
def test_the_whole_article_and_nothing_else_is_read_from_a_page_of(shape):
    page = read(shapes()[shape])
    words = " ".join(page.text.split())
    assert [line for line in PARAGRAPHS if line not in words] == []
    assert not [noise for noise in ("Trending", "Copyright", "Sign up", "Sport", "edited by") if noise in words]


def test_paragraphs_stay_apart():
    assert read(shapes()["article of paragraphs"]).text == "\n\n".join(PARAGRAPHS)
    assert read(shapes()["text broken by br"]).text == "\n\n".join(PARAGRAPHS)


def test_a_flash_of_one_sentence_is_an_article():
    text = "The two ministers signed the agreement on labour mobility in Delhi today, the agency reports."
    assert read(f"<html><body><h1>Flash</h1><div><p>{text}</p></div></body></html>").text == text


def test_the_facts_are_taken_from_the_page_s_head():
    head = f"""<html lang="hi-IN"><head><title>{TITLE} - Outlet</title>
    <meta property="og:title" content="{TITLE} - Outlet">
    <meta property="og:site_name" content="Outlet"><meta name="author" content="Asha Name">
    <meta property="article:published_time" content="2025-12-05T14:30:00+05:30">
    <link rel="canonical" href="/world/ministers-agree-canonical"></head><body>"""
    page = read(head + shapes()["article of paragraphs"])
    assert (page.title, page.language, page.site_name, page.author) == (TITLE, "hi", "Outlet", "Asha Name")
    assert page.published == datetime(2025, 12, 5, 9, 0, tzinfo=UTC)
    assert page.canonical_url == "https://www.outlet.example/world/ministers-agree-canonical"
    assert pickle.loads(pickle.dumps(page)) == page


@pytest.mark.parametrize(
    "markup",
    [
        '<script type="application/ld+json">{}</script>'.format(
            json.dumps({"@graph": [{"@type": ["NewsArticle"], "datePublished": "2025-12-05T09:00:00Z"}]})
        ),
        '<article><time datetime="2025-12-05T12:00:00+03:00">today</time></article>',
        '<meta name="publish-date" content="Fri, 05 Dec 2025 14:30:00 IST">',
        '<span itemprop="datePublished" content="2025-12-05T09:00:00Z"></span>',
    ],
)
def test_the_date_is_found_wherever_a_page_states_it(markup):
    body = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    assert read(f"<html><body>{markup}<div>{body}</div></body></html>").published == datetime(
        2025, 12, 5, 9, tzinfo=UTC
    )


def test_a_date_crumb_before_the_text_is_the_date_and_not_text():
    page = read(f"<pre> date 2025-12-05 By Asha Name\n\n{PARAGRAPHS[0]}\n\n{PARAGRAPHS[3]}</pre>")
    assert page.published == datetime(2025, 12, 5, tzinfo=UTC)
    assert page.text == f"{PARAGRAPHS[0]}\n\n{PARAGRAPHS[3]}"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (f"<title>{TITLE} | Outlet</title>", TITLE),
        (f"<title>{TITLE} – outlet.example</title>", TITLE),
        ("<title>India - Russia: a new pact</title>", "India - Russia: a new pact"),
        (f"<meta property='og:title' content='{TITLE} | World'><title>x</title></head><body><h1>{TITLE}</h1>", TITLE),
    ],
)
def test_the_site_s_name_is_cut_off_a_title_and_nothing_else(head, title):
    assert read(f"<html><head>{head}<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[3]}</p>").title == title


def test_a_windows_1251_page_is_read():
    text = "Министры двух стран подписали соглашение о сотрудничестве в области здравоохранения и медицины."
    body = f'<html><head><meta charset="windows-1251"></head><body><p>{text}</p><p>{text} Снова.</p>'.encode("cp1251")
    page = readable_article(body, content_type="text/html", url=URL)
    assert isinstance(page, ReadablePage)
    assert text in page.text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no article text"),
        (b"<html><body><div id=root></div><script>run()</script></body></html>", "no article text"),
        (b"%PDF-1.7 ...", "not HTML"),
        (WALL, "wall"),
    ],
)
def test_a_page_without_an_article_is_unreadable_with_its_reason(body, reason):
    refused = readable_article(body, content_type="text/html", url=URL)
    assert isinstance(refused, Unreadable)
    assert reason in refused.reason


def test_agency_dateline_picture_and_what_was_dropped_are_told():
    head = '<html lang="en"><head><meta property="og:image" content="/pictures/ministers.jpg"></head><body>'
    lead = "NEW DELHI, Dec 5 (ANI): " + PARAGRAPHS[0].partition(": ")[2]
    body = "".join(f"<p>{line}</p>" for line in [lead, "Also Read | Envoy Meets Traders In The Port.", *PARAGRAPHS[1:]])
    page = read(f"{head}<article>{body}<p>{DISCLAIMER}</p></article>")
    assert (page.agency, page.dateline) == ("ANI", "NEW DELHI, Dec 5")
    assert page.image_url == "https://www.outlet.example/pictures/ministers.jpg"
    assert page.text.startswith("NEW DELHI, Dec 5 (ANI): ")
    assert page.dropped == ("Also Read | Envoy Meets Traders In The Port.", DISCLAIMER)


def test_the_lead_picture_may_stand_in_the_structured_data():
    article = {"@type": "NewsArticle", "image": [{"@type": "ImageObject", "url": "https://img.example/1.jpg"}]}
    script = f'<script type="application/ld+json">{json.dumps(article)}</script>'
    page = read(f"<html><head>{script}</head><body><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[3]}</p></body></html>")
    assert page.image_url == "https://img.example/1.jpg"


@pytest.mark.parametrize(
    ("url", "beside", "moment"),
    [
        ("https://www.outlet.in/a/b", "Updated: Dec 5, 2025 14:30", datetime(2025, 12, 5, 9, 0, tzinfo=UTC)),
        ("https://outlet.ru/a/b", "5 декабря 2025, 14:30", datetime(2025, 12, 5, 11, 30, tzinfo=UTC)),
        ("https://outlet.example/a/b", "5 дек 2025, 14:30 МСК", datetime(2025, 12, 5, 11, 30, tzinfo=UTC)),
        ("https://outlet.example/a/b", "December 5, 2025 2:30 PM IST", datetime(2025, 12, 5, 9, 0, tzinfo=UTC)),
        ("https://outlet.example/a/b", "December 5, 2025 2:30 PM", datetime(2025, 12, 5, 14, 30, tzinfo=UTC)),
        ("https://www.outlet.in/a/b", "December 5, 2025", datetime(2025, 12, 5, tzinfo=UTC)),
        ("https://outlet.example/2025/12/05/b", "By Asha Name", datetime(2025, 12, 5, tzinfo=UTC)),
    ],
)
def test_a_date_beside_the_text_is_read_in_the_zone_of_its_site(url, beside, moment):
    body = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    markup = f"<html><body><h1>{TITLE}</h1><div class=meta>{beside}</div><div class=story>{body}</div></body></html>"
    page = readable_article(markup.encode(), content_type="text/html; charset=utf-8", url=url)
    assert isinstance(page, ReadablePage)
    assert page.published == moment


def test_a_selector_chooses_the_article_s_element_and_a_wrong_one_is_left_aside():
    body = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    markup = f"<div><div class=one>{body}</div><div class=two><p>{PARAGRAPHS[3]}</p></div></div>".encode()

    def chosen(selector: str) -> str:
        page = readable_article(markup, content_type="text/html", url=URL, text_selector=selector)
        assert isinstance(page, ReadablePage)
        return page.text

    assert chosen(".two") == PARAGRAPHS[3]
    assert all(PARAGRAPHS[-1] in chosen(wrong) for wrong in ("", ".three", "p[", ":::", "a b > ", "\0"))


HOSTILE = {
    "deep": "<div>" * 300_000,
    "deep and closed": ("<div>" * 5000 + "</div>" * 5000) * 20,
    "never closed": "<a><font>" * 20_000,
    "many attributes": "<div " + " ".join(f"a{number}" for number in range(200_000)) + ">",
    "many comments": "<!--" * 100_000,
    "many marks": "<" * 500_000,
    "many scripts": "<div><script></script>" * 50_000,
    "deep data": '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
    "long class": '<div class="' + "nav-" * 200_000 + '">words',
    "long line": "<p>" + "word" * 500_000,
    "long teaser": "<p>" + "Also Read | " * 50_000,
    "NUL bytes": "\0<p>\0word " * 50_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_page_written_to_exhaust_its_reader_is_done_with_soon(name):
    begin = time.process_time()
    page = readable_article(HOSTILE[name].encode(), content_type="text/html", url=URL)
    assert isinstance(page, (ReadablePage, Unreadable))
    assert time.process_time() - begin < 5


def test_a_page_nested_beyond_all_reason_is_refused():
    assert isinstance(readable_article(b"<div>" * 5000 + b"words", content_type="text/html", url=URL), Unreadable)


PIECES = st.sampled_from(
    """<p> </p> <div> </div> <pre> <br> <article> <table> <td> <h1> <title> words and more words, many of them. <script>
    <script type="application/ld+json">{"@type":"Article","author":[null],"datePublished":[1]}</script> <!-- <?xml?>
    <meta property="article:published_time" content="never"> &#0; <html lang=> <link rel=canonical href="http://[">""".split(
        " "
    )
)


@given(st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=40).map(lambda pieces: " ".join(pieces).encode())))
def test_any_bytes_are_readable_or_not_and_never_an_exception(body: bytes):
    assert isinstance(readable_article(body, content_type="text/html", url=URL), (ReadablePage, Unreadable))
