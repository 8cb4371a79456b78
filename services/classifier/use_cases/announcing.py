"""The event that tells of a verdict; the same verdict is the same event, whoever judged."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.contracts.events import ArticleClassified
from shared.contracts.verdict import Verdict
from shared.kit.ids import id_for


class JudgedArticle(Protocol):
    """An article, as far as the event names it."""

    @property
    def article_id(self) -> UUID:
        """Return its id."""
        ...

    @property
    def story_id(self) -> UUID:
        """Return the story that it belongs to."""
        ...

    @property
    def correlation_id(self) -> UUID:
        """Return the id of its walk through the house."""
        ...

    @property
    def revision(self) -> int:
        """Return which of its versions was judged, from 1."""
        ...

    @property
    def alertable(self) -> bool:
        """Tell whether it may alert."""
        ...


def classified(article: JudgedArticle, verdict: Verdict, now: datetime, *, run: str = "") -> ArticleClassified:
    """Return the event of this verdict on this version of the article, which alerts or does not.

    `run` names a second judgement of the archive: what it tells is told anew, even where the verdict is an old one.
    """
    version = () if article.revision == 1 else (article.revision,)
    occasion = [*(() if article.alertable else ("quiet",)), *((run,) if run else ())]
    verdict_id = id_for("verdict", article.article_id, verdict.classifier, *version)
    return ArticleClassified(
        event_id=id_for("article.classified", verdict_id, *occasion),
        occurred_at=now,
        correlation_id=article.correlation_id,
        article_id=article.article_id,
        story_id=article.story_id,
        verdict_id=verdict_id,
        relevant=verdict.relevant,
        sectors=tuple(finding.id for finding in verdict.sectors),
        agreements=tuple(finding.id for finding in verdict.agreements),
        alertable=article.alertable,
        revision=article.revision,
        rejudged=bool(run),
    )
