"""Where in a text the words of a rule stand: the numbers of the first and last token of each occurrence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from shared.rules.passage import Passage
from shared.rules.query import Exact, Named, Near, Phrase, Place, Prefix, Word
from shared.rules.terms import spelling_of

Span: TypeAlias = tuple[int, int]


def places(place: Place, passage: Passage) -> Iterator[Span]:
    """The occurrences, in order of their first token; those of a list each once."""
    match place:
        case Word():
            yield from passage.places.get(place.stem, ())
        case Phrase():
            yield from _of_phrase(place, passage)
        case Prefix():
            yield from _of_prefix(place, passage)
        case Exact():
            yield from _of_exact(place, passage)
        case Named(_, members):
            yield from places_of_any(members, passage)


def places_of_any(some: Iterable[Place], passage: Passage) -> list[Span]:
    """The occurrences of any of them, in order, each once."""
    return sorted({span for place in some for span in places(place, passage)})


def near(clause: Near, passage: Passage) -> tuple[Span, Span] | None:
    """The first pair of the left and of the right that is near enough, the left one first in the pair."""
    found = nearest(clause, passage)
    return found[1:] if found is not None and found[0] <= clause.words else None


def nearest(clause: Near, passage: Passage) -> tuple[int, Span, Span] | None:
    """The closest pair with the number of words between them, the earliest of equals; None where one side is missing.

    Two that share a word are no pair.
    """
    left = places_of_any(clause.left, passage)
    right = places_of_any(clause.right, passage) if left else []
    if not right:
        return None
    firsts = [first for first, _ in right]
    by_last = sorted(right, key=lambda span: span[1])
    lasts = [last for _, last in by_last]
    best: tuple[int, Span, Span] | None = None
    for span in left:
        after = bisect_right(firsts, span[1])
        if after < len(right) and (best is None or right[after][0] - span[1] - 1 < best[0]):
            best = (right[after][0] - span[1] - 1, span, right[after])
        before = bisect_left(lasts, span[0]) - 1
        if before >= 0 and (best is None or span[0] - lasts[before] - 1 < best[0]):
            best = (span[0] - lasts[before] - 1, span, by_last[before])
    return best


def _of_prefix(prefix: Prefix, passage: Passage) -> Iterator[Span]:
    words = {word for head in prefix.heads for word in passage.words_beginning(head)}
    yield from ((number, number) for number in sorted(n for word in words for n in passage.tokens_of(word)))


def _of_exact(exact: Exact, passage: Passage) -> Iterator[Span]:
    wanted = exact.spellings
    for first, last in places(exact.in_any_form, passage):
        if last - first + 1 == len(wanted) and all(
            spelling_of(passage.tokens[first + at].surface) == word for at, word in enumerate(wanted)
        ):
            yield first, last


def _of_phrase(phrase: Phrase, passage: Passage) -> Iterator[Span]:
    stems, joined = phrase.stems, phrase.joined_stems
    starts = [(first, last + 1, 1) for first, last in passage.places.get(stems[0], ())]
    if joined and joined[0] is not None:
        starts += [(first, last + 1, 2) for first, last in passage.places.get(joined[0], ())]
    ends: dict[Span, int | None] = {}  # of a place in text and phrase, so that no place is passed twice
    for first, token, word in sorted(starts):
        if (end := _end_of(stems, joined, passage, ends, token, word)) is not None:
            yield first, end - 1


def _end_of(
    stems: tuple[str, ...],
    joined: tuple[str | None, ...],
    passage: Passage,
    ends: dict[Span, int | None],
    token: int,
    word: int,
) -> int | None:
    """The token number behind the phrase whose first `word` words end before `token`, or None where it breaks off.

    One word further goes word for word, or over a hyphen that stands in the text only, or in the phrase only.
    """
    if word == len(stems):
        return token
    if token >= len(passage.keys):
        return None
    if (token, word) in ends:
        return ends[token, word]
    key, end = passage.keys[token], None
    if key == stems[word]:
        end = _end_of(stems, joined, passage, ends, token + 1, word + 1)
    if end is None and passage.joined.get(token) == stems[word]:
        end = _end_of(stems, joined, passage, ends, token + 2, word + 1)
    if end is None and word < len(joined) and key == joined[word]:
        end = _end_of(stems, joined, passage, ends, token + 1, word + 2)
    ends[token, word] = end
    return end
