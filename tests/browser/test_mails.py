"""Mails as a mail program shows their HTML: on a desk and on a phone, by day and by night, in three scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from services.notifier.adapters.letters import names_in
from services.notifier.adapters.mail_page import MailPages
from services.notifier.domain.alert import Headline
from services.notifier.domain.letter import Letter, WaysOn, letter_of_alert
from services.notifier.domain.letter_together import letter_of_together
from services.notifier.domain.parcel import Reason, Subscription, Together
from shared.catalogue.loader import load_catalogue
from tests.unit.notifier.notifier_values import MORNING, an_alert, an_id

pytestmark = pytest.mark.browser

WAYS = WaysOn("https://desk.example/alerts/a", "https://desk.example/agreements/relos", "https://desk.example/u/t")
TOLD = {
    "en": ("RELOS enters into force", "The RELOS pact entered into force on Monday.", "RELOS"),
    "ru": ("РЕЛОС вступает в силу", "Соглашение РЕЛОС вступило в силу в понедельник.", "РЕЛОС"),
    "hi": ("रेलोस समझौता लागू हुआ", "रेलोस समझौता सोमवार से लागू हो गया।", "रेलोस"),
}
LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3
COLOURS = """() => [...document.querySelectorAll('h1, h2, h3, p, td, a, mark')].filter(e => e.innerText.trim())
.map(e => {
  let behind = e, ground = 'rgba(0, 0, 0, 0)';
  while (behind && ground === 'rgba(0, 0, 0, 0)') {
    ground = getComputedStyle(behind).backgroundColor; behind = behind.parentElement;
  }
  return [e.innerText.slice(0, 40), getComputedStyle(e).color, ground];
})"""


def a_letter(language: str) -> Letter:
    title, evidence, _ = TOLD[language]
    article = Headline(title, "https://news.example/relos", "News", MORNING.isoformat(), language)
    return letter_of_alert(an_alert(evidence=evidence, article=article), names_in(load_catalogue()), WAYS)


def a_digest() -> Letter:
    """One story in each script, and one of two rules."""
    reasons = []
    for number, (language, (title, evidence, _)) in enumerate([*TOLD.items(), *TOLD.items()]):
        article = Headline(title, f"https://news.example/{number}", "News", MORNING.isoformat(), language)
        changed = {
            "alert_id": an_id(100 + number),
            "article_id": an_id(200 + number % 3),
            "rule_name": f"Rule {number}",
        }
        alert = an_alert(evidence=evidence, article=article, **changed)
        reasons.append(Reason(alert, Subscription(an_id(300 + number), alert.rule_id, "mailto", "a@desk.example")))
    names = names_in(load_catalogue())
    return letter_of_together(Together(tuple(reasons), digest=True), names, lambda _: WAYS, {})


async def shown(chromium: Browser, folder: Path, letter: Letter, *, width: int = 800, scheme: str = "light") -> Page:
    """Open the mail; the page is closed with its browser."""
    file = folder / "mail.html"
    file.write_text(MailPages().render(letter), encoding="utf-8")
    page = await chromium.new_page(viewport={"width": width, "height": 700}, color_scheme=scheme)
    await page.goto(file.as_uri())
    return page


def luminance(colour: str) -> float:
    """The relative luminance of `rgb(…)`, as WCAG reckons it."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("language", TOLD)
async def test_a_mail_fits_desk_and_phone_and_marks_the_words(chromium, tmp_path, language):
    for width in (800, 375, 320):
        page = await shown(chromium, tmp_path, a_letter(language), width=width)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert TOLD[language][2] in "".join(await page.locator("mark").all_inner_texts())
        assert await page.locator(f'td[lang="{language}"]').inner_text() == TOLD[language][1]
        assert await page.get_by_role("heading", level=1).inner_text() == "RELOS: in force, says News"


async def test_a_digest_fits_desk_and_phone_and_marks_the_words_of_each_story(chromium, tmp_path):
    for width in (800, 375, 320):
        page = await shown(chromium, tmp_path, a_digest(), width=width)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await page.locator("h3").count() == 3
        marks = "".join(await page.locator("mark").all_inner_texts())
        for language, (_, evidence, word) in TOLD.items():
            assert word in marks
            assert await page.locator(f'td[lang="{language}"]').inner_text() == evidence
    assert await page.get_by_role("link", name="Unsubscribe from").count() == 6


async def test_a_word_without_an_end_widens_nothing(chromium, tmp_path):
    endless = "https://very.example/" + "x" * 300
    alert = an_alert(evidence=endless, rule_name=endless, article=Headline("T" * 300, endless, endless, None, "en"))
    page = await shown(chromium, tmp_path, letter_of_alert(alert, names_in(load_catalogue()), WAYS), width=320)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320


async def test_the_button_is_as_wide_as_a_phone(chromium, tmp_path):
    page = await shown(chromium, tmp_path, a_letter("en"), width=375)
    box = await page.get_by_role("link", name="Read the article").bounding_box()
    assert box["width"] > 300
    assert box["height"] >= 44  # a fingertip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("written", [lambda: a_letter("ru"), a_digest], ids=["alert", "digest"])
async def test_every_word_can_be_read_by_day_and_by_night(chromium, tmp_path, scheme, written):
    page = await shown(chromium, tmp_path, written(), scheme=scheme)
    colours = await page.evaluate(COLOURS)
    assert len(colours) > 10
    poor = [
        (text, round(contrast(ink, paper), 1)) for text, ink, paper in colours if contrast(ink, paper) < LEAST_CONTRAST
    ]
    assert poor == []
    paper = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (luminance(paper) < 0.2) == (scheme == "dark")


async def test_a_mail_fetches_nothing_when_it_is_opened(chromium, tmp_path):
    asked: list[str] = []
    page = await shown(chromium, tmp_path, a_letter("en"))
    page.on("request", lambda request: asked.append(request.url))
    await page.reload()
    assert [url for url in asked if not url.startswith("file://")] == []
