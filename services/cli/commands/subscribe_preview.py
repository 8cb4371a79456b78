"""`pactwatch subscribe preview`: how much a subscription would have brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from services.cli import subscribe_options as given
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.output import run, say_json
from services.desk.domain.receivers import For

if TYPE_CHECKING:
    from services.desk.domain.previews import Preview


def preview(
    rule: given.Rule = None,
    agreement: given.Agreements = None,
    sector: given.Sectors = None,
    stage: given.Stages = None,
    source: given.Sources = None,
    country: given.Countries = None,
    person: given.Person = None,
    team: given.Team = None,
    min_severity: given.MinSeverity = None,
    language: given.Languages = None,
    digest: given.Digest = None,
    at: given.At = None,
    on: given.On = None,
    time_zone: given.TimeZone = None,
    urgent: given.Urgent = None,
    days: Annotated[int, typer.Option("--days", help="How many days to look back.")] = 90,
    examples: Annotated[int, typer.Option("--examples", min=0, max=100, help="Show at most so many alerts.")] = 5,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how many alerts and messages a week a subscription would have brought; nothing is saved."""
    from services.cli import preview_report as report  # late: other commands of this group need no archive
    from services.cli.previews import open_previews

    follow = given.follow_of(agreement, sector, stage, source, country)
    wishes = given.wishes_given(
        min_severity=min_severity, languages=language, digest=digest, at=at, on=on, time_zone=time_zone, urgent=urgent
    )

    async def work() -> Preview:
        target = given.target_of(rule, follow, operators=False)
        async with open_previews(data_dir) as previews:
            return await previews.preview(target, For(person, team), days=days, **wishes)

    found = run(work)
    if as_json:
        say_json(report.as_json(found, examples))
    else:
        report.tell(found, examples)
