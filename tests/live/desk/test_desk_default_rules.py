"""The catalogue's rules: there from the first day, brought up with it, and never at the cost of what people made."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.cli.definitions import take_default_rules
from services.desk.domain.default_rules import CatalogueItem
from services.desk.domain.rules import AgreementTarget
from services.desk.domain.signatures import CATALOGUE
from services.desk.use_cases.default_rules import DefaultRules
from services.desk.use_cases.rules import Rules
from shared.catalogue.loader import load_catalogue
from shared.kit.errors import WrongInput
from shared.kit.ids import id_for
from shared.store.definitions import DefinitionsRevisionRow, RuleRow, RuleVersionRow
from shared.store.rules_in_force import RulesInForce
from shared.store.unit_of_work import Database, Work
from tests.live.desk.conftest import ASHA, LANGUAGE
from tests.live.desk.desk_rows import AGREEMENTS, MORNING

pytestmark = pytest.mark.live


def items(**queries: str) -> dict[str, CatalogueItem]:
    """The test's catalogue: each agreement with its own query, or with the usual one."""
    asked = {name: queries.get(name.replace("-", "_"), f"agreement:{name}") for name in AGREEMENTS}
    return {name: CatalogueItem(name, AGREEMENTS[name], query) for name, query in asked.items() if query}


@pytest.fixture
def defaults(writing) -> DefaultRules:
    return DefaultRules(writing, LANGUAGE)


async def standing(rules: Rules, name: str = "Agreement: RELOS"):
    return next(view for view in await rules.views() if view.name == name)


async def revision(database: Database) -> int:
    async with database.begin(Work) as work:
        return await work.session.scalar(select(DefinitionsRevisionRow.revision)) or 0


async def test_on_the_first_day_every_agreement_of_the_shipped_catalogue_is_watched(database: Database):
    taken = await take_default_rules(database, load_catalogue())
    assert (taken.rules, taken.added, taken.changed, taken.wrong) == (68, 68, 0, ())
    async with database.begin(RulesInForce) as work:
        live = (await work.saved_rules()).rules
    assert {rule.query for rule in live} == {f"agreement:{name}" for name in load_catalogue().agreements}
    assert {rule.rule_id for rule in live} == {id_for("rule", "agreement", n) for n in load_catalogue().agreements}


async def test_taken_over_again_nothing_is_written(defaults, database):
    first = await defaults.take_over(items())
    before = await revision(database)
    again = await defaults.take_over(items())
    assert (first.added, again.added, again.changed, await revision(database)) == (5, 0, 0, before)


async def test_several_processes_at_once_take_them_over_once(defaults, rules: Rules):
    await asyncio.gather(*(defaults.take_over(items()) for _ in range(6)))
    assert [view.version for view in await rules.views()] == [1] * 5


async def test_two_agreements_of_one_short_name_get_two_rules(defaults, rules: Rules):
    await defaults.take_over(items())
    names = [view.name for view in await rules.views()]
    assert {"Agreement: Twin", "Agreement: Twin (twin-b)"} < set(names)


async def test_a_query_that_only_the_catalogue_changed_is_taken_as_a_version_of_its_own(defaults, rules: Rules, clock):
    await defaults.take_over(items())
    clock.at += timedelta(days=1)
    taken = await defaults.take_over(items(relos="agreement:relos OR RELOS"))
    assert (taken.added, taken.changed, taken.conflicts) == (0, 1, ())
    newest = (await rules.history("Agreement: RELOS"))[-1]
    assert (newest.version, newest.query, newest.author) == (2, "agreement:relos OR RELOS", CATALOGUE)
    assert "another query" in newest.reason


async def test_what_people_changed_beside_the_query_survives_the_catalogues_update(defaults, rules: Rules):
    await defaults.take_over(items())
    await rules.edit("Agreement: RELOS", ASHA, severity="high", policy="new_facts", note="Ours.")
    await defaults.take_over(items(relos="agreement:relos OR RELOS"))
    view = await standing(rules)
    assert (view.query, view.severity, view.policy, view.note) == (
        "agreement:relos OR RELOS", "high", "new_facts", "Ours.",
    )  # fmt: skip


