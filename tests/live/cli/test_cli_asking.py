"""`pactwatch why` and `pactwatch why-not`: what made an alert fire, and what kept an article from being told."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.notifier.app import build_notifier
from shared.kit.clock import SystemClock
from shared.kit.settings import Settings
from shared.store.unit_of_work import Database, Work
from shared.web.client import make_client
from shared.web.guard import AllowedHosts
from tests.live.cli.conftest import Pactwatch
from tests.live.notifier import notifier_rows as rows

pytestmark = pytest.mark.live


async def an_alert(database: Database) -> tuple[UUID, str]:
    """Let a notifier judge an article by a rule that was saved with a reason; returns the alert and the address."""
    rule = await rows.a_rule(database, query="agreement:relos AND (port OR force)", name="Logistics pact")
    async with database.begin(Work) as work:
        await work.session.execute(
            text(
                "INSERT INTO rule_versions (rule_id, version, name, query, author, reason, saved_at) "
                "SELECT rule_id, 1, name, query, 'Asha', 'ports only', created_at FROM rules"
            )
        )
    await rows.a_subscription(database, rule, channel="inbox")
    web = make_client(allowed=AllowedHosts.parse(""), user_agent="Pactwatch/test")
    notifier = build_notifier(Settings(), database, SystemClock(), web)
    story = uuid4()
    await notifier.raise_alerts(await rows.a_classified_article(database, story_id=story))
    await rows.a_classified_article(database, story_id=story, title="A copy of it")
    await web.aclose()
    [alert] = await rows.alerts(database)
    return alert.alert_id, alert.article["url"]


def test_why_shows_the_rule_clause_by_clause_its_author_the_verdict_the_copies_and_where_it_went(pactwatch: Pactwatch):
    alert, _ = pactwatch.with_database(an_alert)
    said = pactwatch("why", str(alert)).out
    for line in (
        'Rule "Logistics pact", version 1, saved',
        "by Asha: ports only",
        "  true   agreement:relos AND (port OR force)",
        "    true   agreement:relos   ('RELOS')",
        "      false  port   (",
        "      true   force   ('force')",
        "relos, in_force; severity high, policy each_story",
        "Judged relevant (0.90)",
        "classifier and catalogue 1; matcher 2",
        "Story: told by 2 articles",
        "News Example: A copy of it",
        "To inbox: sent",
        rows.SENTENCE,
    ):
        assert line in said, f"{line!r} not in:\n{said}"


def test_why_explains_the_query_as_it_fired_whatever_the_rule_asks_now(pactwatch: Pactwatch):
    alert, _ = pactwatch.with_database(an_alert)

    async def gone(database: Database) -> None:
        await rows.run(database, "UPDATE alerts SET rule_query = 'agreement:gone'")

    pactwatch.with_database(lambda database: rows.run(database, "UPDATE rules SET query = 'zebra', version = 2"))
    said = pactwatch("why", str(alert)).out
    assert "It is at version 2 now; this is the query that fired." in said
    assert "true   force" in said
    pactwatch.with_database(gone)
    assert (
        "It cannot be read any more: query: 'agreement:gone' names an unknown agreement"
        in pactwatch("why", str(alert)).out
    )


def test_why_as_json_has_the_tree_with_its_places(pactwatch: Pactwatch):
    alert, _ = pactwatch.with_database(an_alert)
    told = pactwatch("why", str(alert), "--json").json
    assert told["saved"]["reason"] == "ports only"
    assert told["explanation"]["parts"][0]["hits"] == ["RELOS"]
    assert told["explanation"]["parts"][0]["spans"][0] == {"part": "title", "start": 0, "end": 5}
    assert told["alert"]["deliveries"][0]["state"] == "sent"


def test_an_alert_that_nobody_knows_is_refused_with_the_mend(pactwatch: Pactwatch):
    assert "pactwatch alerts list" in pactwatch("why", str(uuid4()), code=1).err
    assert "is not an id" in pactwatch("why", "first", code=2).err


def test_why_not_says_what_stopped_an_address_and_what_was_before(pactwatch: Pactwatch):
    _, url = pactwatch.with_database(an_alert)
    told = pactwatch("why-not", f"{url}/?utm_source=mail", "--rule", "logistics PACT").out
    assert told.startswith("It was told: it stands in the inbox since")
    assert "raised by version 1 of the rule" in told
    said = pactwatch("why-not", url, "--rule", "Logistics pact", "--for", "mailto:x@example.org", "--json").json
    assert (said["told"], said["outcome"]) == (False, "no_subscriber")
    assert said["steps"][-1]["what"].startswith("alert ")

    stranger = pactwatch("why-not", "https://nobody.example/a", "--rule", "Logistics pact").out
    assert stranger.splitlines()[0] == "Nobody looks at nobody.example: no source is of that host."
    assert "pactwatch source add" in stranger.splitlines()[1]


def test_why_not_shows_the_clauses_of_a_rule_that_did_not_match(pactwatch: Pactwatch):
    _, url = pactwatch.with_database(an_alert)

    async def another(database: Database) -> None:
        await rows.a_rule(database, name="Trade", query="relos AND sector:trade")
        await rows.run(database, "UPDATE rules SET changed_at = now() - interval '1 hour' WHERE name = 'Trade'")

    pactwatch.with_database(another)
    said = pactwatch("why-not", url, "--rule", "Trade").out
    assert '"Trade" (version 1) does not match it: relos found, but the sector is defence' in said
    assert "    true   relos   ('RELOS')" in said
    assert "    false  sector:trade   (" in said


def test_what_cannot_be_asked_says_what_to_ask_instead(pactwatch: Pactwatch):
    pactwatch.with_database(an_alert)
    assert "does not start with http" in pactwatch("why-not", "news.example", "--rule", "Logistics pact", code=2).err
    refused = pactwatch("why-not", "https://news.example/a", "--rule", "Logistic pact", code=2)
    assert "Did you mean Logistics pact?" in refused.err
    unknown = pactwatch("why-not", str(uuid4()), "--rule", "Logistics pact", code=2)
    assert "is the id of no article" in unknown.err
