"""The board of agreements over a real database, and the page of one: what the catalogue and the articles say."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event, update

from services.classifier.adapters.work import ClassifierWork
from shared.catalogue.loader import load_catalogue
from shared.contracts.verdict import AgreementFinding, Claim, Verdict
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Database, Work
from shared.store.verdicts import VerdictRow
from tests.live.desk.desk_rows import MORNING, Story
from tests.live.desk.test_desk_today_pages import Newsroom
from tests.live.desk.visiting import Visiting

pytestmark = pytest.mark.live


@pytest.fixture
def newsroom(definitions, database: Database) -> Newsroom:
    return Newsroom(definitions, database)


async def claims(newsroom: Newsroom, database: Database, story: Story, *claimed: Claim) -> None:
    """Let a story come whose article claims this of its agreement."""
    verdict_id = await newsroom.comes(story)
    async with database.begin(ClassifierWork) as work:
        row = await work.session.get_one(VerdictRow, verdict_id)
        finding = AgreementFinding(
            id=story.agreement, score=0.9, evidence=story.evidence, stage=story.stage, claims=claimed
        )
        found = Verdict.model_validate(row.findings).model_copy(update={"agreements": (finding,)})
        row.findings = found.model_dump(mode="json")
        await work.file(story.article_id, found)


def named(shown: str) -> list[str]:
    return re.findall(r'<h2><a href="/agreements/([^"]+)">', shown)


def line_of(shown: str, agreement: str) -> str:
    return shown.partition(f'<h2><a href="/agreements/{agreement}">')[2].partition("</li>")[0]


async def test_all_agreements_stand_on_the_board_the_last_news_first(visitor: Visiting, newsroom: Newsroom):
    await newsroom.comes(Story(agreement="health-jwg", title="Health talks", minutes_ago=90))
    await newsroom.comes(Story(agreement="relos", title="Logistics", minutes_ago=9))
    shown = (await visitor.get("/agreements")).text
    assert sorted(named(shown)) == sorted(load_catalogue().agreements)
    assert named(shown)[:2] == ["relos", "health-jwg"]
    assert re.search(r'<a href="/stories/[0-9a-f-]+"[^>]*>Logistics</a>', line_of(shown, "relos"))
    assert len(shown) < 150_000


async def test_the_newest_report_says_the_stage_else_the_catalogue(
    visitor: Visiting, newsroom: Newsroom, database: Database
):
    item = load_catalogue().agreements["health-agreement-2025"]
    before = line_of((await visitor.get("/agreements")).text, item.id)
    assert "catalogue" in before
    assert item.dates[-1].date in before
    story = Story(agreement=item.id, stage="in_force", minutes_ago=30)
    held = Claim(stage="in_force", date="2026-11-20", claimant="india", evidence="It came into force on Friday.")
    again = Claim(stage="meeting_held", date="2026-12-05", tense="expected", evidence="They meet in December.")
    await claims(newsroom, database, story, held, again)
    line = line_of((await visitor.get("/agreements")).text, item.id)
    assert ">2026-11-20</span>" in line
    assert "says the Indian side" in line
    assert f'href="/articles/{story.article_id}"' in line
    assert "2026-12-05" in line.partition("Next:")[2]
    one = (await visitor.get(f"/agreements/{item.id}")).text
    assert "It came into force on Friday." in one
    assert item.dates[0].note in one


async def test_what_an_article_only_recalls_is_no_new_stage(visitor: Visiting, newsroom: Newsroom, database: Database):
    item = load_catalogue().agreements["health-agreement-2025"]
    recalled = Claim(stage="signed", evidence="The pact was signed.")
    await claims(newsroom, database, Story(agreement=item.id, stage="signed"), recalled)
    assert "2025-12-05" in line_of((await visitor.get("/agreements")).text, item.id).partition("told")[0]


async def test_what_its_source_took_down_says_nothing(visitor: Visiting, newsroom: Newsroom, database: Database):
    story = Story(agreement="relos", title="Taken down")
    await newsroom.comes(story)
    async with database.begin(Work) as work:
        gone = update(ArticleRow).where(ArticleRow.article_id == story.article_id)
        await work.session.execute(gone.values(withdrawn_at=MORNING))
    assert "Taken down" not in (await visitor.get("/agreements")).text


async def test_names_in_three_scripts_a_sector_and_a_stage_narrow_the_board(visitor: Visiting):
    catalogue = load_catalogue()
    for words in ("health jwg", "рабочая группа по здравоохранению", "स्वास्थ्य पर संयुक्त"):
        assert "health-jwg" in named((await visitor.client.get("/agreements", params={"words": words})).text)
    of_pharma = named((await visitor.get("/agreements?sector=pharma")).text)
    assert sorted(of_pharma) == sorted(each.id for each in catalogue.agreements.values() if "pharma" in each.sectors)
    postponed = named((await visitor.get("/agreements?sector=pharma&stage=postponed")).text)
    assert set(postponed) < set(of_pharma)
    assert "Show all" in (await visitor.get("/agreements?words=zanzibar")).text


async def test_alerts_of_thirty_days_are_drawn(visitor: Visiting, newsroom: Newsroom):
    story = Story(agreement="relos")
    verdict_id = await newsroom.comes(story)
    await newsroom.alerts(story, verdict_id)
    line = line_of((await visitor.get("/agreements")).text, "relos")
    assert 'aria-label="1 alert in the last 30 days"' in line
    assert line.count("<rect") == 1


async def test_the_board_asks_as_often_for_many_as_for_one(visitor: Visiting, newsroom: Newsroom, database: Database):
    await newsroom.comes(Story(agreement="relos"))
    asked: list[str] = []
    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    await visitor.get("/agreements")
    assert sum("archived_articles" in each or "alerts" in each for each in asked) == 2


async def test_an_agreement_has_its_names_its_ways_on_and_hostile_titles_as_text(visitor: Visiting, newsroom: Newsroom):
    await newsroom.comes(Story(agreement="relos", title="<script>alert(1)</script>"))
    shown = (await visitor.get("/agreements/relos")).text
    item = load_catalogue().agreements["relos"]
    for language in ("en", "ru", "hi"):
        assert item.aliases[language][0] in shown.replace("&#39;", "'")
    assert re.search(r'href="/rules/[0-9a-f-]{36}"', shown)
    assert 'href="/catalogue/agreements/relos"' in shown
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
