"""Reads public news texts by path: folders of text files, an extraction ground truth, labelled pairs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

GROUND_TRUTH = "ground-truth.json"
SHINGLE_WORDS = 5
MOST_SHARED = 0.1  # the part of its shingles that an original may share with any other text of its folder


@dataclass(frozen=True)
class Text:
    """A headline and a body, of one outlet."""

    title: str
    body: str
    outlet: str = ""


@dataclass(frozen=True)
class Labelled:
    """Texts by id, and the pairs of ids that are copies of each other."""

    texts: dict[str, Text]
    pairs: frozenset[frozenset[str]]


def texts_in(folder: Path) -> list[Text]:
    """Return the texts of a folder: of its ground truth if it has one, else of every file, title in the first line."""
    truth = folder / GROUND_TRUTH
    if truth.exists():
        return [
            _text(page["articleBody"], page.get("url", "")) for page in json.loads(truth.read_text("utf-8")).values()
        ]
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix in ("", ".txt"))
    return [_text(path.read_text("utf-8", "replace"), folder.name) for path in files]


def _text(whole: str, outlet: str) -> Text:
    title, _, body = whole.strip().partition("\n")
    return Text(" ".join(title.split()), " ".join(body.split()), outlet)


def labelled_pairs(folder: Path) -> Labelled:
    """Return the set of chrisjmccormick/MinHash: `articles_*.train` (id and text a line), `.truth` (two ids a line)."""
    lines = (folder / "articles_2500.train").read_text("utf-8").splitlines()
    texts = {}
    for line in lines:
        name, body = line.split(" ", 1)
        texts[name] = Text(" ".join(body.split()[:10]), body, name)
    truth = (folder / "articles_2500.truth").read_text("utf-8").splitlines()
    return Labelled(texts, frozenset(frozenset(line.split()) for line in truth))


def labelled_digests(file: Path) -> Labelled:
    """Return our own labelled digests; pairs are of one language, as a translation is another text."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    pairs = {
        frozenset((one["id"], other["id"]))
        for at, one in enumerate(rows)
        for other in rows[at + 1 :]
        if one["syndicated_group"]
        and one["syndicated_group"] == other["syndicated_group"]
        and one["language"] == other["language"]
    }
    return Labelled({row["id"]: Text(row["title"], row["text"], row["outlet"]) for row in rows}, frozenset(pairs))


def alone(texts: Sequence[Text]) -> list[Text]:
    """Return the texts that share next to nothing with any other: a copy that is made of one is no copy of another."""
    shingles = [_shingles(text.body) for text in texts]
    owners: dict[tuple[str, ...], list[int]] = {}
    for at, found in enumerate(shingles):
        for shingle in found:
            owners.setdefault(shingle, []).append(at)
    return [
        text
        for at, text in enumerate(texts)
        if shingles[at] and _most_shared(at, shingles[at], owners) <= MOST_SHARED * len(shingles[at])
    ]


def _most_shared(at: int, found: Iterable[tuple[str, ...]], owners: dict[tuple[str, ...], list[int]]) -> int:
    met = Counter(other for shingle in found for other in owners[shingle] if other != at)
    return max(met.values(), default=0)


def _shingles(body: str) -> set[tuple[str, ...]]:
    words = body.casefold().split()
    return {tuple(words[at : at + SHINGLE_WORDS]) for at in range(len(words) - SHINGLE_WORDS + 1)}
