"""A letter as Slack shows it: blocks for the eye, one text for notifications and screen readers.

What strangers wrote stands in rich text, where nothing is markup; elsewhere `&`, `<` and `>` are escaped, so that no
headline can call a channel or hide a link. Limits are those of Block Kit's reference.
"""

from __future__ import annotations

from typing import Any

from services.notifier.domain.letter import Letter, Link, Story
from shared.kit.text import clip

LONGEST_HEADER_CHARACTERS = 150
LONGEST_SECTION_CHARACTERS = 3000
LONGEST_TEXT_CHARACTERS = 4000  # more is cut by Slack
MOST_BLOCKS = 50
_BLOCKS_OF_A_STORY = 5
_MOST_STORIES = (MOST_BLOCKS - 2) // _BLOCKS_OF_A_STORY

Block = dict[str, Any]


def slack_message(letter: Letter) -> dict[str, Any]:
    """Return the body for an incoming webhook."""
    shown = letter.stories[:_MOST_STORIES]
    blocks = [block for number, story in enumerate(shown) for block in _blocks_of(story, first=number == 0)]
    footing = [_escaped(letter.footing)]
    if len(shown) < len(letter.stories):
        footing.insert(0, f"… and {len(letter.stories) - len(shown)} more.")
    if letter.unsubscribe:
        footing.append(_link(Link("Unsubscribe", letter.unsubscribe)))
    blocks.append({"type": "context", "elements": [_mrkdwn(" ".join(footing))]})
    text = "\n".join(_escaped(_spoken(story)) for story in letter.stories)
    return {"text": clip(text, LONGEST_TEXT_CHARACTERS), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def _spoken(story: Story) -> str:
    return f"{story.happened}. {story.evidence}"


def _blocks_of(story: Story, *, first: bool) -> list[Block]:
    blocks: list[Block] = [] if first else [{"type": "divider"}]
    headline = {"type": "plain_text", "text": clip(story.happened, LONGEST_HEADER_CHARACTERS), "emoji": False}
    blocks.append({"type": "header", "text": headline})
    if story.title or story.pieces:
        blocks.append({"type": "rich_text", "elements": _words(story)})
    lines = [_escaped(line) for line in story.advice]
    lines += [f"*{_escaped(name)}:* {_escaped(value)}" for name, value in story.facts]
    if lines:
        blocks.append({"type": "section", "text": _mrkdwn("\n".join(lines))})
    if story.links:
        blocks.append({"type": "context", "elements": [_mrkdwn(" · ".join(_link(link) for link in story.links))]})
    return blocks


def _words(story: Story) -> list[Block]:
    words: list[Block] = []
    if story.title:
        words.append({"type": "rich_text_section", "elements": [{"type": "text", "text": story.title}]})
    if story.pieces:
        pieces: list[Block] = [
            {"type": "text", "text": piece.text} | ({"style": {"bold": True}} if piece.marked else {})
            for piece in story.pieces
        ]
        words.append({"type": "rich_text_quote", "elements": pieces})
    return words


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": clip(text, LONGEST_SECTION_CHARACTERS), "verbatim": True}


def _link(link: Link) -> str:
    return f"<{_escaped(link.url.replace('|', '%7C'))}|{_escaped(link.label)}>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
