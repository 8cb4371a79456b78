"""The bulkhead: how many sends may be under way, in all and to one target, so that a slow one delays no other."""

from __future__ import annotations

from collections import Counter


class Room:
    """Counts the sends under way in this process."""

    def __init__(self, *, in_all: int, per_target: int) -> None:
        self._in_all = in_all
        self._per_target = per_target
        self._under_way: Counter[str] = Counter()

    @property
    def free(self) -> int:
        """How many more sends may begin, each to a target that is not full."""
        return self._in_all - self._under_way.total()

    @property
    def full_targets(self) -> frozenset[str]:
        """The targets that take no further send for now."""
        return frozenset(target for target, count in self._under_way.items() if count >= self._per_target)

    def enter(self, target: str) -> bool:
        """Begin a send to the target; False where there is no room for it."""
        if self.free <= 0 or self._under_way[target] >= self._per_target:
            return False
        self._under_way[target] += 1
        return True

    def leave(self, target: str) -> None:
        """End a send to the target."""
        self._under_way[target] -= 1
        if self._under_way[target] <= 0:
            del self._under_way[target]
