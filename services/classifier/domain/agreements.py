"""Which catalogue items an article is about: where it names them, whether they are meant, how much they matter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from services.classifier.domain.bounds import Bound
from services.classifier.domain.lexicon import CompiledPattern, Lexicon
from services.classifier.domain.line import Hit, Line, NameHit
from services.classifier.domain.ordinals import (
    bears_a_number,
    is_before_its_time,
    is_of_another_year,
    numbered_otherwise,
    numbers_in,
)
from services.classifier.domain.papers import goes_on
from services.classifier.domain.reading import LEAD_SENTENCES, Reading
from shared.catalogue.entries import Agreement, Catalogue

PATTERN_REACH_TOKENS = 24  # the other groups of a pattern stand this near to its key
GENERIC_REACH_LINES = 2
CROWD_OF_THIRDS = 2  # so many other countries in a sentence make a generic name theirs
BACKDROP_REACH_TOKENS = 6  # "ahead of the annual summit"
HINDI_BACKDROP_REACH_TOKENS = 2  # "शिखर सम्मेलन से पहले"
REFUSAL_REACH_TOKENS = 12
TITLE_VALUE, LEAD_VALUE, BODY_VALUE, FAR_VALUE = 0.95, 0.75, 0.5, 0.3
WEAK_SHARE = 0.9
BACKDROP_SHARE = 0.3
LONG_TEXT_SENTENCES = 14  # a digest or a short report names what it is about; a long text names much in passing
SUBJECT_REACH_TOKENS = 4  # "The national programme Pharma-2030 …"
MEANT_FROM = 0.42
CLAIM_BONUS, SUBJECT_BONUS = 0.25, 0.2  # something is told of it, or a sentence is about it
LONG_TEXT_PRICE = 0.08  # what a long text asks on top, because it names much in passing


@dataclass(slots=True)
class Mention:
    """A name of an agreement that is meant: its sentence, its words, and what it is worth (0..1)."""

    agreement: str
    line: int
    hit: Hit
    weak: bool
    backdrop: bool
    value: float


def mentions_of(reading: Reading, lexicon: Lexicon) -> dict[str, list[Mention]]:
    """All meant mentions by agreement, in the order of the text."""
    found: dict[str, list[Mention]] = {}
    for number, line in enumerate(reading.lines):
        if not line.names and not line.groups:
            continue
        for mention in _mentions_in(reading, lexicon, number, line):
            found.setdefault(mention.agreement, []).append(mention)
    for number, line in enumerate(reading.lines):
        for hit, word in line.generics:
            if _follows(number, found.get(word.after, ())) and not _named_otherwise(line, hit, word.agreement):
                mention = _mention(reading, number, word.agreement, hit, weak=True)
                found.setdefault(mention.agreement, []).append(mention)
    return _of_this_session(reading, lexicon, {name: _once(listed) for name, listed in found.items()})


def _once(mentions: list[Mention]) -> list[Mention]:
    """One mention for the same words, whatever number of names they are: the surest, then the longest."""
    kept: dict[int, list[Mention]] = {}
    for mention in sorted(mentions, key=lambda m: (-m.value, m.hit.first - m.hit.last)):
        here = kept.setdefault(mention.line, [])
        if not any(_apart(other.hit, mention.hit) == 0 for other in here):
            here.append(mention)
    return sorted((m for here in kept.values() for m in here), key=lambda mention: mention.hit.first)


def _of_this_session(reading: Reading, lexicon: Lexicon, found: dict[str, list[Mention]]) -> dict[str, list[Mention]]:
    """Drops items of another session or year than the article's: a protocol of the 21st, a joint statement of 2021."""
    kept: dict[str, list[Mention]] = {}
    for agreement, mentions in found.items():
        item = lexicon.catalogue.agreements[agreement]
        if is_before_its_time(item, reading.published):
            continue
        if not bears_a_number(item) or not _is_of_another_session(reading, item, mentions):
            kept[agreement] = mentions
    return kept


