"""What follows from an article's claims by convention, and which claims run ahead of the facts.

Where nothing but a coming signature is told, the item stands in negotiation; where a vote in the Duma is awaited, it
has been submitted; where a delivery is awaited, it is expected. Such conclusions give the main stage of a finding;
they are marked as inferred and never listed among the claims of the article.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from services.classifier.domain.agreements import Mention
from services.classifier.domain.bounds import Bound, claimant_of
from services.classifier.domain.reading import Reading
from shared.catalogue.entries import Agreement
from shared.contracts.verdict import Claim

RESTATED_AFTER_DAYS = 60
AT_REACH_TOKENS = 4
PAPER_BONUS = 1.0  # more than a title weighs above the body
SIGNABLE = frozenset({"agreement", "mou", "protocol", "project", "programme"})
_INVITED = ("invit", "приглас", "приглаш", "आमंत्र", "न्योत")
_AFTER = frozenset("after following после итогам बाद".split())


def settle(agreement: Agreement, bounds: list[Bound], mentions: list[Mention], reading: Reading) -> None:
    """Draws the conclusions that the convention asks for, and refuses what runs ahead of the facts in the article."""
    _demote_bare_ratification(bounds)
    _prefer_the_paper(agreement, bounds)
    _restate(agreement, bounds, reading)
    _step_back(agreement, bounds)
    _infer(bounds, agreement, "signed", "negotiation_started", SIGNABLE)
    _infer(bounds, agreement, "adopted", "announced", frozenset({"programme", "declaration"}))
    _infer(bounds, agreement, "announced", "announced", SIGNABLE | {"declaration", "mechanism"})
    _infer(bounds, agreement, "negotiation_started", "negotiation_started", SIGNABLE)
    _infer(bounds, agreement, "construction_expected", "construction_expected", frozenset({"project"}))
    _infer(bounds, agreement, "target_set", "target_set", frozenset({"target"}))
    _infer(bounds, agreement, "meeting_held", "announced", frozenset({"mechanism"}))
    _infer(bounds, agreement, "operational", "announced", frozenset({"declaration"}))
    _infer(bounds, agreement, "duma_ratified", "submitted_for_ratification", SIGNABLE)
    _infer(bounds, agreement, "fedcouncil_approved", "submitted_for_ratification", SIGNABLE)
    _infer(bounds, agreement, "delivery_started", "delivery_expected", frozenset({"project", "programme"}), always=True)
    if not any(b.claim.tense == "reported" for b in bounds) and _stands(agreement):
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


def _prefer_the_paper(agreement: Agreement, bounds: list[Bound]) -> None:
    """Where a body's meetings are known to end in a protocol, its signing is the news; so are the terms of a talk."""
    reported = {bound.claim.stage for bound in bounds if bound.claim.tense == "reported" and not bound.background}
    if "protocol_signed" in reported and any(step.stage == "protocol_signed" for step in agreement.dates):
        _raise(bounds, "protocol_signed")
    if "tor_signed" in reported:
        _raise(bounds, "tor_signed")


def _restate(agreement: Agreement, bounds: list[Bound], reading: Reading) -> None:
    """A target set long ago and repeated is announced anew, not set."""
    published = reading.published
    known = [step.date for step in agreement.dates if step.stage == "target_set" and step.date]
    repeated = any(bound.claim.stage == "announced" and bound.claim.tense == "reported" for bound in bounds)
    if agreement.kind != "target" or published is None or not known or not repeated:
        return
    if (published.date() - timedelta(days=RESTATED_AFTER_DAYS)).isoformat() <= min(known):
        return
    _raise(bounds, "announced")


def _step_back(agreement: Agreement, bounds: list[Bound]) -> None:
    """Beside a signature it says little that the parties announced or agreed something."""
    if agreement.kind not in {"agreement", "mou", "protocol"}:
        return
    if any(b.claim.stage == "signed" and b.claim.tense == "reported" and not b.background for b in bounds):
        for bound in bounds:
            bound.value -= PAPER_BONUS if bound.claim.stage == "announced" else 0.0


def _raise(bounds: list[Bound], stage: str) -> None:
    for bound in bounds:
        if bound.claim.stage == stage and bound.claim.tense == "reported" and not bound.background:
            bound.value += PAPER_BONUS


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
    # What is offered is not yet in talks, whatever signature the offer looks to.
    told_before = {"announced"} if awaited == "signed" else {"announced", "proposed"}
    waiting = [bound for bound in bounds if bound.claim.stage == awaited and bound.claim.tense == "expected"]
    news = [b for b in bounds if b.claim.tense == "reported" and not b.background and b.claim.stage not in told_before]
    if not waiting or (news and not always):
        return
    first = max(waiting, key=lambda bound: bound.value)
    claim = first.claim.model_copy(
        update={"stage": standing, "tense": "reported", "date": first.claim.date if always else None}
    )
    bounds.append(replace(first, claim=claim, value=first.value - (0.1 if always else 0.05), inferred=True))


def _stands(agreement: Agreement) -> bool:
    """Whether the item goes on as it is: a declaration made, a way of paying in use."""
    if agreement.kind == "declaration":
        return agreement.current_stage in {"adopted", "announced"}
    return agreement.kind == "mechanism" and agreement.current_stage == "operational"


def _is_at(reading: Reading, mention: Mention) -> bool:
    """Whether something happens at or after the meeting named: "at the forum", "по итогам саммита", "फोरम में"."""
    before = {token.folded for token in reading.tokens[max(0, mention.hit.first - AT_REACH_TOKENS) : mention.hit.first]}
    after = {token.folded for token in reading.tokens[mention.hit.last + 1 : mention.hit.last + 3]}
    if any(word.startswith(_INVITED) for word in before):
        return False  # "пригласил на саммит": it is to come
    if before & _AFTER or after & _AFTER:
        return True
    return not mention.backdrop and bool(before & {"at", "на"} or after & {"में", "पर"})


def _standing(reading: Reading, agreement: Agreement, mention: Mention) -> Bound:
    """What is quoted without a word on its making stands where it was last known to stand."""
    claim = Claim(stage=agreement.current_stage, evidence=reading.evidence(mention.hit))
    return Bound(claim, 0.5, inferred=True)


def _held(reading: Reading, mention: Mention) -> Bound:
    line = reading.lines[mention.line]
    claim = Claim(
        stage="meeting_held", claimant=claimant_of(line, reading.tokens), evidence=reading.evidence(mention.hit)
    )
    return Bound(claim, 0.5)
