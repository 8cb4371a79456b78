"""What stands on a page where its article should be: a robot check, a call for consent, a login, a paywall.

Judged by the words that were taken for the article. An article may mention any of these: it is refused only where next
to nothing is left without the obstacle's own sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from shared.language.sentences import sentences

_WALL_CHARACTERS = 6000  # consent walls talk the longest; no more of a text is looked at
_ROBOT_CHARACTERS = 1500  # robot checks' sentences differ, but they are short
_ARTICLE_CHARACTERS = 250  # so much left beside an obstacle is an article, or its beginning

_ROBOT = re.compile(
    r"enable (?:java ?script|cookies)|java ?script is (?:disabled|required)|"
    r"checking (?:your|if the site) (?:browser|connection)|"
    r"verify(?:ing)? (?:that )?you are (?:a )?human|are you a (?:ro)?bot|not a robot|"
    r"access (?:to this \w+ )?(?:is |has been )?denied|"
    r"captcha|ddos[- ](?:protection|guard)|just a moment|unusual traffic|"
    r"включите javascript|проверка (?:вашего )?браузера|"
    r"доступ (?:к (?:ресурсу|сайту|странице) )?(?:ограничен|запрещ[её]н)|"
    r"(?:вы|я) не робот|क्या आप रोबोट|कैप्चा",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"\bcookies?\b|\bconsent\b|privacy (?:policy|choices|settings|notice)|your (?:privacy|personal data|choices)|"
    r"(?:our|trusted|\d+) (?:\w+ )?partners|legitimate interest|personali[sz]ed (?:ads|advertising|content)|"
    r"(?:accept|reject|agree|manage)(?: to)? (?:all|preferences|options|our)|"
    r"process(?:ing)? (?:of )?(?:your |personal )?data|"
    r"\bGDPR\b|device identif|store (?:and/or|or|and) access|"
    r"\bcookie|\bкуки\b|файл\w* cookie|персональн\w+ данн|обработк\w+ данн|соглас(?:ие|ны|ен)\b|"
    r"कुकी|गोपनीयता|सहमति",
    re.IGNORECASE,
)
_CONSENT_ASKS = re.compile(
    r"before you continue|we (?:value|care about|respect) your privacy|your privacy|"
    r"(?:we|site|website|partners|you) (?:\w+ ){0,3}(?:use|store|accept|agree|consent|process)|accept all|"
    r"(?:мы|сайт) использу|продолжая|нажимая|принять|соглашаетесь|हम कुकी|स्वीकार",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"(?:subscribe|sign up|register|log ?in|sign in|upgrade)(?: now)? (?:to|and) (?:\w+ )?(?:read|continue|"
    r"keep reading|unlock|access|view|get unlimited)|"
    r""
    r"(?:to|please) (?:continue|keep) reading|(?:continue|keep) reading (?:this|with|for)|"
    r"(?:article|content|story|page) is (?:only )?(?:for|available (?:only )?(?:to|for)|exclusive to|"
    r"reserved for) (?:our )?(?:paid |premium )?(?:subscribers|members)|"
    r""
    r"already (?:a|an) (?:subscriber|member)|already subscribed|become a (?:subscriber|member)|"
    r"(?:subscribers?|members?|premium)[- ]only|for subscribers only|"
    r"(?:start|begin) your (?:free )?(?:trial|subscription)|cancel any ?time|"
    r"you(?:'ve| have) (?:reached|used|read) (?:your|all)|free articles?|choose (?:a|your) plan|"
    r"(?:только|доступ\w+) (?:для |по )(?:подписчик|подписк)|оформи(?:те|ть) подписк|"
    r"чтобы (?:читать|прочитать|продолжить)|полн\w+ (?:версия|текст) доступ|"
    r"(?:पूरी खबर|आगे|पूरा लेख)[^।]{0,30}पढ़ने के लिए|सब्सक्रिप्शन|सदस्यता लें",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:log ?in|sign ?in|log on|forgot(?:ten)? (?:your )?password|username|password|remember me|create an account|"
    r"don't have an account|enter your (?:e-?mail|password))\b|"
    r"\b(?:вход|войти|авторизация|пароль|забыли пароль|логин|зарегистрир\w+|регистрация)\b|लॉग ?इन|"
    r"साइन ?इन|पासवर्ड|पंजीकरण",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Obstacle:
    """What stands instead of the article, and a sentence that says so."""

    kind: Literal["wall", "login"]
    reason: str


_ROBOT_WALL = Obstacle(
    "wall", "A robot check stands where the article should be: a wall that asks for JavaScript or proof of a person."
)
_CONSENT_WALL = Obstacle("wall", "A cookie wall stands where the article should be: it asks for consent first.")
_PAY_WALL = Obstacle("wall", "A paywall stands where the article should be: it is for subscribers.")
_LOGIN_PAGE = Obstacle("login", "A login page stands where the article should be.")


def obstacle_of(title: str, text: str, *, asks_password: bool = False) -> Obstacle | None:
    """Return what stands in the article's place, None for an article."""
    if len(text) > _WALL_CHARACTERS:
        return None
    if len(text) < _ROBOT_CHARACTERS and _ROBOT.search(f"{title}\n{text}"):
        return _ROBOT_WALL
    if _CONSENT_ASKS.search(text) and _CONSENT.search(text) and _is_all(_CONSENT, text):
        return _CONSENT_WALL
    if (asks_password or _LOGIN.search(title)) and _is_all(_LOGIN, text):
        return _LOGIN_PAGE
    if _PAYWALL.search(text) and _is_all(_PAYWALL, text):
        return _PAY_WALL
    return None


def _is_all(words: re.Pattern[str], text: str) -> bool:
    """Tell whether next to nothing is left of the text without the sentences that hold such words."""
    left = sum(
        len(piece)
        for line in text.split("\n")
        if not words.search(line) or len(line) > _ROBOT_CHARACTERS
        for piece in (line[start:end] for start, end in sentences(line))
        if not words.search(piece)
    )
    return left < min(_ARTICLE_CHARACTERS, len(text) * 0.75)
