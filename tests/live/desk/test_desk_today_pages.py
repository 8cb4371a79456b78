"""Today over a real database: which stories it shows, in which order, narrowed, kept, and what is new."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from services.classifier.adapters.work import ClassifierWork
from services.cli.account_desk import AccountDesk
from services.desk.adapters import story_queries
from services.desk.domain.accounts import Role
from services.desk.domain.rules import AgreementTarget
from services.desk.domain.sources import NewSource
from services.desk.domain.views import SubscriptionView
from services.desk.use_cases.definitions import Definitions
from services.desk.use_cases.today import PAGE_STORIES
from shared.contracts.verdict import Verdict
from shared.store.harvest import ArticleRow
from shared.store.unit_of_work import Database, Work
from shared.store.verdicts import VerdictRow
from tests.live.desk.account_house import invite, set_up
from tests.live.desk.conftest import WoundClock
from tests.live.desk.desk_rows import MORNING, Story, an_alert, an_article
from tests.live.desk.visiting import Visiting

pytestmark = pytest.mark.live


class Newsroom:
    """Lets stories come."""

    def __init__(self, definitions: Definitions, database: Database) -> None:
        self._definitions = definitions
        self._database = database
        self._source: UUID | None = None
        self._subscription: SubscriptionView | None = None

    async def comes(self, story: Story, *, of: Story | None = None, outlet: str = "Courier") -> UUID:
        """Store the story, filed in the archive; `of` makes it a copy of another. Returns its verdict's id."""
        if self._source is None:
            self._source = (
                await self._definitions.add_source(NewSource("Courier", "https://example.org/f.xml"))
            ).source_id
        verdict_id = await an_article(self._database, self._source, outlet, story)
        async with self._database.begin(ClassifierWork) as work:
            if of is not None:
                copy = update(ArticleRow).where(ArticleRow.article_id == story.article_id)
                await work.session.execute(copy.values(story_id=of.article_id))
            row = await work.session.get_one(VerdictRow, verdict_id)
            await work.file(story.article_id, Verdict.model_validate(row.findings))
        return verdict_id

    async def alerts(self, story: Story, verdict_id: UUID) -> UUID:
        if self._subscription is None:
            self._subscription = await self._definitions.subscribe(AgreementTarget("relos"), "inbox")
        rule_id = self._subscription.rule_id
        assert rule_id is not None
        return await an_alert(self._database, verdict_id=verdict_id, story=story, rule_id=rule_id)


@pytest.fixture
def newsroom(definitions: Definitions, database: Database) -> Newsroom:
    return Newsroom(definitions, database)


def headlines(shown: str) -> list[str]:
    return re.findall(r'<h2 class="headline"[^>]*><a [^>]*>([^<]*)</a>', shown)


async def test_copies_are_one_story_at_the_place_of_the_newest(visitor: Visiting, newsroom: Newsroom):
    lead = Story(title="Pact signed", minutes_ago=60)
    await newsroom.comes(lead)
    await newsroom.comes(Story(title="Something else", minutes_ago=30))
    await newsroom.comes(Story(title="Pact signed, says agency", minutes_ago=5), of=lead, outlet="Gazette")
    shown = (await visitor.get("/")).text
    assert headlines(shown) == ["Pact signed", "Something else"]
    assert "in 2 outlets" in shown


async def test_a_story_rises_when_an_alert_is_raised_on_it(visitor: Visiting, newsroom: Newsroom, database: Database):
    old = Story(title="Told before", minutes_ago=90)
    verdict_id = await newsroom.comes(old)
    await newsroom.comes(Story(title="Newer", minutes_ago=30))
    alert_id = await newsroom.alerts(Story(minutes_ago=1, article_id=old.article_id), verdict_id)
    shown = (await visitor.get("/")).text
    assert headlines(shown) == ["Told before", "Newer"]
    assert f"/alerts/{alert_id}" in shown
    assert headlines((await visitor.get("/?alerted=1")).text) == ["Told before"]


