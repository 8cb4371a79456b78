"""Who says it: the Indian side, the Russian side, an agency, or the paper itself."""

from __future__ import annotations

import pytest

from services.classifier.domain.judge import Judge
from shared.contracts.verdict import ArticleText

PACT = "RELOS"


@pytest.mark.parametrize(
    ("text", "claimant"),
    [
        ("The State Duma has approved RELOS with India, Deputy Defence Minister Fomin said.", "russia"),
        ("India and Russia signed RELOS, Defence Minister Rajnath Singh said.", "india"),
        ("India and Russia signed RELOS, Fomin told TASS.", "russia"),
        ("India and Russia signed RELOS, TASS reported.", "agency"),
        ("According to sources, India and Russia signed RELOS.", "agency"),
        ("India and Russia signed RELOS.", "press"),
        ("Россия и Индия подписали РЕЛОС, сообщил Путин.", "russia"),
        ("Россия и Индия подписали РЕЛОС, рассказал Джайшанкар.", "india"),
        ("Россия и Индия подписали РЕЛОС, передает ТАСС.", "agency"),
        ("जयशंकर ने कहा कि भारत और रूस ने रेलोस समझौते पर हस्ताक्षर किए।", "india"),
        ("पुतिन ने कहा कि भारत और रूस ने रेलोस समझौते पर हस्ताक्षर किए।", "russia"),
    ],
)
def test_the_speaker_of_a_claim_is_named(judge: Judge, text: str, claimant: str) -> None:
    verdict = judge.judge(ArticleText(id="t", title="India, Russia: भारत и Россия", text=text))
    [finding] = [finding for finding in verdict.agreements if finding.id == "relos"]
    assert {claim.claimant for claim in finding.claims} == {claimant}
