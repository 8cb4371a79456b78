"""Prints how well copies are known, beside MinHash peers in the same run, and what the look-up costs.

python -m benchmarks.near_duplicates --articles DIR [--articles DIR ...] [--labelled DIR] [--peers PYTHON]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.near_duplicates.corpora import Labelled, Text, labelled_digests, labelled_pairs, texts_in
from benchmarks.near_duplicates.growth import measured
from benchmarks.near_duplicates.made_copies import KINDS
from benchmarks.near_duplicates.ours import links_of
from benchmarks.near_duplicates.scores import SEED, made_sample, pair_score_of, score_of
from migrations.upgrade import upgrade
from services.cli.engines.supervisor import engines_at
from shared.store.unit_of_work import Database

DIGESTS = Path(__file__).parents[2] / "tests" / "data" / "dev_articles.jsonl"
PEERS = Path(__file__).with_name("peers.py")
SIZES = (1_000, 10_000, 100_000)


def main() -> None:
    """Read what is asked, and print the tables."""
    asked = _asked()
    with _database_url(asked.database) as url:
        asyncio.run(_run(asked, url))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.near_duplicates", description=__doc__)
    parser.add_argument("--articles", type=Path, action="append", required=True, help="a folder of news texts")
    parser.add_argument("--labelled", type=Path, help="the data folder of github.com/chrisjmccormick/MinHash")
    parser.add_argument("--peers", help="a Python that has datasketch and rensa")
    parser.add_argument("--originals", type=int, default=500)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--stories", type=int, default=max(SIZES), help="how many stories to store at most; 0 for none")
    parser.add_argument("--only-growth", action="store_true", help="leave out the quality")
    parser.add_argument("--database", help="an empty database; without it, one is started for the run")
    return parser.parse_args()


@contextmanager
def _database_url(given: str | None) -> Iterator[str]:
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder, engines_at(Path(folder), nats=False) as engines:
        yield engines.database_url


async def _run(asked: argparse.Namespace, url: str) -> None:
    texts = [text for folder in asked.articles for text in texts_in(folder)]
    database = Database(url)
    try:
        await upgrade(database)
        if not asked.only_growth:
            await _print_quality(texts, database, asked)
        sizes = [size for size in SIZES if size <= asked.stories]
        if sizes:
            await _print_growth(texts, database, sizes, asked.seed)
    finally:
        await database.close()


async def _print_quality(texts: Sequence[Text], database: Database, asked: argparse.Namespace) -> None:
    await _print_labelled("digests of ours", labelled_digests(DIGESTS), database, asked.peers)
    if asked.labelled:
        await _print_labelled("articles_2500", labelled_pairs(asked.labelled), database, asked.peers)
    await _print_made(texts, database, asked)


def _peer_links(python: str | None, texts: Sequence[Text]) -> dict[str, Any]:
    if python is None:
        return {}
    given = json.dumps([text.body for text in texts])
    run = subprocess.run([python, str(PEERS)], input=given, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(run.stdout)
    return answer


async def _print_labelled(name: str, labelled: Labelled, database: Database, peers: str | None) -> None:
    texts = list(labelled.texts.values())
    links, seconds = await links_of(database, texts, [text.outlet for text in texts])
    engines = {"pactwatch": {"links": links, "seconds": seconds}} | _peer_links(peers, texts)
    print(f"\n{name}: {len(texts)} texts, {len(labelled.pairs)} labelled pairs\n")
    print("| engine | precision | recall | found | wrong | missed |\n| --- | --- | --- | --- | --- | --- |")
    for engine, answer in engines.items():
        pairs = pair_score_of(labelled, answer["links"])
        counts = f"{pairs.found} | {pairs.wrong} | {pairs.missed}"
        print(f"| {engine} | {pairs.precision:.3f} | {pairs.recall:.3f} | {counts} |")


async def _print_made(texts: Sequence[Text], database: Database, asked: argparse.Namespace) -> None:
    sample = made_sample(texts, asked.originals, asked.seed)
    apart = [str(at) for at in range(len(sample.texts))]
    printed = [at if kind else text.outlet for at, kind, text in zip(apart, sample.kinds, sample.texts, strict=True)]
    engines: dict[str, Any] = {}
    for name, outlets in (
        ("pactwatch, every text of its own outlet", apart),
        ("pactwatch, outlets as they are", printed),
    ):
        links, seconds = await links_of(database, sample.texts, outlets)
        engines[name] = {"links": links, "seconds": seconds}
    engines |= _peer_links(asked.peers, sample.texts)
    copies = sum(kind is not None for kind in sample.kinds)
    print(f"\nmade copies: {copies} of {copies // len(KINDS)} originals among {len(texts)} texts, seed {asked.seed}\n")
    print(f"| engine | {' | '.join(KINDS)} | copies astray | other texts linked | texts a CPU second |")
    print("| --- " * (len(KINDS) + 4) + "|")
    for name, answer in engines.items():
        score = score_of(sample, answer["links"])
        recall = " | ".join(f"{score.recall[kind]:.3f}" for kind in KINDS)
        speed = len(sample.texts) / answer["seconds"]
        print(f"| {name} | {recall} | {score.copies_astray} | {score.others_linked} | {speed:.0f} |")


async def _print_growth(texts: Sequence[Text], database: Database, sizes: Sequence[int], seed: int) -> None:
    print(
        "\nmilliseconds a text, median / 95th percentile; each but the look-up is a transaction, as that of one row\n"
    )
    print("| stories stored | the look-up, in the server | its pages | a new story | a copy | one row | kB a story |")
    print("| --- " * 7 + "|")
    async for each in measured(database, texts, sizes, seed):
        look, *shown = (f"{median:.2f} / {most:.2f}" for median, most in (each.look, each.new, each.copy, each.nothing))
        print(f"| {each.stories} | {look} | {each.blocks:.0f} | {' | '.join(shown)} | {each.kilobytes_a_story:.1f} |")


if __name__ == "__main__":
    main()
