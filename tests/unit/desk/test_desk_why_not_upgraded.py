"""Why not, of articles that an earlier version of Pactwatch dealt with: its ways were others, which is no fault."""

from __future__ import annotations

from dataclasses import replace

from services.desk.domain.not_matched import CopyOfStory, NotTold
from tests.unit.desk.trace_builders import a_trace, a_version, an_alert, outcome, with_rule


def test_what_an_earlier_version_had_told_of_the_story_is_no_fault():
    told_once = an_alert(article=9, fact="claim:relos:signed:undated:2")
    trace = replace(with_rule(a_version(policy="new_facts")), alerts=(told_once,))
    assert isinstance(outcome(replace(trace, judge_now="7/abc")), NotTold)
    found = outcome(replace(trace, judge_now="8/def"))
    assert isinstance(found, CopyOfStory)
    assert found.alert_id == told_once.alert_id


def test_what_no_alert_is_of_is_a_fault_only_where_nothing_was_upgraded_since():
    fault = outcome(replace(a_trace(), judge_now="7/abc"))
    assert isinstance(fault, NotTold)
    assert "this is a fault" in fault.mend
    other = outcome(replace(a_trace(), judge_now="8/def"))
    assert isinstance(other, NotTold)
    assert "it was judged by 7/abc" in other.sentence
    assert "fault" not in other.mend
