"""What follows from an article's claims by convention, and which claims run ahead of the facts.

Where nothing but a coming signature is told, the item stands in negotiation; where a vote in the Duma is awaited, it
has been submitted; where a delivery is awaited, it is expected. Such conclusions give the main stage of a finding;
they are marked as inferred and never listed among the claims of the article.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from services.classifier.domain.agreements import Mention, is_of_old
from services.classifier.domain.bounds import Bound, claimant_of
from services.classifier.domain.papers import PAPER_KINDS
from services.classifier.domain.reading import Reading
from services.classifier.domain.standing import GOES_ON, Standing, is_leant_on, is_spoken_of, standing_at
from services.classifier.domain.tense import tense_of
from shared.catalogue.entries import Agreement
from shared.contracts.verdict import Claim

RESTATED_AFTER_DAYS = 60
SIGNED_BEFORE_DAYS = 30
FRESH_DAYS = 10  # a vote of last week is taken for the pact's own fate
AT_REACH_TOKENS = 4
STANDING_VALUE = 0.5  # more than anything told of the past
PAPER_BONUS = 1.0  # more than a title weighs above the body
MEETS = frozenset({"meeting_held", "first_meeting", "protocol_signed"})
SIGNABLE = frozenset({"agreement", "mou", "protocol", "project", "programme"})
_QUOTED = frozenset({("declaration", "adopted"), ("declaration", "announced"), ("mechanism", "operational")})
_UNMADE = frozenset({"proposed", "announced", "negotiation_started"})
_BEFORE_SIGNING = frozenset({"proposed", "announced", "negotiation_started", "finalised"})
_AFTER_SIGNING = frozenset({"in_force", "duma_ratified", "fedcouncil_approved", "ratified_russia", "ratified_india"})
_UNBOUGHT = frozenset({"proposed", "negotiation_started"})  # what nobody has ordered is not awaited either
_NEXT = ("next", "следующ", "अगला", "अगली", "अगले")
_INVITED = ("invit", "приглас", "приглаш", "आमंत्र", "न्योत")
_AFTER = frozenset("after following после итогам बाद".split())


def settle(
    agreement: Agreement, bounds: list[Bound], mentions: list[Mention], reading: Reading, *, alone: bool
) -> None:
    """Draws the conclusions that the convention asks for, and refuses what runs ahead of the facts in the article.

    `alone`: the article is about this item only.
    """
    _take_no_step_back(agreement, bounds, mentions, reading, alone=alone)
    _demote_bare_ratification(bounds, reading)
    _await_the_meeting(agreement, bounds)
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
    standing = standing_at(agreement, reading.published)
    if standing is None:  # what is promised to open was not known of before
        _infer(bounds, agreement, "operational", "announced", frozenset({"project"}))
    if standing is None or standing.stage not in _UNBOUGHT:
        goods = frozenset({"project", "programme"})
        _infer(bounds, agreement, "delivery_started", "delivery_expected", goods, always=True)
    _stand(agreement, bounds, mentions, reading, alone=alone)
    if not any(b.claim.tense == "reported" for b in bounds) and _has_met(agreement):
        bounds.extend(_met(reading, mentions, alone=alone))
    meets = agreement.kind == "mechanism" and agreement.current_stage != "operational"
    if meets and not any(b.claim.tense == "reported" for b in bounds):
        held = next((m for m in mentions if _is_at(reading, m) and not is_of_old(reading, m)), None)
        if held is not None:
            bounds.append(_held(reading, held))


def _take_no_step_back(
    agreement: Agreement, bounds: list[Bound], mentions: list[Mention], reading: Reading, *, alone: bool
) -> None:
    """Of a paper signed long before, a new signature is the law's or means a vote, and talks are of what follows it."""
    standing = standing_at(agreement, reading.published)
    if agreement.kind not in PAPER_KINDS or standing is None or not _was_signed(agreement, reading):
        return
    news = {b.claim.stage for b in bounds if b.claim.tense == "reported" and not b.background}
    old = [b for b in bounds if b.claim.stage == "signed" and b.background]
    leant_on = bool(old) or is_leant_on(reading, mentions, alone=alone)
    for bound in bounds:
        stage, told = bound.claim.stage, bound.claim.tense == "reported" and not bound.background
        if told and stage == "signed" and news & _AFTER_SIGNING:
            bound.value -= PAPER_BONUS
        elif told and stage == "signed" and bound.by_president:
            bound.claim = bound.claim.model_copy(update={"stage": "ratified_russia"})
            bound.law = True
        elif told and stage in _BEFORE_SIGNING and standing.stage not in _BEFORE_SIGNING and leant_on:
            bound.background = True
            bound.value -= PAPER_BONUS


def _was_signed(agreement: Agreement, reading: Reading) -> bool:
    if reading.published is None:
        return False
    day = (reading.published.date() - timedelta(days=SIGNED_BEFORE_DAYS)).isoformat()
    return any(step.stage == "signed" and step.date and step.date <= day[: len(step.date)] for step in agreement.dates)


