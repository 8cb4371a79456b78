"""Classes of freely worded news, in other words than the batches': what stands, who is left out, what is a verb."""

from __future__ import annotations

import pytest

from services.classifier.domain.judge import Judge
from shared.contracts.verdict import Language
from tests.unit.classifier.judging import stages, verdict


@pytest.mark.parametrize(
    ("item", "stage", "title", "text"),
    [
        (
            "bilateral-investment-treaty",
            "negotiation_started",
            "India, Russia differ on tax clause of investment treaty",
            "",
        ),
        ("chennai-vladivostok", "operational", "Chennai-Vladivostok corridor: forwarders ask for bigger vessels", ""),
        ("s-400", "operational", "Индийские С-400 из России прикрыли аэродромы", ""),
        ("second-nuclear-site", "announced", "Где Индия разместит вторую АЭС российского дизайна", ""),
        ("rupay-mir", "negotiation_started", "रूस में रुपे और मीर कार्ड को लेकर भारतीय छात्रों की मांग", ""),
    ],
)
def test_what_goes_on_stands_without_a_word_of_news(judge: Judge, item: str, stage: str, title: str, text: str) -> None:
    assert stages(judge, title, text)[item] == stage


def test_what_is_only_known_is_listed_as_no_claim_of_the_article(judge: Judge) -> None:
    found = verdict(judge, "Chennai-Vladivostok corridor: forwarders ask for bigger vessels").agreements
    assert [(each.id, each.stage, each.claims) for each in found] == [("chennai-vladivostok", "operational", ())]


def test_nothing_stands_before_it_was_known_of(judge: Judge) -> None:
    title = "India and Russia: will there be a Chennai-Vladivostok corridor some day?"
    assert stages(judge, title, day="2016-05-01").get("chennai-vladivostok") is None


@pytest.mark.parametrize(
    ("item", "title", "text"),
    [
        (
            "maritime-board-mou",
            "India and Russia's Maritime Board compare notes on ports",
            "Work under the memorandum has begun with tugs, both sides said.",
        ),
        (
            "urea-plant-uralchem",
            "Russia urea plant: Indian partners look for a builder",
            "Talks with three contractors go on. Under the memorandum of December Uralchem gives the land.",
        ),
        (
            "labour-mobility-2025",
            "Первые индийские сварщики приехали в Россию",
            "Их приняли на верфи по соглашению о временной трудовой деятельности.",
        ),
        (
            "india-post-russian-post",
            "भारतीय डाक और रूसी डाक के काउंटर तैयार",
            "दोनों देशों के बीच हुए समझौते के तहत कर्मचारियों को प्रशिक्षण दिया गया।",
        ),
    ],
)
def test_a_paper_that_is_worked_under_stands_signed(judge: Judge, item: str, title: str, text: str) -> None:
    assert stages(judge, title, text)[item] == "signed"


@pytest.mark.parametrize(
    "text",
    [
        "Customs heads of India and Russia concluded a protocol on pre-arrival information.",
        "A protocol on pre-arrival customs information was exchanged by India and Russia.",
        "Таможни России и Индии оформили протокол об обмене предварительной информацией о товарах.",
        "भारत और रूस के सीमा शुल्क आगमन पूर्व सूचना प्रोटोकॉल का आदान-प्रदान हुआ।",
    ],
)
def test_a_paper_concluded_or_exchanged_is_signed(judge: Judge, text: str) -> None:
    assert stages(judge, text, day="2025-12-05")["customs-pre-arrival-2025"] == "signed"


@pytest.mark.parametrize(
    "text",
    [
        "India and the Eurasian Economic Union concluded a round of talks on a free trade agreement.",
        "India and the Eurasian Economic Union exchanged views on the free trade agreement.",
    ],
)
def test_talks_concluded_and_views_exchanged_sign_nothing(judge: Judge, text: str) -> None:
    assert stages(judge, text)["india-eaeu-fta"] == "negotiation_started"


@pytest.mark.parametrize(
    ("item", "stage", "title", "text"),
    [
        (
            "s-400",
            "delivery_started",
            "S-400: fifth squadron for India",
            "Its launchers were offloaded from a Russian freighter on Sunday.",
        ),
        (
            "kudankulam",
            "delivery_started",
            "Куданкулам ждёт турбину",
            "Груз на баржу погрузили в Петербурге, Индия платит.",
        ),
    ],
)
def test_in_a_story_of_one_item_its_other_sentences_tell_of_it(
    judge: Judge, item: str, stage: str, title: str, text: str
) -> None:
    assert stages(judge, title, text)[item] == stage


