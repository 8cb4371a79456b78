"""`pactwatch eval`: scores by language, what was taken for what, the worst articles, and lines that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.cli.app import app

DEV = Path(__file__).parents[2] / "data" / "dev_articles.jsonl"
WRONG_ON_PURPOSE = {
    "id": "w1",
    "title": "India and Russia sign the RELOS logistics agreement in Moscow",
    "text": "India and Russia signed the RELOS agreement in Moscow on Tuesday.",
    "relevant": False,
    "sectors": ["culture"],
    "agreements": [],
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["eval", *arguments])


def test_the_digests_are_scored_by_language():
    ran = run(str(DEV), "--json")
    assert ran.exit_code == 0, ran.output
    scores: dict[str, Any] = json.loads(ran.stdout)
    assert set(scores["by_language"]) == {"en", "ru", "hi"}
    assert scores["all"]["articles"] == sum(each["articles"] for each in scores["by_language"].values()) == 51
    assert scores["all"]["relevance"]["f1"] >= 0.95
    assert scores["all"]["agreements"]["f1"] >= 0.9
    assert scores["all"]["sectors"]["f1"] >= 0.8
    assert scores["all"]["stage_accuracy"] >= 0.85
    for language, each in scores["by_language"].items():
        for measure in ("relevance", "agreements", "sectors"):
            assert each[measure]["f1"] >= scores["all"][measure]["f1"] - 0.1, (language, measure)
        assert each["stage_accuracy"] >= scores["all"]["stage_accuracy"] - 0.1, language


def test_the_worst_article_is_shown_with_its_mistakes(tmp_path: Path):
    file = tmp_path / "wrong.jsonl"
    file.write_text(json.dumps(WRONG_ON_PURPOSE), "utf-8")
    ran = run(str(file), "--worst", "1")
    assert ran.exit_code == 0
    for said in (
        "w1 [en] India and Russia sign",
        "relevance: meant not relevant, said relevant",
        "agreement: relos is too much",
        "sector: missed culture",
        "culture\tdefence",
    ):
        assert said in ran.stdout


@pytest.mark.parametrize(
    ("line", "words"),
    [("{", "is not JSON"), ('{"title": "A", "sectors": ["cookery"]}', "'cookery' is not in the catalogue")],
)
def test_a_line_that_cannot_be_read_is_named_and_the_others_are_scored(line: str, words: str, tmp_path: Path):
    file = tmp_path / "mixed.jsonl"
    file.write_text(f"{json.dumps(WRONG_ON_PURPOSE)}\n\n{line}\n", "utf-8")
    ran = run(str(file), "--json")
    assert ran.exit_code == 1
    assert json.loads(ran.stdout)["all"]["articles"] == 1
    assert "line 3" in ran.stderr
    assert words in " ".join(ran.stderr.split())


def test_a_file_that_is_not_there_is_told(tmp_path: Path):
    ran = run(str(tmp_path / "none.jsonl"))
    assert ran.exit_code == 2
    assert "cannot be read" in ran.stderr


def test_an_empty_file_is_no_success(tmp_path: Path):
    file = tmp_path / "empty.jsonl"
    file.write_text("\n")
    ran = run(str(file))
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert "No article could be scored" in ran.stderr


def test_what_nobody_labelled_has_no_score(tmp_path: Path):
    file = tmp_path / "relevance.jsonl"
    file.write_text(json.dumps({"id": "1", "title": "India and Russia sign RELOS", "relevant": True}), "utf-8")
    whole = run(str(file)).stdout.splitlines()[1].split("\t")
    assert whole == ["all", "1", "1.000 / 1.000 / 1.000", "-", "-", "-"]
