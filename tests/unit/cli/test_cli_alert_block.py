"""What a person reads of an alert at a terminal: lines that fit, and how to ask on."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from services.cli.commands.alerts import alert_block
from services.desk.domain.views import AlertView, ArticleGlance

ID = UUID(int=7)


def test_an_alert_at_a_terminal_says_its_id_where_why_asks_for_it():
    seen = ArticleGlance(ID, "RELOS\n signed", "https://news.example/a", "Courier", "en", None)
    moment = datetime(2026, 11, 22, 12, tzinfo=UTC)
    alert = AlertView(ID, ID, "Ports", "relos", 1, "2", "relos", "signed", (), "They signed it.", seen, moment, ())
    first, *rest = alert_block(alert)
    assert first.endswith("Ports, signed: nobody is subscribed")
    assert rest == ["  RELOS signed (Courier)", "  They signed it.", f"  pactwatch why {ID}"]
