"""What a look says of its source: the state in one word, what happened in a sentence, and what an operator does."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

import regex

from services.scraper.domain.source import SourceState, longest_usual_silence
from shared.contracts.verdict import Language
from shared.kit.text import clip, one_line
from shared.language.script import detect_language
from shared.web.looks import Failed, Fetched, Look, NotModified, NotYet, Throttled

LONGEST_SENTENCE_CHARACTERS = 500  # it may quote a server
_LONGEST_ADDRESS_CHARACTERS = 300  # a longer one is no address to copy from a mail
_FEWEST_LETTERS = 20  # of an entry, to know its script; "RELOS: PDF" tells nothing
_FEWEST_ENTRIES = 3  # one English press release does not change a source's language
_GONE = frozenset({404, 410})
_LOCKED = frozenset({401, 402, 403, 451})
_WALLS = frozenset({"login", "wall"})

# Codes whose script is not Latin. One that stands in no list is taken to be written in Latin letters.
_CYRILLIC = frozenset("ru uk be bg sr mk kk ky tg mn tt ba cv os ce ab".split())
_DEVANAGARI = frozenset("hi mr ne sa kok mai bho doi awa brx".split())
_OTHER_SCRIPTS = frozenset(
    "bn as gu pa ta te kn ml or si ur ar fa ps sd ug he yi zh ja ko th lo my km ka hy el am ti bo dz dv ks".split()
)
_SCRIPTS: dict[Language, str] = {"en": "Latin", "ru": "Cyrillic", "hi": "Devanagari"}
_NAMES = {"en": "English", "ru": "Russian", "hi": "Hindi"}
_LETTER = regex.compile(r"[\p{L}\p{M}]")
_KNOWN_LETTER = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Devanagari}]")


class EntrySeen(Protocol):
    """An entry of a feed, as far as a judgement needs it."""

    @property
    def title(self) -> str:
        """Its headline."""

    @property
    def summary(self) -> str:
        """Its first words."""


class UnusableSeen(Protocol):
    """An entry that could not be used."""

    @property
    def reason(self) -> str:
        """Why not."""


@runtime_checkable
class FeedSeen(Protocol):
    """What was read; `parts` are further documents (of a sitemap index), in which the entries are."""

    @property
    def entries(self) -> Sequence[EntrySeen]:
        """What it holds."""

    @property
    def unusable(self) -> Sequence[UnusableSeen]:
        """What it holds and cannot be used."""

    @property
    def parts(self) -> Sequence[object]:
        """Where more of it is."""


@runtime_checkable
class SomethingElse(Protocol):
    """What could not be read as news: a sentence, and in one word what it is."""

    @property
    def reason(self) -> str:
        """Why it could not be read, as a sentence."""

    @property
    def found(self) -> str:
        """Is html, login, wall, empty, binary or broken; empty where nobody knows."""


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a source at a look.

    `conditional`: the request said what we have. `languages` are those of the definition, comma-separated.
    `published_times` are of its latest entries, this look's among them; `last_new_at` is when it last had news.
    """

    name: str
    url: str
    state: SourceState = SourceState.NEW
    conditional: bool = False
    moved_to: str | None = None
    languages: str | None = None
    published_times: Sequence[datetime] = ()
    last_new_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a source stands after a look. `sentence` and `mend` are empty where all is well."""

    state: SourceState
    sentence: str = ""
    mend: str = ""


FINE = Judgement(SourceState.FINE)


def state_of_look(
    look: Look, parsed: FeedSeen | SomethingElse | None, history: History, now: datetime
) -> Judgement | None:
    """Return what a look says of its source; None where nothing was asked, and so nothing is known.

    `parsed` is what the body was read as, None where there is no body.
    """
    match look:
        case NotYet():
            return None
        case Fetched() as fetched:
            judged = _fetched(fetched, parsed, history, now)
        case NotModified():
            judged = _unchanged(history, now)
        case Throttled(status=status):
            sentence = f"The site asks us to come less often (HTTP {status})."
            judged = Judgement(SourceState.THROTTLED, sentence, _edit(history, "--every 900", "If it lasts, ask rarer"))
        case Failed():
            judged = _failed(look, history)
    return Judgement(judged.state, clip(one_line(judged.sentence), LONGEST_SENTENCE_CHARACTERS), judged.mend)


def language_of_words(words: str) -> Language | None:
    """Return the language by its script: ru for Cyrillic, hi for Devanagari, en for Latin letters, else None.

    None also for fewer than 20 letters, and where most are of other scripts: those tell nothing.
    """
    letters = len(_LETTER.findall(words))
    if letters < _FEWEST_LETTERS or 2 * len(_KNOWN_LETTER.findall(words)) < letters:
        return None
    return detect_language(words)


def _fetched(fetched: Fetched, parsed: FeedSeen | SomethingElse | None, history: History, now: datetime) -> Judgement:
    if isinstance(parsed, FeedSeen):
        return _readable(parsed, fetched.moved_permanently_to or history.moved_to, history, now)
    found = parsed.found if isinstance(parsed, SomethingElse) else ""
    reason = parsed.reason if isinstance(parsed, SomethingElse) else "It could not be read."
    if found == "empty":
        return Judgement(SourceState.EMPTY, f"{_so_far(history)}{reason}", _look_at(history))
    led = "" if fetched.url_final == (history.moved_to or history.url) else f" (it led to {_shown(fetched.url_final)})"
    if found in _WALLS:
        return Judgement(SourceState.BLOCKED, f"{reason}{led}", _way_in(history))
    return Judgement(SourceState.NOT_A_FEED, f"{_so_far(history)}{reason}{led}", _look_at(history))


def _readable(feed: FeedSeen, moved_to: str | None, history: History, now: datetime) -> Judgement:
    if not feed.entries and not feed.parts:
        said = f"Its entries cannot be used: {feed.unusable[0].reason}" if feed.unusable else "It has no entries."
        return Judgement(SourceState.EMPTY, f"{_so_far(history)}{said}", _look_at(history))
    return _in_other_language(feed.entries, history) or _at_rest(moved_to, history, now)


def _unchanged(history: History, now: datetime) -> Judgement:
    """Judge an answer of 304: what the last whole answer was found to be, it still is."""
    if not history.conditional:
        sentence = "It says that nothing has changed (HTTP 304), and never gave anything."
        return Judgement(SourceState.FAILING, sentence, _look_at(history))
    if history.state is SourceState.EMPTY:
        return Judgement(SourceState.EMPTY, f"{_so_far(history)}It has no entries.", _look_at(history))
    if history.state is SourceState.OTHER_LANGUAGE:
        sentence = f"Its entries are still not in {_spelled(history.languages)}."
        return Judgement(SourceState.OTHER_LANGUAGE, sentence, _other_edition(history))
    return _at_rest(history.moved_to, history, now)


def _at_rest(moved_to: str | None, history: History, now: datetime) -> Judgement:
    """Judge a source that answers well: silent, moved or fine."""
    moved = moved_to is not None and moved_to != history.url
    where = f" {_shown(history.url)} has moved for good to {_shown(moved_to or '')}." if moved else ""
    silence = _silence(history, now)
    if silence:
        mend = _change_address(history, moved_to) if moved else _look_at(history)
        return Judgement(SourceState.SILENT, f"{silence}{where}", mend)
    if moved:
        return Judgement(SourceState.MOVED, f"It works, but{where}", _change_address(history, moved_to))
    return FINE


def _silence(history: History, now: datetime) -> str:
    limit = longest_usual_silence(history.published_times, now)
    if limit is None:
        return ""
    known = [moment for moment in (*history.published_times, history.last_new_at) if moment and moment <= now]
    last = max(known)
    if now - last <= limit:
        return ""
    return f"It answers, but has had no news since {last:%Y-%m-%d %H:%M} UTC: {limit.days} days are long for it."


def _in_other_language(entries: Sequence[EntrySeen], history: History) -> Judgement | None:
    allowed = _languages_by_script(history.languages)
    if not allowed:
        return None
    told = [language_of_words(f"{entry.title} {entry.summary}") for entry in entries]
    known = [language for language in told if language is not None]
    strange = [language for language in known if language not in allowed]
    if len(known) < _FEWEST_ENTRIES or 2 * len(strange) <= len(known):
        return None
    script = _SCRIPTS[max(sorted(set(strange)), key=strange.count)]
    sentence = (
        f"{len(strange)} of its {len(known)} entries are not in {_spelled(history.languages)}: "
        f"most are written in {script} letters."
    )
    return Judgement(SourceState.OTHER_LANGUAGE, sentence, _other_edition(history))


def _languages_by_script(codes: str | None) -> Collection[Language]:
    """Return the scripts of the codes, each by its language of ours; one whose script we cannot tell adds none."""
    found: set[Language] = set()
    for code in filter(None, (each.strip().lower() for each in (codes or "").split(","))):
        if code in _CYRILLIC:
            found.add("ru")
        elif code in _DEVANAGARI:
            found.add("hi")
        elif code not in _OTHER_SCRIPTS:
            found.add("en")
    return found


def _failed(look: Failed, history: History) -> Judgement:
    if look.kind == "blocked":
        mend = "If it is meant, name its host in PACTWATCH_ALLOWED_PRIVATE_HOSTS; if not, change or remove the source."
        return Judgement(SourceState.REFUSED, look.sentence, mend)
    if look.kind == "content_type":
        return Judgement(SourceState.NOT_A_FEED, f"{_so_far(history)}{look.sentence}", _look_at(history))
    if look.kind == "robots":
        mend = (
            f"Ask the publisher for leave, or find another address of the site: pactwatch source test {_home(history)}"
        )
        return Judgement(SourceState.ROBOTS, look.sentence, mend)
    if look.status in _GONE:
        return Judgement(SourceState.GONE, look.sentence, _look_at(history))
    if look.status in _LOCKED:
        return Judgement(SourceState.BLOCKED, look.sentence, _way_in(history))
    return Judgement(SourceState.FAILING, look.sentence, _MEND_OF_FAILURE.get(look.kind, _WAIT))


_WAIT = "It is tried again by itself, at least every hour. If it lasts, look whether the site has a new address."
_MEND_OF_FAILURE = {
    "dns": "Check the spelling of its host; if other sources fail too, this machine's name server.",
    "connect": f"If other sources fail too, check this machine's network. {_WAIT}",
    "timeout": f"If other sources fail too, check this machine's network. {_WAIT}",
    "tls": "Its certificate is not in order: wait for the site to renew it, or check this machine's clock.",
    "too_large": "Look for a shorter feed of the site: pactwatch source test, with its home page.",
    "redirects": "Open it in a browser, and give the source the address at which it ends.",
}


def _so_far(history: History) -> str:
    """Say that it was well before, where it was: then somebody has changed something."""
    return "It gave news before. " if history.last_new_at is not None else ""


def _look_at(history: History) -> str:
    edit = _edit(history, "--url …", "If its news is elsewhere now")
    return f"Open {_shown(history.url)} in a browser, or: pactwatch source test {_home(history)}\n{edit}"


def _way_in(history: History) -> str:
    return (
        f"Ask the publisher to let Pactwatch in, or find another address of the site: "
        f"pactwatch source test {_home(history)}"
    )


def _other_edition(history: History) -> str:
    edition = _edit(history, "--url …", "For the edition that is meant")
    return f"{edition}\n{_edit(history, '--language …', 'If it is right as it is')}"


def _change_address(history: History, moved_to: str | None) -> str:
    fits = moved_to is not None and len(moved_to) <= _LONGEST_ADDRESS_CHARACTERS and moved_to.isprintable()
    return _edit(history, f"--url {shlex.quote(moved_to or '') if fits else '…'}", "If that is the same publisher")


def _edit(history: History, option: str, when: str) -> str:
    return f"{when}: pactwatch source edit {shlex.quote(one_line(history.name))} {option}"


def _home(history: History) -> str:
    """Return the site's first page, where feeds are offered, fit for a command line."""
    scheme, _, rest = history.url.partition("://")
    return shlex.quote(f"{scheme}://{rest.partition('/')[0]}/")


def _shown(url: str) -> str:
    return clip(one_line(url), _LONGEST_ADDRESS_CHARACTERS)


def _spelled(codes: str | None) -> str:
    each = [code.strip().lower() for code in (codes or "").split(",")]
    return " or ".join(_NAMES.get(code, code) for code in each if code)
