"""Named lists kept in a real Postgres: versions, and no rule that breaks unseen."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import select

from services.desk.adapters.rule_language import CatalogueLanguage
from services.desk.use_cases.rules import Rules
from services.desk.use_cases.word_lists import WordLists
from services.desk.use_cases.writing import Writing
from shared.kit.clock import SystemClock
from shared.kit.errors import WrongInput
from shared.store.definitions import DefinitionsRevisionRow, WordListRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.conftest import ASHA, LANGUAGE, RAVI

pytestmark = pytest.mark.live


async def test_a_list_is_made_changed_and_every_version_of_it_kept(lists: WordLists):
    await lists.add("@ministers", ["Jaishankar", "  Piyush   Goyal ", "गोयल", "Jaishankar"], ASHA, note="India's side")
    await lists.edit("Ministers", RAVI, add=["=EAM"], drop=["jaishankar"])
    await lists.edit("ministers", RAVI, members=["Sitharaman"])
    await lists.roll_back("ministers", 1, ASHA)
    details = await lists.details("@MINISTERS")
    assert (details.words.name, details.words.note, details.words.version) == ("ministers", "India's side", 4)
    assert [each.members for each in details.versions] == [
        ("Jaishankar", "Piyush Goyal", "गोयल"),
        ("Piyush Goyal", "गोयल", "=EAM"),
        ("Sitharaman",),
        ("Jaishankar", "Piyush Goyal", "गोयल"),
    ]
    assert [each.author for each in details.versions] == ["Asha", "Ravi", "Ravi", "Asha"]
    unchanged = await lists.edit("ministers", RAVI, add=["गोयल"])
    assert unchanged.version == 4


async def test_a_list_carries_the_revision_of_its_last_change(lists: WordLists, database: Database):
    await lists.add("ministers", ["Jaishankar"], ASHA)
    await lists.edit("ministers", ASHA, add=["Goyal"])
    async with database.begin(Work) as work:
        counted = await work.session.scalar(select(DefinitionsRevisionRow.revision))
        assert await work.session.scalar(select(WordListRow.revision)) == counted == 2


@pytest.mark.parametrize(
    ("name", "members", "says"),
    [
        ("two words", ["Goyal"], "cannot be named in a rule"),
        ("", ["Goyal"], "cannot be named in a rule"),
        ("a)", ["Goyal"], "cannot be named in a rule"),
        ("ministers", ["  "], "has no members"),
        ("ministers", ["Goyal", "ab*"], "has the member 'ab\\*'"),
        ("ministers", ["word"] + [f"w{n}" for n in range(500)], "has 501 members"),
    ],
)
async def test_a_list_that_no_rule_could_use_is_refused(name, members, says, lists: WordLists):
    with pytest.raises(WrongInput, match=says):
        await lists.add(name, members, ASHA)
    assert await lists.views() == []


async def test_a_name_in_use_is_refused(lists: WordLists):
    await lists.add("ministers", ["Goyal"], ASHA)
    with pytest.raises(WrongInput, match="already the name of a list"):
        await lists.add("Ministers", ["Goyal"], ASHA)


async def test_rules_may_name_it_and_it_says_which_do(lists: WordLists, rules: Rules):
    with pytest.raises(WrongInput, match="unknown list @ministers"):
        await rules.add("Talks", "@ministers NEAR/8 talks", ASHA)
    await lists.add("ministers", ["Goyal"], ASHA)
    await rules.add("Talks", "@Ministers NEAR/8 talks", ASHA)
    await rules.add("Mail", '"@ministers" OR goyal@ministers.example', ASHA)
    (view,) = await lists.views()
    assert view.rules == ("Talks",)


async def test_a_list_in_use_is_removed_only_by_force_and_comes_back(lists: WordLists, rules: Rules):
    await lists.add("ministers", ["Goyal"], ASHA)
    await rules.add("Talks", "title:@ministers AND talks", ASHA)
    with pytest.raises(WrongInput, match="is named by the rule: Talks") as refused:
        await lists.remove("ministers", ASHA)
    assert "--force" in refused.value.mend
    _, broken = await lists.remove("ministers", ASHA, force=True)
    assert broken == ("Talks",)
    (view,) = await rules.views()
    assert view.state == "broken"
    back = await lists.restore("ministers", RAVI)
    assert (back.version, back.members) == (3, ("Goyal",))
    assert [view.state for view in await rules.views()] == ["live"]


async def test_a_change_that_would_break_a_rule_is_refused_and_names_it(lists: WordLists, rules: Rules):
    await lists.add("ministers", ["Goyal"], ASHA)
    await rules.add("Talks", "@ministers AND talks", ASHA)
    with pytest.raises(WrongInput, match='would break the rule "Talks"'):
        await lists.edit("ministers", ASHA, new_name="cabinet")
    (view,) = await lists.views()
    assert (view.words.name, view.words.version) == ("ministers", 1)


class Listening(CatalogueLanguage):
    """The language, which notes what it is asked while somebody writes."""

    writes = False

    def __init__(self, language: CatalogueLanguage) -> None:
        vars(self).update(vars(language))
        self.asked: list[str] = []

    def lists_in(self, query: str) -> frozenset[str]:
        if self.writes:
            self.asked.append(query)
        return super().lists_in(query)


async def test_rules_are_read_before_a_list_is_written_and_then_only_those_that_changed_since(rules: Rules, writing):
    language = Listening(LANGUAGE)
    lists = WordLists(writing, language)
    await lists.add("ministers", ["Jaishankar"], ASHA)
    await rules.add("Talks", "@ministers NEAR/8 talks", ASHA)
    begin = writing.writing

    @asynccontextmanager
    async def listening():
        if len(language.asked) == 0 and not language.writes:
            await rules.add("Visits", "@ministers NEAR/8 visit", ASHA) if meanwhile else None
        async with begin() as work:
            language.writes = True
            yield work
        language.writes = False

    other = Writing(writing.begin, SystemClock())
    other.writing = listening
    lists = WordLists(other, language)
    meanwhile = False
    await lists.edit("ministers", ASHA, add=["Goyal"])
    assert language.asked == []
    meanwhile = True
    await lists.edit("ministers", ASHA, add=["Sitharaman"])
    assert language.asked == ["@ministers NEAR/8 visit"]


async def test_going_back_says_in_the_history_what_it_went_back_to(lists: WordLists, rules: Rules):
    nameless = replace(ASHA, reason="")
    await lists.add("ministers", ["Jaishankar"], ASHA)
    await lists.edit("ministers", ASHA, add=["Lavrov"])
    await lists.roll_back("ministers", 1, nameless)
    assert (await lists.details("ministers")).versions[-1].reason == "As it was at version 1."
    await rules.add("Talks", "@ministers talks", ASHA)
    await rules.edit("Talks", ASHA, query="@ministers visit")
    await rules.roll_back("Talks", 1, nameless)
    assert (await rules.history("Talks"))[-1].reason == "As it was at version 1."
    await rules.roll_back("Talks", 2, ASHA)
    assert (await rules.history("Talks"))[-1].reason == ASHA.reason
