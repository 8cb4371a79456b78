"""What the sets' labels mean in our sectors, and what a hit is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FULL_LENGTH_TOKENS = 100  # a headline, bill or sentence has fewer, a whole article or release more
# The sets' own names, as their description has them: a union is hit by any of its members.
UNIONS: Mapping[str, frozenset[str]] = {
    "digital": frozenset({"technology"}),
    "labour": frozenset({"labour-mobility"}),
    "SCITECH": frozenset({"science", "space", "technology"}),
    "ECON": frozenset({"finance", "trade"}),
}
# Sectors of ours that the sets have no label for and file under a coarser one: homeland security and terrorism are
# CAP's topic Defense, SIB's travel is filed under transport, broadcasting under culture.
FINER: Mapping[str, frozenset[str]] = {
    "health": frozenset({"pharma"}),
    "agriculture": frozenset({"fertiliser"}),
    "culture": frozenset({"media"}),
    "transport": frozenset({"tourism", "arctic"}),
    "defence": frozenset({"security"}),
}


def is_hit(found: str | None, label: str, *, finer: bool) -> bool:
    """Whether a sector (or a label, of an engine that learnt labels) answers to a label."""
    if found is None:
        return False
    if found == label or found in UNIONS.get(label, ()):
        return True
    return finer and found in FINER.get(label, ())


@dataclass
class Score:
    """The answers to one set."""

    labels: list[str] = field(default_factory=list)
    answers: list[str | None] = field(default_factory=list)
    tagged: dict[bool, list[bool]] = field(default_factory=lambda: {False: [], True: []})  # by full length

    def add(self, row: Mapping[str, Any], answer: str | None, *, full_length: bool) -> None:
        """Count one answer."""
        if row["out_of_scope"]:
            self.tagged[full_length].append(answer is not None)
        else:
            self.labels.append(row["sectors"][0])
            self.answers.append(answer)

    def top1(self, *, finer: bool) -> float:
        """The share of in-scope texts whose first sector is right; no answer is a wrong one."""
        pairs = zip(self.answers, self.labels, strict=True)
        return sum(is_hit(answer, label, finer=finer) for answer, label in pairs) / max(1, len(self.labels))

    def macro_f1(self, *, finer: bool) -> float:
        """The mean over the set's labels of F1 on in-scope texts."""
        return sum(self._f1(label, finer=finer) for label in set(self.labels)) / max(1, len(set(self.labels)))

    def false_positives(self, *, full_length: bool) -> str:
        """The share of out-of-scope texts that got any sector, with their number."""
        tagged = self.tagged[full_length]
        return f"{sum(tagged) / len(tagged):.2f} of {len(tagged)}" if tagged else ""

    def _f1(self, label: str, *, finer: bool) -> float:
        right = wrong = wanted = 0
        for answer, true in zip(self.answers, self.labels, strict=True):
            wanted += true == label
            if is_hit(answer, label, finer=finer):
                right += true == label
                wrong += true != label and not is_hit(answer, true, finer=finer)
        return 2 * right / (wanted + right + wrong)
