"""What is listed among the claims is what the article says; the main stage may follow from it by convention."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.classifier.domain.judge import Judge
from shared.contracts.verdict import AgreementFinding, ArticleText

PACT_EN = "India-Russia labour mobility agreement"
PACT_RU = "соглашение России и Индии о временной трудовой деятельности"


def finding(judge: Judge, agreement: str, title: str, text: str = "") -> AgreementFinding:
    article = ArticleText(id="t", title=title, text=text, published=datetime(2025, 12, 1, tzinfo=UTC))
    return next(found for found in judge.judge(article).agreements if found.id == agreement)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (f"{PACT_EN} to be signed on Friday", ""),
        (f"Стороны планируют подписать {PACT_RU}", ""),
        ("Подписание соглашения о временной трудовой деятельности между Россией и Индией ожидается в декабре", ""),
        ("भारत-रूस श्रम गतिशीलता समझौते पर हस्ताक्षर होंगे", ""),
        ("भारत और रूस की सरकारें श्रम गतिशीलता समझौते पर हस्ताक्षर करेंगी", ""),
        ("भारत-रूस श्रम गतिशीलता समझौते पर हस्ताक्षर किए जाने हैं", ""),
    ],
)
def test_an_awaited_signature_puts_the_item_in_negotiation_but_is_listed_as_expected(
    judge: Judge, title: str, text: str
) -> None:
    found = finding(judge, "labour-mobility-2025", title, text)
    assert found.stage == "negotiation_started"
    assert {(claim.stage, claim.tense) for claim in found.claims} == {("signed", "expected")}


def test_an_awaited_delivery_is_listed_as_awaited_only(judge: Judge) -> None:
    found = finding(judge, "s-400", "Russia will deliver the fourth S-400 squadron to India in May")
    assert found.stage == "delivery_expected"
    assert {(claim.stage, claim.tense) for claim in found.claims} == {("delivery_started", "expected")}


@pytest.mark.parametrize(
    ("agreement", "title", "text", "stage"),
    [
        ("relos", "Госдума рассмотрит соглашение РЕЛОС с Индией", "", "submitted_for_ratification"),
        ("relos", "State Duma will consider ratification of RELOS with India", "", "submitted_for_ratification"),
        ("relos", "Путин подписал закон о ратификации РЕЛОС с Индией", "", "ratified_russia"),
        ("labour-mobility-2025", f"{PACT_EN} will enter into force in July", "", None),
        ("labour-mobility-2025", f"Вступило в силу {PACT_RU}", "", "in_force"),
        ("labour-mobility-2025", f"Вступит в силу {PACT_RU}", "", None),
        ("labour-mobility-2025", f"Signing of the {PACT_EN} put off", "", "postponed"),
        ("labour-mobility-2025", f"Cabinet clears signing of {PACT_EN}", "", "approved_internally"),
        ("india-eaeu-fta", "India and EAEU to sign terms of reference for FTA", "", None),
        ("india-eaeu-fta", "India and EAEU sign terms of reference for FTA", "", "tor_signed"),
        ("s-400", "Delivery of the fourth S-400 squadron to India delayed to November", "", "delivery_expected"),
        ("su-57", "सुखोई-57 पर भारत-रूस के बीच बातचीत जारी", "", "negotiation_started"),
        ("two-plus-two", "First meeting of the India-Russia 2+2 dialogue held in New Delhi", "", "first_meeting"),
        (
            "programme-2030",
            "На переговорах в Дели Россия и Индия утвердят программу экономического сотрудничества до 2030 года",
            "",
            "announced",
        ),
        (
            "rupee-rouble-settlement",
            "Russia and India held most trade in national currencies",
            "Payments in roubles and rupees between India and Russia reached 96 per cent, Putin said at the meeting.",
            "operational",
        ),
        (
            "health-jwg",
            "India and Russia sign health agreement",
            "The health ministries of India and Russia signed the agreement. A joint working group is to be set up.",
            "announced",
        ),
    ],
)
def test_tense_speaker_and_place_decide_the_stage(
    judge: Judge, agreement: str, title: str, text: str, stage: str | None
) -> None:
    assert finding(judge, agreement, title, text).stage == stage


def test_a_russian_past_is_not_also_a_future(judge: Judge) -> None:
    found = finding(judge, "labour-mobility-2025", f"Россия и Индия подписали {PACT_RU}")
    assert {claim.tense for claim in found.claims} == {"reported"}
