"""A wall is told from an article, and named."""

from __future__ import annotations

import pytest

from services.scraper.parsing.page import ReadablePage, Unreadable, readable_article

URL = "https://www.outlet.example/world/ministers-agree"
NEWS = """<p>The health ministers of both countries agreed on Friday on the next steps of a programme for hospitals.</p>
<p>Officials said that the text had been under discussion since 2021, and that its last open questions were settled.</p>
<p>The document enters into force thirty days after the exchange of notes, which is expected before the new year.</p>"""
COOKIES = """<p>We and our 842 partners use cookies to store and access information on a device.</p>
<p>We process personal data, such as browsing data, for personalised advertising and content.</p>
<p>You can accept all, or manage your choices at any time in our privacy policy.</p>"""
COOKIES_RU = """<p>Мы используем файлы cookie, чтобы сайт работал лучше для вас.</p>
<p>Продолжая пользоваться сайтом, вы даёте согласие на обработку персональных данных и файлов cookie.</p>"""
LOGIN = """<h1>Sign in</h1><form><p>Enter your email and password to sign in to your account.</p>
<input type=text><input type=password></form><p>Forgot your password? Create an account, it is free.</p>"""
PAYWALL = """<p>Subscribe now to continue reading this article and all others of our newspaper.</p>
<p>Already a subscriber? Log in. Start your free trial today, cancel anytime.</p>"""
ROBOT = "<p>Please verify that you are a human before you go on to the page that you have asked for.</p>"
REFUSED = "<p>Access denied. You do not have permission to see this page on this server. Reference 18.2f1.</p>"


def read(markup: str, title: str = "Outlet") -> ReadablePage | Unreadable:
    page = f"<html><head><title>{title}</title></head><body><div>{markup}</div></body></html>"
    return readable_article(page.encode(), content_type="text/html; charset=utf-8", url=URL)


@pytest.mark.parametrize(
    ("markup", "kind", "words"),
    [
        (COOKIES, "wall", "A cookie wall"),
        (COOKIES_RU, "wall", "A cookie wall"),
        (LOGIN, "login", "A login page"),
        (PAYWALL, "wall", "A paywall"),
        (ROBOT, "wall", "A robot check"),
        (REFUSED, "wall", "A robot check"),
        ("<form><input type=password></form>", "login", "A login page"),
        ("<div id=root></div><script>run()</script>", "empty", "The page holds no article text"),
    ],
)
def test_a_page_without_its_article_says_what_it_is_instead(markup: str, kind: str, words: str) -> None:
    refused = read(markup, "Sign in" if kind == "login" else "Outlet")
    assert isinstance(refused, Unreadable)
    assert (refused.kind, refused.reason[: len(words)]) == (kind, words)


@pytest.mark.parametrize("box", [COOKIES, PAYWALL, LOGIN])
def test_an_article_beside_a_wall_s_words_is_an_article(box: str) -> None:
    page = read(f"<article>{NEWS}</article><div class='cookie-consent'>{box}</div>")
    assert isinstance(page, ReadablePage)
    assert "exchange of notes" in page.text


def test_a_consent_box_longer_than_the_article_is_not_taken_for_it() -> None:
    page = read(f"<div class=story>{NEWS}</div><div id='onetrust-consent-sdk'>{COOKIES * 20}</div>")
    assert isinstance(page, ReadablePage)
    assert "partners" not in page.text
    assert "exchange of notes" in page.text


def test_news_about_cookies_and_subscribers_is_news() -> None:
    text = """<p>The regulator fined three companies for their use of cookies, it said in a statement on Friday.</p>
    <p>The sum is the largest in its history. Lawyers of the firms called it out of proportion and will appeal.</p>
    <p>The ministry expects that shops will have to ask their customers anew before the end of next year.</p>
    <p>Two of the three are from abroad; a spokesman said that trade between both countries does not suffer.</p>"""
    assert isinstance(read(text), ReadablePage)


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        bytes(range(256)) * 40,
        b"\x00\x01\x02\x03" * 3000,
        b"PK\x03\x04" + b"\x00" * 500,
    ],
)
def test_a_file_served_as_html_is_no_html(body: bytes) -> None:
    refused = readable_article(body, content_type="text/html", url=URL)
    assert isinstance(refused, Unreadable)
    assert refused.kind == "not_html"
    assert "not HTML" in refused.reason
