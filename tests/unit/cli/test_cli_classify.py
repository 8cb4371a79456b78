"""`pactwatch classify`: one verdict for each article, whatever the lines between them are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.classifier.domain.judge import Judge
from services.cli.app import app
from shared.contracts.verdict import ArticleText, Verdict

DIGESTS = Path(__file__).parents[2] / "data" / "dev_articles.jsonl"
PACT = "India and Russia signed the Reciprocal Exchange of Logistics Agreement (RELOS) in Moscow on Friday."


def line(**fields: Any) -> str:
    return json.dumps({"id": "a", "title": "India and Russia sign RELOS", "text": PACT, **fields}, ensure_ascii=False)


def classified(given: str | bytes, *arguments: str, code: int = 0) -> tuple[list[dict[str, Any]], str]:
    """Classify JSON lines from stdin; returns the verdicts and what was complained of."""
    result = CliRunner().invoke(app, ["classify", "--jsonl", *arguments], input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.stderr
    return [json.loads(each) for each in result.stdout.splitlines()], result.stderr


def test_a_verdict_is_one_line_with_its_evidence():
    ((verdict,), said) = classified(line())
    assert said == ""
    assert set(verdict) == {"id", "language", "relevant", "relevance", "sectors", "agreements"}
    assert (verdict["id"], verdict["language"], verdict["relevant"]) == ("a", "en", True)
    (relos,) = (each for each in verdict["agreements"] if each["id"] == "relos")
    assert relos["stage"] == "signed"
    assert relos["evidence"] in PACT
    assert all(each["evidence"] and 0 < each["score"] <= 1 for each in verdict["sectors"])


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("{not json", "the line: '{not json' is not JSON"),
        ("[1, 2]", "is not a JSON object"),
        ('"text"', "is not a JSON object"),
        ("null", "is not a JSON object"),
        ('{"id": "x", "title": 7, "text": "t"}', "title: 7 cannot be taken"),
        ('{"id": "x", "title": "t", "text": ["t"]}', "text: ['t'] cannot be taken"),
        ('{"id": "x", "title": "t", "text": "t", "language": "tlh"}', "language: 'tlh' cannot be taken"),
        ("[" * 100_000, "is not JSON"),
        ("1" * 10_000, "is not JSON"),
        ("\x00", "is not JSON"),
    ],
)
def test_a_broken_line_is_named_and_the_others_come_out(broken: str, told: str):
    verdicts, said = classified("\n".join([line(id="one"), broken, line(id="three")]), code=1)
    assert [each["id"] for each in verdicts] == ["one", "three"]
    assert "stdin, line 2, " in said
    assert told in said
    assert 'Write {"id": "…", "title": "…", "text": "…"}' in said
    assert "Traceback" not in said
    assert len(said) < 1000


def test_lines_that_are_not_utf8_are_read_as_well_as_they_can_be():
    good = line(id="one").encode()
    verdicts, _ = classified(good + b"\n" + good.replace(b"Moscow", b"Mosc\xffow") + b"\n" + good)
    assert len(verdicts) == 3
    assert all(each["relevant"] for each in verdicts)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", "\n \n\t\n"])
def test_empty_lines_and_other_line_ends_are_no_articles(end: str):
    verdicts, said = classified(end + line(id="one") + end + line(id="two") + end)
    assert [each["id"] for each in verdicts] == ["one", "two"]
    assert not said


def test_the_number_of_a_line_counts_the_empty_ones():
    assert "stdin, line 4, " in classified(f"{line()}\n\n\nbroken", code=1)[1]


def test_a_byte_order_mark_costs_no_article():
    verdicts, said = classified("\ufeff".encode() + line(id="one").encode() + b"\n" + line(id="two").encode())
    assert [each["id"] for each in verdicts] == ["one", "two"]
    assert not said


def test_a_line_separator_within_a_text_ends_no_line():
    ((verdict,), _) = classified(line(text=f"{PACT}\u2028Next\u0085line"))
    assert verdict["relevant"]


def test_no_lines_give_no_verdicts():
    assert classified("") == ([], "")


@pytest.mark.parametrize(
    "fields",
    [
        {"id": None},
        {"id": 7},
        {"text": None},
        {"text": ""},
        {"title": None},
        {"language": None},
        {"published": None},
        {"published": "2017-06"},
        {"published": "2025-13-45"},
        {"published": 1700000000},
        {"published": "0001-01-01T00:00:00+14:00"},
        {"published": "9999-12-31T23:59:59-14:00"},
        {"date": "2025-12-04"},
        {"url": None},
        {"extra": {"nested": [1]}},
    ],
)
def test_fields_that_are_missing_vague_or_too_many_cost_no_verdict(fields: dict[str, Any]):
    ((verdict,), said) = classified(line(**fields))
    assert verdict["relevant"]
    assert not said


def test_an_object_without_fields_is_an_article_about_nothing():
    ((verdict,), _) = classified("{}")
    assert (verdict["id"], verdict["relevant"], verdict["sectors"], verdict["agreements"]) == ("", False, [], [])


def test_hindi_and_russian_come_out_in_their_own_letters():
    digests = [json.loads(each) for each in DIGESTS.read_text(encoding="utf-8").splitlines()]
    chosen = [next(each for each in digests if each["language"] == language) for language in ("hi", "ru", "en")]
    verdicts, _ = classified("\n".join(json.dumps(each, ensure_ascii=False) for each in chosen))
    assert [each["language"] for each in verdicts] == ["hi", "ru", "en"]
    assert [each["id"] for each in verdicts] == [each["id"] for each in chosen]
    result = CliRunner().invoke(
        app, ["classify", "--jsonl"], input=line(text="भारत और रूस ने रेलोस समझौते पर हस्ताक्षर किए।")
    )
    assert "भारत" in result.stdout


def test_a_huge_line_is_one_article():
    ((one, two), _) = classified(
        line(text=f"{PACT} " + "The weather was fine on that day in the capital. " * 20_000) + "\n" + line(id="two")
    )
    assert (one["id"], two["id"], two["relevant"]) == ("a", "two", True)


def test_half_a_character_is_read_as_one_that_is_missing():
    ((verdict,), _) = classified(line(text="@").replace("@", f"\\ud800 {PACT} \\u0000"))
    assert verdict["relevant"]


def test_an_article_that_breaks_the_judge_is_named_and_the_others_come_out(monkeypatch: pytest.MonkeyPatch):
    judged = Judge.judge

    def breaks(self: Judge, article: ArticleText) -> Verdict:
        if article.id == "bad":
            raise ZeroDivisionError("a bug")
        return judged(self, article)

    monkeypatch.setattr(Judge, "judge", breaks)
    verdicts, said = classified("\n".join(line(id=each) for each in ("one", "bad", "three")), code=1)
    assert [each["id"] for each in verdicts] == ["one", "three"]
    assert "stdin, line 2: the article cannot be judged (ZeroDivisionError: a bug)" in said


def test_files_are_read_one_after_the_other_and_an_error_names_the_file(tmp_path: Path):
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    one.write_text(line(id="one"), encoding="utf-8-sig")
    two.write_text(f"{line(id='two')}\nbroken\n{line(id='three')}", encoding="utf-8")
    verdicts, said = classified("", str(one), str(two), code=1)
    assert [each["id"] for each in verdicts] == ["one", "two", "three"]
    assert f"{two}, line 2, " in said


def test_an_article_file_is_told_in_words(tmp_path: Path):
    file = tmp_path / "article.txt"
    file.write_text(f"India and Russia sign RELOS\n\n{PACT}\n", encoding="utf-8-sig")
    result = CliRunner().invoke(app, ["classify", str(file)])
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "India and Russia sign RELOS"
    assert lines[1].startswith("  en, about India–Russia relations")
    assert any(each.startswith("  agreement relos") and "signed" in each for each in lines)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"only a title", b"\x00\xff\xfe", "भारत".encode("utf-16")])
def test_whatever_a_file_holds_it_is_an_article(content: bytes, tmp_path: Path):
    file = tmp_path / "article.txt"
    file.write_bytes(content)
    result = CliRunner().invoke(app, ["classify", str(file)])
    assert result.exit_code == 0
    assert "not about India–Russia relations" in result.stdout


@pytest.mark.parametrize("what", ["missing.txt", "."])
def test_a_file_that_cannot_be_read_is_wrong_use(what: str, tmp_path: Path):
    result = CliRunner().invoke(app, ["classify", str(tmp_path / what)])
    assert result.exit_code == 2
    assert "cannot be read" in result.stderr
