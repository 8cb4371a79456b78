"""Whether an article is about India and Russia: both sides, together, in weight, and no third party before them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.classifier.domain.line import Line
from services.classifier.domain.reading import LEAD_SENTENCES, Reading
from shared.contracts.verdict import AgreementFinding

RELEVANT_FROM = 0.5
LIFTED_FROM = 0.15  # an article so surely about both, and about an agreement of theirs, is about both
HALF_EVIDENCE = 1.5  # so much paired weight gives .5: one lead sentence that names both sides
THIRD_DISCOUNT = 0.6  # each third country in the sentence divides its pair by so much more
BOUND_DISCOUNT = 0.2  # the same where the two sides stand side by side ("between Russia and India")
BOUND_THIRD_SHARE = 0.5  # a third country in such a sentence leads the story only so much
# What is left where the title begins with a third country, and then names the two side by side, or not.
THIRD_FIRST_BOUND, THIRD_FIRST = 0.8, 0.65
THIRD_ATTACKS = 0.5  # "Trump slams India and Russia": his story, whatever the two have in common
_DEALS = frozenset({"signed", "approved_internally", "finalised"})
_ATTACKS = tuple(
    """
    slam blast lash warn threat mock taunt accus attack rebuk criticis criticiz hits chides berat tariff
    обруш раскритик пригроз угро обвин высме упрек предупред набросил
    हमला हमले धमकी धमका निशान भडक चेतावनी आरोप फटकार तंज
    """.split()
)
SPORT_WORDS, SPORT_SHARE = 2, 0.5  # a report with so many different words of sport, and what is left of it
NAMED_ITEM_SHARE = 0.5  # a headline that names the item, and leaves the two countries to the lead
LATE_PAIR = 0.8  # what is left where title and first sentence leave one of the two out
NEIGHBOUR_SHARE = 0.4  # sides named in neighbouring sentences count so much of a pair


@dataclass(frozen=True, slots=True)
class Relevance:
    """How surely the article is about India and Russia (0..1), and the sentence that says so."""

    score: float
    evidence: str

    @property
    def relevant(self) -> bool:
        """Whether it is taken to be about both."""
        return self.score >= RELEVANT_FROM


def relevance_of(reading: Reading) -> Relevance:
    """Weighs every sentence for both sides; see the constants for the weights."""
    total, best, best_line = 0.0, 0.0, None
    for number, line in enumerate(reading.lines):
        value = line.weight * _pair(reading, number)
        total += value
        if value > best:
            best, best_line = value, line
    if best_line is None:
        return Relevance(0.0, "")
    score = total / (total + HALF_EVIDENCE) * _dominance(reading) * _density(reading, total)
    if not _opens_with_both(reading):
        score *= LATE_PAIR
    if _third_comes_first(reading):
        score *= _third_first_share(reading)
    if _is_sport(reading):
        score *= SPORT_SHARE
    return Relevance(round(min(1.0, score), 3), reading.line_text(best_line))


def lifted(relevance: Relevance, reading: Reading, agreements: Iterable[AgreementFinding]) -> Relevance:
    """The relevance of an article that is about these agreements, though the two sides hardly lead it.

    It is lifted where a sentence that names both sides, and no third, reports something of an agreement, or names one
    at the top; not where the headline belongs to a third country.
    """
    if relevance.relevant or any(line.thirds and not _names_both(line) for line in reading.titles()):
        return relevance
    home = next((finding for finding in agreements if _is_of_home(reading, finding.id)), None)
    if home is not None:
        return Relevance(RELEVANT_FROM, home.evidence)
    led = _item_of_the_lead(reading, agreements)
    if led is not None:
        return Relevance(RELEVANT_FROM, led.evidence)
    of_both = [line for line in reading.lines if _names_both(line) and not line.thirds]
    told = {reading.line_text(line) for line in of_both}
    named = {name.agreement for line in of_both if line.place <= LEAD_SENTENCES for name in line.names if not name.weak}
    for finding in agreements:
        says_so = next((claim.evidence for claim in finding.claims if claim.evidence in told), None)
        if says_so is not None or finding.id in named:
            return Relevance(RELEVANT_FROM, says_so or finding.evidence)
    return relevance


def _item_of_the_lead(reading: Reading, agreements: Iterable[AgreementFinding]) -> AgreementFinding | None:
    """The item that the lead names surely and tells something of, where title and lead name both sides and no third."""
    lead = [line for line in reading.lines if line.place <= LEAD_SENTENCES]
    sides = {side for line in lead for side in line.sides}
    if any(line.thirds for line in lead) or not {"india", "russia"} <= sides:
        return None
    named = {name.agreement for line in lead for name in line.names if not name.weak}
    told = {reading.line_text(line) for line in lead}
    return next((f for f in agreements if f.id in named and any(c.evidence in told for c in f.claims)), None)


def _is_of_home(reading: Reading, agreement: str) -> bool:
    """Whether the headline names an item and the other side, and leaves out the country whose language it speaks."""
    for line in reading.titles():
        named = any(name.agreement == agreement and not name.weak for name in line.names)
        script = max((token.folded[0] for token in reading.tokens[line.first : line.last]), default="")
        home = "india" if script >= "\u0900" else "russia" if script >= "\u0400" else ""
        other = "russia" if home == "india" else "india"
        if named and home and other in line.sides and home not in line.sides:
            return True
    return False


def _pair(reading: Reading, number: int) -> float:
    line = reading.lines[number]
    if not line.sides and not (line.in_title and line.names):
        return 0.0
    discount = 1 + (BOUND_DISCOUNT if line.bound else THIRD_DISCOUNT) * len(line.thirds)
    if line.has_pair():
        return min(line.sides["india"], line.sides["russia"]) / discount
    if line.in_title and not line.thirds and _names_an_item_of_both(reading, line):
        return NAMED_ITEM_SHARE
    if not line.sides:
        return 0.0
    around: dict[str, float] = {}
    for neighbour in (*reading.lines[max(0, number - 1) : number], *reading.lines[number + 1 : number + 2]):
        for side, weight in neighbour.sides.items():
            around[side] = max(weight, around.get(side, 0.0))
    missing = "russia" if "india" in line.sides else "india"
    return NEIGHBOUR_SHARE * min(max(line.sides.values()), around.get(missing, 0.0)) / discount


def _names_an_item_of_both(reading: Reading, line: Line) -> bool:
    """Whether a title without both sides names a watched item, and the lead names both sides."""
    return any(not name.weak for name in line.names) and any(
        other.has_pair() and not other.thirds for other in reading.lines if 0 < other.place <= LEAD_SENTENCES
    )


def _dominance(reading: Reading) -> float:
    """1 where the weaker of the two sides outweighs every third party, less where somebody else leads the story."""
    sides = {
        side: sum(line.weight * line.sides.get(side, 0.0) for line in reading.lines) for side in ("india", "russia")
    }
    weaker = min(sides.values())
    thirds: dict[str, float] = {}
    for line in reading.lines:
        for country in line.thirds:
            thirds[country] = thirds.get(country, 0.0) + line.weight * (BOUND_THIRD_SHARE if line.bound else 1.0)
    strongest = max(thirds.values(), default=0.0)
    ahead = max(0.0, strongest - weaker)
    titles = reading.titles()
    foreign_title = any(line.thirds for line in titles) and not any(
        _names_both(line) and not line.partners & line.thirds for line in titles
    )
    return weaker / (weaker + 0.6 * ahead) * (0.6 if foreign_title else 1.0) if weaker else 0.0


def _opens_with_both(reading: Reading) -> bool:
    """Whether title and first sentence together name both sides."""
    return {"india", "russia"} <= {side for line in reading.lines if line.place <= 1 for side in line.sides}


def _names_both(line: Line) -> bool:
    """Whether the two sides are named for themselves: a Russian missile in an Indian war names no Russia."""
    named = {
        word.side
        for hit, word in line.side_hits
        if word.weight >= 1.0 or not any(name.first <= hit.first and hit.last <= name.last for name in line.names)
    }
    return line.has_pair() and len(named) > 1


def _third_first_share(reading: Reading) -> float:
    titles = reading.titles()
    if not any(line.names for line in titles) and any(
        token.folded.startswith(_ATTACKS) for line in titles for token in reading.tokens[line.first : line.last]
    ):
        return THIRD_ATTACKS
    return THIRD_FIRST_BOUND if any(line.bound for line in titles) else THIRD_FIRST


def _third_comes_first(reading: Reading) -> bool:
    """Whether the first party that the title names is a third country: it acts, the two are acted upon."""
    for line in reading.titles():
        thirds = [hit.first for hit, country in line.third_hits if country in line.thirds]
        if thirds:
            return min(thirds) < min((hit.first for hit, _ in line.side_hits), default=len(reading.tokens))
    return False


def _is_sport(reading: Reading) -> bool:
    """Whether athletes of the two compete, and nobody signs or negotiates anything in title or lead."""
    words = {reading.tokens[hit.first].stem for line in reading.lines for hit in line.sports}
    if len(words) < SPORT_WORDS:
        return False
    lead = [line for line in reading.lines if line.place <= LEAD_SENTENCES]
    return not any(cue.stage in _DEALS for line in lead for cue in line.cues) and not any(line.names for line in lead)


def _density(reading: Reading, total: float) -> float:
    """Less than 1 where a long text speaks of the pair only here and there."""
    whole = sum(line.weight for line in reading.lines)
    return min(1.0, 0.35 + 3.0 * total / whole) if whole else 0.0
