"""Every sure name in the catalogue leads to its item, in the language it is written in."""

from __future__ import annotations

import pytest

from services.classifier.domain.judge import Judge
from shared.catalogue.loader import load_catalogue
from shared.contracts.verdict import ArticleText

FRAMES = {
    "en": "India and Russia signed and held talks on {name} in New Delhi, ministers said.",
    "ru": "Россия и Индия подписали и обсудили: {name}, сообщили министры.",
    "hi": "भारत और रूस ने {name} पर हस्ताक्षर किए।",
}


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(load_catalogue())


@pytest.mark.parametrize("language", ["en", "ru", "hi"])
def test_each_name_without_conditions_is_recognised(judge: Judge, language: str) -> None:
    missed = []
    for agreement in load_catalogue().agreements.values():
        for name in agreement.aliases[language]:
            if name in agreement.naming.near:
                continue
            text = FRAMES[language].format(name=name)
            found = judge.judge(ArticleText(id="n", title=text, text=text))
            if agreement.id not in {finding.id for finding in found.agreements}:
                missed.append((agreement.id, name))
    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "Russia and India watched the satellite Mir fall from the sky.",
        "In Moscow the SMP ambulance came; India was on its mind a bit.",
        "Служба СМП в Москве приняла врача из Индии, сообщили в России.",
        "За мир во всем мире выступили Россия и Индия.",
    ],
)
def test_words_that_only_look_like_names_are_not_taken(judge: Judge, text: str) -> None:
    assert judge.judge(ArticleText(id="n", title=text, text=text)).agreements == ()


@pytest.mark.parametrize(
    "text",
    [
        "RT on India: Moscow's broadcaster writes of Delhi's monsoon, and Russia's viewers of its films.",
        "Сюжет RT об Индии: в России вспомнили индийское кино.",
    ],
)
def test_the_letters_of_a_name_scattered_over_a_sentence_are_no_name(judge: Judge, text: str) -> None:
    assert judge.judge(ArticleText(id="n", title=text, text=text)).agreements == ()
