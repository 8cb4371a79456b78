"""What a person is told of several alerts in one message: all reasons for one article, or what a digest gathered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

from services.notifier.domain.alert import Alert
from services.notifier.domain.correction import Correction
from services.notifier.domain.correction_letter import corrected_story
from services.notifier.domain.letter import (
    LONGEST_SUBJECT_CHARACTERS,
    Letter,
    Link,
    Names,
    Story,
    WaysOn,
    agreement_of,
    footing_of,
    moment_in_words,
    one_safe_line,
    story_of,
    subject_of,
)
from services.notifier.domain.marks import Lists
from services.notifier.domain.parcel import Reason, Together
from services.notifier.domain.plan import weightiest_first

Ways: TypeAlias = Callable[[Reason], WaysOn]

NO_CORRECTIONS: Mapping[UUID, Correction] = MappingProxyType({})
OTHER_NEWS = "Other news"
_OF_A_REPEAT = frozenset({"Source", "Published", "Sectors"})  # an article's own; said with its first fact
_MOST_EXIT_CHARACTERS = 80  # of a rule's name


@dataclass(frozen=True)
class Fact:
    """One thing that an article says, with all the reasons for telling it, the weightiest first."""

    reasons: tuple[Reason, ...]

    @property
    def alert(self) -> Alert:
        """The weightiest of its alerts."""
        return self.reasons[0].alert


def letter_of_together(
    message: Together,
    names: Names,
    ways: Ways,
    lists: Lists,
    corrections: Mapping[UUID, Correction] = NO_CORRECTIONS,
    *,
    way_out: str | None = None,
    whole: str | None = None,
) -> Letter:
    """Return what is said of several alerts, and of what has become of them since they were raised (`corrections`).

    `way_out` ends all subscriptions of which it tells, where they are several; `whole` is where all alerts can be read.
    """
    facts = facts_of(message.reasons)
    digest = message.digest and len(facts) > 1
    facts = _grouped(facts) if digest else facts
    told = [_told(fact, names, ways, lists, corrections) for fact in facts]
    stories = _in_parts(facts, told, names) if digest else _of_one_article(told)
    first = facts[0].alert
    exits = _ways_out(message.reasons, ways, way_out)
    return Letter(
        subject=_subject(facts, names, message) if digest else subject_of(first, names),
        stories=stories,
        footing=_footing(message.reasons),
        unsubscribe=exits[0].url if exits else None,
        thread=None if digest else first.agreement,
        overview=_overview(facts, message) if digest else "",
        ways_out=exits if len(exits) > 1 else (),
        whole=whole,
    )


def facts_of(reasons: Iterable[Reason]) -> list[Fact]:
    """Return what the alerts say, each thing once, the weightiest first: what two rules found in one article is one."""
    found: defaultdict[tuple[object, ...], list[Reason]] = defaultdict(list)
    for reason in weightiest_first(reasons):
        alert = reason.alert
        found[alert.article_id, alert.agreement, alert.stage, alert.evidence].append(reason)
    return [Fact(tuple(each)) for each in found.values()]


def _grouped(facts: Sequence[Fact]) -> list[Fact]:
    """Return the facts by agreement, and there by story, each group where its weightiest stands."""
    agreements: dict[str | None, int] = {}
    stories: dict[UUID, int] = {}
    for place, fact in enumerate(facts):
        agreements.setdefault(fact.alert.agreement, place)
        stories.setdefault(fact.alert.story_id, place)
    return sorted(facts, key=lambda fact: (agreements[fact.alert.agreement], stories[fact.alert.story_id]))


def _in_parts(facts: Sequence[Fact], told: Sequence[Story], names: Names) -> tuple[Story, ...]:
    stories: list[Story] = []
    before: str | None = None
    for fact, story in zip(facts, told, strict=True):
        heading = agreement_of(fact.alert, names) or OTHER_NEWS
        stories.append(replace(story, heading=heading if heading != before else ""))
        before = heading
    return tuple(stories)


def _of_one_article(told: Sequence[Story]) -> tuple[Story, ...]:
    """Return the stories of one article: what is the article's own is said once."""
    first, *others = told
    return (first, *(_again(story) for story in others))


def _again(story: Story) -> Story:
    facts = tuple((name, value) for name, value in story.facts if name not in _OF_A_REPEAT)
    return replace(story, title="", facts=facts, links=story.links[1:] or story.links)


def _told(fact: Fact, names: Names, ways: Ways, lists: Lists, corrections: Mapping[UUID, Correction]) -> Story:
    story = story_of(fact.alert, _rules(fact.reasons), names, ways(fact.reasons[0]), lists)
    found = [corrections[each.alert.alert_id] for each in fact.reasons if each.alert.alert_id in corrections]
    return corrected_story(story, found[0], names) if found else story


def _rules(reasons: Iterable[Reason]) -> list[str]:
    return list(dict.fromkeys(reason.alert.rule_name for reason in reasons))


def _subject(facts: Sequence[Fact], names: Names, message: Together) -> str:
    others = len(facts) - 1
    more = f", and {others} more alert{'s' if others > 1 else ''}"
    if message.parts > 1:
        more += f" ({message.part} of {message.parts})"
    return one_safe_line(subject_of(facts[0].alert, names), LONGEST_SUBJECT_CHARACTERS - len(more)) + more


def _overview(facts: Sequence[Fact], message: Together) -> str:
    raised = sorted(fact.alert.raised_at for fact in facts)
    loud = sum(fact.alert.severity == "high" for fact in facts)
    weight = f", {loud} of them of high severity" if loud else ""
    part = f"Part {message.part} of {message.parts}, too much for one message: " if message.parts > 1 else ""
    when = f"raised from {moment_in_words(raised[0])} to {moment_in_words(raised[-1])}"
    return f"{part}{len(facts)} alerts{weight}, {when}, the weightiest first."


def _footing(reasons: Sequence[Reason]) -> str:
    own = _rules(reason for reason in reasons if not reason.subscription.wishes.shared)
    shared = [rule for rule in _rules(reasons) if rule not in own]
    said = ([footing_of(own)] if own else []) + ([footing_of(shared, shared=True)] if shared else [])
    return " ".join(said)


def _exits(reasons: Sequence[Reason], ways: Ways) -> list[tuple[Reason, str]]:
    """Return each subscription that a reader can end alone, with the way to do so."""
    found: dict[object, tuple[Reason, str]] = {}
    for reason in reasons:
        way = ways(reason).unsubscribe
        if way is not None:
            found.setdefault(reason.subscription.subscription_id, (reason, way))
    return list(found.values())


def _ways_out(reasons: Sequence[Reason], ways: Ways, from_all: str | None) -> tuple[Link, ...]:
    """Return the ways by which a reader ends what brought the message: all of it first, where that is several."""
    exits = [
        Link(f"Unsubscribe from “{one_safe_line(reason.alert.rule_name, _MOST_EXIT_CHARACTERS)}”", way)
        for reason, way in _exits(reasons, ways)
    ]
    if len(exits) > 1 and from_all is not None:
        exits.insert(0, Link(f"Unsubscribe from all {len(exits)} of these", from_all))
    return tuple(exits)
