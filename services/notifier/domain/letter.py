"""What a person is told of an alert, before any channel puts it into its own form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from services.notifier.domain.alert import Alert
from services.notifier.domain.marks import NO_LISTS, Lists, Piece, Vocabulary, marked_evidence
from services.notifier.domain.trouble import Tidings
from shared.kit.errors import WrongInput
from shared.kit.text import clip, one_line
from shared.kit.urls import checked_url

LONGEST_SUBJECT_CHARACTERS = 150  # mail programs show about half of that
LONGEST_TITLE_CHARACTERS = 300
_BIDI_CONTROLS = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"), None)
_LANGUAGES = frozenset({"en", "ru", "hi"})
_IN_ONE_LINE = frozenset({"Agreement", "Stage", "Source"})
_USUAL = ("Severity", "normal")
_MOST_RULES_NAMED = 12  # in a footing; each story names its own


@dataclass(frozen=True)
class Names:
    """What the catalogue calls things in messages, by id, and the words by which rules are marked."""

    agreements: Mapping[str, str]
    sectors: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)
    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary({}))


@dataclass(frozen=True)
class Link:
    """A way to read on."""

    label: str
    url: str


@dataclass(frozen=True)
class WaysOn:
    """Where a reader may go from a message: pages of the desk, None where it has no address that readers know."""

    why: str | None = None
    agreement: str | None = None
    unsubscribe: str | None = None
    follow: str | None = None


@dataclass(frozen=True)
class Story:
    """One thing that happened: in one line, in the source's own words, and where to read on.

    `language` is fit for a `lang` attribute, None where it is not known. `links` are safe to follow. `advice` says what
    to do about it, line by line. `heading` stands before it where a part of a digest begins.
    """

    happened: str
    title: str
    pieces: tuple[Piece, ...]
    language: str | None
    facts: tuple[tuple[str, str], ...]
    links: tuple[Link, ...]
    advice: tuple[str, ...] = ()
    heading: str = ""

    @property
    def evidence(self) -> str:
        """The sentence without its marks."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def brief(self) -> tuple[tuple[str, str], ...]:
        """Those facts that its first line does not say already, and that are not as usual."""
        return tuple(each for each in self.facts if each[0] not in _IN_ONE_LINE and each != _USUAL)


@dataclass(frozen=True)
class Letter:
    """One message of one or more stories. `footing` says why it came, `thread` what it belongs to (None: nothing).

    A digest has an `overview` of what is in it, and is told more briefly. `unsubscribe` ends all subscriptions that
    brought it; where there are several, `ways_out` are that and those of each. `whole` is where all of it can be read.
    `answers` is the delivery of the message that it follows.
    """

    subject: str
    stories: tuple[Story, ...]
    footing: str
    unsubscribe: str | None = None
    thread: str | None = None
    overview: str = ""
    ways_out: tuple[Link, ...] = ()
    whole: str | None = None
    answers: UUID | None = None

    @property
    def exits(self) -> tuple[Link, ...]:
        """The links by which a reader ends what brought this message."""
        if self.ways_out or not self.unsubscribe:
            return self.ways_out
        return (Link("Unsubscribe", self.unsubscribe),)

    def exits_within(self, limit_characters: int) -> tuple[Link, ...]:
        """Return as many of the exits as fit, labels and addresses; always the first."""
        left, shown = limit_characters, list(self.exits[:1])
        for way in self.exits:
            left -= len(way.label) + len(way.url)
            if left >= 0 and way not in shown:
                shown.append(way)
        return tuple(shown)


def letter_of_alert(
    alert: Alert, names: Names, ways: WaysOn, lists: Lists = NO_LISTS, *, shared: bool = False
) -> Letter:
    """Return what is said of an alert; `lists` are those that its rule names. `shared`: a team's subscription."""
    story = story_of(alert, [alert.rule_name], names, ways, lists)
    footing = footing_of([alert.rule_name], shared=shared)
    return Letter(subject_of(alert, names), (story,), footing, ways.unsubscribe, thread=alert.agreement)


def subject_of(alert: Alert, names: Names) -> str:
    """Return what an alert is about, in a few words."""
    topic, stage = agreement_of(alert, names) or alert.rule_name, stage_of(alert, names)
    return one_safe_line(f"{topic}: {stage}" if stage else topic, LONGEST_SUBJECT_CHARACTERS)


def agreement_of(alert: Alert, names: Names) -> str:
    """Return what messages call the alert's agreement, empty where it has none."""
    return names.agreements.get(alert.agreement, alert.agreement) if alert.agreement else ""


def stage_of(alert: Alert, names: Names) -> str:
    """Return what messages call the alert's stage, empty where it has none."""
    return names.stages.get(alert.stage, _spoken(alert.stage)) if alert.stage else ""


