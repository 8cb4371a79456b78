"""A letter in plain text, complete: for mail programs that show no HTML, and for people who read mail by ear."""

from __future__ import annotations

from collections.abc import Iterator

from services.notifier.domain.letter import Letter, Story


def plain_text(letter: Letter) -> str:
    """Return the letter's text; marked words stand between asterisks."""
    lines: list[str] = []
    for number, story in enumerate(letter.stories):
        lines += ["", "-" * 40, ""] if number else []
        lines += _told(story)
    lines += ["", "-- ", letter.footing]  # "-- " begins a signature (RFC 3676, section 4.3)
    if letter.unsubscribe:
        lines.append(f"Unsubscribe: {letter.unsubscribe}")
    return "\n".join(lines) + "\n"


def _told(story: Story) -> Iterator[str]:
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
    yield from (f"{name}: {value}" for name, value in story.facts)
    yield ""
    yield from (f"{link.label}: {link.url}" for link in story.links)
