"""A letter as Slack shows it: blocks for the eye, one text for notifications and screen readers.

What strangers wrote stands in rich text, where nothing is markup; elsewhere `&`, `<` and `>` are escaped, so that no
headline can call a channel or hide a link. Limits are those of Block Kit's reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.notifier.domain.letter import Letter, Link, Story
from shared.kit.text import clip

LONGEST_HEADER_CHARACTERS = 150
LONGEST_SECTION_CHARACTERS = 3000
LONGEST_TEXT_CHARACTERS = 4000  # more is cut by Slack
MOST_BLOCKS = 50
_BLOCKS_OF_A_STORY = 5
_MOST_STORIES = (MOST_BLOCKS - 2) // _BLOCKS_OF_A_STORY
_BLOCKS_AROUND_A_DIGEST = 4  # its header, its overview, what is told in short, and the footing
# A message of more characters in all its blocks is refused (`msg_blocks_too_long`); nobody states how many, these pass.
_LONGEST_DIGEST_CHARACTERS = 8000
_LONGEST_LIST_CHARACTERS = 3000
_LONGEST_EXITS_CHARACTERS = 1200

Block = dict[str, Any]
_GAP: Block = {"type": "text", "text": "  "}


def slack_message(letter: Letter) -> dict[str, Any]:
    """Return the body for an incoming webhook."""
    told = _digest(letter) if letter.overview else _stories(letter)
    exits = " ".join(map(_link, letter.exits_within(_LONGEST_EXITS_CHARACTERS)))
    footing = clip(_escaped(letter.footing), LONGEST_SECTION_CHARACTERS - len(exits) - 1)
    blocks = [*told, _context(f"{footing} {exits}".strip())]
    text = "\n".join(_escaped(_spoken(story)) for story in letter.stories)
    return {"text": clip(text, LONGEST_TEXT_CHARACTERS), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _stories(letter: Letter) -> list[Block]:
    shown, rest = letter.stories[:_MOST_STORIES], letter.stories[_MOST_STORIES:]
    blocks = [block for number, story in enumerate(shown) for block in _blocks_of(story, first=number == 0)]
    return [*blocks, *_in_short(rest, letter)]


def _digest(letter: Letter) -> list[Block]:
    """Return a digest's blocks: one for each story as far as there is room, the others in one line each."""
    room = MOST_BLOCKS - _BLOCKS_AROUND_A_DIGEST
    shown: list[Story] = []
    for story in letter.stories:
        room -= 2 if story.heading else 1
        if room < 0 or _length(shown) + _length([story]) > _LONGEST_DIGEST_CHARACTERS:
            break
        shown.append(story)
    blocks: list[Block] = [_header(letter.subject), _context(_escaped(letter.overview))]
    for story in shown:
        if story.heading:
            blocks.append(_header(story.heading))
        blocks.append({"type": "rich_text", "elements": _words(story, happened=True)})
    return [*blocks, *_in_short(letter.stories[len(shown) :], letter)]


def _in_short(stories: Sequence[Story], letter: Letter) -> list[Block]:
    """Return what there is no room for: each in one line while there is room for that, then how many more."""
    lines: list[Block] = []
    left = _LONGEST_LIST_CHARACTERS
    for number, story in enumerate(stories):
        url = story.links[0].url if story.links else ""
        left -= len(story.happened) + len(url)
        if left < 0:
            more = f"… and {len(stories) - number} more."
            lines.append(_line([_linked(more, letter.whole)]))
            break
        lines.append(_line([_linked(story.happened, url)]))
    if not lines:
        return []
    return [{"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": lines}]}]


def _line(elements: list[Block]) -> Block:
    return {"type": "rich_text_section", "elements": elements}


def _linked(text: str, url: str | None) -> Block:
    return {"type": "link", "url": url, "text": text} if url else {"type": "text", "text": text}


def _length(stories: Sequence[Story]) -> int:
    return sum(len(story.happened) + len(story.title) + len(story.evidence) for story in stories)


def _spoken(story: Story) -> str:
    return f"{story.happened}. {story.evidence}"


def _blocks_of(story: Story, *, first: bool) -> list[Block]:
    blocks: list[Block] = [] if first else [{"type": "divider"}]
    blocks.append(_header(story.happened))
    if story.title or story.pieces:
        blocks.append({"type": "rich_text", "elements": _words(story)})
    lines = [_escaped(line) for line in story.advice]
    lines += [f"*{_escaped(name)}:* {_escaped(value)}" for name, value in story.facts]
    if lines:
        blocks.append({"type": "section", "text": _mrkdwn("\n".join(lines))})
    if story.links:
        blocks.append(_context(" · ".join(_link(link) for link in story.links)))
    return blocks


def _words(story: Story, *, happened: bool = False) -> list[Block]:
    words: list[Block] = []
    if happened:
        words.append(_line([{"type": "text", "text": story.happened, "style": {"bold": True}}]))
    if story.title:
        words.append(_line([{"type": "text", "text": story.title}]))
    if story.pieces:
        pieces: list[Block] = [
            {"type": "text", "text": piece.text} | ({"style": {"bold": True}} if piece.marked else {})
            for piece in story.pieces
        ]
        words.append({"type": "rich_text_quote", "elements": pieces})
    if happened:
        words += [_line([{"type": "text", "text": line}]) for line in story.advice]
        said = " · ".join(f"{name}: {value}" for name, value in story.brief)
        links = [part for link in story.links for part in (_linked(link.label, link.url), _GAP)]
        words.append(_line([{"type": "text", "text": f"{said}  "}, *links]))
    return words


def _header(text: str) -> Block:
    shown = {"type": "plain_text", "text": clip(text, LONGEST_HEADER_CHARACTERS), "emoji": False}
    return {"type": "header", "text": shown}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": clip(text, LONGEST_SECTION_CHARACTERS), "verbatim": True}


def _link(link: Link) -> str:
    return f"<{_escaped(link.url.replace('|', '%7C'))}|{_escaped(link.label)}>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
