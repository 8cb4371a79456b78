"""Everything about one article as lines of text: where it is from, what became of it, its versions and copies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from services.cli.moments import ahead, day_and_time, since_words
from services.desk.domain.article_views import ArticleDetails, WaitingEntryView
from shared.kit.text import clip, one_line
from shared.language.changes import Change

_LABEL_CELLS = 12
_EXCERPT_CHARACTERS = 400
_KEPT_CHARACTERS = 100  # of a stretch that stayed, so much shows where it was


def article_page(details: ArticleDetails) -> Iterator[str]:
    """Return the lines."""
    yield one_line(details.now.title) or "(no title)"
    yield _labelled("address", details.url)
    yield _labelled("source", details.source_name)
    facts = {"author": details.author, "agency": details.agency, "dateline": details.dateline}
    yield from (_labelled(label, value) for label, value in facts.items() if value)
    yield _labelled("published", day_and_time(details.published_at))
    yield _labelled("read", f"{day_and_time(details.fetched_at)}, from the {details.text_from}")
    yield _labelled("became", _fate(details))
    yield _labelled("story", _story(details))
    for copy in details.copies:
        yield _labelled("", f"{day_and_time(copy.fetched_at)}  {copy.source_name}: {one_line(copy.title)}")
        yield _labelled("", copy.url)
    yield ""
    yield clip(one_line(details.now.text), _EXCERPT_CHARACTERS) or "(its text is no longer kept)"
    for version, changes in details.rewrites():
        yield ""
        yield f"Version {version.revision}, read {day_and_time(version.seen_at)}:"
        yield from map(_changed, changes)


def waiting_page(entry: WaitingEntryView, *, now: datetime) -> Iterator[str]:
    """Return the lines about an entry whose page was not read yet."""
    yield one_line(entry.title) or "(no title)"
    yield _labelled("address", entry.url)
    yield _labelled("source", entry.source_name)
    yield _labelled("found", since_words(entry.found_at, now))
    yield _labelled("page", f"still to be read; next try: {ahead(entry.next_try_at, now)}")
    if entry.last_error:
        yield _labelled("trouble", f"{entry.last_error} ({entry.failures} tries)")


def _fate(details: ArticleDetails) -> str:
    if details.held is not None:
        return f"held back by the gate: {details.held}"
    if details.relevance is None:
        return "published, not judged yet"
    judged = f"judged {'relevant' if details.relevant else 'irrelevant'} ({details.relevance:.2f})"
    if details.alerts:
        return f"{judged}; alerts: {', '.join(details.alerts)}"
    why = "" if details.alertable else "; it is older than its source may alert on"
    return f"{judged}; no alert{why}"


def _story(details: ArticleDetails) -> str:
    if not details.copies:
        return "told by this article alone"
    lead = min((details.fetched_at, "this article"), *((copy.fetched_at, copy.source_name) for copy in details.copies))
    return f"{len(details.copies) + 1} articles, first told by {lead[1]}"


def _changed(change: Change) -> str:
    if change.kind == "kept":
        return f"    {clip(change.text, _KEPT_CHARACTERS)}"
    return f"  {'-' if change.kind == 'gone' else '+'} {change.text}"


def _labelled(label: str, value: str) -> str:
    return f"  {label:<{_LABEL_CELLS}}{value}"
