"""What holds of a paper by its company: signed in a list of the signed, named right after one, "at the same stage"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from services.classifier.domain.agreements import Mention
from services.classifier.domain.bounds import Bound, main_bound
from services.classifier.domain.cues import cues_of, is_of_other_paper
from services.classifier.domain.lexicon import Lexicon
from services.classifier.domain.papers import PAPER_KINDS, PLURAL_DEALS
from services.classifier.domain.reading import Reading
from services.classifier.domain.telling import bound_of
from shared.catalogue.entries import Catalogue

COMPANY_LINES = 2
_SAME = frozenset("same likewise too also similarly тоже также аналогично भी वही".split())


def share_in_company(
    reading: Reading, lexicon: Lexicon, mentions: Mapping[str, list[Mention]], found: dict[str, list[Bound]]
) -> None:
    """What title or lead say of many ("signed 16 agreements") holds for each item listed without its own word."""
    for line in reading.lines[:4]:
        tokens = reading.tokens[line.first : line.last]
        cue = next((c for c in cues_of(reading, lexicon, line) if c.stage == "signed"), None)
        if cue is None or is_of_other_paper(reading, cue) or not any(token.folded in PLURAL_DEALS for token in tokens):
            continue
        for agreement, bounds in found.items():
            item = lexicon.catalogue.agreements[agreement]
            if item.kind in PAPER_KINDS and not bounds and mentions[agreement]:
                bounds.append(bound_of(reading, lexicon.catalogue, line, cue, "signed", 15, None, item))
    _share_with_the_next(lexicon.catalogue, mentions, found)
    _share_the_same(reading, lexicon.catalogue, mentions, found)


def _share_with_the_next(
    catalogue: Catalogue, mentions: Mapping[str, list[Mention]], found: dict[str, list[Bound]]
) -> None:
    """A paper named right after one that was signed, without a surer word of its own, was signed with it."""
    papers = [name for name in mentions if catalogue.agreements[name].kind in PAPER_KINDS]
    for name in [name for name in papers if all(bound.to_terms for bound in found[name])]:
        line = mentions[name][0].line
        for other in papers:
            signed = next((b for b in found[other] if b.claim.stage == "signed" and not b.background), None)
            if signed is not None and any(0 <= line - mention.line <= COMPANY_LINES for mention in mentions[other]):
                found[name].append(replace(signed, value=signed.value - 0.2, inferred=True))
                break


def _share_the_same(
    reading: Reading, catalogue: Catalogue, mentions: Mapping[str, list[Mention]], found: dict[str, list[Bound]]
) -> None:
    """A paper of which only "the same" or "too" is said stands where the one named before it stands."""
    papers = [name for name in mentions if catalogue.agreements[name].kind in PAPER_KINDS]
    for name in [name for name in papers if not found[name]]:
        number = mentions[name][0].line
        line = reading.lines[number]
        if not any(token.folded in _SAME for token in reading.tokens[line.first : line.last]):
            continue
        told = [other for other in papers if found[other]]
        before = [(m.line, other) for other in told for m in mentions[other] if m.line <= number]
        last = main_bound(sorted(found[max(before)[1]], key=lambda bound: -bound.value)) if before else None
        if last is not None:
            found[name].append(replace(last, value=last.value - 0.2, inferred=True))
