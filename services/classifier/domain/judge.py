"""The judge: reads an article once against the compiled catalogue and says what it is about."""

from __future__ import annotations

from collections.abc import Iterable

from services.classifier.domain.agreements import (
    LONG_TEXT_SENTENCES,
    Mention,
    is_claimed,
    is_meant,
    mentions_of,
    overshadowed,
    wholes_in_passing,
    worth,
)
from services.classifier.domain.bounds import Bound, claims_kept, main_bound
from services.classifier.domain.lexicon import lexicon_of
from services.classifier.domain.reading import Reading
from services.classifier.domain.relevance import LIFTED_FROM, lifted, relevance_of
from services.classifier.domain.sectors import sectors_of
from services.classifier.domain.stages import claims_of
from shared.catalogue.entries import Catalogue
from shared.catalogue.sector_head import NO_HEAD, SectorHead
from shared.contracts.verdict import AgreementFinding, ArticleText, Verdict
from shared.language.tokens import detect_language

LESS_SURE = 0.01
CODE_VERSION = "7"  # raised with every change of the rules in this package


class Judge:
    """Compiles the catalogue once and judges articles; holds no state of them, so one serves many threads.

    `head` is the linear model beside the curated words; without one, the words decide alone.
    """

    def __init__(self, catalogue: Catalogue, head: SectorHead = NO_HEAD) -> None:
        self._catalogue = catalogue
        self._head = head
        self._lexicon = lexicon_of(catalogue)
        self.version = f"lexicon-{CODE_VERSION}+{catalogue.version}+head-{head.version}"

    def judge(self, article: ArticleText) -> Verdict:
        """Everything found in the article; an article not about India and Russia has sectors but no agreements."""
        reading = Reading(article, self._lexicon)
        relevance = relevance_of(reading)
        agreements = self._agreements(reading) if relevance.score >= LIFTED_FROM else ()
        relevance = lifted(relevance, reading, agreements)
        if not relevance.relevant:
            agreements = ()
        language = article.language or detect_language(reading.text)
        return Verdict(
            language=language,
            relevant=relevance.relevant,
            relevance=relevance.score,
            relevance_evidence=relevance.evidence,
            sectors=sectors_of(
                reading, self._catalogue, agreements, self._head, language=language, in_scope=relevance.relevant
            ),
            agreements=agreements,
            classifier=self.version,
        )

    def _agreements(self, reading: Reading) -> tuple[AgreementFinding, ...]:
        mentions = mentions_of(reading, self._lexicon)
        claims = claims_of(reading, self._lexicon, mentions)
        long_text = len(reading.lines) > LONG_TEXT_SENTENCES
        told = {name for name, bounds in claims.items() if any(not (b.background or b.known) for b in bounds)}
        passing = overshadowed(reading, self._catalogue, mentions, told)
        wholes = wholes_in_passing(self._catalogue, mentions, claims)
        passing |= {name for name in wholes if all(mention.weak for mention in mentions[name])}
        found = [
            _finding(reading, agreement, listed, claims[agreement])
            for agreement, listed in mentions.items()
            if agreement not in passing
            and is_meant(
                self._catalogue.agreements[agreement],
                listed,
                reading,
                claimed=is_claimed(self._catalogue.agreements[agreement], listed, claims[agreement]),
                expected=any(b.claim.tense == "expected" for b in claims[agreement]),
                past=bool(claims[agreement]) and all(b.background for b in claims[agreement]),
                long_text=long_text,
            )
        ]
        ranked = [
            _below_its_part(self._catalogue, finding, found) if finding.id in wholes else finding for finding in found
        ]
        return tuple(sorted(ranked, key=lambda finding: (-finding.score, finding.id)))


def _below_its_part(
    catalogue: Catalogue, whole: AgreementFinding, found: Iterable[AgreementFinding]
) -> AgreementFinding:
    """The body named as what a working group belongs to, no surer than the group: alerts speak of the surest."""
    parts = [finding.score for finding in found if catalogue.agreements[finding.id].part_of == whole.id]
    score = max(0.0, min([whole.score, *(part - LESS_SURE for part in parts)]))
    return whole.model_copy(update={"score": round(score, 3)})


def _finding(reading: Reading, agreement: str, mentions: list[Mention], bounds: list[Bound]) -> AgreementFinding:
    main = main_bound(bounds)
    return AgreementFinding(
        id=agreement,
        score=round(min(1.0, worth(mentions)), 3),
        evidence=_sentence_that_says_so(reading, mentions, bounds, main),
        stage=main.claim.stage if main else None,
        claims=claims_kept(bounds),
    )


def _sentence_that_says_so(reading: Reading, mentions: list[Mention], bounds: list[Bound], main: Bound | None) -> str:
    """Return the body's sentence that reports the stage, else the one that names the agreement best.

    The headline is the last resort: its reader has it before his eyes already.
    """
    headline = reading.text[: reading.title_chars]
    for bound in bounds:
        if main is not None and bound.claim.stage == main.claim.stage and bound.claim.evidence not in headline:
            return bound.claim.evidence
    best = max(mentions, key=lambda mention: (not reading.lines[mention.line].in_title, mention.value))
    return reading.evidence(best.hit)
