"""A letter in plain text, complete: for mail programs that show no HTML, and for people who read mail by ear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.notifier.domain.letter import Letter, Story

_RULE_CHARACTERS = 40


def plain_text(letter: Letter) -> str:
    """Return the letter's text; marked words stand between asterisks."""
    lines: list[str] = [letter.overview, ""] if letter.overview else []
    for number, story in enumerate(letter.stories):
        if story.heading:
            lines += ["", story.heading.upper(), "=" * _RULE_CHARACTERS, ""]
        elif number:
            lines += ["", "-" * _RULE_CHARACTERS, ""]
        lines += _told(story, story.brief if letter.overview else story.facts)
    lines += ["", "-- ", letter.footing]  # "-- " begins a signature (RFC 3676, section 4.3)
    lines += [f"{exit_.label}: {exit_.url}" for exit_ in letter.exits]
    return "\n".join(lines) + "\n"


def _told(story: Story, facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield story.happened
    yield ""
    if story.title:
        yield story.title
        yield ""
    evidence = "".join(f"*{piece.text}*" if piece.marked else piece.text for piece in story.pieces)
    if evidence:
        yield f"“{evidence}”" if story.title else evidence
        yield ""
    if story.advice:
        yield from (*story.advice, "")
    yield from (f"{name}: {value}" for name, value in facts)
    yield ""
    yield from (f"{link.label}: {link.url}" for link in story.links)
