"""What a subscription would have brought: the archive's articles, told as the notifier would tell them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.desk.domain.backtests import Limits
from services.desk.domain.receivers import For
from services.desk.domain.rules import AgreementTarget, FollowTarget, OperatorsTarget, RuleTarget
from services.desk.domain.signatures import Signature
from services.desk.use_cases.previewing import Patience, Previews
from services.desk.use_cases.rules import Rules
from services.desk.use_cases.targets import Targets
from services.desk.use_cases.writing import Writing
from shared.contracts.verdict import AgreementFinding, Claim, SectorFinding, Verdict
from shared.kit.errors import WrongInput
from shared.rules import Document, Origin
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.archive_rows import NOW, Noon, backtest_on, publish
from tests.live.desk.desk_rows import AGREEMENTS, SECTORS
from tests.live.desk.people_desk import STAGES, people_desk_on

pytestmark = pytest.mark.live

RELOS = AgreementTarget("relos")
BY = Signature("Asha", "A test.")
SIGNED = "India and Russia signed RELOS in Moscow on Friday."


def news(
    days_old: float, *, stage: str | None = "announced", language: str = "en", signed_on: str | None = None
) -> Document:
    claims = (Claim(stage=stage, date=signed_on, evidence=SIGNED),) if stage and signed_on else ()
    found = Verdict(
        language=language,
        relevant=True,
        relevance=0.8,
        sectors=[SectorFinding(id="defence", score=0.8, evidence=SIGNED)],
        agreements=[AgreementFinding(id="relos", score=0.9, evidence=SIGNED, stage=stage, claims=claims)],
    )
    published = NOW - timedelta(days=days_old)
    return Document(
        "RELOS", SIGNED, found, Origin("The Courier", "IN", "https://courier.example/a", published, language)
    )


@pytest.fixture
def previews(database: Database, writing: Writing) -> Previews:
    backtest = backtest_on(database, agreements=AGREEMENTS, sectors=SECTORS, stages=STAGES)
    return Previews(Writing(writing.begin, Noon()), Targets(AGREEMENTS, SECTORS, STAGES), backtest, {"signed": 3})


async def one_story(database: Database, ids) -> None:
    async with database.begin(Work) as work:
        await work.session.execute(update(ArticleRow).where(ArticleRow.article_id.in_(ids)).values(story_id=ids[0]))


async def test_copies_of_a_story_are_one_alert_and_its_stage_makes_it_loud(database: Database, previews: Previews):
    ids = await publish(
        database, [news(day, stage="signed" if day == 20 else "announced") for day in (1, 2, 20, 20.5, 40)]
    )
    await one_story(database, ids[:2])
    found = await previews.preview(RELOS)
    assert (found.articles, len(found.alerts), found.unwanted, found.stopped, found.cut) == (5, 4, 0, None, False)
    assert dict(found.by_severity) == {"high": 1, "normal": 3, "low": 0}
    assert [each.moment for each in found.alerts] == [NOW - timedelta(days=day) for day in (2, 20, 20.5, 40)]
    assert found.alerts[0].evidence == SIGNED
    assert found.alerts_a_week == pytest.approx(4 / (40 / 7), rel=0.01), "of the days since the first article"
    assert [count for _, count in found.weeks] == [1, 0, 0, 2, 0, 1]


async def test_new_facts_only_tells_a_signing_once_whoever_reports_it(
    database: Database, previews: Previews, rules: Rules
):
    await publish(database, [news(day, stage="signed", signed_on="2026-11-20") for day in (0.5, 1, 1.5)])
    await rules.add("Facts", "agreement:relos", BY, policy="new_facts")
    await rules.add("Articles", "agreement:relos", BY, policy="each_article")
    facts, articles = [await previews.preview(RuleTarget(name)) for name in ("Facts", "Articles")]
    assert (len(facts.alerts), len(articles.alerts)) == (1, 3)
    assert facts.alerts[0].moment == NOW - timedelta(days=1.5)


async def test_what_is_not_wanted_is_counted_apart(database: Database, previews: Previews):
    await publish(database, [news(1, stage="signed"), news(2), news(3, language="ru")])
    loud = await previews.preview(RELOS, min_severity="high")
    russian = await previews.preview(RELOS, languages=["ru"])
    assert [(len(each.alerts), each.unwanted) for each in (loud, russian)] == [(1, 2), (1, 2)]


async def test_messages_are_counted_as_the_schedule_gathers_them(database: Database, previews: Previews, writing):
    """Three shortly before midnight in Delhi, and two at half past four."""
    desk = people_desk_on(database, writing)
    await desk.people.add("Asha", time_zone="Asia/Kolkata", quiet="22:00-07:00")
    hours_old = [17.9, 17.8, 17.7, 13.0, 12.9]
    await publish(database, [replace(news(hours / 24), title=f"RELOS {hours}") for hours in hours_old])
    found = await previews.preview(RELOS)
    assert dict(found.by_schedule) == {"immediate": 5, "hourly": 2, "daily": 1, "weekly": 1}
    assert found.messages == 5
    quiet = await previews.preview(RELOS, For(person="Asha"))
    assert quiet.messages == 1, "what came in the night is told together in the morning"
    daily = await previews.preview(RELOS, For(person="Asha"), digest="daily", at="00:00")
    assert daily.messages == 2, "both midnights are in quiet hours: each is told in its morning"


async def test_a_combination_that_nobody_follows_yet_is_foretold_and_nothing_is_saved(
    database: Database, previews: Previews, rules: Rules
):
    await publish(database, [news(1, stage="signed"), news(2)])
    found = await previews.preview(FollowTarget(agreements=("relos",), stages=("signed",)))
    assert (found.query, len(found.alerts)) == ("agreement:relos AND stage:signed", 1)
    assert await rules.views() == []


async def test_an_empty_archive_foretells_nothing_and_troubles_are_not_foretold(previews: Previews):
    found = await previews.preview(RELOS)
    assert (found.alerts_a_week, found.alerts) == (None, ())
    with pytest.raises(WrongInput, match="not foretold"):
        await previews.preview(OperatorsTarget())
    with pytest.raises(WrongInput, match="Did you mean relos"):
        await previews.preview(AgreementTarget("relo"))


async def test_more_than_can_be_read_is_told_of_the_days_that_were(database: Database, previews: Previews):
    ids = await publish(database, [news(day / 10) for day in range(1, 300)])
    assert len(ids) == 299
    found = await previews.preview(RELOS, patience=Patience(Limits(), articles=200, seconds=60))
    assert found.cut
    assert found.since == NOW - timedelta(days=20)
    assert len(found.alerts) == 200
    assert found.alerts_a_week == pytest.approx(70)
