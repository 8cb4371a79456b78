"""`pactwatch rule test` and `rule diff`: what a query would have matched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import run, say_json

if TYPE_CHECKING:
    from services.desk.domain.backtests import Compared, Tested

Name = Annotated[str, typer.Argument(help="The rule's name.")]
Days = Annotated[int, typer.Option("--days", help="How many days to look back.")]
Examples = Annotated[int, typer.Option("--examples", min=0, max=100, help="Show at most so many articles, the newest.")]
Whole = Annotated[bool, typer.Option("--whole", help="Read every article in question, however long it takes.")]


def test(
    query: Annotated[str, typer.Argument(help="What would be watched, for example: agreement:relos AND NOT LEMOA")],
    days: Days = 90,
    examples: Examples = 10,
    whole: Whole = False,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a query would have matched in the archive; nothing is saved."""
    from services.cli import backtest_report as report
    from services.cli.backtests import open_backtest
    from services.desk.domain.backtests import WHOLE, Limits

    limits = WHOLE if whole else Limits()

    async def work() -> Tested:
        async with open_backtest(data_dir) as backtest:
            return await backtest.test(query, days=days, examples=examples, limits=limits, told=report.tell_progress)

    tested = run(work)
    report.end_progress()
    if as_json:
        say_json(report.as_json(tested))
    else:
        report.tell(tested)


def diff(
    name: Name,
    query: Annotated[str, typer.Argument(help="The query that the rule might get.")],
    days: Days = 90,
    examples: Examples = 5,
    whole: Whole = False,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which articles a rule would win and lose by another query; nothing is saved."""
    from services.cli import backtest_report as report
    from services.cli.backtests import open_backtest
    from services.desk.domain.backtests import WHOLE, Limits

    limits = WHOLE if whole else Limits()

    async def work() -> Compared:
        async with open_backtest(data_dir) as backtest:
            return await backtest.compare(
                name, query, days=days, examples=examples, limits=limits, told=report.tell_progress
            )

    compared = run(work)
    report.end_progress()
    if as_json:
        say_json(report.compared_as_json(compared))
    else:
        report.tell_compared(compared)
