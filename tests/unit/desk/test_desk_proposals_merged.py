"""A proposal beside what happened meanwhile, three ways: nothing of either is lost, or it is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.proposals import Proposal, accepted, proposal_of, stale_fields
from services.desk.domain.rule_versions import content_of, next_version, version_of
from services.desk.domain.rules import Rule, new_rule
from services.desk.domain.signatures import Signature
from shared.kit.errors import WrongInput

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ASHA = Signature("Asha")
BASE = new_rule("Ports", "port", NOW)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["Ports", "Harbours"]),
        "query": st.sampled_from(["port", "harbour", "pier"]),
        "paused": st.booleans(),
        "severity": st.sampled_from(["low", "normal", "high"]),
        "note": st.sampled_from(["", "One.", "Two."]),
    },
)


def proposed(wanted: Rule) -> Proposal:
    return proposal_of(BASE, wanted, ASHA, NOW, settles=None)


@given(CHANGES, CHANGES)
def test_each_field_is_as_whoever_changed_it_said_or_the_proposal_is_refused(
    mine: dict[str, Any], theirs: dict[str, Any]
):
    wanted, present = replace(BASE, **mine), next_version(BASE, replace(BASE, **theirs), LATER)
    base, proposal = version_of(BASE, ASHA), proposed(wanted)
    then, now, asked = content_of(BASE), content_of(present), content_of(wanted)
    both = {field for field in then if asked[field] != then[field] and now[field] not in (then[field], asked[field])}
    assert set(stale_fields(proposal, base, present)) == both
    if both:
        with pytest.raises(WrongInput, match=" and ".join(sorted(both)[:1])):
            accepted(proposal, base, present, LATER)
        return
    rule = accepted(proposal, base, present, LATER)
    merged = {field: asked[field] if asked[field] != then[field] else now[field] for field in then}
    assert content_of(rule) == merged
    assert (rule.version, rule.rule_id, rule.created_at) == (present.version + 1, BASE.rule_id, BASE.created_at)


def test_a_proposal_whose_version_is_not_known_any_more_is_refused():
    with pytest.raises(WrongInput, match="written against version 1"):
        accepted(proposed(replace(BASE, query="pier")), None, BASE, LATER)
