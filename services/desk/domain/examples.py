"""An article of the archive as an example of what a query matches: its sentence, and where the words stand in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from services.desk.domain.backtests import Example, WholeArticle
from shared.rules.evidence import reason_for
from shared.rules.explanation import explain
from shared.rules.query import Query
from shared.rules.spans import Span


def example_of(query: Query, article: WholeArticle, names: Mapping[str, Collection[str]]) -> Example:
    """Return the article as an example; `names` are those of the catalogue's agreements, by id."""
    document = article.document
    reason = reason_for(query, document)
    spans = explain(query, document, names=names).spans
    return Example(
        article_id=article.article_id,
        title=document.title,
        source=document.origin.source,
        url=article.url,
        moment=article.moment,
        evidence=reason.evidence,
        agreement=reason.agreement,
        stage=reason.stage,
        in_title=tuple((span.start, span.end) for span in spans if span.part == "title"),
        in_evidence=_in_sentence(reason.evidence, document.title, document.text, spans),
    )


def _in_sentence(sentence: str, title: str, text: str, spans: Collection[Span]) -> tuple[tuple[int, int], ...]:
    """Return the places that lie in the sentence, counted from its beginning; it stands in the text or in the title."""
    for part, whole in (("text", text), ("title", title)):
        begin = whole.find(sentence) if sentence else -1
        if begin >= 0:
            end = begin + len(sentence)
            mine = [span for span in spans if span.part == part and begin <= span.start and span.end <= end]
            return tuple((span.start - begin, span.end - begin) for span in mine)
    return ()