def _is_of_another_session(reading: Reading, item: Agreement, mentions: list[Mention]) -> bool:
    lines = _lines_of(reading, mentions)
    return numbered_otherwise(item, lines) or (not numbers_in(lines) and is_of_another_year(item, reading.published))


def _lines_of(reading: Reading, mentions: list[Mention]) -> str:
    """The title, and the sentences of the mentions with those that lead to them."""
    numbers = {n for m in mentions for n in range(max(0, m.line - GENERIC_REACH_LINES), m.line + 1)}
    lines = [line for number, line in enumerate(reading.lines) if number in numbers or line.in_title]
    return "\n".join(reading.text[line.start : line.end] for line in lines)


def _follows(number: int, others: Iterable[Mention]) -> bool:
    return any(0 <= number - other.line <= GENERIC_REACH_LINES for other in others)


def _named_otherwise(line: Line, hit: Hit, agreement: str) -> bool:
    """Whether the words belong to a full name, or the sentence is about strangers."""
    return bool(line.thirds) or any(_inside(hit, name) for name in line.names) or agreement in line.refusals


def worth(mentions: list[Mention]) -> float:
    """What several mentions are worth together: 1 less what each sentence leaves open; the fourth adds no more."""
    best: dict[int, float] = {}
    for mention in mentions:
        best[mention.line] = max(mention.value, best.get(mention.line, 0.0))
    left = 1.0
    for value in sorted(best.values(), reverse=True)[:3]:
        left *= 1.0 - value
    return 1.0 - left


def is_claimed(agreement: Agreement, mentions: list[Mention], bounds: Iterable[Bound]) -> bool:
    """Whether something new is reported of the item; that a body meets some day is news only in the lead."""
    leads = any(mention.value >= LEAD_VALUE * WEAK_SHARE for mention in mentions)
    return any(
        bound.claim.tense == "reported"
        and not bound.background
        and not bound.known
        and (leads or not bound.inferred or agreement.kind != "mechanism")
        for bound in bounds
    )


def is_meant(
    agreement: Agreement,
    mentions: list[Mention],
    reading: Reading,
    *,
    claimed: bool,
    expected: bool,
    past: bool,
    long_text: bool,
) -> bool:
    """Whether the article is about the item, or only names it in passing.

    `claimed`: something is reported of it; `expected`: something is awaited of it; `past`: only what
    happened long ago is told of it.
    """
    in_title = any(mention.value >= TITLE_VALUE * WEAK_SHARE for mention in mentions)
    foreground = [mention for mention in mentions if not mention.backdrop]
    if agreement.naming.background:
        return (in_title and bool(foreground)) or (claimed and bool(foreground))
    if not foreground and not claimed:
        return False
    if past and agreement.kind == "mechanism" and all(m.weak and m.value <= BODY_VALUE for m in mentions):
        return False
    spoken_of = any(not mention.weak and _leads_its_sentence(reading, mention) for mention in foreground)
    bonus = CLAIM_BONUS if claimed or expected else SUBJECT_BONUS if spoken_of else 0.0
    needed = MEANT_FROM + (LONG_TEXT_PRICE if long_text else 0.0)
    return worth(mentions) + bonus >= needed


def _leads_its_sentence(reading: Reading, mention: Mention) -> bool:
    """Whether the sentence is about the item: its name stands where subjects stand."""
    return mention.hit.first - reading.lines[mention.line].first <= SUBJECT_REACH_TOKENS


