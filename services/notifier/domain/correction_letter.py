"""What a person is told of a correction: what it said, what it says now, in answer to the alert."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.notifier.domain.correction import Corrected, Correction
from services.notifier.domain.letter import (
    LONGEST_SUBJECT_CHARACTERS,
    Letter,
    Names,
    Story,
    WaysOn,
    letter_of_alert,
    moment_in_words,
    one_safe_line,
)

_NOTHING_LEFT = "(nothing of it is left)"
_LONGEST_SENTENCE_CHARACTERS = 600


def letter_of_correction(corrected: Corrected, names: Names, ways: WaysOn, answers: UUID | None = None) -> Letter:
    """Return the letter; `answers` is the delivery that told the alert, where it is known."""
    alert, correction = corrected.alert, corrected.correction
    told = letter_of_alert(alert, names, ways)
    word = "Withdrawn" if correction.kind == "withdrawn" else "Correction"
    [story] = told.stories
    known = dict(story.facts)
    facts = (
        ("It said", _line(correction.before)),
        ("It says now", _now(correction)),
        ("Stage then", known.get("Stage", "")),
        ("Stage now", _stage(correction, names)),
        *((name, known[name]) for name in ("Agreement", "Source", "Published", "Watch rule") if name in known),
        ("You were told", moment_in_words(alert.raised_at)),
    )
    subject = one_safe_line(f"{word}: {told.subject}", LONGEST_SUBJECT_CHARACTERS)
    return replace(
        told,
        subject=subject,
        stories=(
            replace(
                story,
                happened=subject,
                pieces=(),
                advice=(_line(correction_in_words(correction, names)),),
                facts=tuple((name, value) for name, value in facts if value),
            ),
        ),
        footing=f"You get this because you were told of it: you follow “{_line(alert.rule_name)}”.",
        answers=answers,
    )


def corrected_story(story: Story, correction: Correction, names: Names) -> Story:
    """Return the story of an alert that is told after its article had changed."""
    said = f"Changed since: {correction_in_words(correction, names)}"
    return replace(story, advice=(*story.advice, _line(said), f"It says now: {_now(correction)}"))


def correction_in_words(correction: Correction, names: Names) -> str:
    """Return its sentence with the names that the catalogue has."""
    return one_safe_line(
        " ".join(names.agreements.get(word.rstrip("."), word) for word in correction.sentence.split(" ")),
        _LONGEST_SENTENCE_CHARACTERS,
    )


def _now(correction: Correction) -> str:
    return f"“{_line(correction.after)}”" if correction.after else _NOTHING_LEFT


def _stage(correction: Correction, names: Names) -> str:
    if correction.kind == "withdrawn":
        return ""
    if correction.stage is None:
        return "none"
    return names.stages.get(correction.stage, correction.stage.replace("_", " "))


def _line(text: str) -> str:
    return one_safe_line(text, _LONGEST_SENTENCE_CHARACTERS)
