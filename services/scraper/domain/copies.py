"""Tells a copy of a text from another text on the same event, by their sketches, figures and headlines. Pure.

What the rules stand on, each measured by `benchmarks/near_duplicates`:

* An outlet that copies a wire story keeps its lead and cuts from the end; one that writes the next day's story writes a
  new lead and repeats the background below it. So the leads of copies must share marks.
* What a copy keeps is spread over all of it; a paragraph that two texts quote stands in one place.
* A form that is filled in anew (a market report, a tender) repeats all its words but the figures.
* A wall that stands before many articles says nothing of their headlines; an article's text speaks of its own.
* One outlet seldom prints a text twice: its next text is held against its last more strictly than another's is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.scraper.domain.article import AKIN_AT_ONE_HOST, AKIN_AT_TWO_HOSTS, titles_akin
from services.scraper.domain.sketch import Sketch
from shared.language.tokens import tokenise

STORY_SPAN = timedelta(days=7)  # the same words again after a week are another story's
MOST_STORIES_OF_A_MARK = 2  # words that lead more stories are an agency's formula, and tell nothing
SURELY_CHARACTERS = 2_000  # so long a text at two hosts is a wire's, whatever the headlines; no wall is so long

_FEWEST_LONG_SHARED = 16  # a sentence that two texts quote has ten
_FEWEST_LONG_SHARED_OF_LEADS = 4
_LEAST_CONTAINED = 0.15  # a heavily edited copy shares four marks in ten
_STRETCHES = 12  # a stretch of a text is about a paragraph of it
_CONTAINED_AND_SPREAD = 0.8  # of heavy edits 91 % have so much, of paragraphs that are quoted alike none
_FEWEST_SHORT_SHARED = 8
_BRIEF_CONTAINED = 0.35
_BRIEF_CONTAINED_UNDER_ONE_HEADLINE = 0.2
_ONE_HEADLINE = 0.5  # the part of the shorter headline's words that both headlines have
_FIGURES_AGREE = 0.5  # the part of the fewer figures that both texts have
_TELLING_FIGURES_OF_LONG = 8  # so many may disagree only where a form was filled in anew; a cut may leave fewer
_TELLING_FIGURES_OF_BRIEF = 2
_VERBATIM = 0.5  # who repeats half of all the words (resemblance) repeats the figures too
_SAME_PAGE = 0.8  # resemblance of two editions of one page
_HEADLINE_SAID = 0.5  # the part of a headline's longer words that its article says itself
_SHORT_WORD_LETTERS = 3  # words up to this length are in every text


@dataclass(frozen=True, slots=True)
class Told:
    """A text as an outlet tells it."""

    host: str
    title: str
    published_at: datetime | None
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class KeptStory:
    """A story as its first text told it."""

    story_id: UUID
    told: Told


def story_told_again(new: Told, text: str, stories: Iterable[KeptStory]) -> UUID | None:
    """Return the story that the new text is a copy of, the one it shares most with; None when it is no copy."""
    copied = [each for each in stories if is_copy(new, each.told, text)]
    likest = max(copied, key=lambda each: _shared(new.sketch, each.told.sketch), default=None)
    return None if likest is None else likest.story_id


def is_copy(new: Told, kept: Told, text: str) -> bool:
    """Tell whether the new text, given with its words, is a copy of the kept one."""
    if not (_shares_the_wording(new, kept) and _close_in_time(new, kept)):
        return False
    if new.host == kept.host:
        return _one_page(new, kept)
    return (
        len(text) >= SURELY_CHARACTERS
        or titles_akin(new.title, kept.title, part=AKIN_AT_TWO_HOSTS)
        or speaks_of(text, new.title)
    )


def speaks_of(text: str, title: str) -> bool:
    """Tell whether the text says at least half of its headline's longer words, in any form of them."""
    said = {token.stem for token in tokenise(text)}
    named = {token.stem for token in tokenise(title) if len(token.folded) > _SHORT_WORD_LETTERS}
    return bool(named) and len(named & said) >= _HEADLINE_SAID * len(named)