def overshadowed(
    reading: Reading, catalogue: Catalogue, mentions: Mapping[str, list[Mention]], told: Collection[str]
) -> frozenset[str]:
    """The items named once in the body, of which nothing is told, beside one of their own field that has the title.

    An item that leads its sentence is spoken of. `told` are the items of which something is reported or awaited. "UAC
    also flew in the Il-114" beside a Superjet deal is a passing mention. The first sentence names nothing in passing,
    but for what is taken for the leading item.
    """
    leading = _leading(mentions, told, TITLE_VALUE * WEAK_SHARE)
    return frozenset(
        name
        for name, listed in mentions.items()
        if name not in told
        and catalogue.agreements[name].kind in {"project", "programme", "mechanism"}  # papers are named to be told of
        and len(listed) == 1
        and not reading.lines[listed[0].line].in_title
        and not _leads_its_sentence(reading, listed[0])
        and (
            (is_of_old(reading, listed[0]) and _is_led(reading, mentions, told))
            or any(
                _is_taken_for(catalogue, name, other)
                or (reading.lines[listed[0].line].place > 1 and _share_a_field(catalogue, name, other))
                for other in leading
            )
        )
    )


def _leading(mentions: Mapping[str, list[Mention]], told: Collection[str], value: float) -> set[str]:
    """The items told of that are named where it is worth so much: in the title, in the lead."""
    return {name for name in told if any(mention.value >= value for mention in mentions.get(name, ()))}


def is_of_old(reading: Reading, mention: Mention) -> bool:
    """Whether the sentence tells of years gone by: "which was signed at the first dialogue in December 2021"."""
    if reading.published is None:
        return False
    now = reading.published.year
    dates = reading.dates(reading.lines[mention.line], coming=False)
    years = [found.year for found in dates if found.year is not None and found.year <= now]
    return bool(years) and max(years) < now


def _is_led(reading: Reading, mentions: Mapping[str, list[Mention]], told: Collection[str]) -> bool:
    """Whether something is told of an item in title or first sentence."""
    return any(reading.lines[mention.line].place <= 1 for name in told for mention in mentions.get(name, ()))


def wholes_in_passing(
    catalogue: Catalogue, mentions: Mapping[str, list[Mention]], claims: Mapping[str, Iterable[Bound]]
) -> frozenset[str]:
    """The bodies named only as what a working group in the news belongs to, or for their own session to come.

    By a name of several meanings they are not meant at all; by their full name they come after what is in the news.
    """
    found = set()
    for name, listed in mentions.items():
        whole = catalogue.agreements[name].part_of
        if whole not in mentions or not any(_is_news(bound) for bound in claims[name]):
            continue
        beside = {mention.line for mention in listed}
        apart = [mention for mention in mentions[whole] if mention.line not in beside]
        if not apart or not any(_is_news(bound) for bound in claims[whole]):
            found.add(whole)
    return frozenset(found)


def _is_news(bound: Bound) -> bool:
    return bound.claim.tense == "reported" and not (bound.background or bound.inferred)


def _is_taken_for(catalogue: Catalogue, name: str, other: str) -> bool:
    return any(text.split(" ")[0].rstrip(",") == name for text in catalogue.agreements[other].confusable)


def _share_a_field(catalogue: Catalogue, name: str, other: str) -> bool:
    return bool(set(catalogue.agreements[name].sectors) & set(catalogue.agreements[other].sectors))


def _mentions_in(reading: Reading, lexicon: Lexicon, number: int, line: Line) -> Iterator[Mention]:
    strong = [name for name in line.names if not name.weak]
    agreements = lexicon.catalogue.agreements
    for name in line.names:
        if name.weak and _covered(name, strong, name.agreement):
            continue
        if _admitted(reading, number, agreements[name.agreement], name, weak=name.weak):
            yield _mention(reading, number, name.agreement, name, weak=name.weak)
    given = lexicon.deals if goes_on(reading, number) else frozenset()
    for pattern, hit in pattern_hits(lexicon.naming_patterns, line, given):
        if _covered(hit, strong, pattern.owner) or any(
            _inside(hit, n) for n in line.names if n.agreement == pattern.owner
        ):
            continue
        if _admitted(reading, number, agreements[pattern.owner], hit, weak=True):
            yield _mention(reading, number, pattern.owner, hit, weak=True)


