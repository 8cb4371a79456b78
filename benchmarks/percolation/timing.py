"""How long something takes for an article: the processor's time, so that other work on the machine counts less."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

REPETITIONS = 3


def per_article(ask: Callable[[str], object], articles: Sequence[str]) -> tuple[float, float]:
    """Mean and 99th percentile of the microseconds an article takes, each the best of three."""
    best: list[float] = []
    for article in articles:
        seconds: list[float] = []
        for _ in range(REPETITIONS):
            began = time.thread_time()
            ask(article)
            seconds.append(time.thread_time() - began)
        best.append(min(seconds) * 1e6)
    best.sort()
    return sum(best) / len(best), best[min(len(best) - 1, len(best) * 99 // 100)]
