"""The bulkhead: one slow address cannot take the room of all others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifier.domain.room import QUICK_SECONDS, Bounds, Pace, Room
from services.notifier.domain.standing import Lane

BOUNDS = Bounds(quick=4, in_all=6, per_target=3, per_lane=4)
PLENTY = Pace(1000, 1000)


def a_lane(number: int = 1) -> Lane:
    return Lane("webhook", f"https://{number}.example/hook")


def a_room(bounds: Bounds = BOUNDS, pace: Pace = PLENTY) -> Room:
    return Room(bounds, {"slack": Pace(1, 1)}, pace)


def test_an_address_is_trusted_with_a_few_sends_and_with_more_once_it_took_one_quickly():
    room = a_room()
    assert [room.enter(key, a_lane(), "h", 0) for key in "abc"] == [True, True, False]
    room.leave("a", a_lane(), "h", 0.1, well=True)
    assert room.left(0.1) == {a_lane(): 3}
    assert [room.enter(key, a_lane(), key, 0.1) for key in "cdef"] == [True, True, True, False]


@pytest.mark.parametrize(("well", "ended"), [(False, 0.1), (True, QUICK_SECONDS)])
def test_an_address_that_fails_or_is_slow_is_trusted_with_one_again(well, ended):
    room = a_room()
    room.enter("a", a_lane(), "h", 0)
    room.leave("a", a_lane(), "h", 0, well=True)
    room.enter("b", a_lane(), "h", 0)
    room.leave("b", a_lane(), "h", ended, well=well)
    assert room.left(ended) == {a_lane(): 1}


def test_a_server_takes_only_so_many_sends_to_all_of_its_addresses():
    room = a_room()
    assert [room.enter(number, a_lane(number), "host", 0) for number in range(4)] == [True, True, True, False]
    assert room.full_targets() == {"host"}
    assert room.enter("other", a_lane(9), "elsewhere", 0)


def test_sends_that_last_give_their_places_to_others_up_to_a_bound():
    room = a_room()
    assert [room.enter(number, a_lane(number), str(number), 0) for number in range(5)] == [True] * 4 + [False]
    assert room.free(QUICK_SECONDS) == 2
    assert [room.enter(number, a_lane(number), str(number), 1) for number in (10, 11, 12)] == [True, True, False]
    assert room.free(9) == 0, "six are under way in all"


def test_a_send_that_ends_makes_room_once():
    room = a_room(Bounds(quick=1, in_all=1, per_target=1, per_lane=1))
    room.enter("a", a_lane(), "h", 0)
    room.leave("a", a_lane(), "h", 0, well=True)
    room.leave("a", a_lane(), "h", 0, well=True)
    assert (room.free(0), room.full_targets()) == (1, frozenset())
    assert room.enter("b", a_lane(), "h", 0)


def test_an_address_gets_messages_at_its_channels_pace():
    room, lane = a_room(), Lane("slack", "x")
    room.enter("a", lane, "h", 0)
    room.leave("a", lane, "h", 0, well=True)
    assert not room.enter("b", lane, "h", 0.5)
    assert room.enter("b", lane, "h", 1)


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 3), st.booleans()), max_size=60))
def test_whatever_comes_and_goes_no_bound_is_ever_passed(steps):
    room, now, under_way = a_room(), 0.0, []
    for key, (number, wait, well) in enumerate(steps):
        now += wait
        if well and under_way:
            ended, lane = under_way.pop(0)
            room.leave(ended, lane, "host", now, well=well)
        elif room.enter(key, a_lane(number), "host", now):
            under_way.append((key, a_lane(number)))
        assert len(under_way) <= BOUNDS.per_target
        assert all(sum(lane == each for _, each in under_way) <= BOUNDS.per_lane for _, lane in under_way)
