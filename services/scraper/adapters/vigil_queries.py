"""The sources taken together: by language, and those that were set aside while operators knew of their trouble."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import any_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.scraper.ports import SetAside, SourceOfLanguage
from shared.store.definitions import SourceRow
from shared.store.harvest import ArticleRow, LanguageStateRow, SourceStateRow
from shared.store.unit_of_work import Work

_NEWS_OF = timedelta(days=45)  # the longest silence that is taken for usual; an archive must not be read every minute
_LATEST_NEWS = 60  # of a language: two days of a slow one, an hour of a fast one; enough to know what is usual


class VigilQueries(Work):
    """Reads all sources at once."""

    async def alone_at(self, task: str) -> bool:
        """Tell whether no other transaction is at this task; if so, none will be until this one ends."""
        alone = await self.session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(task, 0))))
        return bool(alone)

    async def count_sources(self) -> Mapping[str, int]:
        """Return how many live sources there are in each state."""
        state = func.coalesce(SourceStateRow.state, "new")
        rows = await self.session.execute(
            select(state, func.count())
            .select_from(SourceRow)
            .outerjoin(SourceStateRow, SourceStateRow.source_id == SourceRow.source_id)
            .where(SourceRow.removed_at.is_(None), SourceRow.paused.is_(False))
            .group_by(state)
        )
        return {str(name): int(count) for name, count in rows}

    async def sources_by_language(self) -> Sequence[SourceOfLanguage]:
        """Return the live sources that are looked at, once for each of their languages."""
        rows = await self.session.execute(
            select(SourceRow.language, SourceStateRow.told_state, SourceStateRow.last_new_at)
            .join(SourceStateRow, SourceStateRow.source_id == SourceRow.source_id)
            .where(SourceRow.removed_at.is_(None), SourceRow.paused.is_(False), SourceRow.language.is_not(None))
        )
        return [
            SourceOfLanguage(language, told_state, last_new_at)
            for languages, told_state, last_new_at in rows
            for language in filter(None, (each.strip() for each in (languages or "").split(",")))
        ]

    async def news_times(self, languages: Collection[str]) -> Mapping[str, Sequence[datetime]]:
        """Return when the latest news of each language was read."""
        times: dict[str, Sequence[datetime]] = {}
        for language in languages:
            spoken = func.string_to_array(func.replace(SourceRow.language, " ", ""), ",")
            found = await self.session.scalars(
                select(ArticleRow.fetched_at)
                .join(SourceRow, SourceRow.source_id == ArticleRow.source_id)
                .where(literal(language) == any_(spoken), ArticleRow.fetched_at > func.now() - _NEWS_OF)
                .order_by(ArticleRow.fetched_at.desc())
                .limit(_LATEST_NEWS)
            )
            times[language] = found.all()
        return times

    async def silences_told(self) -> Mapping[str, datetime]:
        """Return the languages whose silence operators know of, with the moment that names it."""
        rows = await self.session.scalars(select(LanguageStateRow).where(LanguageStateRow.silent_since.is_not(None)))
        return {row.language: row.silent_since for row in rows if row.silent_since}

    async def note_silence(self, language: str, since: datetime | None) -> None:
        """Write down that operators were told of a silence, or (None) of its end."""
        await self.session.execute(
            insert(LanguageStateRow)
            .values(language=language, silent_since=since)
            .on_conflict_do_update(index_elements=[LanguageStateRow.language], set_={"silent_since": since})
        )

    async def set_aside_in_trouble(self) -> Sequence[SetAside]:
        """Return sources whose trouble operators know of and that they may not look for any more; forget that they do.

        Those are paused, removed, or known to them by an earlier name.

        Since when they are in it is forgotten too: a trouble that outlasts the pause is another one, and is told again.
        """
        known_as = func.coalesce(SourceStateRow.told_name, SourceRow.name)
        rows = (
            await self.session.execute(
                select(
                    SourceRow.source_id,
                    known_as.label("name"),
                    SourceStateRow.told_state,
                    SourceStateRow.told_since,
                )
                .join(SourceStateRow, SourceStateRow.source_id == SourceRow.source_id)
                .where(
                    or_(SourceRow.paused, SourceRow.removed_at.is_not(None), known_as != SourceRow.name),
                    SourceStateRow.told_state.is_not(None),
                    SourceStateRow.told_since.is_not(None),
                )
                .with_for_update(of=SourceStateRow, skip_locked=True)
            )
        ).all()
        await self.session.execute(
            update(SourceStateRow)
            .where(SourceStateRow.source_id.in_([row.source_id for row in rows]))
            .values(told_state=None, told_since=None, told_name=None, state_since=None)
            .execution_options(synchronize_session=False)
        )
        return [SetAside(row.source_id, row.name, row.told_state or "", row.told_since) for row in rows]