async def test_a_query_that_people_changed_stays_theirs_and_the_conflict_is_shown(defaults, rules: Rules):
    await defaults.take_over(items())
    await rules.edit("Agreement: RELOS", ASHA, query="agreement:relos -LEMOA")
    assert (await defaults.take_over(items())).conflicts == ()
    taken = await defaults.take_over(items(relos="agreement:relos OR RELOS"))
    assert taken.conflicts == ("Agreement: RELOS",)
    (conflict,) = await rules.conflicts()
    assert (conflict.query, conflict.offered_query) == ("agreement:relos -LEMOA", "agreement:relos OR RELOS")
    assert (conflict.state, conflict.version) == ("conflict", 2)
    assert await defaults.take_over(items(relos="agreement:relos OR RELOS")) == taken
    await defaults.take_over(items())  # the catalogue thought better of it
    assert await rules.conflicts() == []


@pytest.mark.parametrize(
    ("take", "query"),
    [
        ("theirs", "agreement:relos OR RELOS"),
        ("ours", "agreement:relos -LEMOA"),
        ("(agreement:relos OR RELOS) -LEMOA", "(agreement:relos OR RELOS) -LEMOA"),
    ],
)
async def test_a_conflict_is_ended_by_the_one_the_other_or_both(take, query, defaults, rules: Rules):
    await defaults.take_over(items())
    await rules.edit("Agreement: RELOS", ASHA, query="agreement:relos -LEMOA")
    newer = items(relos="agreement:relos OR RELOS")
    await defaults.take_over(newer)
    await rules.resolve("Agreement: RELOS", take, ASHA)
    assert await rules.conflicts() == []
    assert ((await standing(rules)).query, (await standing(rules)).version) == (query, 3)
    assert (await defaults.take_over(newer)).conflicts == ()
    with pytest.raises(WrongInput, match="has no conflict"):
        await rules.resolve("Agreement: RELOS", "ours", ASHA)
    newest = await defaults.take_over(items(relos="agreement:relos OR logistics"))
    assert newest.conflicts == (() if take == "theirs" else ("Agreement: RELOS",))


async def test_an_edit_that_says_what_the_catalogue_offers_ends_the_conflict(defaults, rules: Rules):
    await defaults.take_over(items())
    await rules.edit("Agreement: RELOS", ASHA, query="agreement:relos -LEMOA")
    await defaults.take_over(items(relos="agreement:relos OR RELOS"))
    await rules.edit("Agreement: RELOS", ASHA, query="agreement:relos OR RELOS")
    assert await rules.conflicts() == []
    taken = await defaults.take_over(items(relos="agreement:relos OR logistics"))
    assert (taken.changed, taken.conflicts) == (1, ())


async def test_a_rule_that_an_admin_removed_stays_removed(defaults, rules: Rules, definitions):
    await defaults.take_over(items())
    await rules.remove("Agreement: RELOS", ASHA)
    taken = await defaults.take_over(items(relos="agreement:relos OR RELOS"))
    assert (taken.added, taken.changed) == (0, 0)
    with pytest.raises(WrongInput, match="its rule was removed") as refused:
        await definitions.subscribe(AgreementTarget("relos"), "inbox")
    assert "rule restore 'Agreement: RELOS'" in refused.value.mend
    await rules.restore("Agreement: RELOS", ASHA)
    await defaults.take_over(items(relos="agreement:relos OR RELOS"))
    assert (await standing(rules)).query == "agreement:relos OR RELOS"


async def test_an_agreement_that_left_the_catalogue_pauses_its_rule_until_it_is_back(defaults, rules: Rules):
    await defaults.take_over(items(relos="agreement:relos OR RELOS"))
    assert (await defaults.take_over(items(relos=""))).changed == 1
    newest = (await rules.history("Agreement: RELOS"))[-1]
    assert (newest.paused, newest.author, newest.reason) == (
        True, CATALOGUE, "The agreement relos left the catalogue.",
    )  # fmt: skip
    assert (await defaults.take_over(items(relos=""))).changed == 0
    await defaults.take_over(items(relos="agreement:relos OR logistics"))
    view = await standing(rules)
    assert (view.paused, view.query, view.version) == (False, "agreement:relos OR logistics", 3)


