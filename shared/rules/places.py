"""Where in a text the words of a rule stand: the numbers of the first and last token of each occurrence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from shared.rules.passage import Passage, Span
from shared.rules.query import Exact, Named, Near, Phrase, Place, Prefix, Word
from shared.rules.terms import spelling_of

_MOST_COMPARED = 400  # pairs of occurrences; more are sorted


def places(place: Place, passage: Passage) -> Iterator[Span]:
    """The occurrences, in the order of the text; those of a list each once."""
    match place:
        case Word():
            yield from passage.places_of(place.stem)
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


def are_near(left: Sequence[Span], words: int, right: Sequence[Span]) -> bool:
    """Whether one of the left and one of the right have at most so many words between them, whichever is first."""
    if len(left) * len(right) > _MOST_COMPARED:
        closest = _closest(sorted(set(left)), sorted(set(right)))
        return closest is not None and closest[0] <= words
    for first, last in left:
        for begins, ends in right:
            if 0 < begins - last <= words + 1 or 0 < first - ends <= words + 1:
                return True
    return False


def nearest(clause: Near, passage: Passage) -> tuple[int, Span, Span] | None:
    """The closest pair with the number of words between them, the earliest of equals; None where one side is missing.

    Two that share a word are no pair.
    """
    left = places_of_any(clause.left, passage)
    return _closest(left, places_of_any(clause.right, passage)) if left else None


def _closest(left: Sequence[Span], right: Sequence[Span]) -> tuple[int, Span, Span] | None:
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
    """Follow all that has begun at once, a bit for each word reached, so that no text and no phrase takes long.

    The method is Baeza-Yates and Gonnet's shift-and (https://doi.org/10.1145/135239.135243), over words. A step goes
    word for word, or over a hyphen that stands in the text only, or in the phrase only.
    """
    in_a_row = passage.in_a_row(phrase)
    if in_a_row is not None:
        yield from in_a_row
        return
    stems, joined = phrase.stems, phrase.joined_stems
    goes_one, goes_two = _masks(stems, joined)
    whole = 1 << len(stems)
    end_of_text = len(passage.keys)
    here = 0
    for start in _starts(stems, joined, passage):
        if start < here:
            continue
        here, reached = start, {start: 0}
        while here < end_of_text and (here == start or reached.get(here) or reached.get(here + 1)):
            now = reached.get(here, 0) | 1
            key = passage.keys[here]
            after = (now & goes_one.get(key, 0)) << 1 | (now & goes_two.get(key, 0)) << 2
            over_hyphen = (now & goes_one.get(passage.joined.get(here, ""), 0)) << 1
            reached[here + 1] = reached.get(here + 1, 0) | after
            if over_hyphen:
                reached[here + 2] = over_hyphen
            here += 1
            if reached[here] & whole:
                yield _start_of(stems, joined, passage, reached, here), here - 1


def _starts(stems: tuple[str, ...], joined: tuple[str | None, ...], passage: Passage) -> list[int]:
    """The tokens at which the phrase can begin."""
    starts = [first for first, _ in passage.places_of(stems[0])]
    if joined and joined[0] is not None:
        starts += [first for first, _ in passage.places_of(joined[0])]
        starts.sort()
    return starts


def _masks(stems: tuple[str, ...], joined: tuple[str | None, ...]) -> tuple[dict[str, int], dict[str, int]]:
    """For each key the bits of the words behind which it leads one word, or two, further."""
    one: dict[str, int] = {}
    two: dict[str, int] = {}
    for at, stem in enumerate(stems):
        one[stem] = one.get(stem, 0) | 1 << at
    for at, whole in enumerate(joined):
        if whole is not None:
            two[whole] = two.get(whole, 0) | 1 << at
    return one, two


def _start_of(
    stems: tuple[str, ...], joined: tuple[str | None, ...], passage: Passage, reached: dict[int, int], end: int
) -> int:
    """The first token of the phrase that ends before the token `end`, found by walking back."""
    token, word = end, len(stems)
    while word:
        before = reached.get(token - 1, 0) | 1 if token - 1 in reached else 0
        if passage.keys[token - 1] == stems[word - 1] and before >> (word - 1) & 1:
            token, word = token - 1, word - 1
        elif word > 1 and passage.keys[token - 1] == joined[word - 2] and before >> (word - 2) & 1:
            token, word = token - 1, word - 2
        else:
            token, word = token - 2, word - 1
    return token