def pattern_hits(
    by_key: Mapping[int, list[CompiledPattern]], line: Line, given: frozenset[int] = frozenset()
) -> Iterator[tuple[CompiledPattern, Hit]]:
    """Every place in the sentence where a pattern is complete: the key's place, once for each key word.

    `given` are groups that the sentence before has filled.
    """
    for group in sorted(line.groups.keys() & by_key.keys()):
        for pattern in by_key[group]:
            for key in line.groups[group]:
                if all(other in given or _beside(line, other, key) for other in pattern.groups[1:]):
                    yield pattern, key


def _beside(line: Line, group: int, key: Hit) -> bool:
    for hit in line.groups.get(group, ()):
        apart = max(hit.first - key.last, key.first - hit.last)
        if 0 < apart <= PATTERN_REACH_TOKENS:
            return True
    return False


def _covered(hit: Hit, names: list[NameHit], agreement: str) -> bool:
    """Whether the words belong to a longer sure name of another item ("commission" in "commission on military …")."""
    return any(
        name.agreement != agreement and _inside(hit, name) and name.last - name.first > hit.last - hit.first
        for name in names
    )


def _inside(inner: Hit, outer: Hit) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


def _admitted(reading: Reading, number: int, agreement: Agreement, hit: Hit, *, weak: bool) -> bool:
    """Whether the surroundings let the name mean this item: needed sides near, no refusal, no third party instead."""
    line = reading.lines[number]
    around = _sides_around(reading, number)
    if not agreement.naming.needs <= around:
        return False
    if not weak:
        return True
    if any(_refuses(reading, hit, refusal) for refusal in line.refusals.get(agreement.id, ())):
        return False
    if not line.bound and (line.partners & line.thirds or len(line.thirds) >= CROWD_OF_THIRDS):
        return False  # the one deals with somebody else, and the other is named beside it
    if line.thirds and not line.has_pair():
        return len(line.thirds) == 1 and bool(line.sides) and any(title.has_pair() for title in reading.titles())
    return {"india", "russia"} <= around


def _sides_around(reading: Reading, number: int) -> set[str]:
    around = set(reading.lines[number].sides)
    lead = [line for line in reading.lines if line.place <= LEAD_SENTENCES]
    for line in (*lead, *reading.lines[max(0, number - 1) : number + 2]):
        around |= line.sides.keys()
    return around


def _refuses(reading: Reading, hit: Hit, refusal: Hit) -> bool:
    """Whether the word stands near the name, and not beyond a semicolon in a list of other papers."""
    if _apart(hit, refusal) > REFUSAL_REACH_TOKENS:
        return False
    first, last = min(hit, refusal, key=lambda each: each.first), max(hit, refusal, key=lambda each: each.first)
    return ";" not in reading.text[reading.tokens[first.last].end : reading.tokens[last.first].start]


def _apart(hit: Hit, other: Hit) -> int:
    return max(0, other.first - hit.last, hit.first - other.last)


def _mention(reading: Reading, number: int, agreement: str, hit: Hit, *, weak: bool) -> Mention:
    line = reading.lines[number]
    backdrop = any(
        0 < frame.first - hit.last <= HINDI_BACKDROP_REACH_TOKENS
        if _is_hindi(reading, frame)  # its postpositions follow what they speak of
        else 0 <= hit.first - frame.last <= BACKDROP_REACH_TOKENS
        for frame in line.frames.get("backdrop", ())
    )
    value = _place_value(line) * (WEAK_SHARE if weak else 1.0) * (BACKDROP_SHARE if backdrop else 1.0)
    return Mention(agreement, number, hit, weak, backdrop, value)


def _is_hindi(reading: Reading, hit: Hit) -> bool:
    return reading.tokens[hit.first].folded[0] >= "\u0900"


def _place_value(line: Line) -> float:
    if line.in_title:
        return TITLE_VALUE
    if line.place <= 2:
        return LEAD_VALUE
    return BODY_VALUE if line.place <= 8 else FAR_VALUE