async def test_what_is_not_about_both_countries_is_one_click_away(visitor: Visiting, newsroom: Newsroom):
    await newsroom.comes(Story(title="Cricket", relevant=False))
    await newsroom.comes(Story(title="Pact"))
    shown = (await visitor.get("/")).text
    assert headlines(shown) == ["Pact"]
    assert 'href="/?all=1"' in shown
    assert sorted(headlines((await visitor.get("/?all=1")).text)) == ["Cricket", "Pact"]


async def test_an_article_that_waits_for_its_verdict_is_there(
    visitor: Visiting, newsroom: Newsroom, database: Database
):
    story = Story(title="Just in")
    verdict_id = await newsroom.comes(story)
    async with database.begin(Work) as work:
        await work.session.delete(await work.session.get_one(VerdictRow, verdict_id))
    shown = (await visitor.get("/")).text
    assert headlines(shown) == ["Just in"]
    assert "Waiting to be classified" in shown


@pytest.mark.parametrize("joined", [2_000, 0])
async def test_the_rule_language_narrows_the_stream(visitor: Visiting, newsroom: Newsroom, monkeypatch, joined: int):
    """Whether the few articles that a query finds are joined, or the many are walked past."""
    monkeypatch.setattr(story_queries, "MOST_JOINED", joined)
    await newsroom.comes(Story(title="Logistics pact signed", minutes_ago=3))
    await newsroom.comes(
        Story(title="Rupee talks", agreement="inr-rub", stage="announced", sector="finance", minutes_ago=2)
    )
    for query, found in (
        ("agreement:relos", ["Logistics pact signed"]),
        ("sector:finance AND stage:announced", ["Rupee talks"]),
        ("agreement:relos AND stage:announced", []),
        ('"logistics pact"', ["Logistics pact signed"]),
        ("rupee NEAR/3 talks", ["Rupee talks"]),
        ("talks OR pact", ["Rupee talks", "Logistics pact signed"]),
        ("pact NOT talks", ["Logistics pact signed"]),
    ):
        answer = await visitor.client.get("/", params={"q": query})
        assert headlines(answer.text) == found, query


async def test_a_wrong_query_is_pointed_at_and_the_news_stays(visitor: Visiting, newsroom: Newsroom):
    await newsroom.comes(Story(title="Pact"))
    answer = await visitor.client.get("/", params={"q": "sector:finance AND ("})
    assert answer.status_code == 422
    assert 'value="sector:finance AND ("' in answer.text
    assert re.search(r"<pre dir=\"ltr\">    sector:finance AND \(\n +\^</pre>", answer.text)
    assert headlines(answer.text) == ["Pact"]
    unknown = await visitor.client.get("/", params={"q": "agreement:relo"})
    assert "relos" in unknown.text.partition('id="wrong"')[2]


async def test_a_facet_narrows_and_widens_with_one_click(visitor: Visiting, newsroom: Newsroom):
    await newsroom.comes(Story(title="Pact"))
    await newsroom.comes(Story(title="Rupee", agreement="inr-rub", sector="finance", stage="announced"))
    shown = (await visitor.get("/")).text
    assert 'href="/?q=sector%3Afinance"' in shown
    narrowed = (await visitor.get("/?q=sector%3Afinance")).text
    assert headlines(narrowed) == ["Rupee"]
    assert 'class="facet sector on" href="/"' in narrowed
    assert 'href="/?q=sector%3Afinance+AND+lang%3Aen"' in narrowed


