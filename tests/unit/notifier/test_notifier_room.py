"""The bulkhead: one slow target cannot take the room of all others."""

from __future__ import annotations

from services.notifier.domain.room import Room


def test_a_target_takes_only_so_many_sends_at_once():
    room = Room(in_all=32, per_target=2)
    assert [room.enter("slow.example") for _ in range(3)] == [True, True, False]
    assert room.full_targets == {"slow.example"}
    assert room.enter("fast.example")


def test_all_targets_together_take_only_so_many():
    room = Room(in_all=3, per_target=2)
    assert [room.enter(f"{number}.example") for number in range(4)] == [True, True, True, False]
    assert room.free == 0


def test_a_send_that_ends_makes_room():
    room = Room(in_all=1, per_target=1)
    room.enter("slow.example")
    room.leave("slow.example")
    assert (room.free, room.full_targets) == (1, frozenset())
    assert room.enter("fast.example")
