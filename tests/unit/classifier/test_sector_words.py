"""Words that share a stem but not a meaning, speakers and scenery: none of them makes a sector."""

from __future__ import annotations

import pytest

from services.classifier.domain.judge import Judge
from shared.contracts.verdict import ArticleText


def sectors(judge: Judge, title: str, text: str = "") -> set[str]:
    return {found.id for found in judge.judge(ArticleText(id="t", title=title, text=text)).sectors}


@pytest.mark.parametrize(
    ("title", "sector"),
    [
        ("A good and important morning for customers", "trade"),
        ("The security guards shared their supper", "finance"),
        ("Mobile phones ring in every village", "labour-mobility"),
        ("A universal remedy for boredom, physically speaking", "education"),
        ("Related national matters", "diplomacy"),
        ("Раньше нас было больше", "space"),
        ("Учёные нашли новый вид бабочек", "defence"),
    ],
)
def test_a_shared_stem_is_not_a_shared_meaning(judge: Judge, title: str, sector: str) -> None:
    assert sector not in sectors(judge, title)


def test_an_ambassador_who_speaks_of_visas_makes_no_diplomacy(judge: Judge) -> None:
    found = sectors(judge, "Free e-visas for tourists may start soon, ambassador says", "Tour operators are ready.")
    assert "tourism" in found
    assert "diplomacy" not in found


def test_a_summit_that_is_only_the_occasion_makes_no_diplomacy(judge: Judge) -> None:
    found = sectors(judge, "Russian frigate calls at Kochi ahead of the annual summit", "The warship took on fuel.")
    assert "defence" in found
    assert "diplomacy" not in found


@pytest.mark.parametrize(
    ("title", "sector"),
    [
        ("Hepatitis outbreak fills the hospitals", "health"),
        ("Госпитали готовятся к эпидемии гриппа", "health"),
        ("गेहूं और मक्का की फसल खराब", "agriculture"),
        ("Трамваи и троллейбусы встали", "transport"),
        ("Molecules that bend light", "science"),
        ("कोशिकाएं कैसे बंटती हैं", "science"),
        ("Хоккейный клуб сменил тренера", "culture"),
    ],
)
def test_the_general_words_of_a_field_name_it(judge: Judge, title: str, sector: str) -> None:
    assert sector in sectors(judge, title)


def test_a_long_text_needs_more_than_one_word_of_a_sector(judge: Judge) -> None:
    text = "The mayor spoke at length about nothing in particular and thanked all who came to listen to him. " * 8
    assert sectors(judge, "An evening with the mayor", text + "One of them was a nurse.") == set()


@pytest.mark.parametrize(
    ("title", "sector"),
    [
        ("Volcanologists map a dormant crater", "science"),
        ("Snorkelling on coral islands", "tourism"),
        ("Плотоядные динозавры юрского периода", "science"),
        ("जलप्रपात और वन्यजीव सफारी", "tourism"),
    ],
)
def test_words_of_the_field_at_large_name_a_sector_elsewhere_in_the_world(
    judge: Judge, title: str, sector: str
) -> None:
    assert sector in sectors(judge, title)


def test_words_of_the_field_at_large_are_not_heard_in_an_article_on_india_and_russia(judge: Judge) -> None:
    told = "India and Russia agreed on the supply of more crude oil, their energy ministers said in New Delhi."
    plain = sectors(judge, "India and Russia agree on crude oil supplies", told)
    assert (
        sectors(judge, "India and Russia agree on crude oil supplies", f"{told} Snorkelling by coral islands is fun.")
        == plain
    )


@pytest.mark.parametrize(
    ("title", "sector"),
    [
        ("A quiet morning in Norway", "diplomacy"),
        ("Толпы людей собрались в Норвегии", "diplomacy"),
        ("नॉर्वे में लोगों की भीड़", "diplomacy"),
    ],
)
def test_a_headline_that_names_another_country_leans_to_what_is_between_states(
    judge: Judge, title: str, sector: str
) -> None:
    (found,) = judge.judge(ArticleText(id="t", title=title, text="")).sectors
    assert (found.id, found.evidence) == (sector, title)


def test_an_accord_names_its_parties_whatever_it_is_about(judge: Judge) -> None:
    assert "diplomacy" not in sectors(judge, "Agreement with Norway on fishing in the northern waters")


def test_a_country_named_deep_in_a_story_makes_no_diplomacy(judge: Judge) -> None:
    text = "The farmers sowed wheat and maize early, and the harvest of the paddy fields was good this year. " * 3
    assert sectors(judge, "Farmers praise the wheat harvest", f"{text} A guest from Norway looked on.") == {
        "agriculture"
    }
