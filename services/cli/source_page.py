"""Everything about one source as lines of text: what it is, how it fares, what its host says, what it brought."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.cli.moments import ago, ahead, day_and_time, since_words, span_words
from services.desk.domain.source_views import HostView, HubView, SourceDetails, SourceView, state_words
from shared.kit.text import clip, one_line

_LABEL_CELLS = 14
_TITLE_CHARACTERS = 100

_LONGEST_PACE = timedelta(minutes=1)  # a longer rest is no pace any more


def source_page(details: SourceDetails, *, now: datetime) -> Iterator[str]:
    """Return the lines."""
    view = details.view
    yield view.name
    yield from _definition(view)
    yield ""
    yield from _fares(view, now)
    if details.host:
        yield from _host(details.host, now)
    if details.hub:
        yield from _hub(details.hub, now)
    yield from _articles(details, now)


def _definition(view: SourceView) -> Iterator[str]:
    source = view.source
    found = f"{view.found_kind} (found)" if view.found_kind else "not found out yet"
    yield _labelled("address", source.url)
    if view.moved_to:
        yield _labelled("moved to", view.moved_to)
    yield _labelled("kind", source.kind or found)
    yield _labelled("pace", f"every {span_words(source.every_seconds)}" if source.every_seconds else _adaptive(view))
    notes = {"country": source.country, "language": source.language, "owner": source.owner}
    notes |= {"confidence": source.confidence, "quirks": source.quirks}
    yield from (_labelled(label, value) for label, value in notes.items() if value)
    since = f"published since {day_and_time(source.alert_since)}" if source.alert_since else "all"
    yield _labelled("alerts on", since)
    for name, css in (source.selectors or {}).items():
        yield _labelled(f"{name} selector", css)


def _adaptive(view: SourceView) -> str:
    return f"adaptive, now every {span_words(view.interval_seconds)}" if view.interval_seconds else "adaptive"


def _fares(view: SourceView, now: datetime) -> Iterator[str]:
    since = f" for {ago(view.state_since, now)}" if view.state_since else ""
    yield _labelled("state", state_words(view.state) + since)
    if view.last_error:
        yield _labelled("why", one_line(view.last_error))
    if view.mend:
        yield _labelled("mend", view.mend)
    yield _labelled("looked", _since(view.last_look_at, now) + f", next look {_when(view.next_look_at, now)}")
    yield _labelled("last news", _since(view.last_new_at, now))
    counted = f"{view.articles_day} in 24 hours, {view.articles_week} in 7 days, {view.articles} in all"
    yield _labelled("articles", counted)
    if view.failures:
        yield _labelled("failures", f"{view.failures} in a row")


def _host(host: HostView, now: datetime) -> Iterator[str]:
    if host.robots_failing_since:
        robots = f"cannot be had for {ago(host.robots_failing_since, now)}"
    elif host.robots_at:
        robots = f"HTTP {host.robots_status}, read {since_words(host.robots_at, now)}"
    else:
        robots = "not asked for yet"
    rest = f"{host.delay_seconds:g} s between two requests" if host.delay_seconds else "no rest asked for"
    yield _labelled("host", f"{host.host}: robots.txt {robots}; {rest}")
    if host.next_request_at and host.next_request_at > now + _LONGEST_PACE:
        yield _labelled("", f"it asked for patience: nothing is asked of it until {day_and_time(host.next_request_at)}")
    if host.pages_rest_until and host.pages_rest_until > now:
        until = day_and_time(host.pages_rest_until)
        yield _labelled("", f"it asked for patience with its articles: they are told in the feed's words until {until}")


def _hub(hub: HubView, now: datetime) -> Iterator[str]:
    pushed = f", {hub.pushes} pushes, the last {since_words(hub.last_push_at, now)}" if hub.pushes else ""
    until = f" until {day_and_time(hub.ends_at)}" if hub.ends_at else ""
    yield _labelled("WebSub", f"{hub.state} at {hub.hub}{until}{pushed}")
    if hub.last_error:
        yield _labelled("", one_line(hub.last_error))


def _articles(details: SourceDetails, now: datetime) -> Iterator[str]:
    if details.articles:
        yield ""
        yield "Last articles"
        for article in details.articles:
            yield f"  {day_and_time(article.published_at):<22} {_title(article.title)}"
            if article.held:
                yield f"  {'':<22} held back: {article.held}"
    if details.waiting_count:
        yield ""
        yield f"Waiting to be read: {details.waiting_count}"
        for each in details.waiting:
            tried = f", {each.failures} tries: {one_line(each.last_error or '')}" if each.failures else ""
            yield f"  {_title(each.title)} (next try: {ahead(each.next_try_at, now)}{tried})"


def _title(title: str) -> str:
    return clip(one_line(title), _TITLE_CHARACTERS) or "(no title)"


def _labelled(label: str, value: str) -> str:
    return f"  {label:<{_LABEL_CELLS}}{value}"


def _since(moment: datetime | None, now: datetime) -> str:
    return f"{since_words(moment, now)} ({day_and_time(moment)})" if moment else "never"


def _when(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "none"
    return "due" if moment <= now else f"in {ahead(moment, now)}"
