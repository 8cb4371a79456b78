"""Rows of figures as bars: how long each is, and what is said of them to who does not see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BAR_WIDTH = 8  # units of a drawing; the browser scales it to the room there is
BAR_GAP = 2
CHART_HEIGHT = 60
SPARKLINE_HEIGHT = 16
_LEAST = 1  # a count that is not nothing is seen


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and what it is of, in words: a day, a month, a step."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a drawing, in its units, from the left and the top."""

    x: int
    y: int
    width: int
    height: int
    figure: Figure


@dataclass(frozen=True, slots=True)
class Drawing:
    """Bars within a box of `width` × `height` units, the figures in their order."""

    width: int
    height: int
    bars: tuple[Bar, ...]

    @property
    def most(self) -> float:
        """Return the greatest figure; 0 without any."""
        return max((bar.figure.value for bar in self.bars), default=0)

    @property
    def total(self) -> float:
        """Return the sum of the figures."""
        return sum(bar.figure.value for bar in self.bars)


def drawn(figures: Sequence[Figure], height: int = CHART_HEIGHT) -> Drawing:
    """Return the figures as bars, the greatest as high as the box. Negative figures count as none."""
    most = max((figure.value for figure in figures), default=0)
    bars = []
    for place, figure in enumerate(figures):
        share = max(0.0, figure.value) / most if most > 0 else 0.0
        tall = max(_LEAST, round(share * height)) if figure.value > 0 else 0
        bars.append(Bar(place * (BAR_WIDTH + BAR_GAP), height - tall, BAR_WIDTH, tall, figure))
    width = max(1, len(figures) * (BAR_WIDTH + BAR_GAP) - BAR_GAP)
    return Drawing(width, height, tuple(bars))