async def test_a_rule_that_people_paused_is_not_resumed_by_the_catalogue(defaults, rules: Rules):
    await defaults.take_over(items())
    await rules.pause("Agreement: RELOS", ASHA)
    for catalogue in (items(relos=""), items()):
        await defaults.take_over(catalogue)
    assert (await standing(rules)).paused


async def test_a_rule_that_people_resumed_while_its_agreement_was_away_is_left_to_them(defaults, rules: Rules):
    await defaults.take_over(items())
    await defaults.take_over(items(relos=""))
    await rules.edit("Agreement: RELOS", ASHA, query="RELOS")
    await rules.resume("Agreement: RELOS", ASHA)
    assert (await defaults.take_over(items(relos=""))).changed == 0
    assert not (await standing(rules)).paused


async def test_a_subscription_finds_the_rule_of_the_catalogue(defaults, definitions, rules: Rules):
    await defaults.take_over(items())
    view = await definitions.subscribe(AgreementTarget("relos"), "inbox")
    assert (view.rule_id, view.rule_name) == (id_for("rule", "agreement", "relos"), "Agreement: RELOS")
    assert len(await rules.views()) == 5


async def test_the_rules_that_subscriptions_of_the_first_versions_made_become_the_catalogues(
    defaults, rules: Rules, database
):
    old = RuleRow(
        rule_id=id_for("rule", "agreement", "relos"),
        name="Agreement: RELOS",
        query="agreement:relos",
        origin="agreement",
        created_at=MORNING,
        changed_at=MORNING,
    )
    async with database.begin(Work) as work:
        work.session.add(old)
    assert (await defaults.take_over(items())).added == 4
    assert ((await standing(rules)).watches, (await standing(rules)).version) == ("relos", 1)
    await defaults.take_over(items(relos="agreement:relos OR RELOS"))
    assert (await standing(rules)).query == "agreement:relos OR RELOS"


async def test_a_rule_rolled_back_to_a_version_that_did_not_say_what_it_watches_stays_its_agreements(
    defaults, rules: Rules, database
):
    await defaults.take_over(items())
    await rules.edit("Agreement: RELOS", ASHA, note="Ours.")
    async with database.begin(Work) as work:  # as versions were kept before they said it
        await work.session.execute(update(RuleVersionRow).values(watches=None))
    await rules.roll_back("Agreement: RELOS", 1, ASHA)
    await rules.edit("Agreement: RELOS", ASHA, query="RELOS OR LEMOA")
    assert (await standing(rules)).watches == "relos"
    taken = await defaults.take_over(items())
    assert (taken.added, taken.changed) == (0, 0)


@pytest.mark.parametrize("left", [False, True])
async def test_a_rule_that_forgot_what_it_watches_is_known_by_its_id(left: bool, defaults, rules: Rules, database):
    await defaults.take_over(items())
    await rules.edit("Agreement: RELOS", ASHA, query="RELOS OR LEMOA")
    async with database.begin(Work) as work:
        await work.session.execute(update(RuleRow).values(watches=None))
    taken = await defaults.take_over(items(relos="") if left else items())
    view = await standing(rules)
    assert (taken.added, taken.changed, view.paused) == (0, int(left), left)
    assert view.watches == (None if left else "relos")


async def test_a_query_of_the_catalogue_that_cannot_be_read_is_told_and_changes_nothing(defaults, rules: Rules):
    taken = await defaults.take_over(items(relos="(RELOS"))
    (wrong,) = taken.wrong
    assert (wrong.field, (await standing(rules)).query) == ("relos watch", "agreement:relos")
    await defaults.take_over(items(relos="agreement:relos OR RELOS"))
    await defaults.take_over(items(relos="(RELOS"))
    assert (await standing(rules)).query == "agreement:relos OR RELOS"
