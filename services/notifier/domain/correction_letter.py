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
    [story] = told.stories
    known = dict(story.facts)
    then, now = known.get("Stage", ""), _stage(correction, names)
    facts = (
        ("It said", f"“{_line(correction.before)}”"),
        ("It says now", _now(correction)),
        ("Stage then", then),
        ("Stage now", now),
        *((name, known[name]) for name in ("Agreement", "Source", "Published", "Watch rule") if name in known),
        ("You were told", moment_in_words(alert.raised_at)),
    )
    topic = known.get("Agreement") or _line(alert.rule_name)
    subject = one_safe_line(_subject(correction, told.subject, topic, then, now), LONGEST_SUBJECT_CHARACTERS)
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
    told = f"It says now: {_now(correction)}"
    advice = (*story.advice, correction_in_words(correction, names), told)
    return replace(story, happened=changed_since(story.happened), advice=advice)


def changed_since(told: str) -> str:
    """Return a headline of what was so once, so that nobody takes it for what is so."""
    return one_safe_line(f"Changed since: {told}", LONGEST_SUBJECT_CHARACTERS)


def correction_in_words(correction: Correction, names: Names) -> str:
    """Return its sentence with the names that the catalogue has."""
    words = (word.rstrip(".,") for word in correction.sentence.split(" "))
    ends = (word[len(word.rstrip(".,")) :] for word in correction.sentence.split(" "))
    return _line(" ".join(names.agreements.get(word, word) + end for word, end in zip(words, ends, strict=True)))


def _subject(correction: Correction, told: str, topic: str, then: str, now: str) -> str:
    """Return what is new, so that nobody takes what was told for what is so."""
    if correction.kind == "withdrawn":
        return f"Withdrawn: {told}"
    if correction.stands:
        return f"Correction: {topic}: {now}, not {then}" if then and then != now else f"Correction: {told}"
    return f"Correction: {topic}: no longer {then}" if then else f"Correction: no longer about {topic}"


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
