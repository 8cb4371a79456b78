"""What a second judgement of the archive says otherwise than the first. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from services.classifier.domain.labels import Labels, Mistake, mistakes_of, said_in
from shared.contracts.verdict import Verdict

UNJUDGED = Verdict(relevant=False, relevance=0.0, language="en")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a new verdict says otherwise; empty is nothing.

    `of` is relevance, agreement, stage or sector.
    """

    of: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class ChangedArticle:
    """An article whose new verdict says something else than the one it had."""

    article_id: UUID
    title: str
    url: str
    changes: tuple[Change, ...]


@dataclass
class Differences:
    """What judging again changes: of `judged` articles, `unchanged` keep what was said of them.

    `changes` counts each change, `examples` are the first articles with any, `unjudged` had no verdict at all.
    """

    judged: int = 0
    unchanged: int = 0
    unjudged: int = 0
    changes: Counter[Change] = field(default_factory=Counter)
    examples: list[ChangedArticle] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many articles' verdicts say something else."""
        return self.judged - self.unchanged

    def count(self, article: ChangedArticle, *, had_verdict: bool, most_examples: int) -> None:
        """Count one article."""
        self.judged += 1
        self.unjudged += not had_verdict
        if not article.changes:
            self.unchanged += 1
            return
        self.changes.update(article.changes)
        if len(self.examples) < most_examples:
            self.examples.append(article)


def changes_between(before: Verdict | None, now: Verdict) -> tuple[Change, ...]:
    """Return what the new verdict says otherwise; an article without a verdict had been said to be about nothing."""
    old, new = said_in(before or UNJUDGED), said_in(now)
    labels = Labels(old.relevant, old.sectors, old.agreements, {k: v for k, v in old.stages.items() if k in new.stages})
    return tuple(_change(each) for each in mistakes_of(labels, new))


def _change(mistake: Mistake) -> Change:
    return Change(mistake.of, mistake.meant, mistake.said)
