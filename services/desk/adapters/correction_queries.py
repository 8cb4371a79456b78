"""Corrections on Postgres."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert

from services.desk.domain.corrections import CorrectedArticle, Correction, JudgedArticle, merged
from shared.store.feedback import CorrectionRow
from shared.store.harvest import ArticleRevisionRow, ArticleRow
from shared.store.unit_of_work import Work
from shared.store.verdicts import VerdictRow


class CorrectionQueries(Work):
    """Keeps and reads corrections."""

    async def judged_article(self, article_id: UUID) -> JudgedArticle | None:
        """Return what is known of the article; None for one that nobody knows."""
        # Locked: no version may come between what is read here and the correction that speaks of it.
        known = select(ArticleRow.revision).where(ArticleRow.article_id == article_id).with_for_update(read=True)
        revision = await self.session.scalar(known)
        if revision is None:
            return None
        newest = select(VerdictRow.classifier).where(VerdictRow.article_id == article_id)
        return JudgedArticle(revision, await self.session.scalar(newest.order_by(VerdictRow.judged_at.desc()).limit(1)))

    async def save_correction(self, correction: Correction) -> None:
        """Keep the correction beside the earlier ones; the same one kept again changes nothing."""
        listed = {name: getattr(correction, name) for name in ("sectors", "agreements")}
        values = {
            "correction_id": correction.correction_id,
            "article_id": correction.article_id,
            "author": correction.author,
            "note": correction.note,
            "relevant": correction.relevant,
            **{name: None if ids is None else list(ids) for name, ids in listed.items()},
            "stages": None if correction.stages is None else dict(correction.stages),
            "classifier": correction.classifier,
            "revision": correction.revision,
            "created_at": correction.created_at,
        }
        await self.session.execute(insert(CorrectionRow).values(values).on_conflict_do_nothing())

    async def corrections(self, *, article_id: UUID | None, limit: int) -> Sequence[Correction]:
        """Return corrections, newest first, of one article or of all."""
        asked = select(CorrectionRow).order_by(CorrectionRow.created_at.desc(), CorrectionRow.correction_id.desc())
        if article_id is not None:
            asked = asked.where(CorrectionRow.article_id == article_id)
        return [correction_of(row) for row in await self.session.scalars(asked.limit(limit))]

    async def corrected_articles(self, *, after: UUID | None, limit: int) -> Sequence[CorrectedArticle]:
        """Return so many articles that somebody corrected, by id, each version with the labels that hold for it."""
        corrected = select(CorrectionRow.article_id).distinct()
        asked = select(ArticleRow).where(ArticleRow.article_id.in_(corrected)).order_by(ArticleRow.article_id)
        if after is not None:
            asked = asked.where(ArticleRow.article_id > after)
        articles = (await self.session.scalars(asked.limit(limit))).all()
        rows = await self.session.scalars(
            select(CorrectionRow)
            .where(CorrectionRow.article_id.in_([article.article_id for article in articles]))
            .order_by(CorrectionRow.created_at, CorrectionRow.correction_id)
        )
        of_version: defaultdict[tuple[UUID, int], list[Correction]] = defaultdict(list)
        for row in rows:
            of_version[row.article_id, row.revision].append(correction_of(row))
        earlier = await self.session.scalars(
            select(ArticleRevisionRow).where(
                tuple_(ArticleRevisionRow.article_id, ArticleRevisionRow.revision).in_(list(of_version))
            )
        )
        known = {article.article_id: article for article in articles}
        versions: list[ArticleRow | ArticleRevisionRow] = [*articles, *earlier]
        found = [
            _labelled(known[each.article_id], each, of_version[each.article_id, each.revision])
            for each in versions
            if (each.article_id, each.revision) in of_version
        ]
        return sorted(found, key=lambda each: (each.article_id, each.revision))


def _labelled(
    article: ArticleRow, version: ArticleRow | ArticleRevisionRow, corrections: Sequence[Correction]
) -> CorrectedArticle:
    labels = merged(corrections)
    return CorrectedArticle(
        article_id=article.article_id,
        revision=version.revision,
        is_newest=version.revision == article.revision,
        url=article.url,
        title=version.title,
        text=version.text,
        language=article.language,
        published_at=version.published_at,
        relevant=labels.relevant,
        sectors=None if labels.sectors is None else tuple(labels.sectors),
        agreements=None if labels.agreements is None else tuple(labels.agreements),
        stages=labels.stages or {},
    )


def correction_of(row: CorrectionRow) -> Correction:
    """Return the correction that a row holds."""
    return Correction(
        correction_id=row.correction_id,
        article_id=row.article_id,
        author=row.author,
        created_at=row.created_at,
        relevant=row.relevant,
        sectors=None if row.sectors is None else tuple(row.sectors),
        agreements=None if row.agreements is None else tuple(row.agreements),
        stages=row.stages,
        note=row.note,
        classifier=row.classifier,
        revision=row.revision,
    )
