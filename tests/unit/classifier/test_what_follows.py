"""Classes of freely worded news: halves of headlines, lists that go on, terms set, what stands and what is recalled."""

from __future__ import annotations

import pytest

from services.classifier.domain.judge import Judge
from tests.unit.classifier.judging import stages, verdict


def test_each_half_of_a_headline_keeps_its_own_news(judge: Judge) -> None:
    found = stages(judge, "India, Russia seal labour mobility pact, EAEU free trade talks drag on", day="2025-12-08")
    assert found == {"labour-mobility-2025": "signed", "india-eaeu-fta": "negotiation_started"}


@pytest.mark.parametrize(
    "title",
    [
        "Fifth S-400 squadron delivery to India by November",
        "S-400: fifth consignment to India by autumn, Russia says",
        "भारत को रूस से एस-400 की पांचवीं खेप नवंबर तक",
    ],
)
def test_goods_with_a_term_set_are_still_to_come(judge: Judge, title: str) -> None:
    assert stages(judge, title)["s-400"] == "delivery_expected"


def test_goods_that_came_by_sea_have_come(judge: Judge) -> None:
    assert stages(judge, "India takes delivery of fourth S-400 squadron, shipped from Russia")["s-400"] == (
        "delivery_started"
    )


def test_a_noun_that_opens_the_sentence_is_awaited_over_dashes(judge: Judge) -> None:
    title = "Открытие маршрута Ченнаи — Владивосток — Мурманск запланировано Индией и Россией"
    claims = [(c.stage, c.tense) for f in verdict(judge, title, language="ru").agreements for c in f.claims]
    assert ("operational", "reported") not in claims


@pytest.mark.parametrize(
    ("day", "stage"),
    [("2025-12-09", "signed"), ("2026-03-10", None)],
)
def test_a_step_of_the_last_days_stands_without_being_leant_on(judge: Judge, day: str, stage: str | None) -> None:
    title = "India-Russia labour mobility pact, Su-57 jets: what Bihar makes of the guest from Moscow"
    assert stages(judge, title, "Recruiters count the heads.", day)["labour-mobility-2025"] == stage


def test_words_of_the_next_sentence_do_not_change_a_stage_word(judge: Judge) -> None:
    text = "Росатом и индийская НПКИЛ подписали контракт. Закон о кибербезопасности обсудят в Думе."
    found = verdict(judge, "Россия и Индия подписали соглашение о трудовой мобильности", text, "2025-12-08", "ru")
    assert {each.id: each.stage for each in found.agreements}["labour-mobility-2025"] == "signed"


@pytest.mark.parametrize(
    ("title", "text", "stage"),
    [
        (
            "Рабочая группа минздравов России и Индии соберётся осенью",
            "Первая встреча рабочей группы по здравоохранению назначена на октябрь.",
            "announced",
        ),
        (
            "Рабочая группа минздравов России и Индии провела первое заседание",
            "Следующее соберётся осенью.",
            "first_meeting",
        ),
    ],
)
def test_a_first_meeting_that_a_verb_puts_into_the_future(judge: Judge, title: str, text: str, stage: str) -> None:
    assert stages(judge, title, text)["health-jwg"] == stage


def test_power_that_is_awaited_after_the_loading_of_fuel(judge: Judge) -> None:
    title = "Индийский «Куданкулам»: российское топливо в реакторе четвёртого блока"
    assert stages(judge, title, "Включение в сеть намечено на весну.")["kudankulam"] == "construction_expected"


def test_a_paper_that_the_story_calls_a_paper_stands_signed(judge: Judge) -> None:
    title = "Dockers ask what came of the memorandum of India and Russia's Maritime Board"
    assert stages(judge, title, "Not one tug has called at Kochi, the union complains.") == {
        "maritime-board-mou": "signed"
    }


@pytest.mark.parametrize(
    "text",
    [
        "India and Russia signed ten agreements in New Delhi. Among them are ones that concern labour mobility.",
        "По итогам переговоров Россия и Индия подписали десять документов. В их числе трудовая миграция и почта.",
        "भारत और रूस ने शुक्रवार को दस समझौतों पर हस्ताक्षर किए। इनमें कामगारों की आवाजाही और सीमा शुल्क भी शामिल हैं।",
    ],
)
def test_a_list_that_goes_on_in_the_next_sentence_names_papers(judge: Judge, text: str) -> None:
    found = stages(judge, "Modi, Putin: Моди и Путин, मोदी और पुतिन", text, "2025-12-06")
    assert found["labour-mobility-2025"] == "signed"


