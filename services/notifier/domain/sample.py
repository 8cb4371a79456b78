"""The alert that a test of a channel sends: it looks like a real one, and says that it is none."""

from __future__ import annotations

from datetime import datetime

from services.notifier.domain.alert import SAMPLE, Alert, Headline
from shared.kit.ids import id_for


def sample_alert(now: datetime) -> Alert:
    """Return an alert about nothing that happened."""
    name = id_for("sample")
    return Alert(
        alert_id=id_for("sample-alert", now),
        rule_id=name,
        rule_name="Test of this channel",
        rule_query='"test message"',
        rule_version=1,
        matcher_version="",
        story_id=name,
        fact=SAMPLE,
        article_id=name,
        verdict_id=name,
        agreement=None,
        stage=None,
        sectors=(),
        evidence="This is a test message of Pactwatch: если вы читаете это, канал работает; यह एक परीक्षण संदेश है।",
        article=Headline("Nothing has happened", "", "Pactwatch", now.isoformat(), None),
        raised_at=now,
        correlation_id=name,
    )