def common_marks(new: Sketch, stories: Iterable[KeptStory]) -> frozenset[int]:
    """Return the new text's keys that stand in as many stories as they may; with one more they tell nothing."""
    met = Counter(key for each in stories for key in new.keys & each.told.sketch.keys)
    return frozenset(key for key, times in met.items() if times >= MOST_STORIES_OF_A_MARK)


def without(sketch: Sketch, marks: Collection[int]) -> Sketch:
    """Return the sketch without these marks."""
    if not marks:
        return sketch
    lead = tuple(mark for mark in sketch.long[: sketch.lead] if mark not in marks)
    rest = tuple(mark for mark in sketch.long[sketch.lead :] if mark not in marks)
    short = tuple(mark for mark in sketch.short if mark not in marks)
    return replace(sketch, long=lead + rest, lead=len(lead), short=short)


def _shared(one: Sketch, other: Sketch) -> int:
    return len({*one.long, *one.short} & {*other.long, *other.short})


def _shares_the_wording(new: Told, kept: Told) -> bool:
    one, other = new.sketch, kept.sketch
    if _long_marks_agree(one, other) and _figures_agree(one, other, telling=_TELLING_FIGURES_OF_LONG):
        return True
    return _short_marks_agree(new, kept) and _figures_agree(one, other, telling=_TELLING_FIGURES_OF_BRIEF)


def _long_marks_agree(one: Sketch, other: Sketch) -> bool:
    shared = set(one.long) & set(other.long)
    leads = set(one.long[: one.lead]) & set(other.long[: other.lead])
    contained = _contained(one.long, other.long)
    return (
        len(shared) >= _FEWEST_LONG_SHARED
        and len(leads) >= _FEWEST_LONG_SHARED_OF_LEADS
        and contained >= _LEAST_CONTAINED
        and contained + _spread(shared, min(one.long, other.long, key=len)) >= _CONTAINED_AND_SPREAD
    )


def _spread(shared: Collection[int], marks: Sequence[int]) -> float:
    """Return the part of a text's stretches, all of equal length, that hold a shared mark."""
    stretches = {at * _STRETCHES // len(marks) for at, mark in enumerate(marks) if mark in shared}
    return len(stretches) / _STRETCHES


def _short_marks_agree(new: Told, kept: Told) -> bool:
    one, other = new.sketch.short, kept.sketch.short
    one_headline = titles_akin(new.title, kept.title, part=_ONE_HEADLINE)
    least = _BRIEF_CONTAINED_UNDER_ONE_HEADLINE if one_headline else _BRIEF_CONTAINED
    return len(set(one) & set(other)) >= _FEWEST_SHORT_SHARED and _contained(one, other) >= least


def _figures_agree(one: Sketch, other: Sketch, *, telling: int) -> bool:
    fewer, more = sorted((len(one.figures), len(other.figures)))
    if fewer == 0 or _contained(one.figures, other.figures) >= _FIGURES_AGREE:
        return True
    refilled = 2 * fewer >= more and _resemblance(one, other) >= _VERBATIM
    return fewer < telling and not refilled


def _close_in_time(new: Told, kept: Told) -> bool:
    if new.published_at is None or kept.published_at is None:
        return True
    return abs(new.published_at - kept.published_at) <= STORY_SPAN


def _one_page(new: Told, kept: Told) -> bool:
    """Tell whether one outlet shows one text at two addresses: a page that moved, or that grew a little."""
    if _resemblance(new.sketch, kept.sketch) < _SAME_PAGE:
        return False
    same_title = new.title == kept.title and new.title != ""
    return same_title or titles_akin(new.title, kept.title, part=AKIN_AT_ONE_HOST)


def _resemblance(one: Sketch, other: Sketch) -> float:
    """Return the part of all marks of both that both have."""
    all_marks = {*one.long, *one.short, *other.long, *other.short}
    return _shared(one, other) / max(1, len(all_marks))


def _contained(one: Collection[int], other: Collection[int]) -> float:
    """Return the part of the smaller collection that the other has too; 0 where one is empty."""
    fewest = min(len(one), len(other))
    return len(set(one) & set(other)) / fewest if fewest else 0.0