@pytest.mark.parametrize(
    "text",
    [
        "India and Russia signed ten agreements on Friday. Workers at the plant in Bhilai include labour from Odisha.",
        "India and Russia held talks. Among them, labour mobility was touched on.",
    ],
)
def test_a_sentence_that_lists_no_papers_names_none(judge: Judge, text: str) -> None:
    assert "labour-mobility-2025" not in stages(judge, "Modi and Putin in New Delhi", text, "2025-12-06")


def test_no_obstacle_to_a_signing_is_no_denial(judge: Judge) -> None:
    text = "Moscow and New Delhi see no hurdles to the signing of an India-EAEU free trade agreement next year."
    assert stages(judge, "Trade envoy upbeat on India and Russia", text)["india-eaeu-fta"] == "negotiation_started"


def test_shelves_of_a_shop_put_nothing_off(judge: Judge) -> None:
    text = "The bloc led by Russia negotiates with India. Indian shelves carry few Russian goods."
    found = stages(judge, "India-EAEU free trade agreement: what buyers in Pune say", text)
    assert found["india-eaeu-fta"] == "negotiation_started"


def test_what_was_signed_months_before_is_background_in_the_same_year(judge: Judge) -> None:
    text = "RELOS, signed in February by India and Russia, has been sent to the Duma for ratification."
    assert stages(judge, "Military logistics pact of India and Russia", text, "2025-11-29")["relos"] == (
        "submitted_for_ratification"
    )


def test_the_day_before_is_past_though_it_is_called_an_eve(judge: Judge) -> None:
    text = "Накануне в Москве прошло заседание российско-индийской межправительственной комиссии по торговле."
    assert stages(judge, "Вице-премьер Мантуров и гость из Индии", text)["irigc-tec"] == "meeting_held"


def test_ministers_who_met_held_no_summit(judge: Judge) -> None:
    text = "Jaishankar met Lavrov in Moscow for the fifth time. The India-Russia annual summit is ten days away."
    assert stages(judge, "Foreign ministers of India and Russia confer", text).get("annual-summit") != "meeting_held"


@pytest.mark.parametrize(
    ("day", "stage"),
    [("2026-02-01", "announced")],
)
def test_what_is_agreed_or_supplied_under_an_umbrella_programme_announces_it(
    judge: Judge, day: str, stage: str
) -> None:
    text = "ISRO and Roscosmos agreed on joint work in space. Roscosmos supplied windows for Gaganyaan."
    assert stages(judge, "India, Russia: cooperation in space goes on", text, day)["space-cooperation"] == stage


def test_what_is_promised_to_open_is_announced_before_it_was_known_of(judge: Judge) -> None:
    title = "India to open consulates in Kazan and Yekaterinburg, Modi tells Moscow"
    assert stages(judge, title, day="2024-07-10")["consulates-kazan-yekaterinburg"] == "announced"


def test_an_item_of_the_lead_makes_both_sides_of_it_the_story(judge: Judge) -> None:
    text = (
        "General Dylevsky of Russia led his side at the session of the working group on military cooperation. "
        "It was held at Manekshaw Centre, the Indian ministry of defence said."
    )
    found = verdict(judge, "Military panel confers", text, "2025-10-29")
    assert found.relevant
    assert [each.id for each in found.agreements] == ["irigc-mmtc-wg-mc"]


def test_a_body_whose_old_meeting_is_recalled_is_not_the_story(judge: Judge) -> None:
    text = (
        "The broadcaster of Moscow is on air in New Delhi. It shows news. The studio was promised last August "
        "at a session of the intergovernmental commission of India and Russia."
    )
    assert "irigc-tec" not in stages(judge, "RT India starts broadcasts, says Putin", text, "2025-12-06")


@pytest.mark.parametrize("title", ["Песков о саммите с Индией", "К саммиту России и Индии: что готовят"])
def test_a_summit_is_named_in_any_case(judge: Judge, title: str) -> None:
    assert "annual-summit" in stages(judge, title, "Он состоится в Москве осенью, сказали в Кремле.")
