"""What is told of a newer version: each difference once, and nothing where the article says what was told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.correction import Corrected, Edited, Raised, correction_of, withdrawal_of
from services.notifier.domain.correction_letter import corrected_story, letter_of_correction
from services.notifier.domain.letter import Names, WaysOn, letter_of_alert
from services.notifier.domain.message import webhook_body_of_correction
from shared.contracts.verdict import AgreementFinding
from shared.rules import Match, Rule
from tests.unit.notifier.notifier_values import MORNING, SENTENCE, a_verdict, an_alert, an_article, an_id

NAMES = Names({"relos": "RELOS"}, stages={"in_force": "in force", "negotiation": "under negotiation"})
RULE = Rule(an_id(11), "Logistics pact", "agreement:relos", 3)
STAGES = ("in_force", "signed", "negotiation", None)


def a_version(revision: int, *, stage: str | None = "in_force", text: str = SENTENCE, about: bool = True) -> Edited:
    found = (AgreementFinding(id="relos", score=0.9, evidence=text, stage=stage),) if about else ()
    return Edited(an_article(text=text, revision=revision), a_verdict(agreements=found), MORNING, an_id(4))


def told_of(raised: Raised, edited: Edited, *, matches: bool = True):
    match = Match(RULE, SENTENCE, "relos", "in_force") if matches else None
    return correction_of(raised, edited, match, rule_is_read=True)


@given(st.lists(st.tuples(st.sampled_from(STAGES), st.booleans(), st.booleans()), max_size=8))
def test_whatever_versions_come_what_readers_know_is_what_the_article_says(versions):
    raised = Raised(an_alert(), "")
    for number, (stage, about, matches) in enumerate(versions, start=2):
        edited = a_version(number, stage=stage, about=about)
        correction = told_of(raised, edited, matches=matches)
        if correction is not None:
            raised = replace(raised, corrected=correction)
        assert raised.stands == (about and matches)
        assert not raised.stands or raised.stage == stage
        assert told_of(raised, edited, matches=matches) is None, "the same version is told once"


def test_a_rule_that_can_no_longer_be_read_takes_nothing_back():
    raised = Raised(an_alert(rule_query="agreement:forgotten"), "")
    assert correction_of(raised, a_version(2), None, rule_is_read=False) is None


def test_a_judge_of_another_version_takes_back_what_the_sentence_does():
    raised = Raised(an_alert(), "an older one")
    assert told_of(raised, a_version(2, stage="signed")) is None
    assert (
        told_of(raised, a_version(2, stage="signed", text=SENTENCE.replace("entered", "has not entered"))) is not None
    )


def test_a_withdrawal_is_told_once():
    raised = Raised(an_alert(), "")
    first = withdrawal_of(raised, an_article(), MORNING, an_id(4))
    assert first is not None
    assert withdrawal_of(replace(raised, corrected=first), an_article(), MORNING, an_id(4)) is None


def a_correction():
    text = SENTENCE.replace("entered", "will enter")
    correction = told_of(Raised(an_alert(), ""), a_version(2, stage="negotiation", text=text))
    assert correction is not None
    return correction


def test_a_letter_says_what_it_said_and_what_it_says_now_in_the_catalogues_words():
    corrected = Corrected(an_alert(), a_correction())
    letter = letter_of_correction(corrected, NAMES, WaysOn("https://desk.example/why"), an_id(7))
    [story] = letter.stories
    facts = dict(story.facts)
    assert letter.subject == "Correction: RELOS: in force"
    assert (facts["It said"], facts["Stage then"], facts["Stage now"]) == (SENTENCE, "in force", "under negotiation")
    assert "will enter" in facts["It says now"]
    assert (letter.thread, letter.answers) == ("relos", an_id(7))


def test_a_letter_of_a_withdrawal_says_so():
    correction = withdrawal_of(Raised(an_alert(), ""), an_article(), MORNING, an_id(4))
    assert correction is not None
    letter = letter_of_correction(Corrected(an_alert(), correction), NAMES, WaysOn())
    assert letter.subject == "Withdrawn: RELOS: in force"
    assert "Stage now" not in dict(letter.stories[0].facts)


def test_an_alert_that_is_told_late_says_what_has_changed_since():
    story = corrected_story(letter_of_alert(an_alert(), NAMES, WaysOn()).stories[0], a_correction(), NAMES)
    assert story.advice[0].startswith("Changed since: The article was edited")
    assert "will enter" in story.advice[1]


@pytest.mark.parametrize("why", [None, "https://desk.example/why"])
def test_a_webhooks_body_is_the_same_on_every_attempt(why):
    corrected = Corrected(an_alert(), a_correction())
    assert webhook_body_of_correction(corrected, why) == webhook_body_of_correction(corrected, why)
