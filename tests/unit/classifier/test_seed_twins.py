"""The five articles that the project began with, retold in our own words, and what must be found in each.

The same expectations hold for the articles themselves, which are other people's text: their folder is given by
`--articles-folder`, and without it those tests are not collected at all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.classifier.domain.judge import Judge
from shared.contracts.verdict import ArticleText, Verdict

TWINS = Path(__file__).parents[2] / "data" / "seed_twins.jsonl"


@dataclass(frozen=True)
class Expected:
    """What an article must yield (certain sectors, items with their stage, claims), and what it must not."""

    day: str
    sectors: frozenset[str]
    stages: dict[str, str]
    claims: frozenset[tuple[str, str, str]]
    absent: frozenset[str] = frozenset()


EXPECTED = {
    # A report of the signing. The working group is created by the agreement: announced, it has not met.
    # No summit and no trade programme: those stand only in the "Also Read" lines, which belong to other stories.
    "000": Expected(
        day="2025-12-05",
        sectors=frozenset({"health", "education", "science"}),
        stages={"health-agreement-2025": "signed", "health-jwg": "announced"},
        claims=frozenset({("health-agreement-2025", "signed", "reported"), ("health-jwg", "announced", "reported")}),
        absent=frozenset({"cdsco-roszdravnadzor-mou", "programme-2030", "annual-summit", "trade-target-100bn-2030"}),
    ),
    # A trade journal on drugs after the signing. Both plants are told with their newest step: Kaluga announced by the
    # president, Kuzbass put off with no date. Pharma-2030 is Russia's own, and the article reckons with it.
    "001": Expected(
        day="2026-01-20",
        sectors=frozenset({"health", "pharma"}),
        stages={
            "health-agreement-2025": "signed",
            "health-jwg": "announced",
            "kaluga-antitumour-plant": "announced",
            "cadila-kuzbass": "postponed",
        },
        claims=frozenset(
            {
                ("health-agreement-2025", "signed", "reported"),
                ("kaluga-antitumour-plant", "announced", "reported"),
                ("cadila-kuzbass", "postponed", "reported"),
            }
        ),
        absent=frozenset({"cdsco-roszdravnadzor-mou", "programme-2030", "irigc-tec"}),
    ),
    # A preview before the visit, with lost hyphens ("IndiaRussia", "December 45"). The Duma "approved" the pact: that
    # is its vote, not Russia's ratification. The mobility text is final and its signature awaited. Talks of the free
    # trade agreement have begun. The forum is to come.
    "002": Expected(
        day="2025-12-04",
        sectors=frozenset({"trade", "defence", "health"}),
        stages={
            "relos": "duma_ratified",
            "labour-mobility-2025": "finalised",
            "india-eaeu-fta": "negotiation_started",
            "business-forum": "announced",
            "trade-target-100bn-2030": "target_set",
        },
        claims=frozenset(
            {
                ("relos", "duma_ratified", "reported"),
                ("labour-mobility-2025", "finalised", "reported"),
                ("labour-mobility-2025", "signed", "expected"),
                ("business-forum", "meeting_held", "expected"),
            }
        ),
        absent=frozenset({"irregular-migration-2025", "irigc-mmtc", "media-prasar-bharati"}),
    ),
    # Two bodies with numbers that collide: the 22nd session of the military commission and the 26th meeting of the
    # trade working group (not the 26th session of the trade commission). No protocol is said to be signed.
    "003": Expected(
        day="2025-12-04",
        sectors=frozenset({"defence", "trade"}),
        stages={
            "irigc-mmtc": "meeting_held",
            "wg-trade-economic-cooperation": "meeting_held",
            "india-eaeu-fta": "negotiation_started",
        },
        claims=frozenset(
            {
                ("irigc-mmtc", "meeting_held", "reported"),
                ("wg-trade-economic-cooperation", "meeting_held", "reported"),
            }
        ),
        absent=frozenset({"irigc-tec", "irigc-mmtc-22-protocol", "irigc-mmtc-wg-mtcdi", "strategic-partnership-2000"}),
    ),
    # A minister receives a deputy minister; of the past month the working group's 23rd meeting, which ended in a
    # protocol. The declarations of 2000 and 2010, the summits and the 2+2 are scenery.
    "004": Expected(
        day="2025-11-08",
        sectors=frozenset({"diplomacy", "defence"}),
        stages={
            "foreign-office-consultations": "meeting_held",
            "irigc-mmtc": "meeting_held",
            "irigc-mmtc-wg-mtcdi": "protocol_signed",
            "india-eaeu-fta": "negotiation_started",
        },
        claims=frozenset(
            {
                ("foreign-office-consultations", "meeting_held", "reported"),
                ("irigc-mmtc-wg-mtcdi", "protocol_signed", "reported"),
            }
        ),
        absent=frozenset({"irigc-mmtc-22-protocol", "two-plus-two", "annual-summit", "strategic-partnership-2000"}),
    ),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the twins always, and the articles themselves beside them where their folder is given."""
    if "text" not in metafunc.fixturenames:
        return
    rows = [json.loads(line) for line in TWINS.read_text(encoding="utf-8").splitlines()]
    cases = [pytest.param(row["id"].removeprefix("twin-"), row["text"], id=row["id"]) for row in rows]
    folder = metafunc.config.getoption("--articles-folder")
    files = sorted(Path(folder).glob("*.txt")) if folder else []
    cases.extend(
        pytest.param(file.name[:3], file.read_text(encoding="utf-8"), id=file.name)
        for file in files
        if file.name[:3] in EXPECTED
    )
    metafunc.parametrize(("key", "text"), cases)


def verdict(judge: Judge, key: str, text: str) -> Verdict:
    published = datetime.fromisoformat(EXPECTED[key].day).replace(tzinfo=UTC)
    return judge.judge(ArticleText(id=key, text=text, language="en", published=published))


def test_it_is_about_india_and_russia(judge: Judge, key: str, text: str) -> None:
    assert verdict(judge, key, text).relevant


def test_its_certain_sectors_are_found(judge: Judge, key: str, text: str) -> None:
    assert EXPECTED[key].sectors <= {finding.id for finding in verdict(judge, key, text).sectors}


def test_its_items_are_found_with_their_stage(judge: Judge, key: str, text: str) -> None:
    found = {finding.id: finding.stage for finding in verdict(judge, key, text).agreements}
    expected = EXPECTED[key]
    assert {name: found.get(name) for name in expected.stages} == expected.stages
    assert not expected.absent & found.keys()


def test_its_claims_are_listed_with_their_tense(judge: Judge, key: str, text: str) -> None:
    listed = {
        (finding.id, claim.stage, claim.tense)
        for finding in verdict(judge, key, text).agreements
        for claim in finding.claims
    }
    assert EXPECTED[key].claims <= listed
