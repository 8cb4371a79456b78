"""What follows from an article's claims by convention, and which claims run ahead of the facts.

Where nothing but a coming signature is told, the item stands in negotiation; where a vote in the Duma is awaited, it
has been submitted; where a delivery is awaited, it is expected. Such conclusions give the main stage of a finding;
they are marked as inferred and never listed among the claims of the article.
"""

from __future__ import annotations

from dataclasses import replace

from services.classifier.domain.agreements import Mention
from services.classifier.domain.bounds import Bound, claimant_of
from services.classifier.domain.reading import Reading
from shared.catalogue.entries import Agreement
from shared.contracts.verdict import Claim

SIGNABLE = frozenset({"agreement", "mou", "protocol", "project", "programme"})
_AFTER = frozenset("after following после итогам बाद".split())


def settle(agreement: Agreement, bounds: list[Bound], mentions: list[Mention], reading: Reading) -> None:
    """Draws the conclusions that the convention asks for, and refuses what runs ahead of the facts in the article."""
    _demote_bare_ratification(bounds)
    _infer(bounds, agreement, "signed", "negotiation_started", SIGNABLE)
    _infer(bounds, agreement, "adopted", "announced", frozenset({"programme", "declaration"}))
    _infer(bounds, agreement, "announced", "announced", SIGNABLE | {"declaration", "mechanism"})
    _infer(bounds, agreement, "negotiation_started", "negotiation_started", SIGNABLE)
    _infer(bounds, agreement, "operational", "announced", frozenset({"declaration"}))
    _infer(bounds, agreement, "duma_ratified", "submitted_for_ratification", SIGNABLE)
    _infer(bounds, agreement, "fedcouncil_approved", "submitted_for_ratification", SIGNABLE)
    _infer(bounds, agreement, "delivery_started", "delivery_expected", frozenset({"project", "programme"}), always=True)
    if agreement.kind == "declaration" and not bounds and agreement.current_stage in {"adopted", "announced"}:
        bounds.append(_standing(reading, agreement, mentions[0]))
    meets = agreement.kind == "mechanism" and agreement.current_stage != "operational"
    if meets and not any(b.claim.tense == "reported" for b in bounds):
        held = next((m for m in mentions if _is_at(reading, m)), None)
        if held is not None:
            bounds.append(_held(reading, held))


def _demote_bare_ratification(bounds: list[Bound]) -> None:
    """A bare "Russia ratifies" over a vote of the lower house means that vote; "in force" runs ahead of the law."""
    reported = {bound.claim.stage for bound in bounds if bound.claim.tense == "reported"}
    law = any(bound.law and bound.claim.tense == "reported" for bound in bounds)
    if "duma_ratified" not in reported or law:
        return
    for bound in bounds:
        if bound.claim.stage == "ratified_russia" and bound.claim.tense == "reported":
            bound.claim = bound.claim.model_copy(update={"stage": "duma_ratified"})
            bound.value -= 0.08
        if bound.claim.stage == "in_force":
            bound.value -= 0.8


def _infer(
    bounds: list[Bound],
    agreement: Agreement,
    awaited: str,
    standing: str,
    kinds: frozenset[str],
    *,
    always: bool = False,
) -> None:
    if agreement.kind not in kinds:
        return
    waiting = [bound for bound in bounds if bound.claim.stage == awaited and bound.claim.tense == "expected"]
    news = [
        b
        for b in bounds
        if b.claim.tense == "reported" and not b.background and b.claim.stage not in {"announced", "proposed"}
    ]
    if not waiting or (news and not always):
        return
    first = max(waiting, key=lambda bound: bound.value)
    claim = first.claim.model_copy(
        update={"stage": standing, "tense": "reported", "date": first.claim.date if always else None}
    )
    bounds.append(replace(first, claim=claim, value=first.value - (0.1 if always else 0.05), inferred=True))


def _is_at(reading: Reading, mention: Mention) -> bool:
    """Whether something happens at or after the meeting named: "at the forum", "по итогам саммита", "फोरम में"."""
    before = {token.folded for token in reading.tokens[max(0, mention.hit.first - 4) : mention.hit.first]}
    after = {token.folded for token in reading.tokens[mention.hit.last + 1 : mention.hit.last + 3]}
    if before & _AFTER or after & _AFTER:
        return True
    return not mention.backdrop and bool(before & {"at", "на"} or after & {"में", "पर"})


def _standing(reading: Reading, agreement: Agreement, mention: Mention) -> Bound:
    """A declaration that is quoted without a word on its making stands where it was last known to stand."""
    claim = Claim(stage=agreement.current_stage, evidence=reading.evidence(mention.hit))
    return Bound(claim, 0.5, inferred=True)


def _held(reading: Reading, mention: Mention) -> Bound:
    line = reading.lines[mention.line]
    claim = Claim(stage="meeting_held", claimant=claimant_of(line), evidence=reading.evidence(mention.hit))
    return Bound(claim, 0.5)
