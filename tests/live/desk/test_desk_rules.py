"""Watch rules kept in a real Postgres: every save is a version, and two who save at once lose nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.desk.domain.rule_list import ListedRule, RuleFile
from services.desk.domain.rules import AgreementTarget, RuleTarget, SectorTarget
from services.desk.domain.saving import HouseRules, Pace, Saved, Unchanged
from services.desk.domain.signatures import Signature
from services.desk.use_cases.rule_files import RuleFiles
from services.desk.use_cases.rule_keeping import RuleKeeping
from services.desk.use_cases.rules import Rules
from services.desk.use_cases.word_lists import WordLists
from shared.kit.errors import WrongInput
from shared.store.definitions import DefinitionsRevisionRow, RuleRow
from shared.store.unit_of_work import Database, Work
from tests.live.desk.conftest import ASHA, LANGUAGE, RAVI
from tests.live.desk.desk_rows import AGREEMENTS, MORNING

pytestmark = pytest.mark.live


async def revision(database: Database) -> int:
    async with database.begin(Work) as work:
        return await work.session.scalar(select(DefinitionsRevisionRow.revision)) or 0


async def test_every_save_is_a_version_with_its_author_reason_and_moment(rules: Rules, clock):
    await rules.add("Logistics", "RELOS", Signature("Asha", "To begin with."), severity="high")
    changes = [
        lambda: rules.edit("Logistics", ASHA, query="RELOS OR logistics", new_name="Logistics pact"),
        lambda: rules.pause("Logistics pact", RAVI),
        lambda: rules.resume("logistics pact", RAVI),
        lambda: rules.edit("Logistics pact", ASHA, watches="relos", policy="new-facts", owner="Desk 4", note="a\nb"),
        lambda: rules.roll_back("Logistics pact", 1, RAVI),
        lambda: rules.remove("Logistics", ASHA),
        lambda: rules.restore("Logistics", RAVI),
    ]
    for change in changes:
        clock.at += timedelta(minutes=1)
        assert isinstance(await change(), Saved)
    versions = await rules.history("Logistics")
    assert [each.version for each in versions] == list(range(1, 9))
    assert [each.saved_at for each in versions] == [MORNING + timedelta(minutes=n) for n in range(8)]
    assert [each.author for each in versions] == ["Asha", "Asha", "Ravi", "Ravi", "Asha", "Ravi", "Asha", "Ravi"]
    assert (versions[0].reason, versions[1].reason) == ("To begin with.", "A test.")
    assert [each.paused for each in versions] == [False, False, True, False, False, False, False, False]
    assert [each.removed for each in versions] == [False] * 6 + [True, False]
    assert (versions[4].watches, versions[4].policy, versions[4].owner, versions[4].note) == (
        "relos", "new_facts", "Desk 4", "a\nb",
    )  # fmt: skip
    assert (versions[5].name, versions[5].query, versions[5].severity) == ("Logistics", "RELOS", "high")


async def test_saving_a_rule_unchanged_makes_no_new_version(rules: Rules, database):
    await rules.add("Logistics", "RELOS", ASHA)
    before = await revision(database)
    assert isinstance(await rules.edit("Logistics", RAVI, query="RELOS"), Unchanged)
    assert isinstance(await rules.resume("Logistics", RAVI), Unchanged)
    assert await revision(database) == before
    assert len(await rules.history("Logistics")) == 1


async def test_a_query_outside_the_rule_language_is_refused_before_anything_is_saved(rules: Rules, database):
    with pytest.raises(WrongInput, match="unclosed parenthesis"):
        await rules.add("Logistics", "(RELOS", ASHA)
    assert await rules.views() == []
    assert await revision(database) == 0


async def test_cautions_come_with_the_save(rules: Rules):
    saved = await rules.add("Two tongues", "visa lang:en lang:ru", ASHA)
    assert any("can never match" in caution for caution in saved.cautions)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"severity": "urgent"}, "Give one of low, normal, high"),
        ({"policy": "all"}, "Give one of each_article, each_story, new_facts"),
        ({"watches": "relo"}, "Did you mean relos"),
        ({"owner": "x" * 121}, "--owner"),
        ({"note": "x" * 2001}, "--note"),
    ],
)
async def test_a_field_that_cannot_be_taken_says_what_would_be(fields, says, rules: Rules):
    with pytest.raises(WrongInput, match=says):
        await rules.add("Logistics", "RELOS", ASHA, **fields)


async def test_a_rule_cannot_pass_for_one_of_the_catalogue(rules: Rules):
    with pytest.raises(WrongInput, match="is kept for"):
        await rules.add("agreement: RELOS", "RELOS", ASHA)


async def test_a_rule_of_the_same_name_in_another_case_is_refused(rules: Rules):
    await rules.add("Logistics", "RELOS", ASHA)
    with pytest.raises(WrongInput, match="already the name"):
        await rules.add("LOGISTICS", "RELOS", ASHA)


async def test_removing_a_rule_ends_its_subscriptions_and_frees_its_name(definitions, rules: Rules, clock):
    await rules.add("Logistics", "RELOS", ASHA)
    await definitions.subscribe(RuleTarget("Logistics"), "inbox")
    await rules.remove("Logistics", ASHA)
    assert await rules.views() == []
    assert await definitions.subscriptions() == []
    clock.at += timedelta(minutes=1)
    await rules.add("Logistics", "logistics", ASHA)


async def test_a_removed_rule_says_how_it_is_had_back_and_comes_back_as_it_was(definitions, rules: Rules, clock):
    await rules.add("Logistics", "RELOS", ASHA, severity="low")
    await rules.remove("Logistics", ASHA)
    with pytest.raises(WrongInput, match="rule restore 'Logistics'"):
        await rules.pause("Logistics", ASHA)
    with pytest.raises(WrongInput, match="was removed"):
        await definitions.subscribe(RuleTarget("Logistics"), "inbox")
    clock.at += timedelta(minutes=1)
    await rules.add("Logistics", "logistics", ASHA)
    with pytest.raises(WrongInput, match="already the name"):
        await rules.restore("Logistics", RAVI)
    await rules.restore("Logistics", RAVI, new_name="Logistics of old")
    views = {view.name: (view.query, view.severity, view.version) for view in await rules.views()}
    assert views == {"Logistics": ("logistics", "normal", 1), "Logistics of old": ("RELOS", "low", 3)}


async def test_of_two_versions_it_is_told_what_differs_clause_by_clause(rules: Rules):
    await rules.add("Logistics", "RELOS AND port -tourism", ASHA)
    await rules.edit("Logistics", RAVI, query="RELOS AND (port OR harbour)", severity="high")
    before, after, (query, severity) = await rules.compare("Logistics")
    assert (before.version, after.version) == (1, 2)
    assert (query.gained, query.lost) == (("harbour",), ("NOT tourism",))
    assert (severity.old, severity.new) == ("normal", "high")
    assert (await rules.compare("Logistics", 2, 2))[2] == []
    with pytest.raises(WrongInput, match="There are the versions 1, 2"):
        await rules.compare("Logistics", 7)


async def test_a_version_whose_query_cannot_be_any_more_is_not_rolled_back_to(rules: Rules, lists):
    await lists.add("ports", ["Mumbai", "Chennai"], ASHA)
    await rules.add("Ports", "@ports", ASHA)
    await rules.edit("Ports", ASHA, query="port")
    await lists.remove("ports", ASHA)
    with pytest.raises(WrongInput, match="unknown list @ports"):
        await rules.roll_back("Ports", 1, RAVI)


async def test_a_rule_that_can_no_longer_be_read_says_why(rules: Rules, database):
    await rules.add("Sound", "RELOS", ASHA)
    await rules.add("Broken", "RELOS", ASHA)
    async with database.begin(Work) as work:
        await work.session.execute(update(RuleRow).where(RuleRow.name == "Broken").values(query="(RELOS"))
    broken, sound = await rules.views()
    assert "unclosed parenthesis" in (broken.broken or "")
    assert (broken.state, sound.state) == ("broken", "live")


async def test_a_rule_that_a_sectors_subscription_implies_cannot_be_changed(definitions, rules: Rules):
    await definitions.subscribe(SectorTarget("health"), "inbox")
    for change in (rules.remove, rules.pause):
        with pytest.raises(WrongInput, match="comes with the subscriptions"):
            await change("Sector: Health", ASHA)


async def test_a_rule_of_the_catalogue_is_changed_like_any_other(definitions, rules: Rules):
    await definitions.subscribe(AgreementTarget("relos"), "inbox")
    await rules.edit("Agreement: RELOS", ASHA, query="agreement:relos -LEMOA", severity="high")
    (view,) = await rules.views()
    assert (view.query, view.severity, view.version, view.origin) == ("agreement:relos -LEMOA", "high", 2, "agreement")
    with pytest.raises(WrongInput, match="cannot be changed on a rule of the catalogue"):
        await rules.edit("Agreement: RELOS", ASHA, watches="inr-rub")


async def test_every_change_to_rules_and_subscriptions_is_counted(definitions, rules: Rules, database: Database):
    seen = [await revision(database)]

    async def counted(work) -> None:
        await work
        seen.append(await revision(database))

    await counted(rules.add("Logistics", "RELOS", ASHA))
    await counted(rules.edit("Logistics", ASHA, query="logistics"))
    await counted(rules.pause("Logistics", ASHA))
    await counted(rules.resume("Logistics", ASHA))
    view = await definitions.subscribe(RuleTarget("Logistics"), "inbox")
    seen.append(await revision(database))
    await counted(definitions.unsubscribe(view.subscription_id))
    await counted(rules.remove("Logistics", ASHA))
    assert seen == sorted(set(seen))


async def test_a_rule_carries_the_revision_of_its_last_change(rules: Rules, database: Database):
    async def of_the_rule() -> int:
        async with database.begin(Work) as work:
            return await work.session.scalar(select(RuleRow.revision)) or 0

    await rules.add("Logistics", "RELOS", ASHA)
    assert await of_the_rule() == await revision(database) == 1
    await rules.edit("Logistics", ASHA, query="logistics")
    assert await of_the_rule() == await revision(database) == 2


async def test_two_admins_who_save_at_once_make_two_versions_and_neither_is_lost(rules: Rules):
    await rules.add("Logistics", "RELOS", ASHA)
    await asyncio.gather(
        *(rules.edit("Logistics", ASHA, query=f"RELOS OR port{n}") for n in range(8)),
        *(rules.edit("Logistics", RAVI, note=f"Note {n}") for n in range(8)),
    )
    versions = await rules.history("Logistics")
    assert [each.version for each in versions] == list(range(1, 18))
    assert {each.query for each in versions} >= {f"RELOS OR port{n}" for n in range(8)}
    assert {each.note for each in versions} >= {f"Note {n}" for n in range(8)}
    (view,) = await rules.views()
    assert view.query.startswith("RELOS OR port")
    assert view.note.startswith("Note")


async def test_of_two_who_save_over_the_same_version_the_second_is_told(rules: Rules):
    await rules.add("Logistics", "RELOS", ASHA)
    saves = [rules.edit("Logistics", by, at_version=1, note=by.author) for by in (ASHA, RAVI)]
    outcomes = await asyncio.gather(*saves, return_exceptions=True)
    (told,) = [each for each in outcomes if isinstance(each, WrongInput)]
    assert "is not the rule's version: that is 2" in str(told)
    assert len(await rules.history("Logistics")) == 2


async def test_of_two_who_add_the_same_rule_at_once_one_is_refused(rules: Rules):
    adding = (rules.add("Logistics", "RELOS", ASHA) for _ in range(4))
    outcomes = await asyncio.gather(*adding, return_exceptions=True)
    assert sum(isinstance(each, WrongInput) for each in outcomes) == 3
    assert len(await rules.views()) == 1


class Archive:
    """An archive that says of every query the same."""

    def __init__(self, per_day: float | None, unseen: tuple[str, ...] = (), **pace) -> None:
        self.says = Pace(per_day, **pace)
        self.unseen = unseen
        self.asked: list[str] = []

    async def pace(self, query: str) -> Pace:
        self.asked.append(query)
        return self.says

    async def terms_never_seen(self, query: str) -> tuple[str, ...]:
        self.asked.append(f"terms of {query}")
        return self.unseen


def asking(archive: Archive, writing) -> Rules:
    return Rules(RuleKeeping(writing, LANGUAGE, HouseRules(most_hits_per_day=100), archive), AGREEMENTS)


async def test_a_query_that_matches_very_much_is_taken_only_when_that_is_allowed(writing):
    rules = asking(Archive(240.0), writing)
    with pytest.raises(WrongInput, match=r"about 240 articles a day .* more than the 100") as refused:
        await rules.add("All", "india", ASHA)
    assert "--allow-broad" in refused.value.mend
    await rules.add("All", "india", ASHA, allow_broad=True)
    await rules.edit("All", ASHA, query="india OR russia")  # allowed once, allowed for this rule
    with pytest.raises(WrongInput, match="more than the 100"):
        await rules.edit("All", ASHA, query="india OR russia OR moscow", allow_broad=False)


async def test_a_term_that_never_occurred_is_a_caution_and_what_is_not_known_is_none(writing):
    saved = await asking(Archive(None, ("RELSO",)), writing).add("Typo", "RELSO", ASHA)
    assert saved.cautions == ("RELSO never occurred in the archive.",)


async def test_what_surely_matches_too_much_is_refused_and_what_could_not_be_checked_is_said(writing):
    with pytest.raises(WrongInput, match="at least 140 articles a day"):
        await asking(Archive(None, at_least=140, unchecked="too many"), writing).add("All", "the", ASHA)
    saved = await asking(Archive(None, at_least=20, unchecked="too many"), writing).add("Much", "the", ASHA)
    assert saved.cautions == ("How much it matches could not be checked: too many.",)


async def test_an_import_asks_the_archive_only_of_queries_that_are_new_or_changed(writing):
    archive = Archive(1.0)
    keeping = RuleKeeping(writing, LANGUAGE, HouseRules(most_hits_per_day=100), archive)
    files = RuleFiles(keeping, WordLists(writing, LANGUAGE), AGREEMENTS)

    async def taken(queries: dict[str, str], **how) -> list[str]:
        archive.asked, done = [], []
        entries = [ListedRule(f"line {name}", {"name": name, "query": query}) for name, query in queries.items()]
        await files.take(RuleFile(rules=tuple(entries)), ASHA, told=done.append, **how)
        assert done == sorted(done)
        assert done[-1] == len(queries)
        return archive.asked

    assert await taken({"One": "relos", "Two": "moscow"}) == ["relos", "moscow"]
    assert await taken({"One": "relos", "Two": "delhi", "Three": "visa"}) == ["visa"]
    assert await taken({"One": "relos", "Two": "delhi", "Three": "visa"}, update=True) == ["delhi"]


async def test_an_import_says_of_which_query_the_archive_cannot_tell(writing):
    keeping = RuleKeeping(writing, LANGUAGE, HouseRules(), Archive(None, unchecked="too many"))
    files = RuleFiles(keeping, WordLists(writing, LANGUAGE), AGREEMENTS)
    file = RuleFile(rules=(ListedRule("line 1", {"name": "One", "query": "relos"}),))
    (taken,) = await files.take(file, ASHA)
    assert taken.cautions == ("How much it matches could not be checked: too many.",)
