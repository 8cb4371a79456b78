"""`pactwatch correction …`: what people say an article is about, where the classifier said something else."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, cast

import typer

from services.classifier.domain.labels import Labelled, Labels
from services.classifier.parsing.labelled import as_line
from services.cli.definitions import corrections_on
from services.cli.engine_urls import DataDirOption, JsonOption, open_database
from services.cli.known_catalogue import known_catalogue
from services.cli.output import run, say, say_json, say_table
from services.cli.which_article import find_article
from services.desk.adapters.article_queries import ArticleQueries
from services.desk.domain.corrections import CorrectedArticle, Correction, GivenLabels
from shared.contracts.verdict import ArticleText, Language
from shared.kit.errors import PactwatchError, WrongInput

app = typer.Typer(help="Correct verdicts, and export the corrections as labelled articles.", no_args_is_help=True)

_NONE = "none"  # said in place of ids: there is none


@app.command()
def add(
    which: Annotated[str, typer.Argument(metavar="URL|ID", help="The article's address, or its id.")],
    by: Annotated[str, typer.Option("--by", help="Who says so.")],
    relevant: Annotated[
        bool | None, typer.Option("--relevant/--not-relevant", help="Whether it is about India–Russia relations.")
    ] = None,
    sector: Annotated[
        list[str] | None, typer.Option("--sector", help="A sector that it belongs to; all of them, or `none`.")
    ] = None,
    agreement: Annotated[
        list[str] | None,
        typer.Option("--agreement", help="An agreement that it is about, `ID` or `ID=STAGE`; all of them, or `none`."),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="Why.")] = "",
    revision: Annotated[
        int | None,
        typer.Option("--revision", help="The version that was read (`article show`); the newest when none is given."),
    ] = None,
    data_dir: DataDirOption = None,
) -> None:
    """Say what an article is about. Earlier corrections are kept; the newest of each kind holds."""

    async def work() -> Correction:
        given = _given(relevant, sector, agreement)
        async with open_database(data_dir) as database:
            async with database.begin(ArticleQueries) as queries:
                article = await find_article(queries, which)
            kept = await corrections_on(database, known_catalogue(data_dir)).correct(
                article.article_id, given, by=by, note=note, revision=revision
            )
        if kept is None:
            raise PactwatchError(f"The article {article.article_id} is gone.")
        return kept

    say(f"Kept: {_spelt(run(work))}")


@app.command(name="list")
def list_corrections(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many, newest first.")] = 50,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """List corrections, newest first."""

    async def work() -> list[Correction]:
        async with open_database(data_dir) as database:
            return list(await corrections_on(database, known_catalogue(data_dir)).of(limit=limit))

    found = run(work)
    if as_json:
        say_json(found)
        return
    rows = [(each.created_at, each.author, each.article_id, _spelt(each), each.note) for each in found]
    empty = "No corrections yet. Make one: pactwatch correction add URL --by NAME --sector health"
    say_table(("When", "By", "Article", "Says", "Note"), rows, empty=empty)


@app.command()
def export(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.jsonl", help="Where to; stdout when none is given.")
    ] = None,
    data_dir: DataDirOption = None,
) -> None:
    """Write the corrected articles with the labels that hold, one JSON a line, as `pactwatch eval` reads them."""

    async def work() -> int:
        async with open_database(data_dir) as database:
            lines = [_line(each) async for each in corrections_on(database, known_catalogue(data_dir)).labelled()]
        _write(file, lines)
        return len(lines)

    count = run(work)
    sys.stderr.write(f"{count} labelled articles{f' in {file}' if file else ''}.\n")


def _given(relevant: bool | None, sector: list[str] | None, agreement: list[str] | None) -> GivenLabels:
    pairs = None if agreement is None else [each.partition("=") for each in _ids("--agreement", agreement)]
    return GivenLabels(
        relevant,
        None if sector is None else _ids("--sector", sector),
        None if pairs is None else [name for name, _, _ in pairs],
        None if pairs is None else {name: stage for name, equals, stage in pairs if equals},
    )


def _ids(option: str, given: list[str]) -> list[str]:
    if _NONE in given and len(given) > 1:
        raise WrongInput(option, _NONE, "is said beside others", mend=f"Say `{option} none` alone, or name them all.")
    return [] if given == [_NONE] else given


def _spelt(correction: Correction) -> str:
    said = []
    if correction.relevant is not None:
        said.append("relevant" if correction.relevant else "not relevant")
    if correction.sectors is not None:
        said.append(f"sectors {', '.join(correction.sectors) or _NONE}")
    if correction.agreements is not None:
        stages = correction.stages or {}
        named = [f"{each}={stages[each]}" if each in stages else each for each in correction.agreements]
        said.append(f"agreements {', '.join(named) or _NONE}")
    return "; ".join(said)


def _line(article: CorrectedArticle) -> str:
    text = ArticleText(
        id=str(article.article_id) if article.is_newest else f"{article.article_id}@{article.revision}",
        title=article.title,
        text=article.text,
        language=cast("Language | None", article.language),
        published=article.published_at,
        url=article.url,
    )
    labels = Labels(
        article.relevant,
        None if article.sectors is None else frozenset(article.sectors),
        None if article.agreements is None else frozenset(article.agreements),
        article.stages,
    )
    return as_line(Labelled(text, labels))


def _write(file: Path | None, lines: list[str]) -> None:
    if file is None:
        for line in lines:
            say(line)
        return
    try:
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    except OSError as error:
        raise PactwatchError(f"{file} cannot be written ({error.strerror}).", mend="Name another file.") from error