@pytest.mark.parametrize("query", ["", "pact", '"the pact"'])
async def test_pages_go_on_where_the_last_one_ended(
    visitor: Visiting, newsroom: Newsroom, database: Database, query: str
):
    lead = Story(title="The pact 0", minutes_ago=PAGE_STORIES + 20)
    await newsroom.comes(lead)
    for number in range(1, PAGE_STORIES + 5):
        await newsroom.comes(Story(title=f"The pact {number}", minutes_ago=2 * number // 2))
    await newsroom.comes(Story(title="A copy of the pact", minutes_ago=0), of=lead)
    first = (await visitor.client.get("/", params={"q": query})).text
    older = re.search(r'<a href="([^"]*)" rel="next">', first)
    assert older
    second = (await visitor.get(older[1].replace("&amp;", "&"))).text
    told = headlines(first) + headlines(second)
    assert len(headlines(first)) == PAGE_STORIES
    assert len(told) == len(set(told)) == PAGE_STORIES + 5
    assert headlines(first)[0] == "The pact 0", "its newest copy counts"
    assert 'rel="next"' not in second
    assert (await visitor.get("/?before=nonsense")).status_code == 422


async def test_what_is_new_since_somebody_looked_stands_above_a_line(
    visitor: Visiting, newsroom: Newsroom, house: AccountDesk, clock: WoundClock
):
    await set_up(house, visitor)
    clock.at = MORNING - timedelta(minutes=30)
    await newsroom.comes(Story(title="Old", minutes_ago=40))
    assert "new since you looked" not in (await visitor.get("/")).text
    await newsroom.comes(Story(title="New", minutes_ago=10))
    clock.at = MORNING
    for _ in range(2):  # a reload is the same visit
        shown = (await visitor.get("/")).text
        assert "1 story is new since you looked" in shown
        assert shown.index("New</a>") < shown.index('id="looked"') < shown.index("Old</a>")
    assert (await visitor.fill_in("/", {}, send_to="/today/seen")).headers["location"] == "/"
    assert "new since you looked" not in (await visitor.get("/")).text


async def test_a_view_is_kept_under_a_name_for_its_account_alone(visitor: Visiting, new_visitor, house: AccountDesk):
    await set_up(house, visitor)
    page = "/?q=sector%3Afinance"
    kept = await visitor.fill_in(page, {"name": "Money"}, send_to="/today/views")
    assert (kept.status_code, kept.headers["location"]) == (303, page)
    shown = (await visitor.get("/")).text
    assert f'<a href="{page}" dir="auto">Money</a>' in shown
    other = new_visitor()
    await invite(house, other, "Ravi", Role.OFFICER)
    assert "Money" not in (await other.get("/")).text
    view_id = re.search(r"/today/views/([0-9a-f-]+)/forget", (await visitor.get(page)).text)
    assert view_id
    address = f"/today/views/{view_id[1]}/forget"
    proof = re.search(r'name="csrf-token" content="([^"]*)"', (await other.get("/")).text)
    assert proof
    await other.post(address, {"proof": proof[1]})
    assert "Money" in (await visitor.get("/")).text, "nobody forgets the views of others"
    await visitor.fill_in(page, {}, send_to=address)
    assert "Money" not in (await visitor.get("/")).text


async def test_a_view_without_a_name_is_not_kept_and_the_page_says_so(visitor: Visiting, house: AccountDesk):
    await set_up(house, visitor)
    answer = await visitor.fill_in("/?q=sector%3Afinance", {"name": " "}, send_to="/today/views")
    assert answer.status_code == 422
    assert "Give it a name of at most 60 characters." in answer.text


async def test_old_news_of_a_new_source_stands_where_it_was_published(visitor: Visiting, newsroom: Newsroom, database):
    await newsroom.comes(Story(title="News", minutes_ago=60))
    old = Story(title="Found in an archive", minutes_ago=1, article_id=uuid4())
    await newsroom.comes(old)
    async with database.begin(Work) as work:
        row = await work.session.get_one(ArticleRow, old.article_id)
        row.alertable, row.published_at = False, MORNING - timedelta(days=30)
    assert headlines((await visitor.get("/")).text) == ["News", "Found in an archive"]
