"""Third countries: they make a story somebody else's, unless they belong to the item or only lie on the way."""

from __future__ import annotations

import pytest

from services.classifier.domain.judge import Judge
from services.cli.newsroom.articles import load_articles
from shared.contracts.verdict import ArticleText


def relevant(judge: Judge, title: str, text: str) -> bool:
    return judge.judge(ArticleText(id="t", title=title, text=text)).relevant


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Iran, Russia and India fix one tariff for the North-South corridor",
            "The three railways signed the tariff in Tehran; Azerbaijan and Turkmenistan may join.",
        ),
        (
            "Грузы из России в Индию пойдут через Иран",
            "Перевозчики обещают доставку из России в Индию за три недели; в Тегеране и Баку готовят терминалы.",
        ),
        (
            "ईरान होकर भारत पहुंचेगा रूस का माल",
            "अंतरराष्ट्रीय उत्तर-दक्षिण परिवहन गलियारे से रूस की मालगाड़ी ईरान और तुर्कमेनिस्तान से गुजरेगी।",
        ),
        (
            "Armenia and Kyrgyzstan send negotiators to India-EAEU trade talks",
            "The Eurasian Economic Union and India met in New Delhi; Belarus and Kazakhstan tabled lists of goods.",
        ),
        (
            "Nepal and Bhutan greet Russia in the International Big Cat Alliance",
            "The alliance, led by India, said that Russia decided to adopt its framework agreement.",
        ),
        (
            "Американские пошлины не помешали торговле между Россией и Индией",
            "Товарооборот между Россией и Индией вырос вопреки давлению США и Евросоюза.",
        ),
        (
            "Coal from Russia leaves for India via Iran",
            "The train crosses Kazakhstan and Turkmenistan; ships take the Russian coal on to Mundra.",
        ),
    ],
)
def test_members_of_an_item_and_countries_on_the_way_are_no_strangers(judge: Judge, title: str, text: str) -> None:
    assert relevant(judge, title, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "India, Iran sign ten-year lease of Chabahar",
            "New Delhi and Tehran signed the lease; the port may one day join the North-South corridor to Russia.",
        ),
        (
            "Iran and Russia agree on gas as the North-South corridor grows",
            "Tehran and Moscow agreed on deliveries through Azerbaijan. The INSTC is meant to link Russia with India.",
        ),
        (
            "Chinese tankers set a record on the Northern Sea Route",
            "China took more oil from Yamal than ever, Russia said. India looks on.",
        ),
        ("Ukraine asks India to press Russia", "Zelensky asked Modi to use his ties with Russia; Kyiv wants a truce."),
    ],
)
def test_a_story_of_one_side_and_a_third_country_stays_theirs(judge: Judge, title: str, text: str) -> None:
    assert not relevant(judge, title, text)


def test_the_newsroom_story_of_the_train_through_iran_names_the_corridor(judge: Judge) -> None:
    story = next(article for article in load_articles() if article.id == "instc-ru")
    found = judge.judge(ArticleText(id="t", title=story.title, text="\n\n".join(story.paragraphs)))
    assert found.relevant
    assert "instc" in {finding.id for finding in found.agreements}