def story_of(alert: Alert, rules: Sequence[str], names: Names, ways: WaysOn, lists: Lists) -> Story:
    """Return what is said of one alert, which these rules have raised."""
    subject, about = subject_of(alert, names), agreement_of(alert, names)
    source = one_safe_line(alert.article.source, LONGEST_TITLE_CHARACTERS)
    sectors = [names.sectors.get(sector, _spoken(sector)) for sector in alert.sectors]
    facts = (
        ("Agreement", about),
        ("Stage", stage_of(alert, names)),
        ("Severity", _spoken(alert.severity)),
        ("Source", source),
        ("Published", published_of(alert)),
        ("Sectors", ", ".join(sectors)),
        ("Watch rule" if len(rules) == 1 else "Watch rules", one_safe_line(", ".join(rules), LONGEST_TITLE_CHARACTERS)),
    )
    links = (
        ("Read the article", _followable(alert.article.url)),
        ("All news of this agreement", ways.agreement if about else None),
        ("Follow this agreement", ways.follow if about else None),
        ("Why did I get this?", ways.why),
    )
    pieces = marked_evidence(alert, names.vocabulary, lists) if alert.evidence else ()
    return Story(
        happened=one_safe_line(f"{subject}, says {source}" if source else subject, LONGEST_TITLE_CHARACTERS),
        title=one_safe_line(alert.article.title, LONGEST_TITLE_CHARACTERS),
        pieces=tuple(Piece(piece.text.translate(_BIDI_CONTROLS), piece.marked) for piece in pieces),
        language=alert.article.language if alert.article.language in _LANGUAGES else None,
        facts=tuple((name, one_line(value)) for name, value in facts if value),
        links=tuple(Link(label, url) for label, url in links if url),
    )


def footing_of(rules: Sequence[str], *, shared: bool = False) -> str:
    """Return why a message came: the rules that its reader, or their team, follows."""
    named = [f"“{one_safe_line(rule, LONGEST_TITLE_CHARACTERS)}”" for rule in rules[:_MOST_RULES_NAMED]]
    if len(rules) > len(named):
        named.append(f"{len(rules) - len(named)} more")
    listed = named[0] if len(named) == 1 else ", ".join(named[:-1]) + f" and {named[-1]}"
    if shared:
        return f"You get this because your team follows {listed}. Whoever looks after the team can end that for all."
    return f"You get this because you follow {listed}."


def letter_for_operators(tidings: Tidings, unsubscribe: str | None = None) -> Letter:
    """Return what operators are told of a trouble, or that it is over and what it was."""
    alert, over = tidings.alert, tidings.over
    state = _spoken(alert.state)
    told = f"no longer {state}" if over else state
    to_whom = "[your channel]" if tidings.to_owner else "[operators]"
    subject = one_safe_line(f"{to_whom} {alert.about}: {told}", LONGEST_SUBJECT_CHARACTERS)
    facts = (
        ("What it was", one_line(alert.sentence) if over else ""),
        (alert.kind.capitalize(), one_line(alert.about)),
        ("Since", moment_in_words(alert.since)),
        ("Over", moment_in_words(alert.over_at) if over and alert.over_at else ""),
        ("See", "" if tidings.to_owner else "pactwatch alerts list --operators; pactwatch source list"),
    )
    story = Story(
        happened=one_safe_line(f"{alert.about}: {told}", LONGEST_TITLE_CHARACTERS),
        title="",
        pieces=(Piece(one_line(alert.over_sentence or "" if over else alert.sentence)),),
        language="en",
        facts=tuple((name, value) for name, value in facts if value),
        links=(),
        advice=() if over else tuple(filter(None, map(one_line, alert.mend.splitlines()))),
    )
    if tidings.to_owner:  # and not by a subscription to such news: there is nothing to end but alerts
        return Letter(subject, (story,), "You get this because your alerts go there, or those of a rule of yours.")
    return Letter(subject, (story,), "You get this because you follow what operators should know.", unsubscribe)


def moment_in_words(moment: datetime) -> str:
    """Return a moment as people read it: 3 Feb 2026, 06:30 UTC."""
    utc = moment.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y, %H:%M} UTC"


def published_of(alert: Alert) -> str:
    """Return when the article was published, as people read it."""
    try:
        told = datetime.fromisoformat(alert.article.published or "")
    except ValueError:
        return "not stated"
    return moment_in_words(told if told.tzinfo else told.replace(tzinfo=UTC))


def _followable(url: str) -> str | None:
    """Return the address when a reader may be sent there: nothing but plain http(s)."""
    try:
        return checked_url(url)
    except WrongInput:
        return None


def one_safe_line(text: str, limit_characters: int) -> str:
    """Return the text on one line, cut to fit, without characters that would turn the text around it."""
    return clip(one_line(text.translate(_BIDI_CONTROLS)), limit_characters)


def _spoken(word: str | None) -> str:
    return (word or "").replace("_", " ").replace("-", " ")
