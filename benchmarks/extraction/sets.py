"""The public page sets, read from folders that the caller names; nothing of them is in this repository."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TruePage:
    """A page as it was fetched, its address, and its article's text as a person marked it."""

    name: str
    body: bytes
    text: str
    url: str


def article_extraction_benchmark(folder: Path) -> list[TruePage]:
    """Read scrapinghub/article-extraction-benchmark: a checkout, or a bare repository."""
    read = _reader(folder)
    truths = json.loads(read("ground-truth.json"))
    return [
        TruePage(
            name,
            gzip.decompress(read(f"html/{name}.html.gz")),
            truths[name]["articleBody"],
            truths[name].get("url") or "https://page.example/article",
        )
        for name in sorted(truths)
    ]


def fundus_evaluation(folder: Path) -> list[TruePage]:
    """Read dobbersc/fundus-evaluation: a checkout, or a bare repository."""
    read = _reader(folder)
    truths = json.loads(read("dataset/ground_truth.json"))
    return [
        TruePage(
            name,
            gzip.decompress(read(f"dataset/html/{name}")),
            "\n\n".join(truths[name]["body"]),
            truths[name].get("url") or "https://page.example/article",
        )
        for name in sorted(truths)
    ]


def _reader(folder: Path) -> Callable[[str], bytes]:
    if not (folder / "objects").is_dir():
        return lambda path: (folder / path).read_bytes()

    def from_git(path: str) -> bytes:
        show = ["git", "--git-dir", str(folder), "show", f"HEAD:{path}"]
        return subprocess.run(show, capture_output=True, check=True).stdout

    return from_git
