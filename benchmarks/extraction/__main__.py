"""Run the comparison: `python -m benchmarks.extraction --aeb FOLDER [--fundus FOLDER]`."""

from __future__ import annotations

import argparse
import gc
import platform
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.extraction.engines import OURS, OURS_WITH_FACTS, Engine, engines
from benchmarks.extraction.scoring import PageScore, Quality, page_score, quality_of
from benchmarks.extraction.sets import TruePage, article_extraction_benchmark, fundus_evaluation


@dataclass
class Run:
    """One engine over one set: its scores, and for each page the least CPU time of all rounds."""

    engine: Engine
    scores: list[PageScore] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)

    @property
    def pages_per_second(self) -> float:
        return len(self.seconds) / sum(self.seconds)


def measure(pages: Sequence[TruePage], compared: Sequence[Engine], rounds: int) -> list[Run]:
    """Take every engine through every page, engines in turn at each page so that all meet the same machine."""
    runs = [Run(engine) for engine in compared]
    for number, page in enumerate(pages):
        for run in runs:
            texts, spent = zip(*(_timed(run, page) for _ in range(rounds)), strict=True)
            run.scores.append(page_score(page.text, texts[0]))
            run.seconds.append(min(spent))
        print(f"\r{number + 1} of {len(pages)} pages", end="", file=sys.stderr, flush=True)
    print("\r" + " " * 30 + "\r", end="", file=sys.stderr)
    return runs


def _timed(run: Run, page: TruePage) -> tuple[str, float]:
    gc.collect(0)
    begin = time.thread_time()
    try:
        text = run.engine.extract(page.body, page.url)
    except Exception:  # noqa: BLE001  a peer that fails on a page has found nothing there
        run.failed.add(page.name)
        text = ""
    return text, time.thread_time() - begin


def report(title: str, runs: Sequence[Run]) -> None:
    """Print the table of one set, and whether the goals are met."""
    by_name = {run.engine.name: run for run in runs}
    quality = {run.engine.name: quality_of(run.scores) for run in runs}
    print(f"\n### {title}\n")
    print("| engine | version | F1 | P | R | pages per CPU second | ours is faster | failed |")
    print("|---|---|---|---|---|---|---|---|")
    for run in runs:
        own = by_name[OURS_WITH_FACTS if run.engine.facts else OURS]
        q = quality[run.engine.name]
        ratio = own.pages_per_second / run.pages_per_second
        print(
            f"| {run.engine.name} | {_version(run.engine)} | {q.f1:.4f} ± {q.deviation:.4f} | {q.precision:.4f} | "
            f"{q.recall:.4f} | {run.pages_per_second:.1f} | {ratio:.2f}× | {len(run.failed) or ''} |"
        )
    _verdict(by_name, quality)


def _version(engine: Engine) -> str:
    return "this tree" if engine.package == "pactwatch" else engine.version


def _verdict(by_name: dict[str, Run], quality: dict[str, Quality]) -> None:
    modes = [name for name in quality if name.startswith("trafilatura")]
    if not modes:
        return
    best = max(modes, key=lambda name: quality[name].f1)
    print(f"\nF1 {quality[OURS].f1:.4f} against {quality[best].f1:.4f} of trafilatura's best mode here ({best}).")
    for peer, goal in (("trafilatura default", 2.0), ("trafilatura fast", 1.4)):
        for suffix, own in (("", OURS), (", with facts", OURS_WITH_FACTS)):
            run = by_name.get(peer + suffix)
            if run and own in by_name:
                ratio = by_name[own].pages_per_second / run.pages_per_second
                met = "met" if ratio >= goal else "MISSED"
                print(f"{own}: {ratio:.2f}× the pages of {peer}{suffix} (goal {goal}×: {met}).")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__)
    parser.add_argument(
        "--aeb", type=Path, help="scrapinghub/article-extraction-benchmark: a checkout or bare repository"
    )
    parser.add_argument("--fundus", type=Path, help="dobbersc/fundus-evaluation: a checkout or bare repository")
    parser.add_argument(
        "--rounds", type=int, default=3, help="times that each engine reads each page; the least counts"
    )
    parser.add_argument("--only", action="append", default=[OURS], help="part of an engine's name; may be repeated")
    parser.add_argument("--pages", type=int, help="read only so many pages of each set")
    given = parser.parse_args()
    if not (given.aeb or given.fundus):
        parser.error("give --aeb, --fundus or both")
    warnings.simplefilter("ignore")
    compared = engines(tuple(given.only) if len(given.only) > 1 else ())
    print(f"Python {platform.python_version()}, {platform.machine()}, {given.rounds} rounds, CPU time of one thread.")
    for title, folder, read in (
        ("article-extraction-benchmark", given.aeb, article_extraction_benchmark),
        ("fundus-evaluation", given.fundus, fundus_evaluation),
    ):
        if folder:
            pages = read(folder)[: given.pages]
            report(f"{title}, {len(pages)} pages", measure(pages, compared, given.rounds))


if __name__ == "__main__":
    main()
