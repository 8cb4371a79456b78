"""Rules tried from the command line before they are saved, and the archive filled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from shared.contracts.verdict import AgreementFinding, Verdict
from shared.rules import Document, Origin
from shared.store.unit_of_work import Database
from tests.live.desk.archive_rows import publish

pytestmark = pytest.mark.live

RELOS = "India and Russia signed the RELOS pact in Moscow. It opens ports."
VISA = "Visa-free travel for groups was discussed."


def article(body: str, days_old: int, agreement: str | None = None) -> Document:
    findings = [AgreementFinding(id=agreement, score=0.9, evidence=RELOS[:49], stage="signed")] if agreement else []
    found = Verdict(language="en", relevant=True, relevance=0.8, agreements=findings)
    published = datetime.now(UTC) - timedelta(days=days_old)
    origin = Origin("The Courier", "IN", f"https://courier.example/{days_old}", published, "en")
    return Document(f"News of {body[:5]}", body, found, origin)


def stored(pactwatch, *, filed: bool = True) -> None:
    documents = [article(RELOS, 2, "relos"), article(RELOS, 3), article(VISA, 3)]

    async def work(database: Database) -> None:
        await publish(database, documents, filed=filed)

    pactwatch.with_database(work)


def test_an_empty_archive_says_what_to_do(pactwatch):
    ran = pactwatch("rule", "test", "relos")
    assert "holds no article" in ran.out
    assert "pactwatch source list" in ran.out


def test_what_a_query_would_have_matched_is_shown(pactwatch):
    stored(pactwatch)
    ran = pactwatch("rule", "test", "relos", "--days", "30")
    assert "2 of the 3 articles of 3 days, 0.7 a day, at most 1" in ran.out
    assert "https://courier.example/2" in ran.out
    assert "“India and Russia signed the RELOS pact in Moscow.”" in ran.out
    assert "The Courier\t2" in ran.out
    found = pactwatch("rule", "test", "agreement:relos", "--json").json
    assert (found["hits"], found["articles"], found["examples"][0]["agreement"]) == (1, 3, "relos")
    assert (found["unread"], found["stopped"], found["not_indexed"]) == (0, None, 0)


def test_terms_that_never_occurred_and_cautions_are_told(pactwatch):
    stored(pactwatch)
    ran = pactwatch("rule", "test", "relos AND (zanzibar OR IT)")
    assert "none of the 3 articles" not in ran.out
    assert "No article of the archive has zanzibar" in ran.out
    assert "Caution: IT also matches" in ran.out
    nothing = pactwatch("rule", "test", "zanzibar")
    assert "none of the 3 articles" in nothing.out
    assert "--days 365" in nothing.out


@pytest.mark.parametrize(
    ("arguments", "words"), [(("visa agreement:relso",), "relso"), (("visa", "--days", "0"), "--days")]
)
def test_what_cannot_be_tried_is_refused_with_its_mend(pactwatch, arguments: tuple[str, ...], words: str):
    assert words in pactwatch("rule", "test", *arguments, code=2).err


def test_a_change_of_a_rule_is_compared(pactwatch):
    stored(pactwatch)
    pactwatch("rule", "add", "Pacts", "relos")
    ran = pactwatch("rule", "diff", "Pacts", 'agreement:relos OR "visa free"')
    assert "2 articles in 3 days become 2: gained 1, lost 1, kept 1." in ran.out
    assert "Nobody has marked" in ran.out
    found = pactwatch("rule", "diff", "Pacts", 'agreement:relos OR "visa free"', "--json").json
    assert (found["gained"]["hits"], found["lost"]["hits"], found["kept"]) == (1, 1, 1)
    assert "Pakts" in pactwatch("rule", "diff", "Pakts", "visa", code=2).err


def test_articles_from_before_are_filed_by_a_command(pactwatch):
    stored(pactwatch, filed=False)
    assert (
        "3 articles of these days are not in the archive yet: pactwatch reindex" in pactwatch("rule", "test", "x1").out
    )
    assert "Filed 3 articles" in pactwatch("reindex").out
    assert pactwatch("reindex", "--json").json == {"filed": 0, "unreadable": 0}
    assert "nothing to do" in pactwatch("reindex").out
    assert pactwatch("rule", "test", "relos", "--json").json["hits"] == 2
