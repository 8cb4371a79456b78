"""A letter as the HTML part of a mail.

Templates are data: they run in Jinja's sandbox, see plain texts alone, and everything that they show is escaped.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notifier.domain.letter import Letter

TEMPLATES = Path(__file__).parent.parent / "templates"
NAME = "mail.html"


class MailPages:
    """Renders the HTML of mails."""

    def __init__(self, folder: Path = TEMPLATES) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            autoescape=True,  # articles are written by strangers
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, letter: Letter) -> str:
        """Return the page. Raises jinja2.TemplateError for a template that cannot be rendered."""
        told = asdict(letter)
        for shown, story in zip(told["stories"], letter.stories, strict=True):
            shown["brief"] = story.brief
        told |= {
            "evidences": [story.evidence for story in letter.stories],
            "exits": [asdict(link) for link in letter.exits],
        }
        return self._environment.get_template(NAME).render(letter=told)
