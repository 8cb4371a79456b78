"""The search of the archive over a real database: what it finds and counts, and what it sends."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape

import pytest

from services.desk.use_cases.archive_finds import PAGE_ARTICLES
from shared.store.unit_of_work import Database
from tests.live.desk.desk_rows import Story
from tests.live.desk.test_desk_today_pages import Newsroom
from tests.live.desk.visiting import Visiting

pytestmark = pytest.mark.live


@pytest.fixture
def newsroom(definitions, database: Database) -> Newsroom:
    return Newsroom(definitions, database)


def headlines(shown: str) -> list[str]:
    found = re.findall(r'<h2 dir="auto"[^>]*><a [^>]*>(.*?)</a>', shown)
    return [unescape(re.sub(r"</?mark>", "", each)) for each in found]


async def search(visitor: Visiting, query: str) -> str:
    return (await visitor.client.get("/search", params={"q": query})).text


async def test_an_empty_search_shows_what_can_be_asked(visitor: Visiting):
    shown = (await visitor.get("/search")).text
    assert "rupee NEAR/5 rouble" in shown
    assert "No article" not in shown
    assert "No article of the archive is so" in await search(visitor, "zanzibar")


async def test_words_and_facts_find_articles_with_the_words_marked(visitor: Visiting, newsroom: Newsroom):
    pact = Story(title="Logistics pact signed", minutes_ago=3)
    await newsroom.comes(pact)
    await newsroom.comes(
        Story(title="Rupee talks", agreement="inr-rub", stage="announced", sector="finance", minutes_ago=2)
    )
    for query, found in (
        ("agreement:relos", ["Logistics pact signed"]),
        ('"logistics pact"', ["Logistics pact signed"]),
        ("rupee NEAR/3 talks", ["Rupee talks"]),
        ("talks OR pact", ["Rupee talks", "Logistics pact signed"]),
        ("pact NOT talks", ["Logistics pact signed"]),
    ):
        assert headlines(await search(visitor, query)) == found, query
    shown = await search(visitor, "pact")
    assert "Logistics <mark>pact</mark> signed" in shown
    assert f"/stories/{pact.article_id}" in shown
    assert re.search(r"\s1 article\s*</p>", shown)


async def test_a_wrong_query_is_pointed_at_also_by_the_exports(visitor: Visiting):
    for address in ("/search", "/search.csv", "/search.json"):
        answer = await visitor.client.get(address, params={"q": "sector:finance AND ("})
        assert answer.status_code == 422
        assert re.search(r'<pre dir="ltr"[^>]*>    sector:finance AND \(\n +\^</pre>', answer.text), address
    assert (await visitor.get("/search?q=pact&before=nonsense")).status_code == 422


async def test_facets_and_months_narrow_with_one_click(visitor: Visiting, newsroom: Newsroom):
    await newsroom.comes(Story(title="Pact new"))
    await newsroom.comes(Story(title="Pact old", minutes_ago=60 * 24 * 70, sector="finance", language="ru"))
    shown = await search(visitor, "pact")
    ways = dict(
        re.findall(r'<a href="(/search\?[^"]*)"><span[^>]*>([^<]+)</span> <span class="number">1</span>', shown)
    )
    assert {"Finance", "Defence", "ru", "2026-09", "2026-11"} <= set(ways.values())
    for name, title in (("Finance", "Pact old"), ("ru", "Pact old"), ("2026-11", "Pact new")):
        address = next(way for way, words in ways.items() if words == name)
        narrowed = (await visitor.get(unescape(address))).text
        assert headlines(narrowed) == [title], name
    assert "2026-10</th><td" in shown, "a month without any is drawn too"
    on = await search(visitor, "pact AND sector:finance")
    assert re.search(r'<li class="on"><a href="/search\?q=pact">', on)


@pytest.mark.parametrize("query", ["pact", '"the pact"'])
async def test_pages_go_on_where_the_last_one_ended(visitor: Visiting, newsroom: Newsroom, query: str):
    for number in range(PAGE_ARTICLES + 3):
        await newsroom.comes(Story(title=f"The pact {number}", minutes_ago=number // 2))
    first = await search(visitor, query)
    older = re.search(r'<a href="([^"]*)" rel="next">', first)
    assert older
    second = (await visitor.get(unescape(older[1]))).text
    told = headlines(first) + headlines(second)
    assert len(headlines(first)) == PAGE_ARTICLES
    assert len(told) == len(set(told)) == PAGE_ARTICLES + 3
    assert 'rel="next"' not in second


async def test_exports_hold_every_article_and_no_formula(visitor: Visiting, newsroom: Newsroom, monkeypatch):
    monkeypatch.setattr("services.desk.use_cases.archive_finds.EXPORTED_AT_ONCE", 2)
    titles = ['=HYPERLINK("//evil.example") pact', "+1 pact", "-1 pact", "@pact", "\tpact", "Plain pact"]
    for number, title in enumerate(titles):
        await newsroom.comes(Story(title=title, minutes_ago=number))
    sent = await visitor.client.get("/search.csv", params={"q": "pact"})
    assert sent.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(sent.text.removeprefix("\ufeff"))))
    assert [row["title"] for row in rows] == [f"'{title}" for title in titles[:-1]] + ["Plain pact"]
    found = json.loads((await visitor.client.get("/search.json", params={"q": "pact"})).text)
    assert [each["title"] for each in found["articles"]] == titles, "a program gets what was written"
    assert (found["complete"], found["looked_back_to"]) == (True, None)


async def test_an_export_that_is_not_whole_says_so(visitor: Visiting, newsroom: Newsroom, monkeypatch):
    monkeypatch.setattr("services.desk.use_cases.archive_finds.MOST_EXPORTED", 2)
    for number in range(3):
        await newsroom.comes(Story(title=f"Pact {number}", minutes_ago=number))
    assert "there are more" in (await visitor.client.get("/search.csv", params={"q": "pact"})).text
    found = json.loads((await visitor.client.get("/search.json", params={"q": "pact"})).text)
    assert (len(found["articles"]), found["complete"]) == (2, False)


async def test_a_search_that_the_clock_cuts_off_says_how_far_back_it_looked(
    visitor: Visiting, newsroom: Newsroom, monkeypatch
):
    monkeypatch.setattr("services.desk.use_cases.archive_finds.MOST_READ", 1)
    monkeypatch.setattr("services.desk.use_cases.archive_finds._AT_ONCE", 1)
    for number in range(30):
        await newsroom.comes(Story(title=f"Pact the {number}", evidence="The pact.", minutes_ago=number))
    answer = await visitor.client.get("/search", params={"q": 'title:"pact the" AND NOT "the pact"'})
    assert "It looked back to" in answer.text
    assert "Look further back" in answer.text


async def test_a_hostile_title_is_text(visitor: Visiting, newsroom: Newsroom):
    await newsroom.comes(Story(title="<img src=x onerror=alert(1)> pact"))
    shown = await search(visitor, "pact")
    assert "<img" not in shown
    assert headlines(shown) == ["<img src=x onerror=alert(1)> pact"]
