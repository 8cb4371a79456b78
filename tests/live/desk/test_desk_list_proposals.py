"""Four eyes see lists too: whoever changes a list changes every rule that names it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.desk.domain.saving import HouseRules, Proposed
from services.desk.domain.signatures import Signature
from services.desk.domain.word_lists import WordList
from services.desk.use_cases.proposals import Proposals
from services.desk.use_cases.rule_keeping import RuleKeeping
from services.desk.use_cases.word_lists import WordLists
from shared.kit.errors import WrongInput
from tests.live.desk.conftest import ASHA, LANGUAGE, RAVI

pytestmark = pytest.mark.live
MEERA = Signature("Meera", "Looks right.")


@pytest.fixture
def careful(writing) -> WordLists:
    """Lists under four eyes; `lists` are those of the same house without."""
    return WordLists(writing, LANGUAGE, HouseRules(four_eyes=True))


@pytest.fixture
def proposals(writing) -> Proposals:
    return Proposals(RuleKeeping(writing, LANGUAGE, HouseRules(four_eyes=True)))


def id_of(kept) -> str:
    assert isinstance(kept, Proposed)
    return kept.proposal.proposal_id.hex[:8]


async def members(lists) -> tuple[str, ...]:
    (view,) = await lists.views()
    return view.words.members


async def test_a_new_list_waits_until_somebody_else_approves_it(careful, proposals):
    waiting = id_of(await careful.add("ministers", ["Jaishankar"], ASHA, note="India's"))
    assert await careful.views() == []
    with pytest.raises(WrongInput, match="cannot approve it"):
        await proposals.approve(waiting, Signature("ASHA"))
    saved = await proposals.approve(waiting, MEERA)
    assert isinstance(saved, WordList)
    details = await careful.details("ministers")
    assert (details.words.members, details.words.note, details.words.version) == (("Jaishankar",), "India's", 1)
    assert (details.versions[0].author, details.versions[0].reason) == ("Asha", "A test. (approved by Meera)")
    assert await proposals.waiting() == []


async def test_every_kind_of_change_of_a_list_waits(careful, lists, proposals, clock):
    await lists.add("ministers", ["Jaishankar"], ASHA)
    await lists.edit("ministers", ASHA, add=["Lavrov"])
    changes = (
        lambda: careful.edit("ministers", ASHA, drop=["Lavrov"]),
        lambda: careful.roll_back("ministers", 1, ASHA),
        lambda: careful.remove("ministers", ASHA),
    )
    for change in changes:
        clock.at += timedelta(minutes=1)
        kept = await change()
        id_of(kept[0] if isinstance(kept, tuple) else kept)
    assert await members(lists) == ("Jaishankar", "Lavrov")
    *_, removal = await proposals.waiting()
    await proposals.approve(removal.proposal.proposal_id.hex[:8], MEERA)
    assert await lists.views() == []
    await proposals.approve(id_of(await careful.restore("ministers", ASHA)), MEERA)
    assert await members(lists) == ("Jaishankar", "Lavrov")


async def test_members_that_two_people_changed_meanwhile_are_all_kept(careful, lists, proposals, clock):
    await lists.add("ministers", ["Jaishankar", "Shoigu"], ASHA)
    waiting = id_of(await careful.edit("ministers", ASHA, add=["Belousov"], drop=["Shoigu"]))
    clock.at += timedelta(minutes=1)
    await lists.edit("ministers", RAVI, add=["Lavrov"])
    (seen,) = await proposals.waiting()
    assert (seen.behind, seen.stale) == (1, ())
    await proposals.approve(waiting, MEERA)
    assert await members(lists) == ("Jaishankar", "Lavrov", "Belousov")


async def test_a_list_that_became_another_meanwhile_is_not_written_over(careful, lists, proposals, clock):
    await lists.add("ministers", ["Jaishankar"], ASHA)
    noted = id_of(await careful.edit("ministers", ASHA, note="India's"))
    clock.at += timedelta(minutes=1)
    added = id_of(await careful.edit("ministers", ASHA, add=["Lavrov"]))
    await lists.edit("ministers", RAVI, note="All of them")
    with pytest.raises(WrongInput, match="note changed otherwise"):
        await proposals.approve(noted, MEERA)
    await lists.remove("ministers", RAVI)
    with pytest.raises(WrongInput, match="removed changed otherwise"):
        await proposals.approve(added, MEERA)
    await proposals.reject(noted, MEERA, "Say it of all.")
    await proposals.withdraw(added, ASHA)
    assert await proposals.waiting() == []


async def test_an_approval_breaks_no_rule(careful, lists, rules, proposals, clock):
    await lists.add("ministers", ["Jaishankar"], ASHA)
    renamed = id_of(await careful.edit("ministers", ASHA, new_name="people"))
    clock.at += timedelta(minutes=1)
    removed = id_of((await careful.remove("ministers", ASHA))[0])
    await rules.add("Talks", "@ministers AND talks", RAVI)
    with pytest.raises(WrongInput, match='would break the rule "Talks"'):
        await proposals.approve(renamed, MEERA)
    with pytest.raises(WrongInput, match="is named by the rule: Talks"):
        await proposals.approve(removed, MEERA)
    clock.at += timedelta(minutes=1)
    forced = id_of((await careful.remove("ministers", ASHA, force=True))[0])
    await proposals.approve(forced, MEERA)
    assert await lists.views() == []
