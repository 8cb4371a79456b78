"""The metrics, named once; `docs/operate.md` says what each means."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

MESSAGES = Counter("pactwatch_messages_total", "Messages by taker and outcome.", ["taker", "outcome"])
EVENTS_RELAYED = Counter("pactwatch_events_relayed_total", "Events that the broker confirmed.")
EVENTS_ANNOUNCED_AGAIN = Counter("pactwatch_events_announced_again_total", "Events that nobody had taken up in time.")
HUB_CALLS = Counter("pactwatch_hub_calls_total", "Calls of WebSub hubs at the desk, by outcome.", ["outcome"])
LOOKS = Counter("pactwatch_source_looks_total", "Looks at sources, by outcome.", ["outcome"])
ARTICLES = Counter("pactwatch_articles_total", "Articles stored, by where their text came from.", ["text_from"])
ENTRIES_LEFT_OUT = Counter("pactwatch_entries_left_out_total", "Entries of feeds whose address cannot be used.")
ARTICLES_HELD = Counter("pactwatch_articles_held_total", "Articles that the relevance gate kept back.")
REVISIONS = Counter("pactwatch_article_revisions_total", "New versions of articles that were stored already.")
VERDICTS = Counter("pactwatch_verdicts_total", "Verdicts, by relevance.", ["relevant"])
ARTICLES_NOT_FILED = Counter("pactwatch_articles_not_filed_total", "Judged articles that could not be filed.")
ALERTS = Counter("pactwatch_alerts_total", "Alerts raised.")
CORRECTIONS = Counter("pactwatch_alert_corrections_total", "Alerts whose article was edited or withdrawn.")
DELIVERIES = Counter(
    "pactwatch_deliveries_total", "Attempts to deliver, by channel and outcome.", ["channel", "outcome"]
)
OUTBOX_OLDEST_SECONDS = Gauge("pactwatch_outbox_oldest_seconds", "Age of the oldest event not yet on the bus.")
DELIVERY_OLDEST_SECONDS = Gauge("pactwatch_delivery_oldest_seconds", "Age of the oldest delivery still to be sent.")
DELIVERIES_HELD = Gauge("pactwatch_deliveries_held", "Deliveries that a stop switch or a disabled channel holds.")
WAITING_ALERTS = Gauge(
    "pactwatch_waiting_alerts", "Alerts that wait to be told later, in a digest or after quiet hours."
)
WAITING_OVERDUE_SECONDS = Gauge("pactwatch_waiting_overdue_seconds", "How late the latest digest is that is due.")
OPERATOR_ALERTS_OPEN = Gauge("pactwatch_operator_alerts_open", "Troubles that operators were told of, and that last.")
SOURCES = Gauge("pactwatch_sources", "Live sources, by state.", ["state"])
QUARANTINE_WAITING = Gauge("pactwatch_quarantine_waiting", "Messages in quarantine.")
ARTICLE_TO_ALERT_SECONDS = Histogram(
    "pactwatch_article_to_alert_seconds",
    "From storing an article to storing its alert.",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300),
)
