"""`pactwatch article …`: what became of an address, and what the gate holds back."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.article_page import article_page, waiting_page
from services.cli.engine_urls import DataDirOption, JsonOption, find_engines, open_database, settings_for
from services.cli.output import run, say, say_json, say_table
from services.cli.which_article import find
from services.desk.adapters.article_queries import ArticleQueries
from services.desk.domain.article_views import ArticleDetails, HeldView, WaitingEntryView
from shared.kit.clock import SystemClock

app = typer.Typer(help="Articles: what became of one, and what the gate holds back.", no_args_is_help=True)


@app.command()
def show(
    which: Annotated[str, typer.Argument(metavar="URL|ID", help="The article's address, or its id.")],
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what became of an article: where it was found, whether it alerted, its copies, its versions and changes."""

    async def work() -> ArticleDetails | WaitingEntryView:
        async with open_database(data_dir) as database, database.begin(ArticleQueries) as queries:
            return await find(queries, which)

    found = run(work)
    if as_json:
        say_json(found)
        return
    lines = article_page(found) if isinstance(found, ArticleDetails) else waiting_page(found, now=SystemClock().now())
    for line in lines:
        say(line)


@app.command()
def held(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many, newest first.")] = 50,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the articles that the relevance gate holds back, and why."""

    async def work() -> list[HeldView]:
        async with open_database(data_dir) as database, database.begin(ArticleQueries) as queries:
            return list(await queries.held(limit))

    views = run(work)
    if as_json:
        say_json(views)
        return
    say_table(
        ["Read", "Source", "Title", "Why", "Address"],
        [(view.fetched_at, view.source_name, view.title, view.held, view.url) for view in views],
        empty="The gate holds nothing back.",
    )


@app.command("judge-again")
def judge_again(data_dir: DataDirOption = None) -> None:
    """Ask the gate of today about the articles held back in the last 30 days; those that pass now are published."""
    from services.cli.process import stand_on  # late: no other command here needs the scraper
    from services.scraper.app import held_articles
    from services.scraper.use_cases.held import JudgedAgain

    async def work() -> JudgedAgain:
        settings = settings_for(data_dir)
        async with stand_on(settings, find_engines(settings).database_url, application="pactwatch-cli") as ground:
            return await held_articles(ground).judge_again(told=_tell)

    def _tell(done: JudgedAgain) -> None:
        typer.echo(f"{done.judged} judged, {done.passed} pass …", err=True)

    done = run(work)
    say(f"{done.judged} held articles were judged again; {done.passed} of them pass now and go to the classifier.")
