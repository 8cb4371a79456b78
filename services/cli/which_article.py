"""The article that somebody names by its address or its id."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.desk.adapters.article_queries import ArticleQueries
from services.desk.domain.article_views import ArticleDetails, SharedAddress, WaitingEntryView
from shared.kit.errors import PactwatchError, WrongInput
from shared.kit.urls import canonical_url, checked_url


async def find(queries: ArticleQueries, which: str) -> ArticleDetails | WaitingEntryView:
    """Return the article, or the entry whose page was not read yet. Raises PactwatchError for what nobody listed."""
    article_id = _as_id(which)
    if article_id is not None:
        known: ArticleDetails | WaitingEntryView | None = await queries.article_of(article_id)
    else:
        url = checked_url(which, field="URL")
        canonical = canonical_url(url)
        sharing = await queries.articles_at(url)
        if len(sharing) > 1:
            raise WrongInput("URL", which, f"is the address of {len(sharing)} articles", mend=_choice(sharing))
        known = await queries.article_at(canonical, url) or await queries.waiting_at(canonical, url)
    if known is None:
        raise PactwatchError(
            f"No article of {which} is known: no source has listed it.",
            mend="See whether its source is looked at (`pactwatch source list`) and what it lists "
            "(`pactwatch source test URL`).",
        )
    return known


async def find_article(queries: ArticleQueries, which: str) -> ArticleDetails:
    """Return the article. Raises PactwatchError for one whose page was not read yet too."""
    known = await find(queries, which)
    if isinstance(known, WaitingEntryView):
        raise PactwatchError(
            f"The page of {known.url} was not read yet.", mend=f"Wait, or see why: pactwatch article show {known.url}"
        )
    return known


def _choice(sharing: Sequence[SharedAddress]) -> str:
    return "Give the id of one of them:\n" + "\n".join(f"{each.article_id}  {each.title}" for each in sharing)


def _as_id(which: str) -> UUID | None:
    try:
        return UUID(which)
    except ValueError:
        return None
