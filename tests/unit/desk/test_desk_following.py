"""What somebody follows, as a rule; and what they want of its alerts."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.desk.domain.following import Follows, follows_name, follows_rule_id, query_of
from services.desk.domain.wishes import PLAIN, refuse_digest, spelled, with_wishes
from shared.kit.errors import WrongInput
from shared.rules import parse, show

KNOWN = {
    "agreements": ["relos", "kudankulam", "s-400"],
    "sectors": ["defence", "energy"],
    "stages": ["signed", "in_force"],
}
NAMES = {"agreements": {"relos": "RELOS", "kudankulam": "Kudankulam"}, "sectors": {"energy": "Energy"}}


@pytest.mark.parametrize(
    ("follows", "query"),
    [
        (Follows(agreements=("relos", "s-400")), "agreement:relos OR agreement:s-400"),
        (
            Follows(agreements=("relos",), stages=("in_force", "signed")),
            "agreement:relos AND (stage:in_force OR stage:signed)",
        ),
        (
            Follows(sectors=("energy",), sources=("The Hindu",), countries=("IN", "RU")),
            'sector:energy AND source:"The Hindu" AND (country:IN OR country:RU)',
        ),
        (Follows(sources=("TASS",)), "source:TASS AND relevance:>=0.5"),
    ],
)
def test_what_is_followed_is_any_of_a_kind_and_every_kind(follows, query):
    assert query_of(follows) == query


@given(
    st.builds(
        Follows,
        agreements=st.sets(st.sampled_from(KNOWN["agreements"])).map(lambda ids: tuple(sorted(ids))),
        sectors=st.sets(st.sampled_from(KNOWN["sectors"])).map(lambda ids: tuple(sorted(ids))),
        stages=st.sets(st.sampled_from(KNOWN["stages"])).map(lambda ids: tuple(sorted(ids))),
        sources=st.sets(st.sampled_from(["The Hindu", "ТАСС", "जनसत्ता", "AND"])).map(lambda ids: tuple(sorted(ids))),
        countries=st.sets(st.sampled_from(["IN", "RU"])).map(lambda ids: tuple(sorted(ids))),
    ).filter(lambda follows: follows != Follows())
)
def test_the_query_is_in_the_language_and_in_its_one_spelling(follows):
    query = query_of(follows)
    assert show(parse(query, **KNOWN)) == query
    assert Follows.stored(follows.as_stored()) == follows


def test_a_rule_for_it_is_called_by_what_it_asks():
    follows = Follows(agreements=("kudankulam", "relos"), stages=("in_force",))
    rule_id = follows_rule_id(query_of(follows))
    name = follows_name(follows, NAMES, set(), rule_id)
    assert name == "Follows: Kudankulam or RELOS; in force"
    other = follows_name(follows, NAMES, {name.casefold()}, rule_id)
    assert other == f"{name} ({rule_id.hex[:8]})"
    many = Follows(sources=tuple(f"Source number {number}" for number in range(9)))
    assert len(follows_name(many, NAMES, {follows_name(many, NAMES, set(), rule_id).casefold()}, rule_id)) <= 80


def test_only_one_agreement_or_sector_alone_has_a_rule_already():
    assert Follows(agreements=("relos",)).one_item == ("agreement", "relos")
    assert Follows(sectors=("energy",)).one_item == ("sector", "energy")
    several = [
        Follows(agreements=("relos", "s-400")),
        Follows(agreements=("relos",), stages=("signed",)),
        Follows(stages=("signed",)),
    ]
    assert [each.one_item for each in several] == [None, None, None]


def test_wishes_are_taken_one_by_one_and_told_in_a_line():
    weekly = with_wishes(PLAIN, {"digest": "weekly", "at": "7:15", "on": "fri", "languages": ["ru", "RU", "en"]})
    assert (weekly.schedule, weekly.at_time, weekly.weekday, weekly.languages) == (
        "weekly",
        time(7, 15),
        5,
        ("en", "ru"),
    )
    assert spelled(weekly, "Asia/Kolkata") == "en/ru; digest every Friday at 07:15 (Asia/Kolkata)"
    later = with_wishes(weekly, {"urgent": True, "min_severity": "normal", "languages": ["all"]})
    assert spelled(later) == "at least normal severity; digest every Friday at 07:15 (UTC); high severity at once"
    assert spelled(with_wishes(later, {"digest": "immediate", "urgent": False, "min_severity": "low"})) == ""


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"min_severity": "loud"}, "--min-severity"),
        ({"languages": ["tlh"]}, "--language"),
        ({"digest": "dayly"}, "--digest"),
        ({"digest": "daily", "at": "8 o'clock"}, "--at"),
        ({"at": "08:00"}, "--at"),
        ({"digest": "hourly", "at": "08:00"}, "--at"),
        ({"digest": "daily", "on": "monday"}, "--on"),
        ({"digest": "weekly", "on": "someday"}, "--on"),
        ({"time_zone": "Mars/Olympus"}, "--time-zone"),
    ],
)
def test_a_wish_that_cannot_be_taken_names_its_option_and_the_mend(wrong, field):
    with pytest.raises(WrongInput) as refused:
        with_wishes(PLAIN, wrong)
    assert refused.value.field == field
    assert refused.value.mend


@pytest.mark.parametrize("channel", ["inbox", "feed"])
def test_what_is_read_at_any_time_has_no_digest(channel):
    with pytest.raises(WrongInput, match="--digest"):
        refuse_digest(with_wishes(PLAIN, {"digest": "daily"}), channel)
    refuse_digest(PLAIN, channel)
