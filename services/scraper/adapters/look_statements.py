"""The two statements that every look makes, as fixed texts.

Built anew by SQLAlchemy for each look they cost more than all the rest of it: 14 ms instead of 4 for ten entries
(`benchmarks/polling`). A fixed text is built and planned once.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Interval, String, TextClause, bindparam, text

from services.scraper.ports import SourceAfter
from shared.store.base import UtcDateTime

_WRITTEN = tuple(name for name in SourceAfter.__dataclass_fields__ if name != "succeeded")
_MOMENTS = ("looked_at", "state_since", "told_since", "whole_at", "last_new_at")

RESCHEDULE: TextClause = text(
    f"""
    UPDATE source_states
    SET {", ".join(f"{name} = :{name}" for name in _WRITTEN)},
        leased_until = NULL, last_look_at = :looked_at, next_look_at = clock_timestamp() + :wait,
        interval_seconds = :interval_seconds,
        last_success_at = CASE WHEN :succeeded THEN :looked_at ELSE last_success_at END
    WHERE source_id = :source_id
    """  # noqa: S608  (the names are those of our own fields)
).bindparams(
    bindparam("wait", type_=Interval),
    bindparam("succeeded", type_=Boolean),
    *(bindparam(name, type_=UtcDateTime()) for name in _MOMENTS),
)

_ENTRY = {
    "entry_id": "uuid",
    "source_id": "uuid",
    "url": "text",
    "canonical_url": "text",
    "host": "text",
    "title": "text",
    "summary": "text",
    "content": "text",
    "author": "text",
    "image_url": "text",
    "whole": "boolean",
    "mark": "text",
    "published_at": "timestamptz",
    "found_at": "timestamptz",
    "correlation_id": "uuid",
}
_RETOLD = ("source_id", "mark", "title", "summary", "content", "author", "image_url")

# The first source that lists an address owns its entry. Another takes it over when the owner is looked at no more, when
# the article was held back by the gate, which may let it pass in an outlet of another country, and when it may alert as
# this source's and might not as the owner's (whose old news, or archive, it was).
_MAY_TAKE_OVER = """
    EXISTS (
        SELECT FROM sources AS owner
        WHERE owner.source_id = entries.source_id AND (owner.paused OR owner.removed_at IS NOT NULL)
    )
    OR EXISTS (
        SELECT FROM articles JOIN sources AS owner USING (source_id)
        WHERE articles.canonical_url = entries.canonical_url AND (
            :at_home AND articles.gate IS NOT NULL AND owner.country IS DISTINCT FROM :country
            OR NOT articles.alertable AND articles.published_at >= coalesce(:alert_since, articles.published_at)
        )
    )
"""
# An entry whose words its own source has changed is told in the new ones, and is to be read again if it was read. The
# rest before that is twice as long each time, so that a feed that never stops changing still has one left for news.
ADD_ENTRIES: TextClause = text(
    f"""
    INSERT INTO entries ({", ".join(_ENTRY)}, next_try_at)
    SELECT {", ".join(_ENTRY)}, clock_timestamp()
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told({", ".join(map(" ".join, _ENTRY.items()))})
    ON CONFLICT (entry_id) DO UPDATE
    SET {", ".join(f"{name} = excluded.{name}" for name in _RETOLD)}, next_try_at = CASE
            WHEN entries.state = 'waiting' THEN entries.next_try_at
            WHEN entries.state = 'done'
                THEN greatest(clock_timestamp(), entries.next_try_at + :rest * power(2, entries.rereads))
            ELSE least(entries.next_try_at, clock_timestamp() + :rest * power(2, entries.rereads))
        END,
        state = CASE WHEN entries.state = 'waiting' THEN 'waiting' ELSE 'again' END,
        alert_since = CASE WHEN entries.source_id = excluded.source_id THEN entries.alert_since END
    WHERE entries.mark <> excluded.mark AND entries.mark <> '' AND entries.rereads < :most_rereads
        AND (entries.source_id = excluded.source_id OR entries.state <> 'waiting' AND ({_MAY_TAKE_OVER}))
    RETURNING xmax = 0 AS new
    """  # noqa: S608  (the names are those of our own columns)
).bindparams(
    bindparam("rest", type_=Interval),
    bindparam("rows", type_=String),
    bindparam("at_home", type_=Boolean),
    bindparam("country", type_=String),
    bindparam("alert_since", type_=UtcDateTime()),
)


def values_of(after: SourceAfter) -> dict[str, object]:
    """Return what `RESCHEDULE` writes of a source after a look."""
    return {name: getattr(after, name) for name in _WRITTEN} | {"succeeded": after.succeeded}
