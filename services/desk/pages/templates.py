"""The template engine: every value is escaped, an unknown name is an error, files carry their fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.desk.domain.source_views import state_words
from services.desk.domain.visitors import NOBODY
from services.desk.pages import words

DESK = Path(__file__).parent.parent
STATIC = DESK / "static"
FINGERPRINT_CHARACTERS = 12


class Templates:
    """Renders the desk's templates. `agreements` and `sectors` map the catalogue's ids to names to show."""

    def __init__(self, *, agreements: Mapping[str, str], sectors: Mapping[str, str]) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(DESK / "templates"),
            autoescape=True,  # articles are written by strangers
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            agreement=lambda item_id: agreements.get(item_id, item_id),
            sector=lambda item_id: sectors.get(item_id, item_id),
            stage=words.stage_words,
            delivery=words.delivery_words,
            source_state=state_words,
            web_link=words.web_link,
            headline=words.headline,
            quote=words.quote,
            lang=words.lang,
            machine_time=words.machine_time,
            reader_time=words.reader_time,
            thousands=words.thousands,
            with_article=words.with_article,
            in_fours=words.in_fours,
            follow_command=words.follow_command,
            preview_command=words.preview_command,
        )
        self._environment.globals.update(static=static_address, visitor=NOBODY, complaint=None, said="")

    def render(self, name: str, /, **values: Any) -> str:  # noqa: ANN401  (a template takes what it shows)
        """Return the page or fragment."""
        return self._environment.get_template(name).render(values)


def static_address(name: str) -> str:
    """Return the address of a static file, with its fingerprint, so that a browser may keep it for ever."""
    return f"/static/{name}?{_fingerprint(name)}"


def _fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:FINGERPRINT_CHARACTERS]
