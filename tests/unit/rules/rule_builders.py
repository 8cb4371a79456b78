"""Small catalogues, verdicts, rules and articles for the tests of the rule language."""

from __future__ import annotations

from shared.contracts.verdict import AgreementFinding, SectorFinding, Verdict
from shared.kit.ids import id_for
from shared.rules import Document, Origin, Query, Rule, RuleSet, parse

AGREEMENTS = (
    "annual-summit brahmos business-forum chennai-vladivostok e-tourist-visa-gratis health-agreement-2025 health-jwg "
    "india-eaeu-fta indra-exercise instc irigc-mmtc irigc-tec kudankulam relos rupay-mir s-400 two-plus-two "
    "visa-free-group-travel"
).split()
SECTORS = ("defence", "energy", "health", "trade", "tourism")
STAGES = ("announced", "in_force", "ratified_russia", "signed")
LISTS = {
    "ministers": ["Lavrov", "Лавров", "Sergey Shoigu", "=EAM", "Belous*", "लावरोव"],
    "travel": ["visa free", "visa-free group", "=visas", "групп*"],
    "bad": ["visa", "ab*"],
    "empty": [],
    "huge": [f"name{number}" for number in range(501)],
    "long1": [" ".join(f"w{number}x{word}" for word in range(40)) for number in range(100)],
    "long2": [" ".join(f"v{number}x{word}" for word in range(40)) for number in range(100)],
}
VOCABULARY = {"agreements": AGREEMENTS, "sectors": SECTORS, "stages": STAGES, "lists": LISTS}


def parsed(text: str) -> Query:
    return parse(text, **VOCABULARY)


def verdict(
    *,
    relevant: bool = True,
    agreements: tuple[AgreementFinding, ...] = (),
    sectors: tuple[SectorFinding, ...] = (),
) -> Verdict:
    return Verdict(language="en", relevant=relevant, relevance=0.9, agreements=agreements, sectors=sectors)


def agreement(
    agreement_id: str, evidence: str = "", *, score: float = 0.9, stage: str | None = None
) -> AgreementFinding:
    return AgreementFinding(id=agreement_id, score=score, evidence=evidence, stage=stage)


def sector(sector_id: str, evidence: str = "") -> SectorFinding:
    return SectorFinding(id=sector_id, score=0.8, evidence=evidence)


def article(text: str = "", *, title: str = "", found: Verdict | None = None, origin: Origin | None = None) -> Document:
    return Document(title, text, found if found is not None else verdict(), origin or Origin())


def rule(query: str, name: str | None = None) -> Rule:
    return Rule(id_for("rule", name or query), name or query, query, 1)


def rule_set(*queries: str) -> RuleSet:
    return RuleSet([rule(query) for query in queries], **VOCABULARY)
