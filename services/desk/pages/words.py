"""Values as a reader meets them: states and stages in words, links that are safe to follow, texts cut to fit."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from babel.dates import format_date

from services.desk.domain.inbox import MOST_COUNTED
from services.desk.domain.names import in_shell
from services.desk.pages.languages import marked as _
from shared.kit.errors import WrongInput
from shared.kit.text import clip, one_line
from shared.kit.urls import checked_url

HEADLINE_CHARACTERS = 220  # three lines on a phone; an honest headline is shorter
QUOTE_CHARACTERS = 600  # a long sentence; more is a page that came without full stops
PASSAGE_CHARACTERS = 1_600  # a long paragraph
_LOOKED_AT = 4_000  # characters of a text that is cut anyway: a headline of a megabyte costs no more than another
_BIDI_CONTROLS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"), None)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PLAIN_WORD = re.compile(r"[a-z0-9][a-z0-9-]*")
_LANGUAGES = frozenset({"en", "ru", "hi"})

_STAGES = {
    "duma_ratified": _("ratified by the Duma"),
    "fedcouncil_approved": _("approved by the Federation Council"),
    "in_force": _("in force"),
    "ratified_india": _("ratified by India"),
    "ratified_russia": _("ratified by Russia"),
    "tor_signed": _("terms of reference signed"),
}

DELIVERY_WORDS = {
    "pending": _("waiting to be sent"),
    "sending": _("being sent"),
    "sent": _("sent"),
    "retry": _("will be tried again"),
    "waiting": _("told later:"),
    "held": _("held: sending is paused, or the channel disabled"),
    "failed": _("given up"),
    "unknown": _("given up, may have arrived"),
    "cancelled": _("cancelled"),
}


def stage_words(stage: str) -> str:
    """Return a stage of an agreement in words: `tor_signed` reads "terms of reference signed"."""
    return _STAGES.get(stage, stage.replace("_", " "))


def delivery_words(state: str) -> str:
    """Return a delivery's state in words."""
    return DELIVERY_WORDS.get(state, state)


def web_link(url: str) -> str | None:
    """Return the address when a reader may be sent there; None for anything but plain http(s)."""
    try:
        return checked_url(url)
    except WrongInput:
        return None


def headline(text: str) -> str:
    """Return a headline on one line, cut to fit, without characters that would turn the text around it."""
    return clip(one_line(text[:_LOOKED_AT].translate(_BIDI_CONTROLS)), HEADLINE_CHARACTERS)


def run_of_words(text: str) -> str:
    """Return a part of a line as it stands, without characters that would turn the text around it, or break it."""
    return _CONTROLS.sub(" ", text.translate(_BIDI_CONTROLS))


def quote(text: str) -> str:
    """Return a quoted sentence on one line, cut to fit, without characters that would turn the text around it."""
    return clip(one_line(text[:_LOOKED_AT].translate(_BIDI_CONTROLS)), QUOTE_CHARACTERS)


def passage(text: str, most_characters: int = PASSAGE_CHARACTERS) -> str:
    """Return a passage of an article on one line, cut to fit, and unable to turn the text around it."""
    return clip(one_line(text[: 2 * most_characters].translate(_BIDI_CONTROLS)), most_characters)


def lang(code: str | None) -> str | None:
    """Return a code fit for the `lang` attribute; None for a language that we do not know."""
    return code if code in _LANGUAGES else None


def machine_time(moment: datetime) -> str:
    """Return a moment for the `datetime` attribute: 2026-11-22T06:00:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reader_time(moment: datetime, language: str = "en") -> str:
    """Return a moment in words, in UTC; the page's script turns it into the reader's own time."""
    utc = moment.astimezone(UTC)
    return f"{format_date(utc, 'd MMM y', locale=language)}, {utc:%H:%M} UTC"


def with_article(noun: str) -> str:
    """Return a noun with "a" or "an" before it."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def in_fours(text: str) -> str:
    """Return a key in groups of four, as people copy it by eye."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def thousands(number: int) -> str:
    """Return a count with thin spaces between its thousands."""
    return f"{number:,}".replace(",", "\u202f")


def figure(number: float) -> str:
    """Return a figure of a chart: a count with thin spaces, anything else with one decimal."""
    return thousands(int(number)) if float(number).is_integer() else f"{number:.1f}"


def pace(a_week: float) -> str:
    """Return how many a week, in as many figures as help."""
    if a_week >= 10:
        return thousands(round(a_week))
    return f"{a_week:.1f}" if a_week >= 0.1 or not a_week else "< 0.1"


def unread_count(unread: int) -> str:
    """Return how many alerts are unread as the navigation has room for it."""
    return f"{MOST_COUNTED}+" if unread > MOST_COUNTED else str(unread)


def follow_command(item_id: str, kind: str = "agreement") -> str:
    """Return the command that follows an agreement or a sector, fit to be copied into a shell."""
    return f"pactwatch subscribe add --{kind} {_in_command(item_id)} --channel inbox"


def preview_command(item_id: str, kind: str = "agreement") -> str:
    """Return the command that says how much following an agreement or a sector would bring."""
    return f"pactwatch subscribe preview --{kind} {_in_command(item_id)}"


def _in_command(item_id: str) -> str:
    return item_id if _PLAIN_WORD.fullmatch(item_id) else in_shell(headline(item_id))
