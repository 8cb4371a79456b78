"""`pactwatch reclassify`: the archive judged again by the rules and the catalogue of today."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from services.classifier.app import reclassifier
from services.classifier.domain.differences import Change, Differences
from services.cli.engine_urls import DataDirOption, JsonOption, open_database
from services.cli.known_catalogue import catalogue_in_force, known_catalogue
from services.cli.output import run, say, say_json, say_table, warn
from shared.kit.clock import SystemClock
from shared.kit.errors import PactwatchError, WrongInput

app = typer.Typer(add_completion=False)

_MOST_ROWS = 40


@app.command()
def reclassify(
    since: Annotated[str | None, typer.Option("--since", help="Only articles published since DATE.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Keep the new verdicts, after a question.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
    alert_since: Annotated[
        str | None,
        typer.Option("--alert-since", help="Let changed articles published since DATE alert; without it none does."),
    ] = None,
    examples: Annotated[int, typer.Option("--examples", min=0, help="Show so many changed articles.")] = 10,
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what judging the archive again would change; with --apply, change it.

    Only articles whose newest verdict is of another version are judged, so that a run that was broken off goes on.
    """

    async def work() -> None:
        first, news = _moment("--since", since), _moment("--alert-since", alert_since)
        async with open_database(data_dir) as database:
            catalogue = await catalogue_in_force(database, known_catalogue(data_dir))
            again = reclassifier(database, catalogue, SystemClock())
            if not (apply and yes):
                found = await again.compare(first, examples=examples, told=_tell_progress)
                _show(found, as_json=as_json)
            if not apply or (not yes and not _is_wanted(found, news)):
                return
            applied = await again.apply(first, alert_since=news, examples=examples, told=_tell_progress)
            if yes:
                _show(applied.differences, as_json=as_json)
            judged = applied.differences.judged
            warn(f"Kept {judged:,} verdicts; {applied.announced:,} articles may alert because of them.")

    run(work)


def _is_wanted(found: Differences, alert_since: datetime | None) -> bool:
    """Ask whether the verdicts are to be kept; what is kept cannot be let alert later."""
    if not found.judged:
        return False
    if alert_since is None:
        warn("None of these articles will alert, now or later: to let them, begin anew with --alert-since DATE.")
    if not typer.confirm("Keep these verdicts?", err=True):
        raise PactwatchError("Nothing was changed.")
    return True


def _show(found: Differences, *, as_json: bool) -> None:
    if as_json:
        say_json(_as_json(found))
    else:
        _tell(found)


def _moment(option: str, given: str | None) -> datetime | None:
    if given is None:
        return None
    try:
        moment = datetime.fromisoformat(given)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        mend = "Write a date as 2026-11-22, or 2026-11-22T09:30 (in UTC)."
        raise WrongInput(option, given, "is not a date", mend=mend) from error


def _tell_progress(judged: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{judged:,} articles judged …")
        sys.stderr.flush()


def _tell(found: Differences) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    if not found.judged:
        say("Every verdict is of this version: there is nothing to judge again.")
        return
    unjudged = f" ({found.unjudged:,} had no verdict)" if found.unjudged else ""
    say(f"{found.judged:,} articles judged again{unjudged}; {found.changed:,} change.")
    rows = [(change.of, change.before or "-", change.now or "-", times) for change, times in _most(found.changes)]
    say_table(("What", "Before", "Now", "Articles"), rows[:_MOST_ROWS], empty="Nothing changes.")
    if len(rows) > _MOST_ROWS:
        say(f"… and {len(rows) - _MOST_ROWS} more kinds of change (--json shows all).")
    for article in found.examples:
        say(f"\n{article.title}\n  {article.url}")
        for change in article.changes:
            say(f"  {change.of}: {change.before or '-'} → {change.now or '-'}")


def _most(changes: Counter[Change]) -> list[tuple[Change, int]]:
    return sorted(changes.items(), key=lambda pair: (-pair[1], pair[0].of, pair[0].before, pair[0].now))


def _as_json(found: Differences) -> dict[str, Any]:
    return {
        "judged": found.judged,
        "changed": found.changed,
        "unjudged": found.unjudged,
        "changes": [
            {"of": change.of, "before": change.before, "now": change.now, "articles": times}
            for change, times in _most(found.changes)
        ],
        "examples": found.examples,
    }
