"""What an HTML page is that holds no news: a login page, a robot check, a consent wall, an error told with a 200.

Looked at only where nothing was found to read: a news page may well carry a login form and a cookie banner.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4 import BeautifulSoup

from services.scraper.parsing.markup import Unwieldy, text_of
from services.scraper.parsing.results import Found
from services.scraper.parsing.trees import bounded_soup
from shared.kit.text import clip, one_line

_LOOKED_AT_CHARACTERS = 200_000  # of markup; a wall is a small page
_WALL_TEXT_CHARACTERS = 3000  # consent walls talk the longest
_LOGIN_TEXT_CHARACTERS = 1500
_BARE_TEXT_CHARACTERS = 200
_ROBOT_MARKUP = re.compile(
    r"cf-chl|challenge-platform|cf_chl_opt|_Incapsula_Resource|ddos-guard|/__qrator/|servicepipe|sgcaptcha|"
    r"g-recaptcha|h-captcha|hcaptcha\.com|smart-captcha|smartcaptcha|showcaptcha|aws-waf-token|awswafcookie|"
    r"px-captcha|datadome|perimeterx|id=[\"']?captcha",
    re.IGNORECASE,
)
_ROBOT_WORDS = re.compile(
    r"just a moment|checking (?:your|if the site) (?:browser|connection)|verify(?:ing)? (?:that )?you are (?:a )?human|"
    r"are you a (?:ro)?bot|not a robot|unusual traffic|ddos[- ]guard|ddos protection|enable cookies|captcha|"
    r"browser (?:check|verification)|проверка (?:вашего )?браузера|вы не робот|я не робот|подтвердите,? что|"
    r"запросы,? поступившие с вашего|защита от ddos|капч|क्या आप रोबोट|कैप्चा",
    re.IGNORECASE,
)
_REFUSAL_WORDS = re.compile(
    r"access (?:to this (?:page|site|resource) )?(?:is |has been )?denied|403 forbidden|request rejected|"
    r"requested url was rejected|you (?:have been|are) blocked|not available in your (?:country|region|location)|"
    r"доступ (?:к (?:ресурсу|сайту|странице) )?(?:ограничен|запрещ[её]н|заблокирован)|"
    r"(?:сайт|страница) недоступн\w+ из|"
    r"प्रवेश वर्जित|अनुमति नहीं है",
    re.IGNORECASE,
)
_CONSENT_WORDS = re.compile(
    r"before you continue|we (?:value|care about|respect) your privacy|your privacy (?:matters|choices)|"
    r"(?:accept|allow|agree to) (?:all|our use of|the use of)? ?cookies|we(?: and our partners)? use cookies|"
    r"consent to (?:the )?(?:use|processing)|cookie (?:consent|settings|preferences)|"
    r"(?:мы|сайт) использу\w+ (?:файлы )?(?:cookie|куки)|"
    r"соглас(?:ие|ен|ны) (?:на|с) (?:обработк|использован)|कुकी[ज़ज़]? का (?:उपयोग|इस्तेमाल)",
    re.IGNORECASE,
)
_LOGIN_TITLE = re.compile(
    r"\b(?:log ?in|sign ?in|authentication|authorization required|subscribe to (?:read|continue))\b|"
    r"\b(?:вход|авторизация|войти|логин)\b|लॉग ?इन|साइन ?इन",
    re.IGNORECASE,
)
_ERROR_WORDS = re.compile(
    r"\b404\b|page (?:was |can(?:no|')t be |could not be )?(?:not )?found|no longer (?:exists|available)|"
    r"\b50[0234]\b|internal server error|bad gateway|service (?:temporarily )?unavailable|"
    r"under (?:maintenance|construction)|scheduled maintenance|something went wrong|server error|database error|"
    r"domain (?:is |may be )?for sale|this domain|index of /|"
    r"страница не (?:найдена|существует)|ошибка (?:сервера|404|базы)|технически[ех]+ работ|"
    r"сайт (?:временно )?(?:недоступен|закрыт)|"
    r"домен (?:продаётся|продается|припаркован)|पृष्ठ नहीं मिला|पेज नहीं मिला|रखरखाव",
    re.IGNORECASE,
)
_SCRIPT_WORDS = re.compile(
    r"enable java ?script|java ?script (?:is )?(?:disabled|required|must be)|requires java ?script|"
    r"(?:включите|необходим|требуется) java ?script",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PageNature:
    """What a page without news is: in one word, and in words that follow "It is …"."""

    found: Found
    words: str


def nature_of(markup: str) -> PageNature:
    """Return what an HTML page without news is; never raises."""
    try:
        soup = bounded_soup(markup[:_LOOKED_AT_CHARACTERS])
    except Unwieldy:
        return PageNature("html", "an HTML page that is nested or divided beyond all reason")
    title = one_line(soup.title.get_text()) if soup.title else ""
    spoken = _spoken(soup)
    return _wall(soup, markup, title, spoken) or _bare(soup, title, spoken)


def _spoken(soup: BeautifulSoup) -> str:
    """Return all that the page says, buttons and the words for readers without scripts included."""
    labels = [
        str(tag.get("value") or tag.get_text(" ")) for tag in soup.find_all(["button", "input", "noscript"], limit=60)
    ]
    return f"{text_of(soup)}\n{one_line(' '.join(labels))}"


def _wall(soup: BeautifulSoup, markup: str, title: str, spoken: str) -> PageNature | None:
    if len(spoken) > _WALL_TEXT_CHARACTERS:
        return None
    words = f"{title}\n{spoken}"
    if _ROBOT_WORDS.search(words) or (len(spoken) < _LOGIN_TEXT_CHARACTERS and _ROBOT_MARKUP.search(markup)):
        return PageNature("wall", "a robot check")
    if _REFUSAL_WORDS.search(words):
        return PageNature("wall", f"a refusal{_quoted(title)}")
    asks_password = soup.find("input", attrs={"type": re.compile("^password$", re.IGNORECASE)}) is not None
    if len(spoken) < _LOGIN_TEXT_CHARACTERS and (asks_password or _LOGIN_TITLE.search(title)):
        return PageNature("login", "a login page")
    if _CONSENT_WORDS.search(words):
        return PageNature("wall", "a consent wall")
    return None


def _bare(soup: BeautifulSoup, title: str, spoken: str) -> PageNature:
    if len(spoken) <= _WALL_TEXT_CHARACTERS and _ERROR_WORDS.search(f"{title}\n{spoken[:600]}"):
        return PageNature("html", f"an error page{_quoted(title)}")
    needs_script = _SCRIPT_WORDS.search(spoken) or (len(spoken) < _BARE_TEXT_CHARACTERS and soup.find("script"))
    if needs_script:
        return PageNature("html", "an HTML page that shows its words only by JavaScript")
    if not spoken.strip():
        return PageNature("html", "an HTML page without a word")
    return PageNature("html", f"an HTML page{_quoted(title)}")


def _quoted(title: str) -> str:
    return f" (“{clip(title, 80)}”)" if title else ""
