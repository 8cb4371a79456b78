"""The pages of a story and an article over a real database: text, versions, copies, why not, and what is said."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.cli.account_desk import AccountDesk
from services.desk.domain.accounts import Role
from services.desk.use_cases.definitions import Definitions
from shared.store.harvest import ArticleRevisionRow, ArticleRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.account_house import invite, set_up
from tests.live.desk.desk_rows import MORNING, Story
from tests.live.desk.test_desk_today_pages import Newsroom
from tests.live.desk.visiting import Visiting

pytestmark = pytest.mark.live
MISSING = "582ae0b5-f8b5-48e5-8943-d00c7e41750a"


@pytest.fixture
def newsroom(definitions: Definitions, database: Database) -> Newsroom:
    return Newsroom(definitions, database)


async def test_an_article_shows_what_was_found_where_and_what_its_source_changed(visitor: Visiting, newsroom, database):
    story = Story()
    alert_id = await newsroom.alerts(story, await newsroom.comes(story))
    await newsroom.comes(Story(title="The same elsewhere"), of=story, outlet="Gazette")
    now = f"Before it. {story.evidence} After it.\n" + "\n".join(f"Line {number} of it." for number in range(9))
    async with database.begin(Work) as work:
        changed = update(ArticleRow).where(ArticleRow.article_id == story.article_id)
        await work.session.execute(changed.values(text=now, revision=2, revised_at=MORNING))
        old = now.replace("Line 3 of it.", "Line three was otherwise.")
        work.session.add(
            ArticleRevisionRow(
                article_id=story.article_id,
                revision=1,
                title="Old",
                text=old,
                published_at=None,
                seen_at=MORNING - timedelta(hours=1),
            )
        )
    shown = (await visitor.get(f"/articles/{story.article_id}")).text
    assert f"<mark>{story.evidence}</mark>" in shown
    assert "<del>Line three was otherwise.</del>" in shown
    assert "<ins>Line 3 of it.</ins>" in shown
    assert "some text is left out" in shown
    assert f"/alerts/{alert_id}" in shown
    for address in (f"/articles/{story.article_id}", f"/stories/{story.article_id}"):
        assert "The same elsewhere" in (await visitor.get(address)).text


@pytest.mark.parametrize("path", ["/stories/{}", "/articles/{}", "/articles/{}/why-not"])
async def test_what_nobody_knows_is_not_found(visitor: Visiting, path: str):
    assert (await visitor.get(path.format(MISSING))).status_code == 404


async def test_a_reader_is_told_what_stopped_an_article(visitor: Visiting, newsroom: Newsroom):
    told = Story()
    await newsroom.alerts(told, await newsroom.comes(told))
    other = Story(agreement="inr-rub", sector="finance", stage="announced", title="Rupee talks")
    await newsroom.comes(other)
    page = (await visitor.get(f"/articles/{other.article_id}")).text
    rule = re.search(r'<option value="([^"]*)"', page)
    assert rule
    answer = (await visitor.client.get(f"/articles/{other.article_id}/why-not", params={"rule": rule[1]})).text
    assert "What stopped it" in answer
    assert "Its walk through the house" in answer
    unknown = await visitor.client.get(f"/articles/{other.article_id}/why-not", params={"rule": "Nothing"})
    assert unknown.status_code == 422
    assert rule[1] in unknown.text.partition('id="complaint"')[2]


async def test_an_officer_says_what_is_right_without_a_script(
    visitor: Visiting, new_visitor, newsroom, house: AccountDesk
):
    story = Story()
    await newsroom.comes(story)
    await set_up(house, visitor)
    page = f"/articles/{story.article_id}"
    for form, said in (
        ({"says": "useful"}, "about both countries agreements: RELOS (signed) sectors: Defence"),
        ({"says": "noise"}, "noise"),
        ({"says": "sectors", "sector-1": "health", "sector-2": "finance"}, "sectors: Finance, Health"),
        (
            {"says": "agreements", "agreement-1": "inr-rub", "stage-1": "announced"},
            "Rupee–rouble settlement (announced)",
        ),
        ({"says": "agreements", "agreement-1": ""}, "agreements: none"),
    ):
        answer = await visitor.fill_in(page, {"agreement-1": "", "sector-1": "", **form}, send_to=f"{page}/feedback")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?said=1#feedback")
        assert said in " ".join(re.sub(r"<[^>]*>", "", (await visitor.get(page)).text).split()), form
    wrong = await visitor.fill_in(page, {"says": "sectors", "sector-1": "cricket"}, send_to=f"{page}/feedback")
    assert wrong.status_code == 422
    assert "is not in the catalogue" in wrong.text
    operator = new_visitor()
    await invite(house, operator, "Ravi", Role.OPERATOR)
    assert f"{page}/feedback" not in (await operator.get(page)).text


async def test_a_headline_of_a_megabyte_costs_no_more_than_another(visitor: Visiting, newsroom: Newsroom):
    story = Story(title="Договор" * 150_000, evidence="x" * 5_000)
    await newsroom.comes(story)
    for address in ("/", f"/stories/{story.article_id}", f"/articles/{story.article_id}"):
        answer = await visitor.get(address)
        assert answer.status_code == 200
        assert len(answer.content) < 40_000