@pytest.mark.parametrize(
    ("item", "stage", "title"),
    [
        ("relos", "ratified_russia", "Putin signs RELOS with India, bill becomes law"),
        ("relos", "ratified_russia", "Путин подписал РЕЛОС с Индией"),
        ("relos", "signed", "Russia and India sign RELOS in Moscow"),
    ],
)
def test_a_presidents_signature_long_after_the_pacts_own_is_the_laws(
    judge: Judge, item: str, stage: str, title: str
) -> None:
    assert stages(judge, title, day="2025-12-16" if "ratified" in stage else "2025-02-18")[item] == stage


@pytest.mark.parametrize(
    ("title", "stage"),
    [
        ("State Duma vote on RELOS with India today", "submitted_for_ratification"),
        ("ड्यूमा में भारत के साथ रेलोस समझौते पर आज वोटिंग", "submitted_for_ratification"),
        ("डूमा में भारत के साथ रेलोस समझौते पर मतदान हुआ, समझौता पारित", "duma_ratified"),
        ("Сегодня в Госдуме голосование по соглашению РЕЛОС с Индией", "submitted_for_ratification"),
    ],
)
def test_a_vote_is_to_come_unless_it_is_said_to_be_held(judge: Judge, title: str, stage: str) -> None:
    assert stages(judge, title, day="2025-12-02")["relos"] == stage


@pytest.mark.parametrize(
    ("title", "stage"),
    [
        ("Belousov lands in Delhi for 22nd session of India-Russia military commission", "announced"),
        ("22वीं भारत-रूस सैन्य तकनीकी सहयोग आयोग की बैठक के लिए दिल्ली आए बेलौसोव", "announced"),
        ("Россия и Индия проведут заседание комиссии по военно-техническому сотрудничеству в мае", "announced"),
        ("22nd session of India-Russia military commission held in Delhi", "meeting_held"),
    ],
)
def test_who_comes_for_a_meeting_has_not_held_it(judge: Judge, title: str, stage: str) -> None:
    assert stages(judge, title, day="2025-12-04")["irigc-mmtc"] == stage


def test_the_commission_of_a_working_group_comes_after_the_group(judge: Judge) -> None:
    title = "India-Russia working group on military cooperation meets"
    text = (
        "The Working Group on Military Cooperation of the IRIGC-M&MTC met in Moscow on Monday. "
        "Indian and Russian officers planned drills."
    )
    found = verdict(judge, title, text).agreements
    assert found[0].id == "irigc-mmtc-wg-mc"
    assert all(each.score < found[0].score for each in found[1:])


def test_a_commission_named_loosely_beside_its_working_group_is_not_meant(judge: Judge) -> None:
    text = (
        "Indian and Russian officers held the sixth meeting of the Working Group on Military Cooperation. "
        "It reports to the military commission, whose session is due in autumn."
    )
    assert set(stages(judge, "India-Russia officers meet", text)) == {"irigc-mmtc-wg-mc"}


@pytest.mark.parametrize(
    "text",
    [
        "Six years after the previous treaty lapsed, India and Russia are negotiating a bilateral investment treaty.",
        "Прежний договор истёк, и Россия с Индией ведут переговоры о двустороннем инвестиционном договоре.",
    ],
)
def test_the_end_of_the_forerunner_is_not_the_news_of_the_new_treaty(judge: Judge, text: str) -> None:
    assert stages(judge, text)["bilateral-investment-treaty"] == "negotiation_started"


@pytest.mark.parametrize(
    "text",
    [
        "Россия хочет ввести с Индией групповой безвиз, как с Китаем.",
        "Russia wants visa-free group travel with India, like the one with China.",
        "रूस चाहता है कि भारत के साथ चीन की तरह वीजा मुक्त समूह यात्रा शुरू हो।",
    ],
)
def test_a_country_that_is_only_the_model_is_no_party(judge: Judge, text: str) -> None:
    assert "visa-free-group-travel" in stages(judge, text, text)


