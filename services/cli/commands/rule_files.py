"""`pactwatch rule import` and `export`: rules and lists by the file."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.definitions import open_rules
from services.cli.engine_urls import DataDirOption, JsonOption
from services.cli.import_bar import import_bar
from services.cli.output import FAILED, run, say, say_json, warn
from services.cli.signing import AuthorOption, ReasonOption, signature
from services.desk.domain.rule_list import RuleOutcome, Taken, fates
from services.desk.domain.source_list import BadEntry
from shared.kit.errors import WrongInput

WORTH_A_BAR = 5  # rules: the archive may be asked for a second of each


def import_rules(
    file: Annotated[Path, typer.Argument(help="A YAML file, as `rule export` writes it; - reads stdin.")],
    update: Annotated[
        bool, typer.Option("--update", help="Change rules and lists that are there already to what the file says.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    author: AuthorOption = None,
    reason: ReasonOption = "",
    data_dir: DataDirOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add the rules and lists of a file; those that are there stay as they are."""

    async def work() -> tuple[list[BadEntry], list[RuleOutcome]]:
        from services.desk.parsing.rule_yaml import read_rules  # late: it brings the parser

        by = signature(author, reason or f"Imported from {_called(file)}")
        read = read_rules(_body(file), name=_called(file))
        async with open_rules(data_dir) as desk:
            with import_bar(len(read.rules), worth=WORTH_A_BAR) as told:
                return list(read.bad), await desk.files.take(read, by, update=update, dry_run=dry_run, told=told)

    unread, outcomes = run(work)
    taken = [each for each in outcomes if isinstance(each, Taken)]
    bad = [*unread, *(each for each in outcomes if isinstance(each, BadEntry))]
    if as_json:
        say_json(_shown(taken, bad, dry_run=dry_run))
    else:
        _tell(taken, bad, dry_run=dry_run)
    if bad:
        raise SystemExit(FAILED)


def _called(file: Path) -> str:
    return "stdin" if str(file) == "-" else file.name


def _body(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read()
    try:
        return file.read_bytes()
    except OSError as error:
        mend = "Give the path of a YAML file."
        raise WrongInput("file", str(file), f"cannot be read ({error.strerror})", mend=mend) from error


def _shown(taken: Sequence[Taken], bad: Sequence[BadEntry], *, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "entries": taken,
        "bad": [
            {"where": each.where, "name": each.name, "error": each.wrong.sentence, "mend": each.wrong.mend}
            for each in bad
        ],
    }


def _tell(taken: Sequence[Taken], bad: Sequence[BadEntry], *, dry_run: bool) -> None:
    counts = {
        "added": fates(taken, "added"),
        "changed": fates(taken, "changed"),
        "proposed": fates(taken, "proposed"),
        "the same": fates(taken, "same"),
        "left as they are": fates(taken, "kept"),
        "not taken": len(bad),
    }
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "nothing in the file"
    say(f"{'Would be' if dry_run else 'Done'}: {told}.")
    for each in taken:
        fields = ", ".join(each.fields)
        if each.fate == "changed":
            say(f"  changed  {each.name}: {fields}")
        elif each.fate == "kept":
            say(f"  left     {each.name}: differs in {fields} (--update takes the file's)")
        for caution in each.cautions:
            warn(f"Caution: {caution}", about=each.name)
    if fates(taken, "proposed"):
        say("What is proposed waits for a second person: pactwatch rule proposals")
    for entry in bad:
        warn(f"Not taken: {entry.wrong.sentence} {entry.wrong.mend}".rstrip(), about=entry.name)


def export_rules(
    names: Annotated[list[str] | None, typer.Argument(help="Rules, by name (default: all that people made).")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Where to write; stdout when left out.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also the catalogue's rules that nobody changed.")] = False,
    data_dir: DataDirOption = None,
) -> None:
    """Write rules, and the lists that they name, to a file that `rule import` reads back."""

    async def work() -> tuple[int, int, str]:
        from services.desk.parsing.rule_yaml import write_rules  # late: it brings the parser

        async with open_rules(data_dir) as desk:
            rules, lists = await desk.files.exported(names or (), everything=everything)
        text = write_rules(rules, lists)
        if file is not None and str(file) != "-":
            _save(file, text)
        return len(rules), len(lists), text

    rules, lists, text = run(work)
    if file is None or str(file) == "-":
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    say(f"Wrote {_count(rules, 'rule')} and {_count(lists, 'list')} to {file}.")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _save(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        why = f"cannot be written ({error.strerror})"
        raise WrongInput("--file", str(file), why, mend="Give another path.") from error
