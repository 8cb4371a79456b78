"""Corrections from the command line: said, listed, exported, and scored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.desk.domain.sources import NewSource
from shared.store.unit_of_work import Database
from tests.live.desk.desk_rows import Story, an_article

pytestmark = pytest.mark.live

RELOS = Story(url="https://example.org/relos")


@pytest.fixture
def article(pactwatch) -> Story:
    async def stored(database: Database) -> None:
        from services.cli.definitions import definitions_on
        from shared.catalogue.loader import load_catalogue

        source = await definitions_on(database, load_catalogue()).add_source(NewSource("Courier", "https://a.org/feed"))
        await an_article(database, source.source_id, "Courier", RELOS)

    pactwatch.with_database(stored)
    return RELOS


def test_what_was_said_is_listed_exported_and_scored(pactwatch, article: Story, tmp_path: Path):
    empty = pactwatch("correction", "list")
    assert "pactwatch correction add" in empty.err
    said = ("--relevant", "--sector", "defence", "--agreement", "relos=signed", "--by", "Asha", "--note", "lead")
    assert "agreements relos=signed" in pactwatch("correction", "add", article.url, *said).out
    pactwatch("correction", "add", str(article.article_id), "--sector", "none", "--by", "Ivan")
    assert [row[1] for row in pactwatch("correction", "list").rows] == ["Ivan", "Asha"]
    file = tmp_path / "labelled.jsonl"
    assert "1 labelled articles" in pactwatch("correction", "export", str(file)).err
    (row,) = map(json.loads, file.read_text("utf-8").splitlines())
    assert (row["relevant"], row["sectors"], row["stages"]) == (True, [], {"relos": "signed"})
    scored = pactwatch("eval", str(file), "--json", "--worst", "3").json
    assert (scored["all"]["articles"], scored["all"]["stages_asked"]) == (1, 1)
    assert set(scored["by_language"]) == {"en"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--by", "Asha"), "says nothing"),
        (("--by", "Asha", "--sector", "none", "--sector", "trade"), "beside others"),
        (("--by", "Asha", "--agreement", "relos=sined"), "sined"),
        (("--by", "", "--relevant"), "by"),
    ],
)
def test_what_cannot_be_meant_is_refused(arguments: tuple[str, ...], words: str, pactwatch, article: Story):
    assert words in pactwatch("correction", "add", article.url, *arguments, code=2).err
    assert pactwatch("correction", "list", "--json").json == []


def test_an_address_that_nobody_listed_is_told(pactwatch):
    ran = pactwatch("correction", "add", "https://example.org/other", "--by", "A", "--relevant", code=1)
    assert "No article of https://example.org/other" in ran.err


def test_one_of_several_articles_at_an_address_is_named_by_its_id(pactwatch, article: Story):
    other = Story(title="Another notice", url=article.url)

    async def stored(database: Database) -> None:
        from services.cli.definitions import definitions_on
        from shared.catalogue.loader import load_catalogue

        (view,) = await definitions_on(database, load_catalogue()).sources()
        await an_article(database, view.source.source_id, "Courier", other)

    pactwatch.with_database(stored)
    refused = pactwatch("correction", "add", article.url, "--by", "Asha", "--relevant", code=2)
    assert "2 articles" in refused.err
    for each in (article, other):
        assert str(each.article_id) in refused.err
    pactwatch("correction", "add", str(other.article_id), "--by", "Asha", "--relevant")
