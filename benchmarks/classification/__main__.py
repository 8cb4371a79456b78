"""Run the comparison: `python -m benchmarks.classification --data dev_sectors.jsonl.gz`."""

from __future__ import annotations

import argparse
import platform
import sys
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.classification.engines import ENGINES, Lesson
from benchmarks.classification.labels import FULL_LENGTH_TOKENS, Score
from shared.catalogue.entries import Catalogue
from shared.catalogue.loader import load_catalogue
from shared.language.tokens import tokenise
from training.sector_head.rows import FAMILIES, Row, raw_rows, rows_to_learn_from

LABELS_ONLY = frozenset({"grnti_ru", "grnti_en"})  # names of a rubricator: no texts
Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Test:
    """Rows to answer, with what may be learnt for it: never these rows, nor their twins in another language."""

    title: str
    lesson: Lesson
    rows: Sequence[Raw]


def main() -> None:
    """Read the data and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.classification", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="labelled rows, JSON lines, plain or gzip'd")
    parser.add_argument("--folds", type=int, default=3, help="for the table of unseen texts of known sets; 0 for none")
    parser.add_argument("--only", action="append", default=[], help="part of an engine's name; may be repeated")
    given = parser.parse_args()
    catalogue = load_catalogue()
    raw = [row for row in raw_rows(given.data) if row["set"] not in LABELS_ONLY]
    known = sorted((row for row in raw if row["set"] in FAMILIES), key=lambda row: (row["set"], str(row["id"])))
    pairs = list(zip(known, rows_to_learn_from(known, catalogue), strict=True))
    engines = [name for name in ENGINES if not given.only or any(part in name for part in given.only)]
    print(f"Python {platform.python_version()}, {platform.machine()}, {len(raw)} texts.")
    _print("Sets that no model learnt from (each left out with its family)", _strangers(raw, pairs), engines, catalogue)
    if given.folds:
        title = f"Unseen texts of known sets ({given.folds}-fold; twins in another language left out together)"
        _print(title, _unseen(raw, pairs, given.folds), engines, catalogue)


def _strangers(raw: Sequence[Raw], pairs: Sequence[tuple[Raw, Row]]) -> Iterator[Test]:
    """Each family of sets with a lesson of all others; sets that the head may not learn from meet the shipped one."""
    for family in sorted({_family(row) for row in raw}):
        others = [row for row in raw if _family(row) != family]
        tested = [row for row in raw if _family(row) == family]
        read = [read for row, read in pairs if _family(row) != family]
        shipped = family not in FAMILIES.values()
        yield Test("shipped" if shipped else f"without {family}", Lesson(others, read, shipped=shipped), tested)


def _unseen(raw: Sequence[Raw], pairs: Sequence[tuple[Raw, Row]], folds: int) -> Iterator[Test]:
    for fold in range(folds):
        others = [row for row in raw if row["set"] not in FAMILIES or _fold(row, folds) != fold]
        read = [read for row, read in pairs if _fold(row, folds) != fold]
        yield Test("other folds", Lesson(others, read), [row for row, _ in pairs if _fold(row, folds) == fold])


def _family(row: Raw) -> str:
    """The sets that are left out together; a set that the head may not learn from stands alone."""
    return FAMILIES.get(row["set"], row["set"])


def _fold(row: Raw, folds: int) -> int:
    """A set's texts in several languages share their number, so that twins fall into one fold."""
    return zlib.crc32(f"{_family(row)} {row['id']}".encode()) % folds


def _print(title: str, tests: Iterator[Test], engines: Sequence[str], catalogue: Catalogue) -> None:
    scores: dict[tuple[str, str, str, str], Score] = {}
    spent = dict.fromkeys(engines, 0.0)
    for test in tests:
        full = [len(tokenise(f"{row['title'] or ''}\n{row['text'] or ''}")) >= FULL_LENGTH_TOKENS for row in test.rows]
        for engine in engines:
            answers_to = ENGINES[engine](catalogue, test.lesson)
            begin = time.process_time()
            answers = answers_to(test.rows)
            spent[engine] += time.process_time() - begin
            for row, answer, is_full in zip(test.rows, answers, full, strict=True):
                key = (row["set"], row["language"], engine, test.title)
                scores.setdefault(key, Score()).add(row, answer, full_length=is_full)
        print(".", end="", file=sys.stderr, flush=True)
    print(f"\n## {title}\n")
    print(
        "| set | language | engine | head | top-1 | macro-F1 | strict top-1 | strict macro-F1 | false, short |",
        end="",
    )
    print(" false, full length |\n" + "| --- " * 10 + "|")
    order = {name: place for place, name in enumerate(engines)}
    for (name, language, engine, learnt), score in sorted(scores.items(), key=lambda i: (i[0][0], order[i[0][2]])):
        print(
            f"| {name} | {language} | {engine} | {learnt if engine == 'pactwatch' else ''} "
            f"| {score.top1(finer=True):.3f} | {score.macro_f1(finer=True):.3f} "
            f"| {score.top1(finer=False):.3f} | {score.macro_f1(finer=False):.3f} "
            f"| {score.false_positives(full_length=False)} | {score.false_positives(full_length=True)} |"
        )
    print("\nCPU seconds for the answers: " + ", ".join(f"{engine} {seconds:.1f}" for engine, seconds in spent.items()))


if __name__ == "__main__":
    main()
