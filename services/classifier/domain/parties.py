"""Who takes part in each sentence: the two sides, third countries, and both sides in one breath ("Russia–India").

Some items are multilateral by nature (a corridor through Iran, a union of five states): the countries that belong to
them are no strangers to a story in which India and Russia take part.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from services.classifier.domain.lexicon import Lexicon, SideWord
from services.classifier.domain.line import Hit, Line
from shared.catalogue.entries import Side
from shared.language.terms import SMALL_WORDS
from shared.language.tokens import Token

BOUND_GAP_TOKENS = 2  # "between Russia and India", "из России в Индию", "भारत और रूस"
LEAD_PLACES = 2
_WITH, _WITH_HI = frozenset({"with", "с", "со"}), frozenset({"साथ", "संग"})
WITH_REACH_TOKENS = 2
PERSON_WEIGHT = 0.9  # who shakes hands: a country or its leader ("Putin and Trump")
IMPLIED_HOME = 0.6
_HOMES: tuple[tuple[Side, Side], tuple[Side, Side]] = (("russia", "india"), ("india", "russia"))
_CLAUSE_ENDS = frozenset(";:।")
MODEL_REACH_TOKENS = 5
_LIKE = frozenset("like similar unlike как аналогично аналогичный аналогии подобно похожий примеру".split())
_LIKE_HI = frozenset("तरह तर्ज जैसा जैसी जैसे".split())
_PLACES = frozenset("in at on в во на में पर".split())
# A country that goods only pass ("via Iran", "через Баку", "ईरान के रास्ते") is a road, not a party.
_ROAD_BEFORE = frozenset("via through across crossing cross через транзитом пересечет".split())
_ROAD_AFTER = frozenset("रास्ते होकर होते जरिए".split())


def settle_sides(line: Line, tokens: Sequence[Token], text: str) -> None:
    """Which parties the sentence names: masked names do not count, the bloc counts only beside India."""
    if not line.side_hits and not line.third_hits:
        return
    blocs: list[float] = []
    named: list[tuple[Hit, SideWord]] = []
    for hit, word in line.side_hits:
        if any(mask.first <= hit.first and hit.last <= mask.last for mask in line.masks):
            continue
        if word.bloc:
            blocs.append(word.weight)
        else:
            line.sides[word.side] = max(word.weight, line.sides.get(word.side, 0.0))
            if word.weight >= 1.0:
                named.append((hit, word))
    if blocs and "india" in line.sides:
        line.sides["russia"] = max(*blocs, line.sides.get("russia", 0.0))
        line.bloc = True
    models = _models(line, tokens, text) if line.has_pair() else set()
    line.thirds = {country for _, country in line.third_hits} - models
    line.roads = {country for hit, country in line.third_hits if _is_road(hit, tokens)}
    line.bound = line.has_pair() and _in_one_breath(line, named, tokens, text)
    line.partners = set() if _in_a_row(named, tokens, text) else _partners(line, tokens, text)


def excuse_companions(lines: Sequence[Line], lexicon: Lexicon, tokens: Sequence[Token], text: str) -> None:
    """Takes members of a multilateral item and roads out of the third parties, where both sides take part."""
    companions: set[str] = set()
    for line in lines:
        companions |= line.roads
        if line.bloc:
            companions |= lexicon.catalogue.parties.bloc_members
        for name in line.names:
            companions |= lexicon.catalogue.agreements[name.agreement].naming.companions
    if companions and _both_take_part(lines, tokens, text):
        for line in lines:
            line.thirds -= companions


def imply_home(lines: Sequence[Line], tokens: Sequence[Token]) -> None:
    """Adds the side that a paper leaves out because it is its own country: "соглашение с Индией", "रूस के साथ करार".

    Only where title or lead deals with the other side, and the whole text names no third country and not this side.
    """
    lead = [line for line in lines if line.place <= LEAD_PLACES]
    if not lead or any(line.thirds for line in lines):
        return
    script = max((token.folded[0] for line in lead for token in tokens[line.first : line.last]), default="")
    home, other = _HOMES[script >= "\u0900"]
    if script < "\u0400" or any(home in line.sides for line in lines):
        return
    for line in lead:
        if any(word.side == other and _is_dealt_with(hit, tokens) for hit, word in line.side_hits):
            line.sides[home] = IMPLIED_HOME


def _is_dealt_with(hit: Hit, tokens: Sequence[Token]) -> bool:
    before = {token.folded for token in tokens[max(0, hit.first - 1) : hit.first]}
    after = {token.folded for token in tokens[hit.last + 1 : hit.last + 1 + WITH_REACH_TOKENS]}
    return bool(before & _WITH or after & _WITH_HI)


def _both_take_part(lines: Sequence[Line], tokens: Sequence[Token], text: str) -> bool:
    """Whether India stands in the title, or the two sides in the lead of a story whose title names no other country."""
    titles = [line for line in lines if line.in_title]
    lead = [line for line in lines if line.place <= LEAD_PLACES]
    if not {"india", "russia"} <= {side for line in lead for side in line.sides}:
        return False
    if any("india" in line.sides for line in titles):
        return not any(_beside_a_third(line, tokens, text) for line in titles)
    return not any(line.thirds for line in titles) and any(line.has_pair() for line in lead)


def _in_one_breath(line: Line, named: Sequence[tuple[Hit, SideWord]], tokens: Sequence[Token], text: str) -> bool:
    """Whether the two names stand side by side, and no third country in the same row ("Russia, India and China")."""
    ordered = sorted(named, key=lambda pair: pair[0].first)
    for (left, one), (right, other) in pairwise(ordered):
        if one.side == other.side or not _next_to(left, right, tokens, text):
            continue
        row = Hit(left.first, right.last)
        if not any(
            _next_to(row, third, tokens, text) or _next_to(third, row, tokens, text) for third, _ in line.third_hits
        ):
            return True
    return False


def _in_a_row(named: Sequence[tuple[Hit, SideWord]], tokens: Sequence[Token], text: str) -> bool:
    """Whether the two sides stand side by side, alone or in a longer row."""
    ordered = sorted(named, key=lambda pair: pair[0].first)
    return any(
        one.side != other.side and _next_to(left, right, tokens, text)
        for (left, one), (right, other) in pairwise(ordered)
    )


def _partners(line: Line, tokens: Sequence[Token], text: str) -> set[str]:
    """The third countries that one side deals with: "India and Japan", "с Узбекистаном", "मलेशिया के साथ"."""
    found: set[str] = set()
    for third, country in line.third_hits:
        before = {token.folded for token in tokens[max(0, third.first - WITH_REACH_TOKENS) : third.first]}
        after = {token.folded for token in tokens[third.last + 1 : third.last + 1 + WITH_REACH_TOKENS]}
        if (
            before & _WITH
            or after & _WITH_HI
            or any(
                (word.weight >= PERSON_WEIGHT or word.bloc)
                and (_next_to(side, third, tokens, text) or _next_to(third, side, tokens, text))
                and not _is_in(side, third, tokens)
                for side, word in line.side_hits
            )
        ):
            found.add(country)
    return found


def _beside_a_third(line: Line, tokens: Sequence[Token], text: str) -> bool:
    """Whether one side stands in a row with a third country where the other side is not named ("India, Iran sign")."""
    return not line.has_pair() and any(
        _next_to(side, third, tokens, text) or _next_to(third, side, tokens, text)
        for side, _ in line.side_hits
        for third, _ in line.third_hits
    )


def _models(line: Line, tokens: Sequence[Token], text: str) -> set[str]:
    """Countries that a dealing of the two is likened to: "как с Китаем и Ираном", "as with China", "चीन की तरह"."""
    found: set[str] = set()
    for third, country in line.third_hits:
        before = tokens[max(line.first, third.first - MODEL_REACH_TOKENS) : third.first]
        after = tokens[third.last + 1 : third.last + 1 + WITH_REACH_TOKENS]
        likened = next((token for token in reversed(before) if token.folded in _LIKE), None)
        if (likened and not _CLAUSE_ENDS & set(text[likened.end : tokens[third.first].start])) or any(
            token.folded in _LIKE_HI for token in after
        ):
            found.add(country)
    return found


def _is_in(side: Hit, third: Hit, tokens: Sequence[Token]) -> bool:
    """Whether a word of place stands between the two: "Ukrainian oil in India" is no dealing with Ukraine."""
    left, right = (side, third) if side.first < third.first else (third, side)
    return any(token.folded in _PLACES for token in tokens[left.last + 1 : right.first])


def _is_road(hit: Hit, tokens: Sequence[Token]) -> bool:
    before = {token.folded for token in tokens[max(0, hit.first - 2) : hit.first]}
    after = {token.folded for token in tokens[hit.last + 1 : hit.last + 3]}
    return bool(before & _ROAD_BEFORE or after & _ROAD_AFTER)


def _next_to(left: Hit, right: Hit, tokens: Sequence[Token], text: str) -> bool:
    gap = tokens[left.last + 1 : right.first]
    if left.last >= right.first or len(gap) > BOUND_GAP_TOKENS or any(t.folded not in SMALL_WORDS for t in gap):
        return False
    return not _CLAUSE_ENDS & set(text[tokens[left.last].end : tokens[right.first].start])
