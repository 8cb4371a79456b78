"""A letter as Telegram shows it: its HTML, of which it knows a handful of tags and refuses everything else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from services.notifier.domain.letter import Letter, Link, Story
from shared.kit.text import clip

LONGEST_UNITS = 4096  # of UTF-16, in which Telegram counts, without the tags
_LEFT_FOR_THE_END_UNITS = 100  # "… and 12 more", and what stands between
_LONGEST_FOOTING_CHARACTERS = 500
_LONGEST_EXITS_CHARACTERS = 600
_SEPARATOR = "\n\n"
_BULLET = "• "


def telegram_html(letter: Letter) -> str:
    """Return the text for `sendMessage` with `parse_mode` HTML: at most 4096 units, whole stories only.

    What there is no room for is told in one line each, with a link, and what there is no room for even so is counted.
    """
    why, exits = clip(letter.footing, _LONGEST_FOOTING_CHARACTERS), letter.exits_within(_LONGEST_EXITS_CHARACTERS)
    footing = f"<i>{_text(why)}</i>" + "".join(f" {_link(way)}" for way in exits)
    told = [f"<b>{_text(letter.subject)}</b>\n{_text(letter.overview)}"] if letter.overview else []
    used = units(letter.subject + letter.overview)
    room = LONGEST_UNITS - _LEFT_FOR_THE_END_UNITS - units(why + _labels(exits))
    sizes = [units(_plain(story)) for story in letter.stories]
    shown = _fitting(sizes, room - used)
    if shown < len(sizes):
        shown = _fitting(sizes, (room - used) * 2 // 3)
    told += [_html(story) for story in letter.stories[:shown]]
    used += sum(sizes[:shown]) + len(_SEPARATOR) * shown
    told += _in_short(letter.stories[shown:], room - used, letter)
    return _SEPARATOR.join([*told, footing])


def _fitting(sizes: Sequence[int], room: int) -> int:
    """Return how many of them fit, at least one."""
    used = 0
    for number, size in enumerate(sizes):
        used += size + len(_SEPARATOR)
        if number and used > room:
            return number
    return len(sizes)


def _in_short(stories: Sequence[Story], room: int, letter: Letter) -> list[str]:
    if not stories:
        return []
    shown = _fitting([units(story.happened) + len(_BULLET) for story in stories], room)
    lines = [f"{_BULLET}{_linked(story.happened, story)}" for story in stories[:shown]]
    if shown < len(stories):
        more = f"… and {len(stories) - shown} more."
        lines.append(_link(Link(more, letter.whole)) if letter.whole else more)
    return ["\n".join(lines)]


def _linked(text: str, story: Story) -> str:
    return _link(Link(text, story.links[0].url)) if story.links else _text(text)


def _labels(links: Sequence[Link]) -> str:
    return "".join(f" {link.label}" for link in links)


def telegram_plain(letter: Letter) -> str:
    """Return the text without any markup, for the case that Telegram cannot read ours."""
    opening = [f"{letter.subject}\n{letter.overview}"] if letter.overview else []
    text = _SEPARATOR.join([*opening, *map(_plain, letter.stories), letter.footing])
    encoded = text.encode("utf-16-le")[: 2 * LONGEST_UNITS]
    return encoded.decode("utf-16-le", "ignore")


def units(text: str) -> int:
    """Return the length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _html(story: Story) -> str:
    evidence = "".join(f"<b>{_text(piece.text)}</b>" if piece.marked else _text(piece.text) for piece in story.pieces)
    lines = [f"<u>{_text(story.heading)}</u>"] if story.heading else []
    lines.append(f"<b>{_text(story.happened)}</b>")
    lines += [_text(story.title)] if story.title else []
    lines += [f"<blockquote>{evidence}</blockquote>"] if evidence else []
    lines += [_text(line) for line in story.advice]
    lines += [f"{_text(name)}: {_text(value)}" for name, value in story.facts]
    lines += [" · ".join(_link(link) for link in story.links)] if story.links else []
    return "\n".join(lines)


def _plain(story: Story) -> str:
    lines = [story.heading, story.happened, story.title, story.evidence, *story.advice]
    lines += [f"{name}: {value}" for name, value in story.facts]
    lines += [f"{link.label}: {link.url}" for link in story.links]
    return "\n".join(line for line in lines if line)


def _link(link: Link) -> str:
    return f'<a href="{escape(link.url)}">{_text(link.label)}</a>'


def _text(text: str) -> str:
    return escape(text, quote=False)
