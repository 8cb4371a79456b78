"""`pactwatch eval`: how good the classifier is on a file of labelled articles; needs no server."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from services.classifier.domain.labels import Labelled, Mistake, said_in
from services.classifier.domain.scoring import Report, Scores, Tally
from services.classifier.parsing.labelled import KnownIds, labelled_of
from services.cli.engine_urls import JsonOption
from services.cli.known_catalogue import known_catalogue
from services.cli.known_judge import known_judge
from services.cli.output import FAILED, WRONG_USE, complain, say, say_json, say_table
from shared.kit.errors import PactwatchError, WrongInput

app = typer.Typer(add_completion=False)

_MOST_COMPLAINTS = 20
_TELL_EVERY = 500  # articles: some two seconds


@app.command(name="eval")
def evaluate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.jsonl…", help="Labelled articles, one JSON a line.")],
    worst: Annotated[int, typer.Option("--worst", min=0, help="Show so many of the articles judged worst.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Score the classifier on labelled articles: relevance, sectors, agreements and stages, by language.

    Each line is {"id","title","text","language"?,"date"?,"relevant","sectors","agreements","stages"}; a label that is
    left out is not scored.
    """
    catalogue = known_catalogue()
    judge = known_judge(catalogue)
    report, wrong = Report(), 0
    for where, labelled in _labelled(files, KnownIds(catalogue.sectors, catalogue.agreements, catalogue.stages)):
        if isinstance(labelled, WrongInput):
            wrong += 1
            _complain(where, labelled, wrong)
            continue
        said = said_in(judge.judge(labelled.article))
        language = labelled.article.language or said.language
        report.add(labelled.article.id, labelled.article.title, language, labelled.labels, said)
        _tell_progress(report.all.articles)
    if as_json and report.all.articles:
        say_json(_as_json(report, judge.version, worst))
    elif report.all.articles:
        _tell(report, judge.version, worst)
    if not report.all.articles:
        complain(PactwatchError("No article could be scored.", mend="Give labelled articles, one JSON a line."))
        raise SystemExit(FAILED)
    if wrong:
        complain(PactwatchError(f"{wrong} lines could not be scored.", mend="Mend them and run the command again."))
        raise SystemExit(FAILED)


def _labelled(files: list[Path], known: KnownIds) -> Iterator[tuple[str, Labelled | WrongInput]]:
    for file in files:
        try:
            with file.open(encoding="utf-8-sig", errors="replace") as lines:
                for number, line in enumerate(lines, start=1):
                    if line.strip():
                        yield f"{file}, line {number}", _read(line, known)
        except OSError as error:
            complain(PactwatchError(f"{file} cannot be read ({error.strerror}).", mend="Give a file of JSON lines."))
            raise SystemExit(WRONG_USE) from error


def _read(line: str, known: KnownIds) -> Labelled | WrongInput:
    try:
        return labelled_of(line, known)
    except WrongInput as wrong:
        return wrong


def _complain(where: str, wrong: WrongInput, nth: int) -> None:
    if nth <= _MOST_COMPLAINTS:
        complain(WrongInput(f"{where}, {wrong.field}", wrong.value, wrong.why, mend=wrong.mend))


def _tell_progress(articles: int) -> None:
    if articles % _TELL_EVERY == 0 and sys.stderr.isatty():
        sys.stderr.write(f"\r{articles:,} articles …")
        sys.stderr.flush()


def _tell(report: Report, version: str, worst: int) -> None:
    say(f"{report.all.articles} articles, judged by {version}")
    columns = ("Language", "Articles", "Relevance P/R/F1", "Agreements P/R/F1", "Stages", "Sectors micro/macro F1")
    rows = [_row("all", report.all), *(_row(name, scores) for name, scores in sorted(report.by_language.items()))]
    say_table(columns, rows, empty="No article: the files are empty.")
    _tell_confusion("Sectors taken for others (meant → said)", report.sectors_taken)
    _tell_confusion("Stages taken for others (meant → said)", report.stages_taken)
    for missed in report.worst(worst):
        say(f"\n{missed.article_id} [{missed.language}] {missed.title}")
        for mistake in missed.mistakes:
            say(f"  {_spelt(mistake)}")


def _row(name: str, scores: Scores) -> tuple[object, ...]:
    sectors = "-"
    if (measured := scores.sectors.micro()).labels or scores.sectors.false:
        sectors = f"{measured.f1:.3f} / {scores.sectors.macro_f1():.3f}"
    stages = (
        f"{scores.stage_accuracy:.3f} ({scores.stages_right}/{scores.stages_asked})" if scores.stages_asked else "-"
    )
    return name, scores.articles, _of(scores.relevance), _of(scores.agreements), stages, sectors


def _of(tally: Tally) -> str:
    measured = tally.micro()
    if not measured.labels and not tally.false:
        return "-"
    return f"{measured.precision:.3f} / {measured.recall:.3f} / {measured.f1:.3f}"


def _tell_confusion(title: str, taken: Counter[tuple[str, str]]) -> None:
    rows = [(meant, said, count) for (meant, said), count in taken.most_common() if meant != said]
    if rows:
        say(f"\n{title}")
        say_table(("Meant", "Said", "Times"), rows[:25], empty="")


def _spelt(mistake: Mistake) -> str:
    if mistake.of in ("relevance", "stage"):
        return f"{mistake.of}: meant {mistake.meant}, said {mistake.said}"
    return f"{mistake.of}: missed {mistake.meant}" if mistake.meant else f"{mistake.of}: {mistake.said} is too much"


def _as_json(report: Report, version: str, worst: int) -> dict[str, Any]:
    return {
        "classifier": version,
        "all": _scores_as_json(report.all),
        "by_language": {name: _scores_as_json(scores) for name, scores in sorted(report.by_language.items())},
        "sectors": report.all.sectors.by_label(),
        "sectors_taken": _taken_as_json(report.sectors_taken),
        "stages_taken": _taken_as_json(report.stages_taken),
        "worst": report.worst(worst),
    }


def _scores_as_json(scores: Scores) -> dict[str, Any]:
    return {
        "articles": scores.articles,
        "relevance": scores.relevance.micro(),
        "agreements": scores.agreements.micro(),
        "sectors": scores.sectors.micro(),
        "sectors_macro_f1": scores.sectors.macro_f1(),
        "stage_accuracy": scores.stage_accuracy,
        "stages_asked": scores.stages_asked,
    }


def _taken_as_json(taken: Counter[tuple[str, str]]) -> list[dict[str, object]]:
    return [{"meant": meant, "said": said, "times": count} for (meant, said), count in taken.most_common()]
