"""News of an agreement under a headline that names nobody, in an article that mostly speaks of other things."""

from __future__ import annotations

import pytest

from services.classifier.domain.judge import Judge
from shared.contracts.verdict import ArticleText

FILLER = "The hall was full. Experts will meet again. Tea was served afterwards, and the guests walked home."
FOUND = [
    ("Embassy briefing", "India and Russia exchanged notes on RELOS, and the pact entered into force today.", "relos"),
    ("Urea plant", "RCF and NFL signed a joint venture agreement with Uralchem to build a urea plant in Russia.", None),
    ("A delivery", "Rosatom delivered pipes for unit 6 of the Kudankulam nuclear power plant to India.", "kudankulam"),
    ("Ministers sign", "They signed the agreement on healthcare between India and Russia in Delhi.", None),
    ("Новости недели", "Индия и Россия ввели в силу соглашение RELOS о логистике, сообщил посол.", "relos"),
    (
        "Раунд завершён",
        "Раунд переговоров о свободной торговле между ЕАЭС и Индией завершился в Москве.",
        "india-eaeu-fta",
    ),
    ("संयंत्र", "रोसाटॉम ने कुडनकुलम परमाणु ऊर्जा संयंत्र की इकाई के लिए उपकरण भारत भेजे।", "kudankulam"),
]


@pytest.mark.parametrize(("title", "sentence", "agreement"), FOUND, ids=[title for title, _, _ in FOUND])
def test_one_sentence_that_moves_an_agreement_of_the_two_is_enough(
    title: str, sentence: str, agreement: str | None, judge: Judge
) -> None:
    text = f"Much was said last week.\n\n{sentence}\n\n{FILLER}"
    verdict = judge.judge(ArticleText(id="1", title=title, text=text))
    assert verdict.relevant
    assert verdict.agreements
    assert agreement in {None, *(finding.id for finding in verdict.agreements)}
    assert verdict.relevance_evidence


@pytest.mark.parametrize(
    "sentence",
    [
        "India fired BrahMos missiles, made with Russia, in the clash with Pakistan.",
        "Russia and Kyrgyzstan signed an agreement on healthcare; Indian medicines are sold there too.",
        "Turkey may hand its S-400 batteries back to Russia, while India keeps its own.",
    ],
)
def test_a_sentence_of_a_third_country_is_not(sentence: str, judge: Judge) -> None:
    verdict = judge.judge(ArticleText(id="1", title="The week", text=f"Much was said.\n\n{sentence}\n\n{FILLER}"))
    assert not verdict.relevant
