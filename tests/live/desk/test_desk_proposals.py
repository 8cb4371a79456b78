"""Four eyes: nobody changes a rule alone, and nothing is applied to a rule that became another meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.desk.domain.rules import AgreementTarget, RuleTarget
from services.desk.domain.saving import HouseRules, Proposed, Unchanged
from services.desk.domain.signatures import Signature
from services.desk.use_cases.proposals import Proposals
from services.desk.use_cases.rule_keeping import RuleKeeping
from services.desk.use_cases.rules import Rules
from shared.kit.errors import WrongInput
from tests.live.desk.conftest import ASHA, LANGUAGE, RAVI
from tests.live.desk.desk_rows import AGREEMENTS

pytestmark = pytest.mark.live
MEERA = Signature("Meera", "Looks right.")


@pytest.fixture
def watched_keeping(writing) -> RuleKeeping:
    return RuleKeeping(writing, LANGUAGE, HouseRules(four_eyes=True))


@pytest.fixture
def careful(watched_keeping) -> Rules:
    """Rules under four eyes; `rules` are those of the same house without."""
    return Rules(watched_keeping, AGREEMENTS)


@pytest.fixture
def proposals(watched_keeping) -> Proposals:
    return Proposals(watched_keeping)


def id_of(kept) -> str:
    assert isinstance(kept, Proposed)
    return kept.proposal.proposal_id.hex[:8]


async def test_a_new_rule_waits_and_is_there_once_somebody_else_approved_it(careful, proposals):
    waiting = id_of(await careful.add("Logistics", "RELOS", ASHA, severity="high"))
    assert await careful.views() == []
    with pytest.raises(WrongInput, match="cannot approve it"):
        await proposals.approve(waiting, Signature("ASHA"))
    saved = await proposals.approve(waiting, MEERA)
    assert (saved.rule.name, saved.rule.severity, saved.rule.version) == ("Logistics", "high", 1)
    (version,) = await careful.history("Logistics")
    assert (version.author, version.reason) == ("Asha", "A test. (approved by Meera)")
    assert await proposals.waiting() == []
    with pytest.raises(WrongInput, match="begins no proposal's id"):
        await proposals.approve(waiting, MEERA)


async def test_every_kind_of_change_waits(careful, rules, proposals, clock):
    await rules.add("Logistics", "RELOS", ASHA)
    await rules.edit("Logistics", ASHA, note="Second.")
    changes = (
        lambda: careful.edit("Logistics", ASHA, query="logistics"),
        lambda: careful.pause("Logistics", ASHA),
        lambda: careful.roll_back("Logistics", 1, ASHA),
        lambda: careful.remove("Logistics", ASHA),
    )
    for change in changes:
        clock.at += timedelta(minutes=1)
        id_of(await change())
    assert isinstance(await careful.resume("Logistics", ASHA), Unchanged)
    assert [each.version for each in await careful.history("Logistics")] == [1, 2]
    assert len(await proposals.waiting()) == 4
    assert len((await careful.details("Logistics")).proposals) == 4


async def test_a_proposal_is_rejected_with_an_answer_or_withdrawn_by_its_author_alone(careful, proposals):
    first = id_of(await careful.add("Logistics", "RELOS", ASHA))
    with pytest.raises(WrongInput, match="did not propose it; Asha did"):
        await proposals.withdraw(first, RAVI)
    rejected = await proposals.reject(first, RAVI, "There is one already.")
    assert (rejected.decision, rejected.decided_by, rejected.answer) == ("rejected", "Ravi", "There is one already.")
    second = id_of(await careful.add("Logistics", "RELOS", ASHA))
    assert (await proposals.withdraw(second, ASHA)).decision == "withdrawn"
    assert await proposals.waiting() == []
    assert await careful.views() == []


async def test_what_others_changed_meanwhile_stays_where_it_is_something_else(careful, rules, proposals):
    await rules.add("Logistics", "RELOS", ASHA)
    waiting = id_of(await careful.edit("Logistics", ASHA, query="RELOS OR logistics"))
    await rules.edit("Logistics", RAVI, severity="high", new_name="Logistics pact")
    (seen,) = await proposals.waiting()
    assert (seen.behind, seen.stale) == (1, ())
    rule = (await proposals.approve(waiting, MEERA)).rule
    assert (rule.name, rule.query, rule.severity, rule.version) == ("Logistics pact", "RELOS OR logistics", "high", 3)


async def test_where_both_changed_the_same_the_proposal_is_refused_with_what_to_do(careful, rules, proposals):
    await rules.add("Logistics", "RELOS", ASHA)
    waiting = id_of(await careful.edit("Logistics", ASHA, query="RELOS OR logistics"))
    await rules.edit("Logistics", RAVI, query="RELOS OR port")
    (seen,) = await proposals.waiting()
    assert (seen.behind, seen.stale) == (1, ("query",))
    with pytest.raises(WrongInput, match="was written against version 1; since then query changed") as refused:
        await proposals.approve(waiting, MEERA)
    assert "propose it again" in refused.value.mend
    assert [view.query for view in await rules.views()] == ["RELOS OR port"]
    assert len(await proposals.waiting()) == 1


async def test_a_proposal_for_a_rule_that_was_removed_meanwhile_is_refused(careful, rules, proposals):
    await rules.add("Logistics", "RELOS", ASHA)
    waiting = id_of(await careful.edit("Logistics", ASHA, query="RELOS OR logistics"))
    await rules.remove("Logistics", RAVI)
    with pytest.raises(WrongInput, match="removed changed otherwise"):
        await proposals.approve(waiting, MEERA)


async def test_a_removal_that_is_approved_ends_the_subscriptions(careful, rules, proposals, definitions):
    await rules.add("Logistics", "RELOS", ASHA)
    await definitions.subscribe(RuleTarget("Logistics"), "inbox")
    waiting = id_of(await careful.remove("Logistics", ASHA))
    assert len(await definitions.subscriptions()) == 1
    await proposals.approve(waiting, MEERA)
    assert await definitions.subscriptions() == []
    again = id_of(await careful.restore("Logistics", ASHA))
    await proposals.approve(again, MEERA)
    assert [view.version for view in await rules.views()] == [3]


async def test_of_two_proposals_for_one_name_the_second_is_refused(careful, proposals, clock):
    first = id_of(await careful.add("Logistics", "RELOS", ASHA))
    clock.at += timedelta(minutes=1)
    second = id_of(await careful.add("Logistics", "logistics", RAVI))
    await proposals.approve(first, MEERA)
    with pytest.raises(WrongInput, match="already the name"):
        await proposals.approve(second, MEERA)


async def test_an_approved_resolution_ends_the_conflict_with_the_catalogue(
    careful, rules, proposals, definitions, writing
):
    from services.desk.use_cases.default_rules import DefaultRules
    from tests.live.desk.test_desk_default_rules import items

    defaults = DefaultRules(writing, LANGUAGE)
    await defaults.take_over(items())
    await rules.edit("Agreement: RELOS", ASHA, query="agreement:relos -LEMOA")
    newer = items(relos="agreement:relos OR RELOS")
    await defaults.take_over(newer)
    waiting = id_of(await careful.resolve("Agreement: RELOS", "ours", ASHA))
    assert len(await rules.conflicts()) == 1
    await proposals.approve(waiting, MEERA)
    assert await rules.conflicts() == []
    assert (await defaults.take_over(newer)).conflicts == ()
    assert (await definitions.subscribe(AgreementTarget("relos"), "inbox")).rule_name == "Agreement: RELOS"
