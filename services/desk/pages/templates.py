"""The template engine: every value is escaped, an unknown name is an error, files carry their fingerprint."""

from __future__ import annotations

import hashlib
from collections import ChainMap
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.desk.domain.source_views import state_words
from services.desk.domain.visitors import NOBODY
from services.desk.pages import words
from services.desk.pages.areas import ways_of
from services.desk.pages.guard import visitor_of
from services.desk.pages.languages import ENGLISH, LANGUAGES, language_of, translations_into, worded

DESK = Path(__file__).parent.parent
STATIC = DESK / "static"
FINGERPRINT_CHARACTERS = 12
LocalNames = Mapping[str, tuple[Mapping[str, str], Mapping[str, str]]]


class Templates:
    """Renders the desk's templates. `agreements` and `sectors` map the catalogue's ids to names to show.

    `local` are names in other languages of ours: of agreements and of sectors, by id. Without one the name stands.
    """

    def __init__(
        self, *, agreements: Mapping[str, str], sectors: Mapping[str, str], local: LocalNames | None = None
    ) -> None:
        self._names = agreements, sectors
        self._local = local or {}
        self._spoken = {language: self._environment(language) for language in LANGUAGES}

    def page(self, request: Request, name: str, /, *, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:  # noqa: ANN401
        """Return the page or fragment as this reader sees it: in their language, with what they may do."""
        body = self.render(name, language_of(request), **_of(request), **values)
        return HTMLResponse(body, status_code=status, headers={"vary": "cookie, accept-language"})

    def render(self, name: str, language: str = ENGLISH, /, **values: Any) -> str:  # noqa: ANN401  (a template takes what it shows)
        """Return the page or fragment in this language."""
        return self._spoken[language].get_template(name).render(values)

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(DESK / "templates"),
            autoescape=True,  # articles are written by strangers
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        translations = translations_into(language)
        environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
        agreements, sectors = (ChainMap(*both) for both in zip(*self._named(language), strict=True))

        def said(text: str) -> str:
            return worded(text, translations)

        environment.filters.update(
            agreement=lambda item_id: agreements.get(item_id) or words.headline(item_id),
            sector=lambda item_id: sectors.get(item_id) or words.headline(item_id),
            worded=said,
            role=lambda role: said(role.capitalize()),
            in_role=lambda role: said(words.with_article(role)),
            stage=lambda stage: said(words.stage_words(stage)),
            delivery=lambda state: said(words.delivery_words(state)),
            source_state=lambda state: said(state_words(state)),
            web_link=words.web_link,
            headline=words.headline,
            quote=words.quote,
            passage=words.passage,
            run_of_words=words.run_of_words,
            lang=words.lang,
            machine_time=words.machine_time,
            reader_time=partial(words.reader_time, language=language),
            thousands=words.thousands,
            figure=words.figure,
            in_fours=words.in_fours,
            pace=words.pace,
            unread_count=words.unread_count,
            follow_command=words.follow_command,
            preview_command=words.preview_command,
        )
        environment.globals.update(
            static=static_address,
            ways_of=ways_of,
            languages=LANGUAGES,
            language=language,
            visitor=NOBODY,
            here="",
            waiting_changes=0,
            address="/",
            complaint=None,
            said="",
            unread=0,
            swapped=False,
        )
        return environment

    def _named(self, language: str) -> list[tuple[dict[str, str], dict[str, str]]]:
        """Return the names of agreements and of sectors in this language, and as they are otherwise."""
        own = self._local.get(language, ({}, {}))
        return [(dict(own[0]), dict(own[1])), (dict(self._names[0]), dict(self._names[1]))]


def _of(request: Request) -> dict[str, Any]:
    """Return what every page says of the request that it answers."""
    url = request.url
    address = f"{url.path}?{url.query}" if url.query else url.path
    unread = getattr(request.state, "unread", 0)
    waiting = getattr(request.state, "waiting_changes", 0)
    return {
        "visitor": visitor_of(request),
        "here": url.path,
        "address": address,
        "unread": unread,
        "waiting_changes": waiting,
    }


def static_address(name: str) -> str:
    """Return the address of a static file, with its fingerprint, so that a browser may keep it for ever."""
    return f"/static/{name}?{_fingerprint(name)}"


def _fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:FINGERPRINT_CHARACTERS]
