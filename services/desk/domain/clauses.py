"""A rule held against an article, clause by clause, in the catalogue that the house knows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from services.desk.domain.traces import ArticleTrace, RuleVersionTrace
from shared.contracts.verdict import Verdict
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.rules import Document, Explanation, Origin, Query, Rule, explain, match_of, parse, tellings_of

_FINDINGS = ("agreement:", "sector:", "stage:")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What rules may name: agreements by id with all their names, sectors, stages."""

    agreements: Mapping[str, Collection[str]]
    sectors: Collection[str]
    stages: Collection[str]

    def read(self, query: str, lists: Mapping[str, Collection[str]]) -> Query:
        """Return what a rule asks. Raises WrongInput for one that cannot be read."""
        return parse(query, agreements=self.agreements.keys(), sectors=self.sectors, stages=self.stages, lists=lists)


@dataclass(frozen=True, slots=True)
class Held:
    """A rule that was held against an article; `facts` are what its alerts would tell, none where it does not match."""

    explanation: Explanation
    facts: tuple[str, ...] = ()


def held_against(
    version: RuleVersionTrace,
    document: Document,
    article: ArticleTrace,
    vocabulary: Vocabulary,
    lists: Mapping[str, Collection[str]],
) -> Held | WrongInput:
    """Return how a version of a rule fares with an article, or why it cannot be read."""
    try:
        query = vocabulary.read(version.query, lists)
    except WrongInput as complaint:
        return complaint
    explanation = explain(query, document, names=vocabulary.agreements)
    if not explanation.holds:
        return Held(explanation)
    rule = Rule(id_for("rule", version.name), version.name, version.query, version.version, version.policy)
    match = match_of(rule, query, document)
    told = tellings_of(match, document.verdict, article.article_id, article.story_id, article.published_at)
    return Held(explanation, tuple(telling.fact for telling in told))


def document_of(article: ArticleTrace, title: str, text: str, verdict: Verdict) -> Document:
    """Return the article as rules see it, in one of its versions."""
    origin = Origin(
        source=article.source_name,
        country=article.source_country,
        url=article.url,
        published=article.published_at,
        language=article.language,
    )
    return Document(title, text, verdict, origin)


def lacks_findings(explanation: Explanation) -> bool:
    """Tell whether a clause about an agreement, a stage or a sector is false."""
    if explanation.parts:
        return any(lacks_findings(part) for part in explanation.parts)
    return not explanation.holds and explanation.query.startswith(_FINDINGS)
