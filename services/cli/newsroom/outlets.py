"""The invented outlets of the sample newsroom, and the words their pages are dressed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SourceKind = Literal["rss", "atom", "page"]
Language = Literal["en", "ru", "hi"]


@dataclass(frozen=True)
class Outlet:
    """One invented outlet; `slug` names it in addresses, `kind` says how it offers its news to a machine."""

    slug: str
    name: str
    country: str
    language: Language
    kind: SourceKind
    motto: str

    @property
    def listing_path(self) -> str:
        """Return the address of the page that lists the outlet's articles."""
        return f"/outlets/{self.slug}/"

    @property
    def source_path(self) -> str:
        """Return the address a machine should watch: the feed, or the listing where there is no feed."""
        return self.listing_path if self.kind == "page" else f"/feeds/{self.slug}.xml"


OUTLETS = (
    Outlet("yamuna-courier", "The Yamuna Courier", "IN", "en", "rss", "The capital, the river and the world"),
    Outlet("deccan-wire", "Deccan Wire Digest", "IN", "en", "rss", "The south of India, in brief"),
    Outlet("yamuna-samachar", "यमुना समाचार", "IN", "hi", "rss", "दिल्ली से, आपके लिए"),
    Outlet("baltic-ledger", "Baltic Ledger", "RU", "en", "atom", "Trade and industry from St Petersburg"),
    Outlet("neva-telegraph", "Нева-Телеграф", "RU", "ru", "rss", "Новости и обзоры из Петербурга"),
    Outlet("tayozhny-vestnik", "Таёжный вестник", "RU", "ru", "page", "Красноярская газета о Сибири и соседях"),
)
OUTLET_BY_SLUG = {outlet.slug: outlet for outlet in OUTLETS}


@dataclass(frozen=True)
class PageWords:
    """What surrounds the articles in one language: navigation, notices, the names of the months."""

    sections: tuple[str, ...]
    most_read: str
    also_read: str
    by_author: str
    latest: str
    to_newsroom: str
    cookie_notice: str
    cookie_accept: str
    missing: str
    sample_notice: str
    months: tuple[str, ...]


# Every page also carries this sentence in the reader's own language, so that nobody takes fiction for news.
SAMPLE_NOTICE = "Sample newsroom: texts written for Pactwatch's demo"

PAGE_WORDS: dict[Language, PageWords] = {
    "en": PageWords(
        sections=("Politics", "Business", "World", "Opinion", "Weekend"),
        most_read="Most read",
        also_read="Also Read",
        by_author="By",
        latest="Latest",
        to_newsroom="All outlets",
        cookie_notice="We use cookies to remember how you like to read. You may accept them or read on without.",
        cookie_accept="Accept",
        missing="This page is not here, or not yet.",
        sample_notice=SAMPLE_NOTICE,
        months=tuple("January February March April May June July August September October November December".split()),
    ),
    "ru": PageWords(
        sections=("Политика", "Экономика", "Мир", "Мнения", "Выходные"),
        most_read="Самое читаемое",
        also_read="Читайте также",
        by_author="Автор:",
        latest="Последние новости",
        to_newsroom="Все издания",
        cookie_notice="Сайт использует файлы cookie, чтобы помнить ваши настройки. Их можно принять или читать дальше.",
        cookie_accept="Принять",
        missing="Такой страницы нет или ещё нет.",
        sample_notice="Учебная редакция: тексты написаны для демонстрации Pactwatch",
        months=tuple("января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()),
    ),
    "hi": PageWords(
        sections=("राजनीति", "कारोबार", "दुनिया", "विचार", "रविवार"),
        most_read="सबसे ज़्यादा पढ़ी गईं",
        also_read="ये भी पढ़ें",
        by_author="लेखक:",
        latest="ताज़ा ख़बरें",
        to_newsroom="सभी प्रकाशन",
        cookie_notice="यह साइट आपकी पसंद याद रखने के लिए कुकीज़ का इस्तेमाल करती है। आप चाहें तो स्वीकार करें या यूं ही पढ़ते रहें।",
        cookie_accept="स्वीकार",
        missing="यह पन्ना यहां नहीं है, या अभी नहीं आया है।",
        sample_notice="नमूना समाचार कक्ष: ये लेख Pactwatch के प्रदर्शन के लिए लिखे गए हैं",
        months=tuple("जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर".split()),
    ),
}
