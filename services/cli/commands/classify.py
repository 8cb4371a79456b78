"""`pactwatch classify`: the classifier's own functions on articles from files or stdin; needs no server."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from services.classifier.domain.judge import Judge
from services.classifier.parsing.article_lines import article_of, object_of
from services.cli.known_judge import known_judge
from services.cli.output import FAILED, WRONG_USE, complain, say
from shared.contracts.verdict import ArticleText, Verdict
from shared.kit.errors import PactwatchError, WrongInput

app = typer.Typer(add_completion=False)


@app.command()
def classify(
    files: Annotated[list[Path] | None, typer.Argument(help="Article files; stdin when none is given.")] = None,
    jsonl: Annotated[
        bool, typer.Option("--jsonl", help="One JSON article on each line, one JSON verdict each.")
    ] = False,
) -> None:
    """Say what articles are about: relevance, sectors, agreements, stages, each with the sentence that says so.

    With --jsonl every input line is {"id","title","text","language"?,"published"|"date"?,"url"?}. Without it a file
    is one article: its first line the title, the rest the text.
    """
    judge = known_judge()
    wrong = 0
    for where, article in _articles(files or [], jsonl=jsonl):
        verdict = _judged(judge, article)
        if isinstance(article, WrongInput):
            complain(WrongInput(f"{where}, {article.field}", article.value, article.why, mend=article.mend))
            wrong += 1
        elif isinstance(verdict, PactwatchError):
            complain(PactwatchError(f"{where}: {verdict.sentence}", mend=verdict.mend))
            wrong += 1
        elif jsonl:
            say(json.dumps(_as_line(article.id, verdict), ensure_ascii=False))
        else:
            _tell(article, verdict)
    if wrong:
        raise SystemExit(FAILED)


def _judged(judge: Judge, article: ArticleText | WrongInput) -> Verdict | PactwatchError:
    """Return the verdict; one article that cannot be judged must not cost the others theirs."""
    if isinstance(article, WrongInput):
        return article
    try:
        return judge.judge(article)
    except Exception as bug:  # noqa: BLE001
        return PactwatchError(
            f"the article cannot be judged ({type(bug).__name__}: {bug})."[:300], mend="Please report it with its text."
        )


def _articles(files: list[Path], *, jsonl: bool) -> Iterator[tuple[str, ArticleText | WrongInput]]:
    if jsonl:
        for name, lines in _sources(files):
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield f"{name}, line {number}", _from_json(line)
        return
    for name, lines in _sources(files):
        title, _, text = "".join(lines).lstrip().partition("\n")
        yield name, ArticleText(id=name, title=title.strip(), text=text.strip() or title.strip())


def _sources(files: list[Path]) -> Iterator[tuple[str, Iterable[str]]]:
    if not files:
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")  # type: ignore[union-attr]
        yield "stdin", sys.stdin
    for file in files:
        try:
            with file.open(encoding="utf-8-sig", errors="replace") as lines:
                yield str(file), lines
        except OSError as error:
            complain(PactwatchError(f"{file} cannot be read ({error.strerror}).", mend="Give an article's text file."))
            raise SystemExit(WRONG_USE) from error


def _from_json(line: str) -> ArticleText | WrongInput:
    """Return the article of a line; what is wrong with it otherwise."""
    try:
        return article_of(object_of(line))
    except WrongInput as wrong:
        return wrong


def _as_line(article_id: str, verdict: Verdict) -> dict[str, Any]:
    return {
        "id": article_id,
        **verdict.model_dump(mode="json", include={"language", "relevant", "relevance", "sectors", "agreements"}),
    }


def _tell(article: ArticleText, verdict: Verdict) -> None:
    say(f"{article.title or article.id}")
    about = "about India–Russia relations" if verdict.relevant else "not about India–Russia relations"
    say(f"  {verdict.language}, {about} ({verdict.relevance:.2f})")
    for sector in verdict.sectors:
        say(f"  sector {sector.id} ({sector.score:.2f}): {sector.evidence}")
    for agreement in verdict.agreements:
        say(
            f"  agreement {agreement.id} ({agreement.score:.2f}, {agreement.stage or 'no stage'}): {agreement.evidence}"
        )
        for claim in agreement.claims:
            when = f" {claim.date}" if claim.date else ""
            say(f"    {claim.tense} by {claim.claimant}: {claim.stage}{when}: {claim.evidence}")
