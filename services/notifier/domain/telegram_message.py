"""A letter as Telegram shows it: its HTML, of which it knows a handful of tags and refuses everything else."""

from __future__ import annotations

from html import escape

from services.notifier.domain.letter import Letter, Link, Story

LONGEST_UNITS = 4096  # of UTF-16, in which Telegram counts, without the tags
_LEFT_FOR_THE_END_UNITS = 600  # "… and 12 more", and why this came
_SEPARATOR = "\n\n"


def telegram_html(letter: Letter) -> str:
    """Return the text for `sendMessage` with `parse_mode` HTML: at most 4096 units, whole stories only."""
    told: list[str] = []
    used = 0
    for story in letter.stories:
        size = units(_plain(story)) + len(_SEPARATOR)
        if told and used + size > LONGEST_UNITS - _LEFT_FOR_THE_END_UNITS:
            break
        told.append(_html(story))
        used += size
    if len(told) < len(letter.stories):
        told.append(f"… and {len(letter.stories) - len(told)} more.")
    footing = f"<i>{_text(letter.footing)}</i>"
    if letter.unsubscribe:
        footing += f" {_link(Link('Unsubscribe', letter.unsubscribe))}"
    return _SEPARATOR.join([*told, footing])


def telegram_plain(letter: Letter) -> str:
    """Return the text without any markup, for the case that Telegram cannot read ours."""
    text = _SEPARATOR.join([*map(_plain, letter.stories), letter.footing])
    encoded = text.encode("utf-16-le")[: 2 * LONGEST_UNITS]
    return encoded.decode("utf-16-le", "ignore")


def units(text: str) -> int:
    """Return the length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _html(story: Story) -> str:
    evidence = "".join(f"<b>{_text(piece.text)}</b>" if piece.marked else _text(piece.text) for piece in story.pieces)
    lines = [f"<b>{_text(story.happened)}</b>"]
    lines += [_text(story.title)] if story.title else []
    lines += [f"<blockquote>{evidence}</blockquote>"] if evidence else []
    lines += [_text(line) for line in story.advice]
    lines += [f"{_text(name)}: {_text(value)}" for name, value in story.facts]
    lines += [" · ".join(_link(link) for link in story.links)] if story.links else []
    return "\n".join(lines)


def _plain(story: Story) -> str:
    lines = [story.happened, story.title, story.evidence, *story.advice]
    lines += [f"{name}: {value}" for name, value in story.facts]
    lines += [f"{link.label}: {link.url}" for link in story.links]
    return "\n".join(line for line in lines if line)


def _link(link: Link) -> str:
    return f'<a href="{escape(link.url)}">{_text(link.label)}</a>'


def _text(text: str) -> str:
    return escape(text, quote=False)