@pytest.mark.parametrize(
    ("title", "text", "language"),
    [
        ("Утверждён проект соглашения с Индией о пенсиях", "Документ с Индией подготовил Пенсионный фонд.", "ru"),
        ("रूस के साथ समझौते पर मंत्रिमंडल की मुहर", "रूस के साथ विज्ञान में सहयोग बढ़ेगा।", "hi"),
        ("Коридор Ченнаи — Владивосток: Индия просит скидок", "Порты готовы снизить сборы.", "ru"),
    ],
)
def test_a_paper_leaves_its_own_country_out_and_means_it(
    judge: Judge, title: str, text: str, language: Language
) -> None:
    assert verdict(judge, title, text, language=language).relevant


@pytest.mark.parametrize(
    ("title", "text", "language"),
    [
        ("В Индии столкнулись два поезда", "Погибли двенадцать человек, сообщили власти штата Бихар.", "ru"),
        ("Индия вышла в финал, обыграв Россию", "Сборная по хоккею взяла медали, тренер доволен турниром.", "ru"),
        (
            "Indian wrestlers beat Russians",
            "The squad took five medals at the championship in Moscow, the coach said.",
            "en",
        ),
        ("रूस और भारत के मुक्केबाज फाइनल में", "टूर्नामेंट में भारत को दो पदक मिले, रूस को तीन।", "hi"),
    ],
)
def test_news_of_one_country_and_of_sport_is_no_dealing_of_the_two(
    judge: Judge, title: str, text: str, language: Language
) -> None:
    assert not verdict(judge, title, text, language=language).relevant


@pytest.mark.parametrize(
    ("item", "title", "stage"),
    [
        ("kudankulam", "कुडनकुलम में रूस की मदद से सातवीं इमारत का निर्माण शुरू", "construction_expected"),
        ("su-57", "भारत और रूस ने सुखोई-57 पर बातचीत शुरू की", "negotiation_started"),
        ("su-57", "India and Russia have launched negotiations on the Su-57", "negotiation_started"),
        (
            "labour-mobility-2025",
            "Постановление о подписании соглашения с Индией о временной трудовой деятельности, Россия",
            "approved_internally",
        ),
        ("northern-sea-route", "Russia and India agree to do more on the Northern Sea Route", "announced"),
        (
            "chennai-vladivostok",
            "Chennai-Vladivostok corridor: Shipping Minister meets Russian exporters",
            "operational",
        ),
    ],
)
def test_words_that_only_look_like_news_of_an_item(judge: Judge, item: str, title: str, stage: str) -> None:
    assert stages(judge, title, day="2025-11-30" if item.startswith("labour") else "2026-03-10")[item] == stage


@pytest.mark.parametrize(
    ("text", "says_so"),
    [
        ("Работа идёт в ходе визита, Россия и Индия довольны. Суперджет соберут в Индии.", True),
        ("Индийцы учатся ходить на лыжах в России. Суперджет соберут в Индии.", True),
    ],
)
def test_a_frame_of_small_words_is_not_its_one_big_word(judge: Judge, text: str, *, says_so: bool) -> None:
    assert ("hal-uac-sj100" in stages(judge, text, text)) is says_so


def test_a_paper_at_the_same_stage_as_the_one_before_it(judge: Judge) -> None:
    text = (
        "India and Russia have finalised the labour mobility agreement. "
        "The agreement to combat irregular migration is likewise through."
    )
    found = stages(judge, "India, Russia settle workers' pact", text, day="2025-11-30")
    assert found["labour-mobility-2025"] == found["irregular-migration-2025"] == "finalised"


def test_a_dateline_of_its_own_leaves_the_lead_to_what_follows(judge: Judge) -> None:
    text = "नई दिल्ली। भारत और रूस ने रेलोस समझौते पर हस्ताक्षर किए। दोनों के जहाजों को सुविधा होगी।"
    with_dateline = verdict(judge, "", text, day="2025-02-18", language="hi")
    without = verdict(judge, "", text.removeprefix("नई दिल्ली। "), day="2025-02-18", language="hi")
    assert [each.score for each in with_dateline.agreements] == [each.score for each in without.agreements]


def test_the_protocol_of_a_numbered_session_is_not_any_years_protocol(judge: Judge) -> None:
    text = "The defence ministers of India and Russia signed the protocol of the meeting of their military commission."
    assert "irigc-mmtc-22-protocol" not in stages(judge, text, text, day="2017-06-23")
