"""Runs MinHash with locality-sensitive hashing over texts; for an interpreter that has datasketch and rensa.

Reads a JSON list of texts, writes for each engine its version, its CPU seconds, and for each text the earlier texts it
is linked with. Needs no other module of ours, so that the peers' interpreter can be any.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any

PERMUTATIONS = 128
WORDS = re.compile(r"\w+")


def shingles(text: str) -> list[str]:
    """Return the runs of three words, each once."""
    words = WORDS.findall(text.casefold())
    return list({" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2))})


def datasketch_links(texts: Iterable[str], least: float) -> list[list[int]]:
    """Return each text's earlier texts of at least this estimated resemblance."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=least, num_perm=PERMUTATIONS)
    kept: list[Any] = []
    links: list[list[int]] = []
    for at, text in enumerate(texts):
        sketch = MinHash(num_perm=PERMUTATIONS)
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        links.append([other for other in index.query(sketch) if sketch.jaccard(kept[other]) >= least])
        index.insert(at, sketch)
        kept.append(sketch)
    return links


def rensa_links(texts: Iterable[str], least: float) -> list[list[int]]:
    """Return each text's earlier texts of at least this estimated resemblance."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(threshold=least, num_perm=PERMUTATIONS, num_bands=64)
    kept: list[Any] = []
    links: list[list[int]] = []
    for at, text in enumerate(texts):
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=42)
        sketch.update(shingles(text))
        links.append([other for other in index.query(sketch) if sketch.jaccard(kept[other]) >= least])
        index.insert(at, sketch)
        kept.append(sketch)
    return links


def timed(engine: Callable[[Iterable[str], float], list[list[int]]], texts: list[str], least: float) -> dict[str, Any]:
    """Return the links and the CPU seconds that they took."""
    began = time.process_time()
    links = engine(texts, least)
    return {"links": links, "seconds": time.process_time() - began}


def main() -> None:
    """Answer on standard output."""
    texts = json.load(sys.stdin)
    engines = {
        f"datasketch {version('datasketch')}, J >= .5": timed(datasketch_links, texts, 0.5),
        f"rensa {version('rensa')}, J >= .5": timed(rensa_links, texts, 0.5),
        f"rensa {version('rensa')}, J >= .25": timed(rensa_links, texts, 0.25),
    }
    json.dump(engines, sys.stdout)


if __name__ == "__main__":
    main()