def _demote_bare_ratification(bounds: list[Bound], reading: Reading) -> None:
    """A bare "Russia ratifies" over a vote of the lower house means that vote; "in force" runs ahead of the law."""
    reported = {bound.claim.stage for bound in bounds if bound.claim.tense == "reported"}
    law = any(bound.law and bound.claim.tense == "reported" for bound in bounds)
    if "duma_ratified" not in reported or law:
        return
    passed = [b.claim.date for b in bounds if b.claim.stage == "duma_ratified" and b.claim.tense == "reported"]
    if not any(_is_fresh(day, reading) for day in passed):
        return  # an old vote does not gainsay what has come since
    for bound in bounds:
        if bound.claim.stage == "ratified_russia" and bound.claim.tense == "reported":
            bound.claim = bound.claim.model_copy(update={"stage": "duma_ratified"})
            bound.value -= 0.08
        if bound.claim.stage == "in_force":
            bound.value -= 0.8


def _is_fresh(told: str | None, reading: Reading) -> bool:
    """Whether a step happened within the days before the article, or on a day that it does not tell."""
    if told is None or reading.published is None:
        return True
    return told >= (reading.published.date() - timedelta(days=FRESH_DAYS)).isoformat()[: len(told)]


def _has_met(agreement: Agreement) -> bool:
    """Whether meetings about a paper are among what is known of it: consultations that led to a memorandum."""
    return agreement.kind in PAPER_KINDS and any(step.stage == "meeting_held" for step in agreement.dates)


def _met(reading: Reading, mentions: list[Mention], *, alone: bool) -> Iterator[Bound]:
    """The meeting that is all an article tells of a paper."""
    lines = reading.lines if alone else [reading.lines[mention.line] for mention in mentions]
    for line in lines:
        cue = next((cue for cue in line.reports or () if cue.stage == "meeting_held"), None)
        if cue is not None and not line.in_title and tense_of(reading, line, cue) == "reported":
            yield Bound(
                Claim(stage="meeting_held", claimant=claimant_of(line, reading.tokens), evidence=reading.evidence(cue)),
                0.5,
            )
            return


def _await_the_meeting(agreement: Agreement, bounds: list[Bound]) -> None:
    """Where a verb puts the meeting into the future, the bare noun elsewhere does not mean that it was held."""
    if agreement.kind != "mechanism":
        return
    awaited = [b for b in bounds if b.claim.tense == "expected" and not _is_next(b.claim.evidence)]
    told = [b for b in bounds if b.claim.tense == "reported" and not b.bare and not b.background]
    if awaited and not any(b.claim.stage in MEETS for b in told):
        bounds[:] = [b for b in bounds if not (b.bare and b.claim.tense == "reported")]


def _is_next(evidence: str) -> bool:
    """Whether what is awaited is the session after the one in the news."""
    return any(word.startswith(_NEXT) for word in evidence.casefold().split())


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
    if agreement.kind not in PAPER_KINDS:
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


def _stand(
    agreement: Agreement, bounds: list[Bound], mentions: list[Mention], reading: Reading, *, alone: bool
) -> None:
    """Where no news is told of it, the item stands where it was known to stand; old steps are not news."""
    standing = standing_at(agreement, reading.published)
    reported = [b for b in bounds if b.claim.tense == "reported"]
    if standing is None or any(not b.background or _says_more(b, standing) for b in reported):
        return
    stage = standing.stage
    awaited = {b.claim.stage for b in bounds if b.claim.tense == "expected"} if agreement.kind in PAPER_KINDS else set()
    if awaited and not (awaited & _AFTER_SIGNING and stage == "signed"):
        return  # a step to come tells itself where the paper stands
    claim = Claim(stage=stage, evidence=reading.evidence(mentions[0].hit))
    told_of = alone and is_spoken_of(reading, mentions)
    holds = stage in GOES_ON or bool(awaited) or told_of or _is_new(standing, reading)
    if holds or is_leant_on(reading, mentions, alone=alone):
        # A declaration or a way of paying is quoted for what it is; of other items it tells nothing to be named.
        known = (agreement.kind, stage) not in _QUOTED
        bounds.append(Bound(claim, STANDING_VALUE, inferred=True, known=known))


def _is_new(standing: Standing, reading: Reading) -> bool:
    """Whether the step was taken in the days before the article: what is written of it then is written for it."""
    if reading.published is None or standing.since is None or len(standing.since) < len("2025-12-05"):
        return False
    return (reading.published.date() - date.fromisoformat(standing.since)).days <= FRESH_DAYS


def _says_more(bound: Bound, standing: Standing) -> bool:
    """Whether what is told of the past is later than what was known, or may last: "had offered", "प्रस्ताव दिया था"."""
    told, since = bound.claim, standing.since
    if told.date is None:
        return standing.stage in _UNMADE or (told.stage in GOES_ON and standing.stage in GOES_ON)
    return since is not None and told.date >= since[: len(told.date)] and standing.stage in _UNMADE


def _is_at(reading: Reading, mention: Mention) -> bool:
    """Whether something happens at or after the meeting named: "at the forum", "по итогам саммита", "फोरम में"."""
    before = {token.folded for token in reading.before(mention.hit.first, AT_REACH_TOKENS)}
    after = {token.folded for token in reading.after(mention.hit.last, 2)}
    if any(word.startswith(_INVITED) for word in before):
        return False  # "пригласил на саммит": it is to come
    if before & _AFTER or after & _AFTER:
        return True
    return not mention.backdrop and bool(before & {"at", "на"} or after & {"में", "पर"})


def _held(reading: Reading, mention: Mention) -> Bound:
    line = reading.lines[mention.line]
    claim = Claim(
        stage="meeting_held", claimant=claimant_of(line, reading.tokens), evidence=reading.evidence(mention.hit)
    )
    return Bound(claim, 0.5)
